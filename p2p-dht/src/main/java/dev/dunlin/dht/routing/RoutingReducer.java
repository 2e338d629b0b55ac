package dev.dunlin.dht.routing;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.Scope;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.key.Preimages;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Space.Refresh;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.RoutingTable;
import dev.dunlin.dht.table.RoutingTable.Refusal;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The routing machine, of one network at a time. */
record RoutingReducer(RoutingState own, Network network, Space space, Context ctx) {

    /** A check is put off by up to this part of the interval, so that those of one lookup are not all looked at at once. */
    private static final int SPREAD = 4;

    /** How soon after a boot the nodes that are remembered are looked at: all within this time, microseconds. */
    private static final long SOON = 60_000_000;

    private static final int KEY_WORDS = 4;

    static RoutingState reduce(RoutingState own, RoutingAction action, Context ctx) {
        return switch (action) {
            case RoutingAction.Find(Ticket ticket, Network network, Bytes key, int most) -> {
                Space space = own.spaces().at(network);
                ctx.then(new RoutingOutcome.Found(
                        ticket,
                        space.table().nearest(Key.ofPreimage(key), most),
                        space.size().estimate().orElse(0)));
                yield own;
            }
            case RoutingAction.Join(Ticket ticket, Network network) ->
                in(own, network, ctx).join(ticket);
            case RoutingAction.Helped(PeerId _, Network network, Contact contact, var from) ->
                in(own, network, ctx).helped(contact, from).advanced();
            case RoutingAction.Failed(PeerId peer, Network network, AskFailure why) ->
                in(own, network, ctx).doubted(Contact.of(peer, List.of()), why).advanced();
            case RoutingAction.Described fact -> described(own, fact, ctx);
            case RoutingAction.Observed fact -> observed(own, fact, ctx);
            case RoutingAction.CheckAnswered(long number, PeerId _, var from, KadAnswer answer) -> {
                Task task = own.tasks().at(number);
                yield in(own.without(number), task.network(), ctx)
                        .checked(task, from, answer)
                        .advanced();
            }
            case RoutingAction.CheckFailed(long number, PeerId _, AskFailure why, String _) -> {
                Task task = own.tasks().at(number);
                yield in(own.without(number), task.network(), ctx)
                        .unchecked(task, why)
                        .advanced();
            }
            case RoutingAction.LookupDone(long number, QueryOutcome.Done outcome) -> {
                Task.Looking task = (Task.Looking) own.tasks().at(number);
                yield in(own.without(number), task.network(), ctx)
                        .looked(task, outcome)
                        .advanced();
            }
            case RoutingAction.LookupRefused(long number, String _) -> {
                Task task = own.tasks().at(number);
                yield in(own.without(number), task.network(), ctx)
                        .roundOver(own.config().joinInterval())
                        .advanced();
            }
            case RoutingAction.SpaceDue(Network network) ->
                in(own, network, ctx).advanced();
            case RoutingAction.Asked fact -> in(own, fact.network(), ctx).asked(fact);
            case RoutingAction.Located fact -> in(own, fact.network(), ctx).located(fact);
            case RoutingAction.RecordsAsked _, RoutingAction.Entered _, RoutingAction.Left _ -> own;
        };
    }

    /** Whom it knew it knows still, and looks at soon; what was asked in the last run has no answer in this one. */
    static RoutingState boot(RoutingState own, NodeAction.Booted booted, Context ctx) {
        RoutingConfig config = RoutingConfig.of(booted.config());
        RoutingState after =
                new RoutingState(config, Table.empty(), remembered(own, config), Table.empty(), own.last(), false);
        for (Network network : Network.values()) {
            if (!Network.of(config).contains(network)) {
                ctx.then(new ExchangeAction.Unserve(network.protocol()));
                continue;
            }
            Key self = Key.of(config.self().orElseThrow());
            RoutingTable table = after.resting()
                    .find(network)
                    .filter(remembered -> remembered.self().equals(self))
                    .map(remembered -> soonChecked(remembered.limited(config.limits(network)), ctx))
                    .orElse(RoutingTable.of(self, config.limits(network)));
            after = after.resumed(network);
            Space space = Space.of(table, config.maxChecks(), ctx.now() + 1, ctx.now() + 1);
            after = new RoutingReducer(after, network, space, ctx)
                    .served(config)
                    .saved();
        }
        return after;
    }

