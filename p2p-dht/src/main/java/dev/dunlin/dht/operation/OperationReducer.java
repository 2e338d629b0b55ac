package dev.dunlin.dht.operation;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Operation.Search;
import dev.dunlin.dht.operation.Operation.Storing;
import dev.dunlin.dht.operation.OperationOutcome.Result;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine of operations: one operation at a time, where values are judged by some validators. */
record OperationReducer(Validators validators, OperationState own, long number, Operation operation, Context ctx) {

    static OperationState reduce(Validators validators, OperationState own, OperationAction action, Context ctx) {
        return switch (action) {
            case OperationAction.Start(Ticket ticket, Goal goal) -> {
                Operation begun = Operation.of(
                        ticket, goal, ctx.now(), ctx.now() + own.config().timeout());
                OperationState after = own.begun(begun);
                yield of(validators, after, after.last(), ctx).begun();
            }
            case OperationAction.Stop(Ticket ticket) ->
                of(validators, own, own.tickets().at(ticket), ctx).over(Result.STOPPED);
            case OperationAction.Recalled fact ->
                of(validators, own, fact.operation(), ctx).recalled(fact);
            case OperationAction.Seeded fact ->
                of(validators, own, fact.operation(), ctx).seeded(fact.network(), fact.nearest(), fact.size());
            case OperationAction.Unsearched fact ->
                of(validators, own, fact.operation(), ctx).searched(fact.network(), List.of());
            case OperationAction.Answered fact ->
                of(validators, own, fact.operation(), ctx)
                        .answered(fact.network(), fact.peer(), fact.from(), fact.answer());
            case OperationAction.Searched(long number, Network network, QueryOutcome.Done outcome) ->
                of(validators, own, number, ctx)
                        .counted(network, outcome)
                        .searched(
                                network,
                                outcome.closest().stream()
                                        .map(candidate -> candidate.contact())
                                        .toList());
            case OperationAction.StoreAnswered fact ->
                of(validators, own, fact.operation(), ctx).stored(fact);
            case OperationAction.StoreFailed fact ->
                of(validators, own, fact.operation(), ctx).unstored(fact);
            case OperationAction.OperationDue(long number) ->
                of(validators, own, number, ctx).over(Result.TIMED_OUT);
            case OperationAction.Listened(Handle listener, List<Multiaddr> addresses) ->
                own.reached(own.addresses().listening(listener, addresses));
            case OperationAction.Unlistened(Handle listener) ->
                own.reached(own.addresses().closed(listener));
            case OperationAction.Observed(List<Multiaddr> addresses) ->
                own.reached(own.addresses().seen(addresses));
        };
    }

    /** What was begun in the last run is over; who asked for it has been told so by its own boot. */
    static OperationState boot(OperationState own, NodeAction.Booted booted, Context ctx) {
        return OperationState.of(OperationConfig.of(booted.config()), own.last());
    }

    private static OperationReducer of(Validators validators, OperationState own, long number, Context ctx) {
        return new OperationReducer(validators, own, number, own.running().at(number), ctx);
    }

    private static Ticket ticket(long number, Network network) {
        return new Ticket(OperationMachine.NAME, number << 1 | network.ordinal());
    }

    private OperationReducer with(Operation changed) {
        return new OperationReducer(validators, own, number, changed, ctx);
    }

    private OperationState saved() {
        return own.next(number, operation);
    }

    // Looking

    /** What this node holds itself comes first: it may be enough, and is what others are measured by. */
    private OperationState begun() {
        Ticket ticket = new Ticket(OperationMachine.NAME, number);
        switch (operation.goal()) {
            case Goal.GetValue(Bytes key, int _) -> ctx.then(new RecordsAction.GetLocal(ticket, key));
            case Goal.FindProviders(Bytes key, int _) -> ctx.then(new RecordsAction.GetLocalProviders(ticket, key));
            case Goal.PutValue(ValueRecord record) -> {
                ctx.then(new RecordsAction.Put(Ticket.NONE, record));
                seeks();
            }
            case Goal.PutValueTo(ValueRecord _, List<Contact> nodes) -> {
                return with(operation.with(Storing.with(network(nodes), nodes, false)))
                        .further();
            }
            case Goal.FindPeer _, Goal.FindClosest _, Goal.Trace _, Goal.Provide _ -> seeks();
        }
        return saved();
    }

