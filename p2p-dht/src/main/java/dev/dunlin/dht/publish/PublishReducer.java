package dev.dunlin.dht.publish;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.key.Prefix;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.publish.Delivery.Copies;
import dev.dunlin.dht.publish.PublishMachine.Errand;
import dev.dunlin.dht.publish.PublishState.Alarm;
import dev.dunlin.dht.publish.Sweep.Stage;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The publish machine: it publishes the keys of one region after the other, and values. */
record PublishReducer(PublishState own, Context ctx) {

    /** The most values that are being stored at the same time. */
    static final int MOST_PUTS = 4;

    /** After how long a value is tried for which there was no place among them, microseconds. */
    private static final long PAUSE = 1_000_000;

    static PublishState reduce(PublishState own, PublishAction action, Context ctx) {
        return new PublishReducer(own, ctx).reduce(action);
    }

    /** All is kept still. What was going on in the last run begins again. */
    static PublishState boot(PublishState own, NodeAction.Booted booted, Context ctx) {
        Table<Bytes, KeptValue> values = own.values();
        for (Map.Entry<Bytes, KeptValue> each : own.values()) {
            values = values.with(each.getKey(), each.getValue().booted(ctx.now()));
        }
        PublishState after = new PublishState(
                PublishConfig.of(booted.config()),
                PublishState.INITIAL.addresses(),
                own.promises(),
                values,
                Table.empty(),
                own.round(),
                Optional.empty(),
                Table.empty(),
                ctx.now(),
                own.counts(),
                own.last());
        return stepped(after, ctx.now(), booted.wallTime());
    }

    static PublishState configured(PublishState own, Table<String, String> config, long now) {
        return awaiting(own.with(PublishConfig.of(config)), now);
    }

    private static PublishState stepped(PublishState own, long now, long wallTime) {
        return awaiting(own.with(own.round().stepped(Stamp.offset(now, wallTime))), now);
    }

    /** With all that waits for a time at the time that the clocks and settings of now say. */
    private static PublishState awaiting(PublishState own, long now) {
        Table<Bytes, KeptValue> values = own.values();
        for (Map.Entry<Bytes, KeptValue> each : own.values()) {
            values = values.with(
                    each.getKey(),
                    each.getValue().awaiting(own.round().offset(), own.config().valueInterval()));
        }
        return armed(own.valued(values), now);
    }

    /** With an alarm for what is next: keys that wait, or the next of the round. */
    private static PublishState armed(PublishState own, long now) {
        Promises promises = own.promises();
        if (own.sweep().isPresent() || promises.kept().isEmpty()) {
            return own.alarmed(Table.empty());
        }
        long interval = own.config().reprovideInterval();
        Round round = promises.behind(own.round().done()).isPresent()
                ? own.round()
                : own.round().next(now, interval);
        long turn = round.due(promises.behind(round.done()).orElseThrow(), interval);
        long news = promises.first().map(Turn::at).orElse(Due.NEVER);
        Occasion next = news <= turn ? Occasion.NEWS : Occasion.ROUND;
        long at = Math.max(Math.min(news, turn), own.restUntil());
        return own.with(round).alarmed(Table.of(next, new Alarm(at)));
    }

    private PublishReducer with(PublishState changed) {
        return new PublishReducer(changed, ctx);
    }

    private PublishState armed() {
        return armed(own, ctx.now());
    }

