package dev.dunlin.dht.trace;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.Query;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the trace of a lookup from what a node did: from the steps of its log, as a replay gives them, in their order. Give it each step
 * from one before the lookup's beginning on ({@link #accept}); those that have nothing to do with it are passed over. Not thread-safe.
 *
 * <p>It is the trace that the lookup itself would have kept, but for nodes that were named and dropped for want of room: here they stand
 * as not asked.
 */
public final class RecordedTrace {

    /** The most nodes that are remembered, whatever a log says. */
    private static final int MOST_NAMED = 100_000;

    private final long query;
    private final PeerId self;

    /** The wishes for lookups of the step that is looked at: one of them is this lookup's. */
    private final Map<ActionId, QueryAction.Start> wishes = new LinkedHashMap<>();

    private final Map<PeerId, Part> parts = new LinkedHashMap<>();
    private final Set<PeerId> asked = new LinkedHashSet<>();
    private QueryAction.@Nullable Start start;
    private long startedAt;
    private long last;
    private QueryOutcome.@Nullable Done done;

    /**
     * Of a lookup, of which nothing was seen yet.
     *
     * @param query its number
     * @param self the node whose log it is: it has no part
     */
    public RecordedTrace(long query, PeerId self) {
        this.query = query;
        this.self = self;
    }

    /** The trace of a lookup in some steps; empty if they have no beginning of it. Parameters as those of the constructor. */
    public static Optional<LookupTrace> of(long query, PeerId self, Iterable<Turn> steps) {
        RecordedTrace trace = new RecordedTrace(query, self);
        for (Turn step : steps) {
            trace.accept(step);
        }
        return trace.trace();
    }

    /** The lookup that a step asks somebody for; empty if it is none, or that of another machine. */
    public static OptionalLong queryOf(Action action) {
        return action instanceof ExchangeAction.Ask ask && ask.ticket().isOf(QueryMachine.NAME)
                ? OptionalLong.of(Query.queryOf(ask.ticket().key()))
                : OptionalLong.empty();
    }

    /** Looks at the next step. */
    public void accept(Turn step) {
        wishes.clear();
        for (int i = 0; i < step.size() && done == null; i++) {
            if (step.rejection(i) == null) {
                look(step, i);
            }
        }
        if (start != null && done == null) {
            last = step.now();
        }
    }

    private void look(Turn step, int at) {
        switch (step.entry(at)) {
            case QueryAction.Start wish -> wishes.put(step.id(at), wish);
            case ExchangeAction.Ask ask when queryOf(ask).equals(OptionalLong.of(query)) -> asked(step, at, ask.peer());
            case QueryAction.AnswerCame(long of, int _, PeerId peer, var _, KadAnswer answer, long _)
            when of == query -> answered(step.now(), peer, answer);
            case QueryAction.AnswerMissing(long of, int _, PeerId peer, AskFailure why, String _)
            when of == query -> missed(step.now(), peer, why);
            case QueryOutcome.Done end
            when start != null && end.ticket().equals(start.ticket()) -> {
                done = end;
                last = step.now();
            }
            default -> {}
        }
    }

    private void asked(Turn step, int at, PeerId peer) {
        QueryAction.Start wish = wishes.get(step.cause(at));
        if (start == null && wish != null) {
            start = wish;
            startedAt = step.now();
            wish.seeds().forEach(seed -> named(seed.peer(), Optional.empty(), 1));
        }
        if (asked.add(peer)) {
            replace(peer, new Part.Fate.Awaited(step.now() - startedAt));
        }
    }

    private void answered(long now, PeerId peer, KadAnswer answer) {
        Part answerer = parts.get(peer);
        if (start == null || answerer == null) {
            return;
        }
        if (!answer.answers(start.question())) {
            missed(now, peer, AskFailure.MALFORMED);
            return;
        }
        List<PeerId> named = new ArrayList<>();
        if (answer instanceof KadAnswer.WithCloser with) {
            for (PeerInfo info : with.closer()) {
                if (!start.filter().kept(info.addresses()).isEmpty()) {
                    named.add(info.peer());
                }
            }
        }
        replace(peer, new Part.Fate.Replied(askedAt(answerer), now - startedAt, named.size()));
        named.forEach(other -> named(other, Optional.of(peer), answerer.hops() + 1));
    }

    private void missed(long now, PeerId peer, AskFailure why) {
        Part silent = parts.get(peer);
        if (silent != null) {
            replace(peer, new Part.Fate.NotReplied(askedAt(silent), now - startedAt, why));
        }
    }

    private static long askedAt(Part part) {
        return part.fate() instanceof Part.Fate.Awaited(long askedAt) ? askedAt : 0;
    }

    private void named(PeerId peer, Optional<PeerId> by, int hops) {
        if (!peer.equals(self) && parts.size() < MOST_NAMED) {
            parts.putIfAbsent(peer, new Part(peer, by, hops, new Part.Fate.NotAsked()));
        }
    }

    private void replace(PeerId peer, Part.Fate fate) {
        parts.computeIfPresent(peer, (same, part) -> new Part(peer, part.referrer(), part.hops(), fate));
    }

    /** What is known of it so far; empty if nothing is. */
    public Optional<LookupTrace> trace() {
        if (start == null) {
            return Optional.empty();
        }
        Key target = Key.ofPreimage(start.question().key());
        List<Part> all = new ArrayList<>();
        asked.forEach(peer -> Optional.ofNullable(parts.get(peer)).ifPresent(all::add));
        parts.values().stream()
                .filter(part -> !asked.contains(part.peer()))
                .sorted((one, other) -> target.compareDistances(Key.of(one.peer()), Key.of(other.peer())))
                .limit(Math.max(0, Part.MOST - all.size()))
                .forEach(all::add);
        return Optional.of(new LookupTrace(
                start.protocol(),
                start.question().key(),
                Optional.ofNullable(done).map(QueryOutcome.Done::end),
                last - startedAt,
                all.subList(0, Math.min(all.size(), Part.MOST))));
    }
}
