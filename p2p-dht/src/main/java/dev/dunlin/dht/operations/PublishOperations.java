package dev.dunlin.dht.operations;

import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.publish.PublishOutcome;
import dev.dunlin.dht.publish.PublishState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** What a node keeps published, to those who operate it. */
public final class PublishOperations {

    private static final long SECONDS = 10_000;

    /** The most that is listed. */
    private static final int MOST_LISTED = 1000;

    private static final Parameter CONTENT =
            Parameter.required("content", KeyText.CONTENT, "the CID or multihash of the content");

    private PublishOperations() {}

    /** What is the case with some content. */
    public record Kept(@Means("what is the case now") String state) {}

    /** Content that is kept provided. */
    public record ContentRow(
            @Means("its multihash") String content,

            @Means(
                    "whether as many nodes as are enough were told of it the last time; otherwise it waits to be told of")
            boolean told) {}

    /** A value that is kept stored. */
    public record ValueRow(
            @Means("its key") String key,

            @Means("when others stored it the last time; left out if none has yet")
            Optional<String> stored,

            @Means("how often in a row nobody has stored it since")
            int failures) {}

    /** What is kept published. */
    public record Published(
            @Means("of how much content others are told that this node provides it")
            int keys,

            @Means("how much of it waits to be told of: it is new, or too few nodes have stored it")
            int waiting,

            @Means("how many values are stored again and again")
            int values,

            @Means("how many regions of the id space were gone through")
            long sweeps,

            @Means("how many of them were given up, for want of nodes")
            long abandoned,

            @Means("how many lookups that took") long lookups,
            @Means("how often a node was told") long stored,
            @Means("how often one could not be") long failed,

            @Means("the first of the content, by its place in the id space")
            List<ContentRow> listedContent,

            @Means("the first of the values, by their keys") List<ValueRow> listedValues) {}

    /**
     * All.
     *
     * @param validators which judge the values that are kept: what is not valid at any time is not taken
     */
    public static Operations<Object, PublishState> of(Validators validators) {
        return ALL.with(
                new Order<>(
                        "dht keep-value",
                        "/dht/keep-value",
                        List.of(DhtOperations.NAME, DhtOperations.VALUE, DhtOperations.FORM),
                        "Stores a value with the nodes nearest to its key, and again before they forget it, also after a restart.",
                        Kept.class,
                        (given, ticket) -> new PublishAction.KeepValue(ticket, DhtOperations.record(given, validators)),
                        (outcome, given, after) -> new Kept(
                                "the value of " + given.text("key") + " is stored from now on, and again and again"),
                        kept -> List.of(kept.state()),
                        SECONDS),
                new Order<>(
                        "dht forget-value",
                        "/dht/forget-value",
                        List.of(DhtOperations.NAME),
                        "Stores a value no longer that is kept. Who has it forgets it within two days.",
                        Kept.class,
                        (given, ticket) -> new PublishAction.ForgetValue(ticket, DhtOperations.key(given)),
                        (outcome, given, after) ->
                                new Kept("the value of " + given.text("key") + " is stored no longer"),
                        kept -> List.of(kept.state()),
                        SECONDS));
    }

