package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.dialer.DialerAction;
import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.dialer.DialerState;
import dev.dunlin.connection.bootstrap.dialer.Invitation;
import dev.dunlin.connection.bootstrap.wire.BootstrapLink;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.Arguments;
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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Links that this node redeems, to those who operate it. */
final class LinkOperations {

    private static final JsonMapper JSON = new JsonMapper();

    /** Longer than an attempt may take, milliseconds. */
    private static final long PATIENCE = 3_700_000;

    private final Vault vault;

    /**
     * For a node.
     *
     * @param vault in which tokens and identities are until they are sent
     */
    LinkOperations(Vault vault) {
        this.vault = vault;
    }

    /** What came of a link. */
    record Redeemed(
            @Means("the node of the other party that has answered")
            String peer,

            @Means("what the other party calls itself") String party,
            @Means("where its nodes are") List<String> cadre,
            @Means("the name of the database") String tally,

            @Means("who has made it: stock, the other party; foil, this node")
            String createdBy,

            @Means("where the database is") String endpoint,

            @Means("under which name its credentials are asked for; empty if it needs none")
            String credentialsRef) {}

    /** A link that is being redeemed. */
    record AttemptRow(
            @Means("its number") long attempt,
            @Means("the node that is being asked") String peer,
            @Means("what it waits for") String phase,

            @Means("how many rounds over all nodes of the other party have come to nothing")
            int rounds) {}

    /** Links that are being redeemed. */
    record AttemptList(
            @Means("the attempts, the oldest first") List<AttemptRow> attempts) {}

    /** All. */
    Operations<Object, DialerState> all() {
        return Operations.<Object, DialerState>none()
                .with(
                        new Order<>(
                                "bootstrap",
                                "/bootstrap",
                                List.of(
                                        Parameter.required(
                                                "link",
                                                new Kind.Free(BootstrapLink.MOST_TEXT),
                                                "the link that the other party has given"),
                                        Parameter.optional(
                                                "identity",
                                                new Kind.Free(WireLimits.IDENTITY_BYTES / 2),
                                                "{}",
                                                "who this party says it is, a value of JSON as the other one wants to read it"),
                                        Parameter.optional(
                                                "key",
                                                new Kind.Formed(
                                                        WireLimits.LEAST_KEY + " to " + WireLimits.MOST_KEY
                                                                + " letters, digits, dashes and underscores",
                                                        LinkOperations::key),
                                                "the same for each try of one redemption; another one for another database of a link"
                                                        + " that may be used again; otherwise it is made of the link")),
                                "Redeems the link of another party: afterwards both know one database.",
                                Redeemed.class,
                                this::wish,
                                LinkOperations::redeemed,
                                LinkOperations::text,
                                PATIENCE),
                        new Query<>(
                                "attempts",
                                "/attempts",
                                List.of(),
                                "Lists the links that are being redeemed.",
                                AttemptList.class,
                                (at, given) -> attempts(at),
                                LinkOperations::text))
                .with(Metric.gauge(
                        "running",
                        "links that are being redeemed",
                        at -> at.own().attempts().running().size()));
    }

    private Action wish(Arguments given, Ticket ticket) {
        BootstrapLink link = link(given.text("link"));
        return new DialerAction.Redeem(
                ticket,
                new Invitation(
                        link.responders(),
                        vault.keep(Vault.Kind.TOKEN, link.token()),
                        link.expires() > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : link.expires() * 1_000_000,
                        link.role()),
                vault.keep(Vault.Kind.IDENTITY, identity(given.text("identity"))),
                List.of(),
                given.find("key").orElseGet(() -> keyOf(link)));
    }

    /** The same for the same link, and no help to guess its token. */
    private static String keyOf(BootstrapLink link) {
        return HexFormat.of()
                .formatHex(Hashes.sha256("dunlin bootstrap " + link.text()).toArray())
                .substring(0, WireLimits.MOST_KEY / 2);
    }

    private static Redeemed redeemed(
            Optional<Action.Ticketed> outcome, Arguments given, At<Object, DialerState> after) {
        return switch (outcome.orElseThrow()) {
            case DialerOutcome.Redeemed done ->
                new Redeemed(
                        done.peer().toString(),
                        done.partyId(),
                        done.cadre().stream().map(Multiaddr::toString).toList(),
                        done.tally().tallyId(),
                        done.tally().createdBy().name().toLowerCase(Locale.ROOT),
                        done.tally().endpoint(),
                        done.tally().credentialsRef());
            case DialerOutcome.RedeemFailed failed -> throw failure(failed);
            default -> throw new IllegalStateException("no answer to a wish to redeem: " + outcome);
        };
    }