    /** In which network nodes are: in the internet's, if all can be reached there. */
    private Network network(List<Contact> nodes) {
        AddressFilter wide = Network.WIDE.filter(own.config().isScoped());
        return nodes.stream().allMatch(node -> !wide.kept(node.addresses()).isEmpty()) ? Network.WIDE : Network.LOCAL;
    }

    private void seeks() {
        for (Network network : operation.searches().keys()) {
            ctx.then(new RoutingAction.Find(
                    ticket(number, network),
                    network,
                    operation.goal().question().key(),
                    own.config().seeds()));
        }
    }

    private OperationState recalled(OperationAction.Recalled fact) {
        OperationReducer after = with(operation.seeding());
        boolean isEnough = switch (operation.goal()) {
            case Goal.GetValue goal
            when fact.value().isPresent() -> {
                after = after.valued(goal, own.config().self().orElseThrow(), fact.value());
                yield after.hasQuorum(goal);
            }
            case Goal.FindProviders goal -> {
                after = after.provided(goal, fact.providers());
                yield after.hasEnough(goal);
            }
            case Goal.GetValue _,
                    Goal.FindPeer _,
                    Goal.FindClosest _,
                    Goal.Trace _,
                    Goal.PutValue _,
                    Goal.PutValueTo _,
                    Goal.Provide _ -> false;
        };
        if (isEnough) {
            return after.over(Result.FINISHED);
        }
        after.seeks();
        return after.saved();
    }

    private OperationState seeded(Network network, List<Contact> nearest, double size) {
        if (nearest.isEmpty()) {
            return searched(network, List.of());
        }
        ctx.then(new QueryAction.Start(
                ticket(number, network),
                OperationMachine.NAME,
                network.protocol(),
                operation.goal().question(),
                nearest,
                network.filter(own.config().isScoped()),
                own.config().terms(),
                operation.goal() instanceof Goal.Trace));
        Operation asking = operation.with(network, Search.ASKING);
        boolean isOptimistic = own.config().optimisticProvide()
                && operation.goal() instanceof Goal.Provide
                && network == Network.WIDE
                && size >= own.config().replication();
        return isOptimistic
                ? with(asking.with(Optimism.of(own.config().replication(), size).hearing(target(), nearest)))
                        .saved()
                : with(known(nearest).map(asking::with).orElse(asking)).saved();
    }

    private Key target() {
        return Key.ofPreimage(operation.goal().question().key());
    }

    /** Who is looked for, if this node knows it: whether it is still there its own answer says. */
    private Optional<Goal.Found> known(List<Contact> nearest) {
        return nearest.stream()
                .filter(contact -> operation.goal().equals(new Goal.FindPeer(contact.peer())))
                .findFirst()
                .map(contact -> Goal.Found.Peer.of(contact.peer(), contact.addresses()));
    }

    private OperationState answered(Network network, PeerId peer, Optional<Multiaddr> from, KadAnswer answer) {
        return switch (operation.goal()) {
            case Goal.Provide _
            when network == Network.WIDE
                    && operation.optimism().isPresent()
                    && answer instanceof KadAnswer.WithCloser with ->
                heard(operation.optimism().get(), with);
            case Goal.FindPeer _ when operation.found() instanceof Goal.Found.Peer found && found.isSure() -> own;
            case Goal.FindPeer(PeerId target) ->
                target.equals(peer) && operation.found() instanceof Goal.Found.Peer found
                        ? reached(found, from)
                        : named(target, network, answer);
            case Goal.GetValue goal
            when answer instanceof KadAnswer.FoundValue found -> {
                OperationReducer after = valued(goal, peer, found.record());
                yield after.hasQuorum(goal) ? after.stopped() : after.saved();
            }
            case Goal.FindProviders goal
            when answer instanceof KadAnswer.FoundProviders found -> {
                OperationReducer after = provided(goal, found.providers());
                yield after.hasEnough(goal) ? after.stopped() : after.saved();
            }
            case Goal.FindClosest _,
                    Goal.Trace _,
                    Goal.GetValue _,
                    Goal.FindProviders _,
                    Goal.PutValue _,
                    Goal.PutValueTo _,
                    Goal.Provide _ -> own;
        };
    }

