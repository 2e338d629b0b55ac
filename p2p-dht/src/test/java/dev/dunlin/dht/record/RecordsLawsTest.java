package dev.dunlin.dht.record;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.record.RecordsAction.ProvidersSent;
import dev.dunlin.dht.record.RecordsAction.Put;
import dev.dunlin.dht.record.RecordsAction.ValueSent;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The records machine obeys the laws, whatever others send and whatever the wall clock does. */
final class RecordsLawsTest extends MachineLaws<RecordsLawsTest.Root, RecordsState, RecordsAction> {

    private static final long HOUR = 3_600_000_000L;
    private static final int NODES = 5;

    record Root(Silent.Nothing silent, RecordsState records) {}

    @Override
    protected Machine<Object, RecordsState, RecordsAction> machine() {
        return RecordsMachine.of(Marked.VALIDATORS);
    }

    @Override
    protected Store<Root> store(Machine<? super Root, RecordsState, RecordsAction> records) {
        return Store.of(new Root(new Silent.Nothing(), RecordsState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(Silent.of("routing", RoutingAction.class), Root::silent, (root, same) -> root)
                .mount(records, Root::records, (root, changed) -> new Root(root.silent(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES, 6);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes, int keys) {
        Arbitrary<Contact> contacts = Arbitraries.integers()
                .between(0, nodes)
                .map(number -> Contacts.contact(
                        number, number % 4 == 3 ? "/ip4/10.0.0.1/tcp/1" : "/ip4/8.1.1.1/tcp/" + (1 + number % 1000)));
        Arbitrary<Bytes> keyed = Arbitraries.integers().between(1, keys).map(Marked::key);
        Arbitrary<Bytes> values = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(0, 0, 0, 60),
                        Arbitraries.of(2, 2, 3, 40, 60))
                .as(Marked::value);
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(
                        PeerInfo.class,
                        contacts.map(
                                contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED)))
                .with(
                        Multiaddr.class,
                        contacts.map(contact -> contact.addresses().getFirst()))
                .with(Bytes.class, keyed)
                .with(ValueRecord.class, Combinators.combine(keyed, values).as(ValueRecord::of))
                .weighing(ValueSent.class, 6)
                .weighing(ProvidersSent.class, 8)
                .weighing(Put.class, 3)
                .weighing(RecordsAction.ValueAsked.class, 2)
                .weighing(RecordsAction.ProvidersAsked.class, 2);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500, 500).of(RecordsAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("records.maxValues", "3")
                .with("records.maxValueSize", "50")
                .with("records.maxValueBytes", "90")
                .with("records.maxValuesOfPeer", "2")
                .with("records.maxValueBytesOfPeer", "70")
                .with("records.maxProviderKeys", "4")
                .with("records.maxProviders", "6")
                .with("records.maxProvidersOfKey", "3")
                .with("records.maxProvidersOfPeer", "3")
                .with("records.maxProvidersTold", "2");
    }

    /** Mostly the sender tells of itself too. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        return Optional.of(
                action
                                        instanceof
                                        ProvidersSent(
                                                PeerId _,
                                                Network network,
                                                long question,
                                                Bytes key,
                                                List<PeerInfo> providers)
                                && !providers.isEmpty()
                                && question % 3 != 0
                        ? new ProvidersSent(providers.getFirst().peer(), network, question, key, providers)
                        : action);
    }

    /** The wall clock is stepped, and nodes ask by way of the routing machine. */
    @Override
    protected List<Arbitrary<? extends Action>> others() {
        Arbitrary<Long> wall = Arbitraries.of(
                0L,
                StoreDriver.START,
                StoreDriver.START + 30 * HOUR,
                StoreDriver.START + 10_000 * HOUR,
                Long.MAX_VALUE,
                Long.MIN_VALUE);
        Arbitrary<Long> by = Arbitraries.of(
                0L, 30 * HOUR, -30 * HOUR, 10_000 * HOUR, -StoreDriver.START, Long.MAX_VALUE / 2, Long.MIN_VALUE / 2);
        return List.of(
                Combinators.combine(wall, by).as(NodeAction.ClockStepped::new),
                types().of(RoutingAction.RecordsAsked.class));
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(
                new Script<>("values make room", driver -> {
                    for (int i = 0; i < 3; i++) {
                        driver.dispatch(sent(i, Marked.key(i), Marked.value(1)));
                    }
                    driver.dispatch(put(9, 1));
                    driver.advanceBy(25 * HOUR);
                    driver.dispatch(sent(4, Marked.key(4), Marked.value(1)));
                    driver.dispatch(put(5, 1));
                    driver.dispatch(put(5, 1));
                    driver.advanceBy(60 * HOUR);
                }),
                new Script<>("wishes are refused", driver -> {
                    driver.dispatch(put(1, 2));
                    driver.dispatch(put(1, 1));
                    driver.dispatch(put(1, 0));
                    driver.dispatch(
                            new Put(new Ticket(Ticket.API, 1), ValueRecord.of(Marked.key(2), Marked.value(1, 0, 51))));
                    driver.dispatch(
                            new Put(new Ticket(Ticket.API, 1), ValueRecord.of(Bytes.of((byte) 1), Marked.value(1))));
                }),
                new Script<>("providers make room", driver -> {
                    for (int i = 0; i < 4; i++) {
                        driver.dispatch(provided(i, Marked.key(i)));
                    }
                    driver.dispatch(provided(0, Marked.key(7)));
                    driver.advanceBy(25 * HOUR);
                    driver.dispatch(provided(0, Marked.key(7)));
                    driver.advanceBy(60 * HOUR);
                }),
                new Script<>("a clock in the future is set right", driver -> {
                    driver.dispatch(sent(1, Marked.key(1), Marked.value(1)));
                    driver.dispatch(provided(1, Marked.key(1)));
                    driver.dispatch(new NodeAction.ClockStepped(driver.now() + 1000 * HOUR, 1000 * HOUR));
                    driver.dispatch(provided(2, Marked.key(1)));
                    driver.dispatch(new NodeAction.ClockStepped(driver.now(), 0));
                    driver.advanceBy(50 * HOUR);
                }));
    }

    private static ValueSent sent(int peer, Bytes key, Bytes value) {
        return new ValueSent(TypeArbitraries.peer(peer), Network.WIDE, 1, ValueRecord.of(key, value));
    }

    private static Put put(int key, int rank) {
        return new Put(new Ticket(Ticket.API, 1), ValueRecord.of(Marked.key(key), Marked.value(rank)));
    }

    private static ProvidersSent provided(int peer, Bytes key) {
        Contact contact = Contacts.contact(peer);
        return new ProvidersSent(
                contact.peer(),
                Network.WIDE,
                1,
                key,
                List.of(new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED)));
    }
}