    /** Whom it knew in networks that are the same still: one of another prefix is another, and one of other addresses has other nodes. */
    private static Table<Network, RoutingTable> remembered(RoutingState own, RoutingConfig config) {
        Table<Network, RoutingTable> tables = own.resting();
        for (Map.Entry<Network, Space> each : own.spaces()) {
            tables = tables.with(each.getKey(), each.getValue().table());
        }
        if (!own.config().prefix().equals(config.prefix())) {
            return Table.empty();
        }
        if (own.config().isScoped() != config.isScoped()) {
            for (Map.Entry<Network, RoutingTable> each : tables) {
                AddressFilter filter = each.getKey().filter(config.isScoped());
                RoutingTable kept = each.getValue();
                for (Contact contact : kept.contacts()) {
                    List<Multiaddr> addresses = filter.kept(contact.addresses());
                    kept = addresses.isEmpty() ? kept.without(contact) : kept.moved(contact.at(addresses));
                }
                tables = tables.with(each.getKey(), kept);
            }
        }
        return tables;
    }

    private static RoutingTable soonChecked(RoutingTable table, Context ctx) {
        RoutingTable changed = table;
        for (Contact contact : table.contacts()) {
            changed = changed.checked(contact, ctx.now() + 1 + ctx.random().nextLong(SOON));
        }
        return changed;
    }

    static RoutingState configured(RoutingState own, Table<String, String> values, long now) {
        RoutingConfig config = RoutingConfig.of(values);
        Table<Network, Space> spaces = own.spaces();
        for (Map.Entry<Network, Space> each : own.spaces()) {
            spaces = spaces.with(each.getKey(), each.getValue().limited(config, each.getKey()));
        }
        return new RoutingState(config, spaces, own.resting(), own.tasks(), own.last(), own.isReachable());
    }

    private static RoutingReducer in(RoutingState own, Network network, Context ctx) {
        return new RoutingReducer(own, network, own.spaces().or(network, OFF), ctx);
    }

    /** In place of a network that this node is not part of. */
    private static final Space OFF =
            Space.of(RoutingTable.of(Key.ZERO, RoutingConfig.DEFAULT.limits(Network.WIDE)), 1, Due.NEVER, Due.NEVER);

    private RoutingReducer with(Space changed) {
        return new RoutingReducer(own, network, changed, ctx);
    }

    private RoutingState saved() {
        return own.with(network, space);
    }

    private RoutingConfig config() {
        return own.config();
    }

    // Whom to know

    private static RoutingState described(RoutingState own, RoutingAction.Described fact, Context ctx) {
        RoutingState after = own;
        for (Network network : own.spaces().keys()) {
            Contact contact = Contact.of(
                    fact.peer(), network.filter(own.config().isScoped()).kept(fact.addresses()));
            RoutingReducer in = in(after, network, ctx);
            boolean speaks = fact.protocols().contains(network.id(own.config().prefix()));
            after = (speaks
                            ? in.with(in.space().with(in.space().table().moved(contact)))
                                    .offered(contact)
                            : in.left(contact))
                    .advanced();
        }
        return after;
    }

    /**
     * A node was of use: it stays, or is taken in. It has just answered, so nobody need look at it. Where one is that is known only it says
     * itself: the addresses of a lookup are those that others have named.
     */
    private RoutingReducer helped(Contact contact, Optional<Multiaddr> from) {
        return space.table().has(contact)
                ? with(space.with(space.table().useful(contact, from, ctx.now(), nextCheck())))
                : entered(contact, from);
    }

