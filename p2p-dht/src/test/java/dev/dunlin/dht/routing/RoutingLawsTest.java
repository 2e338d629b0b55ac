package dev.dunlin.dht.routing;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerOutcome;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.routing.RoutingAction.CheckAnswered;
import dev.dunlin.dht.routing.RoutingAction.CheckFailed;
import dev.dunlin.dht.routing.RoutingAction.LookupDone;
import dev.dunlin.dht.routing.RoutingAction.LookupRefused;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The routing machine obeys the laws, on the query machine and whatever exchanges say. */
final class RoutingLawsTest extends MachineLaws<RoutingLawsTest.Root, RoutingState, RoutingAction> {

    private static final int NODES = 9;

    record Root(Silent.Nothing exchange, QueryState query, RoutingState routing) {}

    @Override
    protected Machine<Object, RoutingState, RoutingAction> machine() {
        return RoutingMachine.ROUTING;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, RoutingState, RoutingAction> routing) {
        return Store.of(new Root(new Silent.Nothing(), QueryState.INITIAL, RoutingState.INITIAL))
                .mount(
                        Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)),
                        Root::exchange,
                        (root, same) -> root)
                .mount(Silent.of("peer", PeerAction.class, PeerOutcome.class), Root::exchange, (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), Root::exchange, (root, same) -> root)
                .mount(
                        QueryMachine.QUERY,
                        Root::query,
                        (root, changed) -> new Root(root.exchange(), changed, root.routing()))
                .mount(routing, Root::routing, (root, changed) -> new Root(root.exchange(), root.query(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes) {
        Arbitrary<Contact> contacts = Arbitraries.integers()
                .between(0, nodes)
                .map(number -> Contacts.contact(number, "/ip4/8." + number % 3 + ".1.1/tcp/4001"));
        Arbitrary<Bytes> keys = Arbitraries.integers().between(1, 4).map(number -> Bytes.of((byte) (int) number));
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(
                        PeerInfo.class,
                        contacts.map(
                                contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED)))
                .with(
                        Multiaddr.class,
                        contacts.map(contact -> contact.addresses().getFirst()))
                .with(Bytes.class, keys)
                .with(
                        Part.class,
                        contacts.map(contact ->
                                new Part(contact.peer(), Optional.empty(), 1, new Part.Fate.Replied(0, 1, 2))))
                .with(
                        RoutingAction.Described.class,
                        "protocols",
                        Arbitraries.of(List.of("/ipfs/kad/1.0.0"), List.of("/ipfs/lan/kad/1.0.0"), List.of("/other")))
                .with(RoutingAction.Find.class, "most", Arbitraries.integers().between(0, 5))
                .with(CheckAnswered.class, "task", Arbitraries.longs().between(1, 20))
                .with(CheckFailed.class, "task", Arbitraries.longs().between(1, 20))
                .with(LookupDone.class, "task", Arbitraries.longs().between(1, 20))
                .with(LookupRefused.class, "task", Arbitraries.longs().between(1, 20))
                .weighing(RoutingAction.Helped.class, 4)
                .weighing(RoutingAction.Described.class, 3)
                .weighing(CheckAnswered.class, 4)
                .weighing(CheckFailed.class, 3)
                .weighing(LookupDone.class, 3);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500).of(RoutingAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("routing.bucketSize", "2")
                .with("routing.maxContacts", "5")
                .with("routing.maxCandidates", "2")
                .with("routing.maxChecks", "2")
                .with("routing.lowContacts", "2")
                .with(
                        "routing.bootstrap",
                        "/ip4/8.1.1.1/tcp/1/p2p/" + Contacts.contact(1).peer() + ",/ip4/8.2.1.1/tcp/1/p2p/"
                                + Contacts.contact(2).peer());
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("in no network", driver -> {
                    driver.boot(config().with("routing.mode", "off"));
                    Contact contact = Contacts.contact(1);
                    Ticket ticket = new Ticket(Ticket.API, 1);
                    driver.dispatch(new RoutingAction.Find(ticket, Network.WIDE, Bytes.of((byte) 1), 1));
                    driver.dispatch(new RoutingAction.Join(ticket, Network.WIDE));
                    driver.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
                    driver.dispatch(new RoutingAction.Failed(contact.peer(), Network.WIDE, AskFailure.RESET));
                    driver.dispatch(new RoutingAction.Asked(contact.peer(), Network.WIDE, 1, new KadQuestion.Ping()));
                }),
                new Script<>("some that are looked at already are doubted once more, and one that is not", driver -> {
                    driver.boot(config().with("routing.bucketSize", "20")
                            .with("routing.maxContacts", "50")
                            .with("routing.maxPerNetwork", "0")
                            .with("routing.maxPerNetworkInBucket", "0")
                            .with("routing.maxChecks", "3"));
                    List<Contact> far = IntStream.range(1, 40)
                            .mapToObj(Contacts::contact)
                            .filter(contact -> contact.key()
                                            .commonPrefix(Contacts.contact(0).key())
                                    == 0)
                            .limit(4)
                            .toList();
                    far.forEach(contact -> driver.dispatch(
                            new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty())));
                    for (int doubted : new int[] {0, 1, 2, 0, 1, 3}) {
                        driver.dispatch(
                                new RoutingAction.Failed(far.get(doubted).peer(), Network.WIDE, AskFailure.RESET));
                    }
                    long third = driver.root()
                            .routing()
                            .spaces()
                            .at(Network.WIDE)
                            .checking()
                            .at(far.get(2).peer());
                    driver.dispatch(new CheckFailed(third, far.get(2).peer(), AskFailure.TIMED_OUT, ""));
                    driver.advanceBy(1);
                }),
                new Script<>("many wait to have joined", driver -> {
                    driver.dispatch(new RoutingAction.Helped(
                            Contacts.contact(1).peer(), Network.WIDE, Contacts.contact(1), Optional.empty()));
                    for (int i = 0; i <= Space.Refresh.MOST_WAITERS; i++) {
                        driver.dispatch(new RoutingAction.Join(new Ticket(Ticket.API, i), Network.WIDE));
                    }
                }));
    }

    /** Answers are of what is awaited, and mostly of its kind. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        RoutingState own = driver.root().routing();
        return Optional.of(
                switch (action) {
                    case CheckAnswered(long task, PeerId _, var from, KadAnswer answer) ->
                        waiting(own, task, false)
                                .<Action>map(number -> new CheckAnswered(
                                        number,
                                        contact(own.tasks().at(number)).peer(),
                                        from,
                                        answer instanceof KadAnswer.WithCloser with
                                                ? KadAnswer.FoundNodes.of(with.closer())
                                                : answer))
                                .orElse(action);
                    case CheckFailed(long task, PeerId _, AskFailure why, String detail) ->
                        waiting(own, task, false)
                                .<Action>map(number -> new CheckFailed(
                                        number, contact(own.tasks().at(number)).peer(), why, detail))
                                .orElse(action);
                    case LookupDone(long task, QueryOutcome.Done outcome) ->
                        waiting(own, task, true)
                                .<Action>map(number -> new LookupDone(number, outcome))
                                .orElse(action);
                    case LookupRefused(long task, String why) ->
                        waiting(own, task, true)
                                .<Action>map(number -> new LookupRefused(number, why))
                                .orElse(action);
                    default -> action;
                });
    }

    private static Optional<Long> waiting(RoutingState own, long draw, boolean isLookup) {
        List<Long> all = new ArrayList<>();
        for (Map.Entry<Long, Task> each : own.tasks()) {
            if (each.getValue() instanceof Task.Looking == isLookup) {
                all.add(each.getKey());
            }
        }
        // Now and then one that is not awaited.
        return all.isEmpty() || draw % 7 == 0 ? Optional.empty() : Optional.of(all.get((int) (draw % all.size())));
    }

    private static Contact contact(Task task) {
        return switch (task) {
            case Task.Vetting(Network _, Contact contact) -> contact;
            case Task.Probing(Network _, Contact contact) -> contact;
            case Task.Looking _ -> throw new AssertionError("a lookup asks many");
        };
    }

    /** Lookups go on. */
    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(types().without(QueryAction.Start.class).of(QueryAction.class));
    }
}