    private static final Operations<Object, PublishState> ALL = Operations.<Object, PublishState>none()
            .with(
                    new Order<>(
                            "dht keep",
                            "/dht/keep",
                            List.of(CONTENT),
                            "Tells the nodes nearest to some content that this node provides it, and tells them again before they"
                                    + " forget it, also after a restart.",
                            Kept.class,
                            (given, ticket) -> new PublishAction.Keep(ticket, List.of(DhtOperations.content(given))),
                            (outcome, given, after) -> new Kept(given.text("content")
                                    + " is provided from now on; see dht published for whether others know it"),
                            kept -> List.of(kept.state()),
                            SECONDS),
                    new Order<>(
                            "dht forget",
                            "/dht/forget",
                            List.of(CONTENT),
                            "Tells nobody any more that this node provides some content. Who knows it forgets it within two days.",
                            Kept.class,
                            (given, ticket) -> new PublishAction.Forget(ticket, List.of(DhtOperations.content(given))),
                            (outcome, given, after) -> forgotten(outcome, given.text("content")),
                            kept -> List.of(kept.state()),
                            SECONDS),
                    new Query<>(
                            "dht published",
                            "/dht/published",
                            List.of(Parameter.optional(
                                    "most",
                                    new Kind.Count(0, MOST_LISTED),
                                    "20",
                                    "how much content, and how many values, are listed at most")),
                            "Tells what this node keeps published, and how that goes.",
                            Published.class,
                            (at, given) -> published(at, (int) given.number("most")),
                            PublishOperations::text))
            .with(
                    Metric.gauge(
                            "keys",
                            "content that this node keeps provided",
                            at -> at.own().keys()),
                    Metric.gauge(
                            "waiting_keys",
                            "content of which others are to be told soon",
                            at -> at.own().waiting()),
                    Metric.gauge(
                            "values",
                            "values that this node keeps stored",
                            at -> at.own().valueCount()),
                    counter(
                            "sweeps",
                            "regions whose content was published",
                            own -> own.counts().sweeps()),
                    counter(
                            "abandoned_sweeps",
                            "regions that were given up, for want of nodes",
                            own -> own.counts().abandoned()),
                    counter(
                            "lookups",
                            "lookups for the nodes of regions",
                            own -> own.counts().lookups()),
                    counter(
                            "stored",
                            "how often a node was told of content",
                            own -> own.counts().stored()),
                    counter(
                            "failed",
                            "how often one could not be told",
                            own -> own.counts().failed()));

    private static Metric<Object, PublishState> counter(
            String name, String meaning, ToLongFunction<PublishState> read) {
        return new Metric<>(
                name, Metric.Type.COUNTER, meaning, Optional.empty(), at -> Map.of("", read.applyAsLong(at.own())));
    }

    private static Kept forgotten(Optional<Action.Ticketed> outcome, String content) {
        if (outcome.isPresent() && outcome.get() instanceof PublishOutcome.Forgotten(Ticket _, int removed)) {
            if (removed == 0) {
                throw NoAnswerException.notFound(
                        content + " is not kept provided: see 'dht published' for what is, by its multihash");
            }
            return new Kept(content + " is provided no longer");
        }
        throw new IllegalStateException("no answer to a wish to forget: " + outcome);
    }

    private static Published published(At<Object, PublishState> at, int most) {
        PublishState own = at.own();
        return new Published(
                own.keys(),
                own.waiting(),
                own.valueCount(),
                own.counts().sweeps(),
                own.counts().abandoned(),
                own.counts().lookups(),
                own.counts().stored(),
                own.counts().failed(),
                own.content(most).stream()
                        .map(content -> new ContentRow(KeyText.shown(content), own.isPublished(content)))
                        .toList(),
                own.values(most).stream()
                        .map(value -> new ValueRow(
                                KeyText.shown(value.key()), value.storedAt().map(at::instant), value.failures()))
                        .toList());
    }

    private static List<String> text(Published published) {
        List<String> lines = new ArrayList<>(List.of(
                "content kept provided: " + published.keys() + ", of which " + published.waiting()
                        + (published.waiting() == 1 ? " waits" : " wait") + " to be told of",
                "values kept stored: " + published.values(),
                "of content so far " + Counts.of(published.stored(), "telling", "tellings") + " and "
                        + published.failed()
                        + " in vain, in " + Counts.of(published.sweeps(), "sweep", "sweeps") + " with "
                        + Counts.of(published.lookups(), "lookup", "lookups") + "; " + published.abandoned()
                        + " given up"));
        Grid content = Grid.of("", "CONTENT", "OTHERS KNOW IT");
        published.listedContent().forEach(row -> content.row(row.content(), row.told() ? "yes" : "not yet"));
        Grid values = Grid.of("", "VALUE", "LAST STORED", "FAILURES SINCE");
        published
                .listedValues()
                .forEach(
                        row -> values.row(row.key(), row.stored().orElse("not yet"), Integer.toString(row.failures())));
        if (!published.listedContent().isEmpty()) {
            lines.addAll(content.lines());
        }
        if (!published.listedValues().isEmpty()) {
            lines.addAll(values.lines());
        }
        int left = published.keys()
                - published.listedContent().size()
                + published.values()
                - published.listedValues().size();
        if (left > 0) {
            lines.add(Counts.of(left, "more is", "more are") + " not listed: --most lists up to " + MOST_LISTED);
        }
        return lines;
    }
}