    private static NoAnswerException failure(DialerOutcome.RedeemFailed failed) {
        String detail = failed.detail().isEmpty() ? "" : ": " + failed.detail();
        String sentence = switch (failed.code()) {
            case LINK_EXPIRED -> "the time of the link is over: ask the other party for another";
            case NO_REACHABLE_RESPONDER ->
                "no node of the other party takes it" + detail
                        + "; look whether one runs, can be reached, and lets peers in with links, and try again";
            case REJECTED -> rejected(failed);
            case INVALID_RESPONSE ->
                "the other party has answered what cannot be" + detail + "; tell it so: its program may have a fault";
            case PROVISION_FAILED ->
                "this node could not make the database" + detail + "; see its log, and try again with the same link";
            case OUTCOME_UNKNOWN ->
                "the other party was asked, and has not said whether it has taken it" + detail
                        + "; try again with the same link: it is not redeemed twice";
            case CANCELLED -> "it was called off; the link may be tried again";
            case INTERNAL -> "this node has a fault" + detail + "; see its log";
        };
        return new NoAnswerException(NoAnswerException.Kind.FAILED, sentence);
    }

    private static String rejected(DialerOutcome.RedeemFailed failed) {
        if (failed.reason().isEmpty()) {
            return "the other party does not take it, and does not say why";
        }
        return switch (failed.reason().get()) {
            case INVALID_TOKEN ->
                "the other party does not take the link: it is used, revoked, not its own, or its time is over; ask it for another";
            case IDENTITY_INSUFFICIENT ->
                "who this party says it is, is not enough for the other party: ask it what it wants, and give that as --identity";
            case UNAVAILABLE, TIMEOUT, PROVISION_FAILED, INTERNAL_ERROR ->
                "the other party cannot take it now ("
                        + failed.reason().get().name().toLowerCase(Locale.ROOT)
                        + "): try again later with the same link";
            case INVALID_DATABASE_RESULT ->
                "the other party does not take the database that this node has made: ask it what it wants";
            case MALFORMED_REQUEST, UNKNOWN_TYPE ->
                "the other party does not understand this node ("
                        + failed.reason().get().name().toLowerCase(Locale.ROOT)
                        + "): one of the two programs is too old or has a fault";
        };
    }

    private static List<String> text(Redeemed done) {
        return List.of(
                "both parties know the database " + done.tally(),
                "it is at " + done.endpoint() + ", made by "
                        + (done.createdBy().equals("foil") ? "this node" : "the other party"),
                "the other party is " + done.party() + ", at " + String.join(", ", done.cadre()));
    }

    private static AttemptList attempts(At<Object, DialerState> at) {
        List<AttemptRow> rows = new ArrayList<>();
        at.own()
                .attempts()
                .running()
                .each((number, attempt) -> rows.add(new AttemptRow(
                        number, attempt.peer().toString(), attempt.phase().word(), attempt.rounds())));
        return new AttemptList(rows);
    }

    private static List<String> text(AttemptList list) {
        Grid grid = Grid.of("no link is being redeemed", "ATTEMPT", "PEER", "PHASE", "ROUNDS IN VAIN");
        list.attempts()
                .forEach(row -> grid.row(
                        Long.toString(row.attempt()), row.peer(), row.phase(), Integer.toString(row.rounds())));
        return grid.lines();
    }

    /** Here and not in the parameter's kind: what is wrong with that is told with the words that were given, and these are a secret. */
    private static BootstrapLink link(String written) {
        try {
            return BootstrapLink.parse(written);
        } catch (IllegalArgumentException e) {
            throw NoAnswerException.badRequest("the link cannot be read: " + e.getMessage());
        }
    }

    private static String identity(String written) {
        try {
            JsonNode read = JSON.readTree(written);
            if (!read.isMissingNode()) {
                return read.toString();
            }
        } catch (JacksonException e) {
            // Its message has what was given.
        }
        throw NoAnswerException.badRequest("the identity is no value of JSON: give one such as {\"name\": \"us\"}");
    }

    private static String key(String written) throws BadValueException {
        if (!written.matches("[A-Za-z0-9_-]{" + WireLimits.LEAST_KEY + "," + WireLimits.MOST_KEY + "}")) {
            throw new BadValueException("is no key: it has " + WireLimits.LEAST_KEY + " to " + WireLimits.MOST_KEY
                    + " letters, digits, dashes and underscores");
        }
        return written;
    }
}