    private long nextCheck() {
        long interval = config().checkInterval();
        return ctx.now() + interval + ctx.random().nextLong(interval / SPREAD + 1);
    }

    /** Takes a node in, if there is a place for it. */
    private RoutingReducer entered(Contact contact, Optional<Multiaddr> from) {
        RoutingTable table = space.table();
        Optional<Refusal> refusal = table.refusal(contact, from, ctx.now());
        if (refusal.isPresent()) {
            return switch (refusal.get()) {
                // A lookup was quicker.
                case PRESENT -> helped(contact, from);
                // It is there, and where it is are as many as may be.
                case BUCKET_NETWORK, TABLE_NETWORK -> away(contact.at(List.of()));
                case SELF, NO_ADDRESS, BUCKET_FULL, TABLE_FULL -> this;
            };
        }
        table.replacedBy(contact, ctx.now()).ifPresent(gone -> ctx.then(new RoutingAction.Left(gone.peer(), network)));
        ctx.then(new RoutingAction.Entered(contact.peer(), network));
        Space after = space.with(table.with(contact, from, ctx.now(), nextCheck()))
                .with(space.candidates().without(contact.peer()));
        // Whoever knew nobody looks for others as soon as it knows one.
        return with(
                table.size() == 0 && !space.refresh().isRunning()
                        ? after.with(new Refresh(
                                ctx.now(), Refresh.REST, 0, space.refresh().waiters()))
                        : after);
    }

    /** A node was looked at in vain at these addresses: who names it there again does not have it looked at again at once. */
    private RoutingReducer away(Contact contact) {
        return with(space.with(space.candidates()
                .withAway(contact.peer(), contact.addresses(), ctx.now() + config().checkInterval())));
    }

    /** A node did not answer: if it is in the table, somebody looks at it now; if it speaks another protocol, it goes. */
    private RoutingReducer doubted(Contact contact, AskFailure why) {
        return why == AskFailure.UNSUPPORTED
                ? left(contact)
                : with(space.with(space.table().checked(contact, ctx.now())));
    }

    private RoutingReducer left(Contact contact) {
        RoutingTable after = space.table().without(contact);
        if (after.size() < space.table().size()) {
            ctx.then(new RoutingAction.Left(contact.peer(), network));
        }
        return with(space.with(after));
    }

    /** A node was heard of: it waits to be looked at, if there is a place for it. */
    private RoutingReducer offered(Contact contact) {
        return space.table().refusal(contact, Optional.empty(), ctx.now()).isEmpty()
                        && !space.checking().has(contact.peer())
                ? with(space.with(space.candidates().with(contact, config().maxCandidates())))
                : this;
    }

    /** A node that is looked at has answered. Whoever names nobody although there are many is of no use. */
    private RoutingReducer checked(Task task, Optional<Multiaddr> from, KadAnswer answer) {
        if (!(answer instanceof KadAnswer.FoundNodes found)
                || found.closer().isEmpty() && space.table().size() >= config().bucketSize()) {
            return unchecked(task, AskFailure.MALFORMED);
        }
        RoutingReducer after = done(task);
        after = switch (task) {
            case Task.Vetting(Network _, Contact contact) -> after.entered(contact, from);
            case Task.Probing(Network _, Contact contact) -> after.helped(contact, from);
            case Task.Looking _ -> after;
        };
        // Who was not taken in is not listened to: else crowds of one owner, who name one another, would be looked at
        // without end.
        if (task instanceof Task.Vetting(Network _, Contact contact)
                && !after.space.table().has(contact)) {
            return after;
        }
        for (PeerInfo info : found.closer()) {
            Contact named =
                    Contact.of(info.peer(), network.filter(config().isScoped()).kept(info.addresses()));
            if (!after.space.candidates().isAway(named, ctx.now())) {
                after = after.offered(named);
            }
        }
        return after;
    }

