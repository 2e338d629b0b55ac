package dev.dunlin.dht.operation;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerOutcome;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.OperationAction.Answered;
import dev.dunlin.dht.operation.OperationAction.Recalled;
import dev.dunlin.dht.operation.OperationAction.Searched;
import dev.dunlin.dht.operation.OperationAction.Seeded;
import dev.dunlin.dht.operation.OperationAction.StoreAnswered;
import dev.dunlin.dht.operation.OperationAction.StoreFailed;
import dev.dunlin.dht.operation.OperationAction.Unsearched;
import dev.dunlin.dht.query.Candidate;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.routing.Task;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The machine of operations obeys the laws, on the machines of queries and routing and whatever exchanges say. */
final class OperationLawsTest extends MachineLaws<OperationLawsTest.Root, OperationState, OperationAction> {

    private static final int NODES = 9;

    record Root(Silent.Nothing silent, QueryState query, RoutingState routing, OperationState operation) {}

    @Override
    protected Machine<Object, OperationState, OperationAction> machine() {
        return OperationMachine.of(AnyValue.VALIDATORS);
    }

    @Override
    protected Store<Root> store(Machine<? super Root, OperationState, OperationAction> operation) {
        return Store.of(new Root(
                        new Silent.Nothing(), QueryState.INITIAL, RoutingState.INITIAL, OperationState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(Silent.of("peer", PeerAction.class, PeerOutcome.class), Root::silent, (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), Root::silent, (root, same) -> root)
                .mount(
                        Silent.of("records", RecordsAction.class, RecordsOutcome.class),
                        Root::silent,
                        (root, same) -> root)
                .mount(
                        QueryMachine.QUERY,
                        Root::query,
                        (root, changed) -> new Root(root.silent(), changed, root.routing(), root.operation()))
                .mount(
                        RoutingMachine.ROUTING,
                        Root::routing,
                        (root, changed) -> new Root(root.silent(), root.query(), changed, root.operation()))
                .mount(
                        operation,
                        Root::operation,
                        (root, changed) -> new Root(root.silent(), root.query(), root.routing(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes) {
        Arbitrary<Contact> contacts = Arbitraries.integers().between(0, nodes).map(Contacts::contact);
        Arbitrary<Bytes> keys = Arbitraries.of(AnyValue.key("a"), AnyValue.key("b"), Bytes.EMPTY);
        Arbitrary<ValueRecord> records = Combinators.combine(
                        Arbitraries.of(AnyValue.key("a"), AnyValue.key("b")),
                        Arbitraries.integers().between(0, 3))
                .as((key, value) -> ValueRecord.of(key, value == 0 ? Bytes.EMPTY : Bytes.of((byte) (int) value)));
        Arbitrary<Long> operations = Arbitraries.longs().between(1, 20);
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(
                        PeerInfo.class,
                        contacts.map(
                                contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED)))
                .with(Candidate.class, contacts.map(Candidate::seed))
                .with(
                        Part.class,
                        contacts.map(contact ->
                                new Part(contact.peer(), Optional.empty(), 1, new Part.Fate.Replied(0, 1, 2))))
                .with(
                        Multiaddr.class,
                        contacts.map(contact -> contact.addresses().getFirst()))
                .with(Handle.class, TypeArbitraries.handles("listener"))
                .with(Bytes.class, keys)
                .with(ValueRecord.class, records)
                .with(Goal.PutValueTo.class, "nodes", contacts.list().ofMaxSize(3))
                .with(Goal.GetValue.class, "quorum", Arbitraries.integers().between(-1, 2))
                .with(Goal.FindProviders.class, "count", Arbitraries.integers().between(0, 3))
                .with(Recalled.class, "operation", operations)
                .with(Seeded.class, "operation", operations)
                .with(Seeded.class, "nearest", contacts.list().ofMaxSize(4))
                .with(Seeded.class, "size", Arbitraries.of(0.0, 3.0, 9.0))
                .with(Unsearched.class, "operation", operations)
                .with(Answered.class, "operation", operations)
                .with(Searched.class, "operation", operations)
                .with(StoreAnswered.class, "operation", operations)
                .with(StoreFailed.class, "operation", operations)
                .weighing(OperationAction.Start.class, 4)
                .weighing(Recalled.class, 3)
                .weighing(Answered.class, 5)
                .weighing(Searched.class, 4)
                .weighing(StoreAnswered.class, 3)
                .weighing(StoreFailed.class, 2);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500).of(OperationAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("dht.maxOperations", "3")
                .with("dht.maxOperationsOfOne", "2")
                .with("dht.storeWidth", "2")
                .with("dht.quorum", "2")
                .with("dht.replication", "3")
                .with("query.maxQueries", "4");
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("content is stored while others are looked for", this::providesOptimistically),
                new Script<>("a node without an id does nothing", driver -> {
                    driver.boot(Table.empty());
                    driver.dispatch(new OperationAction.Start(
                            new Ticket(Ticket.API, 1), new Goal.FindClosest(AnyValue.key("a"))));
                }),
                new Script<>("a node of no network does nothing", driver -> {
                    driver.boot(config().with("routing.mode", "off"));
                    driver.dispatch(new OperationAction.Start(
                            new Ticket(Ticket.API, 1), new Goal.FindClosest(AnyValue.key("a"))));
                }),
                new Script<>(
                        "what is being stored is stopped, in one network, as the other has no room for a lookup",
                        driver -> {
                            Contact contact = Contacts.contact(1);
                            for (Network network : Network.values()) {
                                driver.dispatch(
                                        new RoutingAction.Helped(contact.peer(), network, contact, Optional.empty()));
                            }
                            Ticket ticket = new Ticket(Ticket.API, 1);
                            driver.dispatch(new OperationAction.Start(
                                    ticket, new Goal.PutValue(ValueRecord.of(AnyValue.key("a"), Bytes.of((byte) 1)))));
                            long number = driver.root().operation().last();
                            driver.dispatch(new Searched(
                                    number,
                                    Network.WIDE,
                                    new QueryOutcome.Done(
                                            ticket,
                                            1L,
                                            QueryOutcome.End.CONVERGED,
                                            List.of(Candidate.seed(contact)),
                                            1,
                                            1,
                                            0,
                                            0,
                                            1,
                                            List.of())));
                            driver.dispatch(new Unsearched(number, Network.LOCAL, "no room"));
                            driver.dispatch(new OperationAction.Stop(ticket));
                        }),
                new Script<>("too many listeners", driver -> {
                    for (int i = 0; i <= OwnAddresses.MAX_LISTENERS; i++) {
                        driver.dispatch(new OperationAction.Listened(
                                new Handle("listener", 1, i),
                                Contacts.contact(1).addresses()));
                    }
                }));
    }

    private void providesOptimistically(StoreDriver<Root> driver) {
        driver.boot(config().with("dht.optimisticProvide", "true")
                .with("routing.bucketSize", "3")
                .with("query.maxQueries", "64"));
        for (int i = 1; i <= 3; i++) {
            Contact contact = Contacts.contact(i);
            driver.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
        }
        while (space(driver).size().estimate().isEmpty()) {
            learnSize(driver);
        }
        driver.dispatch(new OperationAction.Listened(
                new Handle("listener", 1, 1), Contacts.contact(0).addresses()));
        Bytes key = AnyValue.key("content");
        driver.dispatch(new OperationAction.Start(new Ticket(Ticket.API, 1), new Goal.Provide(key)));
        long number = driver.root().operation().last();
        Contact near = nearest(key, 1_000).getFirst();
        PeerInfo info = new PeerInfo(near.peer(), near.addresses(), Connectedness.NOT_CONNECTED);
        driver.dispatch(new Answered(
                number,
                Network.WIDE,
                Contacts.contact(1).peer(),
                Optional.empty(),
                KadAnswer.FoundNodes.of(List.of(info))));
        // Another takes its place.
        driver.dispatch(new StoreFailed(number, 1, near.peer(), AskFailure.RESET, ""));
        driver.dispatch(new StoreAnswered(number, 2, near.peer(), Optional.empty(), new KadAnswer.Added(key)));
        driver.dispatch(new OperationAction.Stop(new Ticket(Ticket.API, 1)));
    }

    private static Space space(StoreDriver<Root> driver) {
        return driver.root().routing().spaces().at(Network.WIDE);
    }

    /** A lookup of the node's own finds the nearest of many nodes. */
    private static void learnSize(StoreDriver<Root> driver) {
        for (Map.Entry<Long, Task> each : driver.root().routing().tasks()) {
            if (each.getValue() instanceof Task.Looking(Network _, Bytes key)) {
                List<Candidate> closest =
                        nearest(key, 100).stream().map(Candidate::seed).toList();
                driver.dispatch(new RoutingAction.LookupDone(
                        each.getKey(),
                        new QueryOutcome.Done(
                                new Ticket(RoutingMachine.NAME, each.getKey()),
                                1L,
                                QueryOutcome.End.CONVERGED,
                                closest,
                                3,
                                3,
                                0,
                                0,
                                1,
                                List.of())));
                return;
            }
        }
        driver.dispatch(new RoutingAction.Join(new Ticket(Ticket.API, 2), Network.WIDE));
    }

    /** The three nearest of so many nodes. */
    private static List<Contact> nearest(Bytes key, int nodes) {
        Key target = Key.ofPreimage(key);
        return IntStream.range(1, nodes)
                .mapToObj(Contacts::contact)
                .sorted((one, other) -> target.compareDistances(one.key(), other.key()))
                .limit(3)
                .toList();
    }

    /** Nodes become known. */
    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(Combinators.combine(
                        Arbitraries.integers().between(1, NODES).map(Contacts::contact), Arbitraries.of(Network.class))
                .as((contact, network) ->
                        new RoutingAction.Helped(contact.peer(), network, contact, Optional.empty())));
    }

    /** What comes is of an operation that waits for it, and mostly of its kind. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        OperationState own = driver.root().operation();
        return Optional.of(
                switch (action) {
                    case Recalled(long draw, Optional<ValueRecord> value, List<PeerInfo> providers) ->
                        one(own, draw, Operation::isRecalling)
                                .<Action>map(number -> new Recalled(
                                        number,
                                        value.map(record -> ValueRecord.of(
                                                own.running()
                                                        .at(number)
                                                        .goal()
                                                        .question()
                                                        .key(),
                                                record.value())),
                                        providers))
                                .orElse(action);
                    case Seeded(long draw, Network network, List<Contact> nearest, double size) ->
                        in(own, draw, network, Operation.Search.SEEDING)
                                .<Action>map(number -> new Seeded(number, network, nearest, size))
                                .orElse(action);
                    case Unsearched(long draw, Network network, String why) ->
                        in(own, draw, network, Operation.Search.SEEDING)
                                .<Action>map(number -> new Unsearched(number, network, why))
                                .orElse(action);
                    case Answered(long draw, Network network, PeerId peer, var from, KadAnswer answer) ->
                        in(own, draw, network, Operation.Search.ASKING)
                                .<Action>map(number -> new Answered(
                                        number,
                                        network,
                                        peer,
                                        from,
                                        right(own.running().at(number).goal(), answer)))
                                .orElse(action);
                    case Searched(long draw, Network network, QueryOutcome.Done outcome) ->
                        in(own, draw, network, Operation.Search.ASKING)
                                .<Action>map(number -> new Searched(number, network, outcome))
                                .orElse(action);
                    case StoreAnswered(long draw, int _, PeerId peer, var from, KadAnswer answer) ->
                        asked(own, draw)
                                .<Action>map(number -> new StoreAnswered(
                                        number,
                                        first(own, number),
                                        peer,
                                        from,
                                        stored(own.running().at(number), answer, draw)))
                                .orElse(action);
                    case StoreFailed(long draw, int _, PeerId peer, AskFailure why, String detail) ->
                        asked(own, draw)
                                .<Action>map(number -> new StoreFailed(number, first(own, number), peer, why, detail))
                                .orElse(action);
                    default -> action;
                });
    }

    private static Optional<Long> in(OperationState own, long draw, Network network, Operation.Search search) {
        return one(own, draw, operation -> operation.searches().at(network) == search);
    }

    private static Optional<Long> asked(OperationState own, long draw) {
        return one(own, draw, operation -> !operation.storing().asked().isEmpty());
    }

    private static Optional<Long> one(OperationState own, long draw, Predicate<Operation> fits) {
        List<Long> all = new ArrayList<>();
        for (Map.Entry<Long, Operation> each : own.running()) {
            if (fits.test(each.getValue())) {
                all.add(each.getKey());
            }
        }
        // Now and then one that does not wait for it.
        return all.isEmpty() || draw % 7 == 0 ? Optional.empty() : Optional.of(all.get((int) (draw % all.size())));
    }

    private static int first(OperationState own, long number) {
        return own.running().at(number).storing().asked().first().orElseThrow().getKey();
    }

    private static KadAnswer right(Goal goal, KadAnswer answer) {
        return switch (goal) {
            case Goal.GetValue(Bytes key, int _)
            when answer instanceof KadAnswer.StoredValue(ValueRecord record) ->
                KadAnswer.FoundValue.of(Optional.of(ValueRecord.of(key, record.value())), List.of());
            case Goal.FindProviders _
            when answer instanceof KadAnswer.WithCloser with -> KadAnswer.FoundProviders.of(with.closer(), List.of());
            default -> answer;
        };
    }

    private static KadAnswer stored(Operation operation, KadAnswer answer, long draw) {
        return switch (operation.goal()) {
            case Goal.PutValue(ValueRecord record) when draw % 2 == 0 -> new KadAnswer.StoredValue(record);
            case Goal.PutValueTo(ValueRecord record, var _) when draw % 2 == 0 -> new KadAnswer.StoredValue(record);
            case Goal.Provide(Bytes key) when draw % 2 == 0 -> new KadAnswer.Added(key);
            default -> answer;
        };
    }
}