    /** Somebody says where who is looked for is. It may lie: that counts for sure only which the peer has been reached at. */
    private OperationState named(PeerId target, Network network, KadAnswer answer) {
        Goal.Found found = operation.found();
        if (answer instanceof KadAnswer.WithCloser with) {
            AddressFilter filter = network.filter(own.config().isScoped());
            // An answer has one vote for an address, however often it has it.
            List<Multiaddr> addresses = with.closer().stream()
                    .filter(info -> info.peer().equals(target))
                    .flatMap(info -> filter.kept(info.addresses()).stream())
                    .distinct()
                    .toList();
            if (!addresses.isEmpty()) {
                found = found instanceof Goal.Found.Peer peer
                        ? peer.namedAt(addresses)
                        : Goal.Found.Peer.of(target, addresses);
            }
        }
        return with(operation.with(found)).saved();
    }

    private OperationState reached(Goal.Found.Peer found, Optional<Multiaddr> from) {
        OperationReducer after = with(operation.with(found.reached(from)));
        return operation.hasSearched() ? after.over(Result.FINISHED) : after.stopped();
    }

    private OperationReducer valued(Goal.GetValue goal, PeerId peer, Optional<ValueRecord> record) {
        Optional<ValueRecord> given = record.filter(one ->
                validators.problem(goal.key(), one.value(), ctx.wallTime()).isEmpty());
        if (given.isEmpty()) {
            return with(operation.holding(operation.holders().with(peer, false)));
        }
        Optional<Goal.Found.Value> before =
                operation.found() instanceof Goal.Found.Value value ? Optional.of(value) : Optional.empty();
        int answers = before.map(Goal.Found.Value::answers).orElse(0) + 1;
        int better = before.map(value -> validators.better(
                        goal.key(), given.get().value(), value.record().value()))
                .orElse(1);
        Operation after = operation;
        if (better > 0) {
            ctx.then(new OperationOutcome.ValueFound(operation.ticket(), given.get()));
            Table<PeerId, Boolean> worse = Table.empty();
            for (PeerId holder : operation.holders().keys()) {
                worse = worse.with(holder, false);
            }
            after = after.with(new Goal.Found.Value(given.get(), answers)).holding(worse.with(peer, true));
        } else {
            after = after.with(new Goal.Found.Value(before.orElseThrow().record(), answers))
                    .holding(operation.holders().with(peer, better == 0));
        }
        return with(after);
    }

    private boolean hasQuorum(Goal.GetValue goal) {
        int quorum = goal.quorum() > 0 ? goal.quorum() : own.config().quorum();
        return operation.found() instanceof Goal.Found.Value value && value.answers() >= quorum;
    }

    private OperationReducer provided(Goal.FindProviders goal, List<PeerInfo> providers) {
        List<PeerId> known = operation.found() instanceof Goal.Found.Providers(List<PeerId> peers)
                ? new ArrayList<>(peers)
                : new ArrayList<>();
        for (PeerInfo provider : providers) {
            if (known.size() < goal.count() && !known.contains(provider.peer())) {
                known.add(provider.peer());
                ctx.then(new OperationOutcome.ProviderFound(operation.ticket(), provider));
            }
        }
        return known.isEmpty() ? this : with(operation.with(new Goal.Found.Providers(known)));
    }

    private boolean hasEnough(Goal.FindProviders goal) {
        return operation.found() instanceof Goal.Found.Providers(List<PeerId> peers) && peers.size() >= goal.count();
    }

    /** Stores with those that are near enough, and looks no further once the nearest that are known are the nearest that there are. */
    private OperationState heard(Optimism before, KadAnswer.WithCloser answer) {
        AddressFilter filter = Network.WIDE.filter(own.config().isScoped());
        Optimism optimism = before.hearing(
                target(),
                answer.closer().stream()
                        .filter(info -> !own.config().self().equals(Optional.of(info.peer())))
                        .map(info -> Contact.of(info.peer(), filter.kept(info.addresses())))
                        .filter(contact -> !contact.addresses().isEmpty())
                        .toList());
        OperationReducer after = with(operation.with(optimism)).taking(optimism.nearEnough());
        return after.operation.optimism().orElseThrow().isContent()
                ? after.with(after.told()).stopped()
                : after.with(after.told()).saved();
    }