    private PublishState reduce(PublishAction action) {
        return switch (action) {
            case PublishAction.Keep(Ticket ticket, List<Bytes> keys) -> kept(ticket, keys);
            case PublishAction.Forget(Ticket ticket, List<Bytes> keys) -> {
                Promises left = own.promises();
                for (Bytes key : keys) {
                    left = left.without(key);
                }
                ctx.then(new PublishOutcome.Forgotten(
                        ticket, own.keys() - left.kept().size()));
                yield with(own.with(left)).armed();
            }
            case PublishAction.KeepValue(Ticket ticket, ValueRecord record) -> {
                ctx.then(new PublishOutcome.ValueKept(ticket));
                yield own.valued(own.values().with(record.key(), KeptValue.of(record, ctx.now())));
            }
            case PublishAction.ForgetValue(Ticket ticket, Bytes key) -> {
                ctx.then(new PublishOutcome.ValueForgotten(ticket));
                yield own.valued(own.values().without(key));
            }
            case PublishAction.SweepDue(Occasion occasion) -> begun(occasion);
            case PublishAction.ValueDue(Bytes key) -> putting(key, own.values().at(key));
            case PublishAction.Seeded(long _, List<Contact> nearest) -> seeded(sweep(), nearest);
            case PublishAction.Unsearched(long _, String why) ->
                sweep().stage() instanceof Stage.Seeding ? elsewhere(sweep(), why) : abandoned(sweep(), why);
            case PublishAction.Searched(long _, QueryOutcome.Done outcome) -> searched(sweep(), outcome);
            case PublishAction.StoreAnswered fact -> stored(fact.ask(), fact.answer());
            case PublishAction.StoreFailed fact -> missed(fact.ask(), isFinal(fact.why()));
            case PublishAction.ValuePut(long put, int stored, int failed) -> put(put, stored, failed);
            case PublishAction.ValueRefused(long put, String _) -> put(put, 0, 0);
            case PublishAction.ClockMoved _ -> stepped(own, ctx.now(), ctx.wallTime());
            case PublishAction.Listened fact ->
                own.reached(own.addresses().listening(fact.listener(), fact.addresses()));
            case PublishAction.Unlistened fact -> own.reached(own.addresses().closed(fact.listener()));
            case PublishAction.Observed fact -> own.reached(own.addresses().seen(fact.addresses()));
            case PublishAction.Swept _, PublishAction.SweepAbandoned _ -> own;
        };
    }

    private Sweep sweep() {
        return own.sweep().orElseThrow();
    }

    private PublishState kept(Ticket ticket, List<Bytes> keys) {
        Promises promises = own.promises();
        for (Bytes key : keys) {
            promises = promises.keeping(key, ctx.now() + own.config().delay());
        }
        ctx.then(new PublishOutcome.Kept(ticket, promises.kept().size() - own.keys()));
        // What is new is published now: where there was nothing before, its round begins now too.
        Round round = own.keys() > 0
                ? own.round()
                : new Round(Stamp.now(ctx), own.round().offset(), Optional.empty());
        return with(own.with(promises).with(round)).armed();
    }

    // Whom to tell

    private PublishState begun(Occasion occasion) {
        Key first = switch (occasion) {
            case NEWS -> own.promises().first().orElseThrow().key();
            case ROUND -> own.promises().behind(own.round().done()).orElseThrow();
        };
        return seeding(
                occasion,
                Network.WIDE,
                first,
                ctx.now() + own.config().delay(),
                own.promises().kept().at(first));
    }

    private PublishState seeding(Occasion occasion, Network network, Key first, long until, Bytes target) {
        PublishState after = own.numbered();
        ctx.then(new RoutingAction.Find(
                Errand.SEARCH.ticket(after.last()),
                network,
                target,
                own.config().dht().replication()));
        Sweep sweep = Sweep.of(occasion, network, first, until, new Stage.Seeding(after.last(), target));
        return after.with(sweep).alarmed(Table.empty());
    }

    /** What is published is published in the internet's network, if this node knows somebody there (go-libp2p-kad-dht, dual). */
    private PublishState elsewhere(Sweep sweep, String why) {
        return sweep.network() == Network.WIDE && sweep.stage() instanceof Stage.Seeding(long _, Bytes target)
                ? seeding(sweep.occasion(), Network.LOCAL, sweep.first(), sweep.until(), target)
                : abandoned(sweep, why);
    }

    private PublishState seeded(Sweep sweep, List<Contact> nearest) {
        if (nearest.isEmpty()) {
            return elsewhere(sweep, "this node knows nobody");
        }
        if (self(sweep.network()).addresses().isEmpty()) {
            return abandoned(sweep, "this node knows no address of its own that others could be told");
        }
        return exploring(sweep, ((Stage.Seeding) sweep.stage()).target(), nearest);
    }

    private PeerInfo self(Network network) {
        return new PeerInfo(
                own.config().dht().self().orElseThrow(),
                network.filter(own.config().dht().isScoped())
                        .kept(own.addresses().all()),
                Connectedness.CONNECTED);
    }

    private PublishState exploring(Sweep sweep, Bytes target, List<Contact> seeds) {
        PublishState after = own.numbered();
        ctx.then(new QueryAction.Start(
                Errand.SEARCH.ticket(after.last()),
                PublishMachine.NAME,
                sweep.network().protocol(),
                new KadQuestion.FindNode(target),
                seeds,
                sweep.network().filter(own.config().dht().isScoped()),
                own.config().dht().terms()));
        return after.with(sweep.at(new Stage.Exploring(after.last(), target)).counting(Counts.LOOKUP));
    }

