package dev.dunlin.dht.record;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The records machine obeys the laws, whatever others send and whatever the wall clock does, where its records are in its state. */
class RecordsLawsTest extends MachineLaws<RecordsLawsTest.Root, RecordsState, RecordsAction> {

    static final long HOUR = 3_600_000_000L;
    private static final int NODES = 5;
    private static final long SECOND = 1_000_000;

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
        return inMemory();
    }

    static Table<String, String> inMemory() {
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

    static Table<String, String> onDisk() {
        return inMemory()
                .with("records.store", "sqlite")
                .with("records.maxDiskQuestions", "6")
                .with("records.maxDiskQuestionsOfPeer", "2")
                .with("records.maxDiskQuestionBytes", "1024");
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Root> driver) {
        ActionId id = asked.id();
        Stock some = new Stock(
                1,
                20,
                1,
                2,
                2,
                1,
                4096,
                Optional.of(new Stock.Age(driver.now(), driver.now())),
                Optional.of(new Stock.Age(driver.now() - HOUR, driver.now() - HOUR)));
        Action failed = new RecordsAction.DiskFailed(id, StoreFailure.INPUT_OUTPUT, "");
        if (!(asked.effect() instanceof RecordsEffect effect)) {
            return List.of();
        }
        return switch (effect) {
            case RecordsEffect.FindValue(Bytes key) -> List.of(found(id, key, driver), missing(id, key), failed);
            case RecordsEffect.StoreValue init ->
                List.of(
                        new RecordsAction.ValueKept(
                                id, init.record().key(), RecordsAction.Change.NEW, (int) (driver.now() & 1), some),
                        new RecordsAction.ValueUnkept(id, init.record().key(), Refusal.VALUES_FULL, some),
                        found(id, init.record().key(), driver),
                        new RecordsAction.DiskFailed(id, StoreFailure.DISK_FULL, "no more"));
            case RecordsEffect.FindProviders(Bytes key) ->
                List.of(
                        new RecordsAction.ProvidersFound(id, key, List.of(entry(1, driver), entry(2, driver))),
                        new RecordsAction.ProvidersFound(id, key, List.of()),
                        failed);
            case RecordsEffect.StoreProvider init ->
                List.of(
                        new RecordsAction.ProviderKept(id, init.key(), true, 0, some),
                        new RecordsAction.ProviderKept(id, init.key(), false, 3, some),
                        new RecordsAction.ProviderUnkept(id, init.key(), Refusal.PROVIDERS_FULL, 1, some),
                        failed);
            case RecordsEffect.Collect init ->
                List.of(
                        new RecordsAction.Collected(id, init.kind(), 3, Stock.NONE),
                        new RecordsAction.Collected(id, init.kind(), 0, some),
                        failed);
            case RecordsEffect.Count _ ->
                List.of(
                        new RecordsAction.Surveyed(id, some),
                        new RecordsAction.Surveyed(id, Stock.NONE),
                        new RecordsAction.DiskFailed(id, StoreFailure.CORRUPT, ""));
        };
    }

    private static RecordsAction found(ActionId id, Bytes key, StoreDriver<Root> driver) {
        return new RecordsAction.ValueFound(
                id, key, Optional.of(new HeldValue(Marked.value(2), Optional.empty(), driver.now(), driver.now())));
    }

    private static RecordsAction missing(ActionId id, Bytes key) {
        return new RecordsAction.ValueFound(id, key, Optional.empty());
    }

    private static ProviderEntry entry(int peer, StoreDriver<Root> driver) {
        Contact contact = Contacts.contact(peer);
        return new ProviderEntry(
                new Provided(contact.peer(), driver.now() + peer, driver.now()),
                contact.addresses(),
                new Stock.Age(driver.now(), driver.now()));
    }

    /** Mostly the sender tells of itself too. Of services only what they were asked for comes, and what comes late. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        if (action instanceof RecordsAction.Answer answer
                && driver.root().records().disk().waiting().running().has(answer.request())) {
            return Optional.empty();
        }
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
        List<Script<Root>> all = new ArrayList<>();
        for (Script<Root> script : inState()) {
            all.add(new Script<>(script.name(), driver -> {
                driver.boot(inMemory());
                script.steps().accept(driver);
            }));
        }
        for (Script<Root> script : inFile()) {
            all.add(new Script<>(script.name(), driver -> {
                driver.boot(onDisk());
                script.steps().accept(driver);
            }));
        }
        return all;
    }

    /** Answers the oldest of what waits. */
    private void answer(StoreDriver<Root> driver, int which) {
        Turn.Emitted asked = driver.awaiting().getFirst();
        driver.answer(asked.id(), answers(asked, driver).get(which));
    }

    private List<Script<Root>> inFile() {
        return List.of(
                new Script<>("the records go into a file, and come back empty", driver -> {
                    driver.boot(inMemory());
                    driver.dispatch(sent(1, Marked.key(1), Marked.value(1)));
                    driver.dispatch(provided(1, Marked.key(1)));
                    driver.dispatch(new RecordsAction.GetLocal(new Ticket(Ticket.API, 1), Marked.key(5)));
                    driver.dispatch(new RecordsAction.GetLocalProviders(new Ticket(Ticket.API, 1), Marked.key(5)));
                    driver.boot(onDisk());
                    answer(driver, 0);
                    driver.advanceBy(60 * HOUR);
                    driver.boot(inMemory());
                }),
                new Script<>("what waits is refused where there is no room", driver -> {
                    for (int i = 0; i < 3; i++) {
                        driver.dispatch(asked(1));
                        driver.dispatch(provided(1, Marked.key(i)));
                        driver.dispatch(sent(1, Marked.key(i), Marked.value(1)));
                    }
                    for (int i = 0; i < 4; i++) {
                        driver.dispatch(new RecordsAction.GetLocal(new Ticket(Ticket.API, i), Marked.key(1)));
                        driver.dispatch(new RecordsAction.GetLocalProviders(new Ticket(Ticket.API, i), Marked.key(1)));
                        driver.dispatch(put(1, 2));
                    }
                    driver.advanceBy(20 * SECOND);
                }),
                new Script<>("a value finds others in its place again and again", driver -> {
                    answer(driver, 0);
                    driver.dispatch(sent(1, Marked.key(1), Marked.value(2)));
                    while (!driver.awaiting().isEmpty()) {
                        answer(
                                driver,
                                driver.awaiting().getFirst().effect() instanceof RecordsEffect.FindValue ? 0 : 2);
                    }
                    driver.dispatch(put(1, 1));
                    answer(driver, 0);
                }),
                new Script<>("all answers that there are", driver -> {
                    answer(driver, 0);
                    for (int i = 0; i < 4; i++) {
                        driver.dispatch(asked(1));
                        driver.dispatch(provided(2, Marked.key(1)));
                        answer(driver, i % 3);
                        answer(driver, i);
                        driver.dispatch(sent(3, Marked.key(1), Marked.value(2)));
                        answer(driver, 1);
                        answer(driver, i);
                        if (!driver.awaiting().isEmpty()) {
                            answer(driver, 2);
                        }
                        driver.dispatch(new RecordsAction.ProvidersAsked(
                                TypeArbitraries.peer(1), Network.WIDE, 1, Marked.key(1), List.of()));
                        answer(driver, i % 3);
                        driver.dispatch(new RecordsAction.GetLocal(new Ticket(Ticket.API, 1), Marked.key(1)));
                        answer(driver, i % 3);
                        driver.dispatch(new RecordsAction.GetLocalProviders(new Ticket(Ticket.API, 1), Marked.key(1)));
                        answer(driver, i % 3);
                        driver.dispatch(put(1, 2));
                        answer(driver, i % 3);
                        if (!driver.awaiting().isEmpty()) {
                            answer(driver, i);
                        }
                        driver.boot(onDisk());
                        answer(driver, 0);
                    }
                }),
                new Script<>("what has expired is collected, and asked for again after a failure", driver -> {
                    answer(driver, 0);
                    for (int which : new int[] {1, 2, 0}) {
                        while (driver.awaiting().isEmpty()) {
                            driver.advanceToNextDeadline();
                        }
                        answer(driver, which);
                    }
                }));
    }

    private static RecordsAction.ValueAsked asked(int peer) {
        return new RecordsAction.ValueAsked(TypeArbitraries.peer(peer), Network.WIDE, 1, Marked.key(1), List.of());
    }

    private static List<Script<Root>> inState() {
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