    /** With more nodes with which something is to be stored. */
    private OperationReducer taking(List<Contact> nodes) {
        return operation.optimism().isEmpty() || nodes.isEmpty()
                ? this
                : with(operation
                        .with(operation.optimism().get().taking(target(), nodes))
                        .with(operation.storing().further(nodes)));
    }

    /** Enough is found: the queries are stopped, and tell their ends as others do. */
    private OperationState stopped() {
        for (Map.Entry<Network, Search> each : operation.searches()) {
            if (each.getValue() == Search.ASKING) {
                ctx.then(new QueryAction.Stop(ticket(number, each.getKey())));
            }
        }
        return saved();
    }

    /** How a lookup went is what was to be found, if that is the goal. */
    private OperationReducer counted(Network network, QueryOutcome.Done outcome) {
        Operation counted = operation.with(operation.effort().with(outcome));
        if (!(operation.goal() instanceof Goal.Trace)) {
            return with(counted);
        }
        Table<Network, QueryOutcome.Done> before = operation.found() instanceof Goal.Found.Traced(var lookups)
                ? lookups
                : Table.<Network, QueryOutcome.Done>empty();
        return with(counted.with(new Goal.Found.Traced(before.with(network, outcome))));
    }

    /** The search in a network is over. */
    private OperationState searched(Network network, List<Contact> closest) {
        Operation after = operation.with(network, Search.OVER);
        // What is stored is stored in the internet's network, if this node is part of it (go-libp2p-kad-dht, dual).
        boolean isFirst = !closest.isEmpty() && (after.closest().isEmpty() || network == Network.WIDE);
        // Nobody can come to a provider of whom no address is known.
        boolean isOfUse = !(operation.goal() instanceof Goal.Provide)
                || !self(network).addresses().isEmpty();
        if (after.optimism().isPresent() && network == Network.WIDE) {
            after = after.near(closest);
        } else if (isFirst && isOfUse && after.optimism().isEmpty()) {
            after = after.near(closest).with(Storing.with(network, List.of(), false));
        }
        return after.hasSearched() ? with(after).storing() : with(after).saved();
    }

    // Storing

    /** All that was looked for is found: it is stored, or told. */
    private OperationState storing() {
        List<Contact> nearest = operation
                .closest()
                .subList(
                        0,
                        Math.min(own.config().replication(), operation.closest().size()));
        Network network = operation.storing().network();
        return switch (operation.goal()) {
            case Goal.Store _
            when operation.optimism().isPresent() ->
                taking(operation.optimism().get().rest()).further();
            case Goal.Store _ when nearest.isEmpty() -> over(Result.NO_ANSWERS);
            case Goal.Store _ ->
                with(operation.with(Storing.with(network, nearest, false))).further();
            case Goal.GetValue _ when operation.found() instanceof Goal.Found.Value -> corrected(network, nearest);
            // Others have named it, and it has not answered: it may be no server, or the first that named it has lied.
            case Goal.FindPeer _
            when operation.found() instanceof Goal.Found.Peer peer && !peer.isSure() && !nearest.isEmpty() -> {
                List<Contact> it = List.of(peer.contact());
                yield with(operation.with(Storing.with(network(it), it, false))).further();
            }
            case Goal.Search _ -> over(nearest.isEmpty() && !hasAnswer() ? Result.NO_ANSWERS : Result.FINISHED);
        };
    }

    /** Whether something is known though none of the nearest has answered. */
    private boolean hasAnswer() {
        return operation.found() instanceof Goal.Found.Providers
                || operation.found() instanceof Goal.Found.Peer peer && peer.isSure();
    }

    /** The value is told, and those of the nearest that have none or a worse one are given it (libp2p/specs kad-dht, "Entry correction"). */
    private OperationState corrected(Network network, List<Contact> nearest) {
        List<Contact> wanting = nearest.stream()
                .filter(contact -> !operation.holders().or(contact.peer(), false))
                .toList();
        boolean isWorseHere = own.config()
                .self()
                .filter(self -> !operation.holders().or(self, true))
                .isPresent();
        if (isWorseHere) {
            ctx.then(new RecordsAction.Put(Ticket.NONE, ((Goal.Found.Value) operation.found()).record()));
        }
        tell(Result.FINISHED);
        return with(operation.with(Storing.with(network, wanting, true))).further();
    }