    private RoutingReducer unchecked(Task task, AskFailure why) {
        RoutingReducer after = done(task);
        return switch (task) {
            // What this node had no room for says nothing of the other: it is looked at again.
            case Task.Probing(Network _, Contact contact)
            when why.isOurs() ->
                after.with(after.space.with(after.space.table().checked(contact, ctx.now() + config().checkTimeout())));
            case Task.Probing(Network _, Contact contact)
            when why != AskFailure.UNSUPPORTED && after.isOneOfTheLast(contact) ->
                after.with(after.space.with(after.space.table().checked(contact, ctx.now() + config().joinInterval())));
            case Task.Probing(Network _, Contact contact) -> after.left(contact);
            case Task.Vetting(Network _, Contact contact) -> why.isOurs() ? after : after.away(contact);
            case Task.Looking _ -> after;
        };
    }

    /** While nobody answers it may be this node's own network that is away: the last that it knows are those by which it comes back. */
    private boolean isOneOfTheLast(Contact contact) {
        return space.table().size() < config().lowContacts()
                && !space.table().isOtherUsefulSince(ctx.now() - config().joinInterval(), contact);
    }

    private RoutingReducer done(Task task) {
        return switch (task) {
            case Task.Vetting(Network _, Contact contact) ->
                with(space.with(space.checking().without(contact.peer())));
            case Task.Probing(Network _, Contact contact) ->
                with(space.with(space.checking().without(contact.peer())));
            case Task.Looking _ -> this;
        };
    }

    // What is to be done now

    /** With all begun that is to be done now. */
    private RoutingState advanced() {
        return joined().probing().vetting().looking().told().saved();
    }

    /** Who knows few asks those that it was told of. */
    private RoutingReducer joined() {
        boolean isLow = space.table().size() < config().lowContacts()
                && !config().bootstrap().isEmpty();
        if (!isLow) {
            return space.joinAt() == Due.NEVER ? this : with(space.joining(Due.NEVER));
        }
        if (space.joinAt() > ctx.now()) {
            return space.joinAt() == Due.NEVER ? with(space.joining(ctx.now() + config().joinInterval())) : this;
        }
        RoutingReducer after = with(space.joining(ctx.now() + config().joinInterval()));
        for (Contact contact : config().bootstrap()) {
            after = after.offered(contact);
        }
        return after;
    }

    private RoutingReducer vetting() {
        RoutingReducer after = this;
        while (after.space.mayCheck() && !after.space.candidates().isEmpty()) {
            Contact contact = after.space.candidates().first();
            after = after.with(after.space.with(after.space.candidates().withoutFirst()));
            if (after.space
                            .table()
                            .refusal(contact, Optional.empty(), ctx.now())
                            .isEmpty()
                    && !after.space.checking().has(contact.peer())) {
                after = after.checking(new Task.Vetting(network, contact), contact);
            }
        }
        return after;
    }

    private RoutingReducer probing() {
        RoutingReducer after = this;
        // One at a time: who is being looked at already takes no place, and all that are due move on.
        while (after.space.mayCheck() && after.space.table().nextCheck() <= ctx.now()) {
            Contact contact = after.space.table().toCheck(ctx.now(), 1).getFirst();
            after = after.with(after.space.with(after.space.table().checked(contact, nextCheck())));
            if (!after.space.checking().has(contact.peer())) {
                after = after.checking(new Task.Probing(network, contact), contact);
            }
        }
        return after;
    }

    /** Asks a node for those nearest to this one: an answer shows that it is there and a server, and may name somebody new. */
    private RoutingReducer checking(Task task, Contact contact) {
        RoutingState begun = own.begun(task);
        ctx.then(new ExchangeAction.Ask(
                new Ticket(RoutingMachine.NAME, begun.last()),
                contact.peer(),
                contact.addresses(),
                true,
                network.protocol(),
                new KadQuestion.FindNode(ownKey()),
                config().checkTimeout()));
        return new RoutingReducer(begun, network, space.with(space.checking().with(contact.peer(), begun.last())), ctx);
    }

    private Bytes ownKey() {
        return Bytes.of(config().self().orElseThrow().toBytes());
    }