    private PublishState searched(Sweep sweep, QueryOutcome.Done outcome) {
        if (outcome.end() != QueryOutcome.End.CONVERGED || outcome.closest().isEmpty()) {
            String why = "a lookup ended without all nodes of the region: " + outcome.end();
            return outcome.closest().isEmpty()
                    ? passed(sweep).abandoned(sweep, why)
                    : passed(sweep).given(sweep, why);
        }
        int copies = own.config().dht().replication();
        Key target = Key.ofPreimage(((Stage.Exploring) sweep.stage()).target());
        List<Contact> closest =
                outcome.closest().stream().map(candidate -> candidate.contact()).toList();
        Survey survey = sweep.survey().looked(target, closest, copies);
        Sweep after = sweep.with(survey);
        Optional<Bytes> more =
                isExact(after) ? Optional.empty() : survey.target(own.promises().kept());
        return more.isPresent()
                ? exploring(after, more.get(), survey.nearest(Key.ofPreimage(more.get()), copies))
                : storing(after, Delivery.to(survey.found()), Optional.empty());
    }

    /** Whether each key that is to be published was looked for itself: then all nodes of the region need not be known. */
    private boolean isExact(Sweep sweep) {
        Table<Key, Boolean> targets = sweep.survey().targets();
        return next(sweep, Optional.empty(), targets.size() + 1).stream().allMatch(targets::has);
    }

    /** The keys of a sweep behind one of them, in order. */
    private List<Key> next(Sweep sweep, Optional<Key> last, int most) {
        return switch (sweep.occasion()) {
            case NEWS -> next(sweep, last, most, own.promises().waiting());
            case ROUND -> next(sweep, last, most, own.promises().kept());
        };
    }

    private static <V> List<Key> next(Sweep sweep, Optional<Key> last, int most, Table<Key, V> of) {
        Prefix region = sweep.survey().region().orElseThrow();
        Key begin = last.orElse(sweep.occasion() == Occasion.ROUND ? sweep.first() : region.first());
        List<Key> next = new ArrayList<>();
        Iterator<Map.Entry<Key, V>> from = of.from(begin).iterator();
        while (from.hasNext() && next.size() < most) {
            Map.Entry<Key, V> each = from.next();
            if (!region.has(each.getKey())) {
                break;
            }
            boolean isDone = last.isPresent() && last.get().equals(each.getKey());
            if (!isDone && !(each.getValue() instanceof Waiting(long at, int _) && at > sweep.until())) {
                next.add(each.getKey());
            }
        }
        return next;
    }

    // Telling them

    /** Stores the next batch of keys behind one; ends the sweep if there is none. */
    private PublishState storing(Sweep sweep, Delivery delivery, Optional<Key> last) {
        List<Key> next = next(sweep, last, Delivery.MOST_KEYS);
        if (next.isEmpty()) {
            return over(sweep);
        }
        return delivery.left() == 0
                ? passed(sweep).given(sweep, "none of the nodes of the region stores anything")
                : told(sweep, delivery.with(next, own.config().dht().replication()));
    }

    /** Tells as many nodes as may be told, and ends the batch when all know of their keys. */
    private PublishState told(Sweep sweep, Delivery delivery) {
        PublishReducer after = this;
        Delivery telling = delivery;
        for (Map.Entry<Key, Delivery.Server> each : delivery.servers()) {
            if (telling.asks().size() >= own.config().width()) {
                break;
            }
            if (each.getValue().isReady()) {
                telling = telling.moved(each.getKey(), own.promises().kept());
                if (telling.servers().at(each.getKey()).isReady()) {
                    after = after.with(after.own.numbered());
                    telling = after.ask(sweep, telling, each.getKey());
                }
            }
        }
        return telling.asks().isEmpty()
                ? after.delivered(sweep, telling)
                : after.own.with(sweep.at(new Stage.Storing(telling)));
    }

    private Delivery ask(Sweep sweep, Delivery delivery, Key at) {
        Delivery.Server server = delivery.servers().at(at);
        Bytes content = own.promises().kept().at(server.next().orElseThrow());
        ctx.then(new ExchangeAction.Ask(
                Errand.STORE.ticket(own.last()),
                server.contact().peer(),
                server.contact().addresses(),
                true,
                sweep.network().protocol(),
                KadQuestion.AddProvider.of(content, self(sweep.network())),
                own.config().dht().storeTimeout()));
        return delivery.asked(own.last(), at);
    }