    /** Asks as many as may be asked, and ends what is over. */
    private OperationState further() {
        Operation after = told();
        Storing storing = after.storing();
        if (!after.hasSearched() || !storing.isOver()) {
            return with(after).saved();
        }
        return with(after).over(storing.stored() > 0 || storing.isTold() ? Result.FINISHED : Result.NOT_STORED);
    }

    /** With as many asked as may be asked. */
    private Operation told() {
        Storing storing = operation.storing();
        while (!storing.waiting().isEmpty()
                && storing.asked().size() < own.config().storeWidth()) {
            Contact contact = storing.waiting().getFirst();
            storing = storing.next();
            ctx.then(new ExchangeAction.Ask(
                    new Ticket(OperationMachine.NAME, number << OperationMachine.REQUEST_BITS | storing.sent()),
                    contact.peer(),
                    contact.addresses(),
                    true,
                    storing.network().protocol(),
                    message(storing.network()),
                    own.config().storeTimeout()));
        }
        return operation.with(storing);
    }

    private KadQuestion message(Network network) {
        return switch (operation.goal()) {
            case Goal.PutValue(ValueRecord record) -> new KadQuestion.PutValue(record);
            case Goal.PutValueTo(ValueRecord record, List<Contact> _) -> new KadQuestion.PutValue(record);
            case Goal.Provide(Bytes key) -> KadQuestion.AddProvider.of(key, self(network));
            case Goal.FindPeer _ -> operation.goal().question();
            case Goal.GetValue _, Goal.FindClosest _, Goal.Trace _, Goal.FindProviders _ ->
                new KadQuestion.PutValue(((Goal.Found.Value) operation.found()).record());
        };
    }

    private PeerInfo self(Network network) {
        return new PeerInfo(
                own.config().self().orElseThrow(),
                network.filter(own.config().isScoped()).kept(own.addresses().all()),
                Connectedness.CONNECTED);
    }

    private OperationState stored(OperationAction.StoreAnswered fact) {
        return operation.goal() instanceof Goal.FindPeer
                ? reached((Goal.Found.Peer) operation.found(), fact.from())
                : storeEnded(
                        fact.request(),
                        fact.answer().answers(message(operation.storing().network())));
    }

    private OperationState unstored(OperationAction.StoreFailed fact) {
        if (!(operation.goal() instanceof Goal.FindPeer)) {
            return storeEnded(fact.request(), false);
        }
        // Who says that it does not speak the protocol is there.
        return fact.why() == AskFailure.UNSUPPORTED
                ? reached((Goal.Found.Peer) operation.found(), Optional.empty())
                : over(Result.FINISHED);
    }

    private OperationState storeEnded(int request, boolean isStored) {
        Operation ended = operation.with(operation.storing().ended(request, isStored));
        Optional<Optimism> optimism = operation.optimism();
        OperationReducer after = isStored || optimism.isEmpty()
                ? with(ended)
                : with(ended).taking(optimism.get().another());
        boolean isEnough = optimism.isPresent()
                && ended.storing().stored() >= optimism.get().enough();
        if (!isEnough || ended.storing().isTold()) {
            return after.further();
        }
        after.tell(Result.FINISHED);
        return after.with(after.operation.with(after.operation.storing().told()))
                .further();
    }

    // The end

    private void tell(Result result) {
        ctx.then(new OperationOutcome.Done(
                operation.ticket(),
                result,
                operation.found(),
                operation.closest(),
                operation.effort(),
                operation.storing().stored(),
                operation.storing().failed(),
                ctx.now() - operation.startedAt()));
    }

    private OperationState over(Result result) {
        for (Map.Entry<Network, Search> each : operation.searches()) {
            if (each.getValue() == Search.ASKING) {
                ctx.then(new QueryAction.Stop(ticket(number, each.getKey())));
            }
        }
        for (int request : operation.storing().asked().keys()) {
            ctx.then(new ExchangeAction.Cancel(
                    new Ticket(OperationMachine.NAME, number << OperationMachine.REQUEST_BITS | request)));
        }
        if (!operation.storing().isTold()) {
            tell(result);
        }
        return own.ended(number);
    }
}