    private RoutingReducer looking() {
        return space.refresh().isRunning()
                        || space.table().size() == 0
                        || space.refresh().at() > ctx.now()
                ? this
                : looking(Refresh.OWN, ownKey());
    }

    private RoutingReducer looking(int bucket, Bytes key) {
        RoutingState begun = own.begun(new Task.Looking(network, key));
        ctx.then(new QueryAction.Start(
                new Ticket(RoutingMachine.NAME, begun.last()),
                RoutingMachine.NAME,
                network.protocol(),
                new KadQuestion.FindNode(key),
                space.table().nearest(Key.ofPreimage(key), config().bucketSize()),
                network.filter(config().isScoped()),
                Terms.standard(config().bucketSize())));
        return new RoutingReducer(begun, network, space.with(space.refresh().looking(bucket, begun.last())), ctx);
    }

    /** A lookup of a round is over: the next is for the next bucket with room, and the last ones for any keys. */
    private RoutingReducer looked(Task.Looking task, QueryOutcome.Done outcome) {
        if (space.refresh().bucket() >= Refresh.ANYWHERE) {
            return measured(Key.ofPreimage(task.key()), outcome);
        }
        RoutingTable table = space.table();
        int deepest = Math.min(table.deepest(), Preimages.MOST_BITS - 1);
        for (int bucket = space.refresh().bucket() + 1; bucket <= deepest; bucket++) {
            if (table.bucket(bucket).size() < config().bucketSize()) {
                return looking(
                        bucket,
                        Preimages.inBucket(table.self(), bucket, ctx.random().nextLong()));
            }
        }
        // Who knows fewer than a bucket holds knows all of the network as it is.
        return table.size() < config().bucketSize()
                ? roundOver(config().refreshInterval())
                : looking(Refresh.ANYWHERE, anyKey());
    }

    /**
     * How near the nearest to any key are tells how many nodes there are. The nearest to this node's own id, and to the buckets with room,
     * are much the same ones each time, and would tell the same each time.
     */
    private RoutingReducer measured(Key target, QueryOutcome.Done outcome) {
        List<Contact> closest =
                outcome.closest().stream().map(candidate -> candidate.contact()).toList();
        RoutingReducer after = with(space.with(space.size().with(target, closest, config().bucketSize())));
        int next = space.refresh().bucket() + 1;
        return after.space.size().estimate().isEmpty() && next < Refresh.ANYWHERE + NetworkSize.FEWEST
                ? after.looking(next, anyKey())
                : after.roundOver(config().refreshInterval());
    }

    private Bytes anyKey() {
        ByteBuffer key = ByteBuffer.allocate(Long.BYTES * KEY_WORDS);
        while (key.hasRemaining()) {
            key.putLong(ctx.random().nextLong());
        }
        return Bytes.of(key.array());
    }

    private RoutingReducer roundOver(long next) {
        for (Ticket waiter : space.refresh().waiters()) {
            ctx.then(new RoutingOutcome.Joined(waiter, space.table().size()));
        }
        return with(space.with(Refresh.due(ctx.now() + next + ctx.random().nextLong(next / SPREAD + 1))));
    }

    private RoutingState join(Ticket ticket) {
        Refresh refresh = space.refresh();
        List<Ticket> waiters = new ArrayList<>(refresh.waiters());
        waiters.add(ticket);
        Refresh soon = new Refresh(
                refresh.isRunning() ? refresh.at() : ctx.now(), refresh.bucket(), refresh.lookup(), waiters);
        return with(space.with(soon).joining(Math.min(space.joinAt(), ctx.now())))
                .advanced();
    }

    /** Who waits for a network to be joined by nobody is told so. */
    private RoutingReducer told() {
        boolean isHopeless = !space.refresh().isRunning()
                && space.table().size() == 0
                && space.checking().isEmpty()
                && space.candidates().isEmpty();
        return isHopeless && !space.refresh().waiters().isEmpty() ? roundOver(config().joinInterval()) : this;
    }