    private PublishState stored(long ask, KadAnswer answer) {
        return answer instanceof KadAnswer.Added
                ? told(sweep().counting(Counts.STORED), sweep().delivery().stored(ask))
                : missed(ask, false);
    }

    private PublishState missed(long ask, boolean isFinal) {
        return told(sweep().counting(Counts.FAILED), sweep().delivery().missed(ask, isFinal));
    }

    /** Whether who has failed so will not store the next key either. A refusal may be of one key alone. */
    private static boolean isFinal(AskFailure why) {
        return switch (why) {
            case UNREACHABLE, UNSUPPORTED, TIMED_OUT -> true;
            case RESET, MALFORMED, UNENCODABLE, BUSY, CANCELLED -> false;
        };
    }

    /** A batch is at its end: what too few have stored waits to be tried again. */
    private PublishState delivered(Sweep sweep, Delivery delivery) {
        int servers =
                Math.min(own.config().dht().replication(), delivery.servers().size());
        int enough = own.config().enough(servers);
        Promises promises = own.promises();
        int scarce = 0;
        for (Map.Entry<Key, Copies> each : delivery.batch()) {
            Key key = each.getKey();
            if (each.getValue().stored() >= enough) {
                promises = promises.published(key);
            } else {
                scarce++;
                promises = promises.missed(key, ctx.now() + pause(promises.triesOf(key) + 1));
            }
        }
        Key last = delivery.batch().last().orElseThrow().getKey();
        PublishState after = own.with(promises);
        return with(sweep.occasion() == Occasion.ROUND ? after.with(own.round().done(last)) : after)
                .storing(sweep.counting(Counts.keys(delivery.batch().size(), scarce)), delivery, Optional.of(last));
    }

    private long pause(int tries) {
        return own.config().pause(tries, own.config().reprovideInterval());
    }

    // The end

    private PublishState over(Sweep sweep) {
        Prefix region = sweep.survey().region().orElseThrow();
        Counts counts = sweep.counts().plus(Counts.SWEEP);
        ctx.then(new PublishAction.Swept(
                sweep.occasion(),
                sweep.network(),
                region,
                sweep.survey().found().size(),
                counts));
        PublishState after = own.counting(counts).sweeping(Optional.empty());
        return with(sweep.occasion() == Occasion.ROUND ? after.with(own.round().done(region.last())) : after)
                .armed();
    }

    /** Its first key waits, as others that too few have stored: a region of which nothing is to be had keeps no other from its turn. */
    private PublishReducer passed(Sweep sweep) {
        Key first = sweep.first();
        Promises promises = own.promises();
        PublishState after = own.with(promises.missed(first, ctx.now() + pause(promises.triesOf(first) + 1)));
        return with(sweep.occasion() == Occasion.ROUND ? after.with(own.round().done(first)) : after);
    }

    /** A region is given up, and the next is begun. */
    private PublishState given(Sweep sweep, String why) {
        ctx.then(new PublishAction.SweepAbandoned(sweep.occasion(), sweep.network(), why));
        return with(own.counting(sweep.counts().plus(Counts.ABANDONED)).sweeping(Optional.empty()))
                .armed();
    }

    /** Nobody can be told of anything now: all rests. */
    private PublishState abandoned(Sweep sweep, String why) {
        return with(own.resting(ctx.now() + own.config().retryInterval())).given(sweep, why);
    }

    // Values

    private PublishState putting(Bytes key, KeptValue value) {
        if (own.puts().size() >= MOST_PUTS) {
            return own.valued(own.values().with(key, value.later(ctx.now() + PAUSE)));
        }
        PublishState after = own.numbered();
        ctx.then(new OperationAction.Start(Errand.PUT.ticket(after.last()), new Goal.PutValue(value.record())));
        return after.valued(own.values().with(key, value.storing(after.last())))
                .putting(own.puts().with(after.last(), key));
    }

    private PublishState put(long number, int stored, int failed) {
        Bytes key = own.puts().at(number);
        PublishState after = own.putting(own.puts().without(number));
        // In its place may be another by now, or none.
        Optional<KeptValue> value = own.values().find(key).filter(kept -> kept.put() == number);
        return value.isEmpty() ? after : after.valued(own.values().with(key, put(value.get(), stored, failed)));
    }

    private KeptValue put(KeptValue value, int stored, int failed) {
        long interval = own.config().valueInterval();
        return stored >= own.config().enough(stored + failed)
                ? value.stored(Stamp.now(ctx), ctx.now() + interval)
                : value.missed(ctx.now() + own.config().pause(value.tries() + 1, interval));
    }
}