    // Answering

    private static RoutingState observed(RoutingState own, RoutingAction.Observed fact, Context ctx) {
        RoutingState after =
                own.reachable(fact.addresses().stream().anyMatch(address -> Scope.of(address) == Scope.PUBLIC));
        for (Network network : own.spaces().keys()) {
            after = in(after, network, ctx).served(own.config()).saved();
        }
        return after;
    }

    /** Answers who asks, or does so no longer, as the mode says. */
    private RoutingReducer served(RoutingConfig config) {
        boolean serves = switch (config.mode()) {
            case SERVER -> true;
            case CLIENT, OFF -> false;
            case AUTO -> network == Network.LOCAL || !config.isScoped() || own.isReachable();
        };
        ctx.then(
                serves ? new ExchangeAction.Serve(network.protocol()) : new ExchangeAction.Unserve(network.protocol()));
        return with(space.served(serves));
    }

    private RoutingState asked(RoutingAction.Asked fact) {
        if (!space.isServed()) {
            ctx.then(new ExchangeAction.Refuse(fact.question()));
            return own;
        }
        switch (fact.message()) {
            case KadQuestion.FindNode(Bytes key) -> {
                List<Contact> nearest = nearest(key, fact.peer());
                Optional<PeerId> wanted = peer(key)
                        .filter(peer -> nearest.stream()
                                .noneMatch(contact -> contact.peer().equals(peer)));
                if (wanted.isPresent()) {
                    ctx.then(new PeerAction.Locate(ticket(fact.question()), wanted.get()));
                } else {
                    ctx.then(new ExchangeAction.Reply(fact.question(), KadAnswer.FoundNodes.of(infos(nearest))));
                }
            }
            case KadQuestion.Ping() -> ctx.then(new ExchangeAction.Reply(fact.question(), new KadAnswer.Pong()));
            case KadQuestion.OfKey of ->
                ctx.then(new RoutingAction.RecordsAsked(fact.peer(), network, fact.question(), of, nearest(of.key())));
        }
        return own;
    }

    // Whoever is looked for by its id is told of though it answers nobody, and so is in no table (dht.md §1.4).
    private RoutingState located(RoutingAction.Located fact) {
        List<PeerInfo> told = new ArrayList<>();
        List<Multiaddr> addresses = network.filter(config().isScoped()).kept(fact.addresses()).stream()
                .limit(Contact.MAX_ADDRESSES)
                .toList();
        if (!addresses.isEmpty()) {
            told.add(new PeerInfo(fact.peer(), addresses, Connectedness.NOT_CONNECTED));
        }
        told.addAll(infos(nearest(Bytes.of(fact.peer().toBytes()), fact.peer())));
        ctx.then(new ExchangeAction.Reply(fact.question(), KadAnswer.FoundNodes.of(told)));
        return own;
    }

    private static Optional<PeerId> peer(Bytes key) {
        try {
            return Optional.of(PeerId.fromBytes(key.toArray()));
        } catch (MultiformatException noPeer) {
            return Optional.empty();
        }
    }

    // Of which question, in which network.
    private Ticket ticket(long question) {
        return new Ticket(RoutingMachine.NAME, question * Network.values().length + network.ordinal());
    }

    static long questionOf(Ticket ticket) {
        return ticket.key() / Network.values().length;
    }

    static Network networkOf(Ticket ticket) {
        return Network.values()[(int) (ticket.key() % Network.values().length)];
    }

    private List<Contact> nearest(Bytes key, PeerId without) {
        return nearest(key).stream()
                .filter(contact -> !contact.peer().equals(without))
                .toList();
    }

    private List<Contact> nearest(Bytes key) {
        return space.table().nearest(Key.ofPreimage(key), config().bucketSize());
    }

    private static List<PeerInfo> infos(List<Contact> contacts) {
        return contacts.stream()
                .map(contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.NOT_CONNECTED))
                .toList();
    }
}
