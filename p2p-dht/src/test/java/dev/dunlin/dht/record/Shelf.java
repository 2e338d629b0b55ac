package dev.dunlin.dht.record;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.Declared;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The records machine on a store, and nodes that ask it by way of the routing machine. */
final class Shelf {

    static final long HOUR = 3_600_000_000L;

    record Root(Silent.Nothing silent, RecordsState records) {}

    private final StoreDriver<Root> driver;
    private final Table<String, String> config;
    private RecordStore file = new MemoryStore();
    private long questions;

    private Shelf(StoreDriver<Root> driver, Table<String, String> config) {
        this.driver = driver;
        this.config = config;
    }

    /** As {@link #with(String...)}, where the records are in a store outside of the state that answers at once. */
    static Shelf onDisk(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("store");
        all.add("sqlite");
        return with(all.toArray(new String[0]));
    }

    /** The store outside of the state. */
    RecordStore file() {
        return file;
    }

    /** Another file is there. */
    void replace(RecordStore other) {
        file = other;
    }

    /** All that waits for the store outside of the state is answered. */
    void settle() {
        while (!driver.awaiting().isEmpty()) {
            Turn.Emitted asked = driver.awaiting().getFirst();
            driver.answer(asked.id(), RecordsEffects.answer(asked.id(), (RecordsEffect) asked.effect(), file));
        }
    }

    /** Time goes by, and the store outside of the state answers at once. */
    void advanceBy(long micros) {
        long until = driver.now() + micros;
        settle();
        while (driver.store().nextDeadline() <= until) {
            driver.advanceToNextDeadline();
            settle();
        }
        driver.advanceTo(until);
    }

    /** Settings by turns: a name without its prefix, and its value. */
    static Shelf with(String... settings) {
        return with(Marked.VALIDATORS, settings);
    }

    static Shelf with(Validators validators, String... settings) {
        Table<String, String> config = Table.empty();
        for (int i = 0; i < settings.length; i += 2) {
            config =
                    config.with(settings[i].indexOf('.') < 0 ? "records." + settings[i] : settings[i], settings[i + 1]);
        }
        Shelf shelf = new Shelf(StoreDriver.of(store(validators)), config);
        shelf.driver.boot(config);
        shelf.settle();
        return shelf;
    }

    private static Store<Root> store(Validators validators) {
        return Store.of(new Root(new Silent.Nothing(), RecordsState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(Silent.of("routing", RoutingAction.class), Root::silent, (root, same) -> root)
                .mount(
                        Declared.only(RecordsMachine.of(validators)),
                        Root::records,
                        (root, changed) -> new Root(root.silent(), changed))
                .build();
    }

    StoreDriver<Root> driver() {
        return driver;
    }

    RecordsState state() {
        return driver.root().records();
    }

    /** The same node later: it was off for some time, which the node's time does not count, and the wall clock says what it says. */
    void reboot(long wallTime) {
        driver.dispatch(new NodeAction.Booted(
                driver.node().run() + 1, "test", config, wallTime, driver.node().run() + 1));
        settle();
    }

    void configure(String setting, long value) {
        driver.dispatch(new NodeAction.Configure(Table.of("records." + setting, Long.toString(value)), Ticket.NONE));
    }

    /** What the wall clock says now. */
    long wall() {
        return driver.now() + driver.node().wallOffset();
    }

    /** The wall clock is stepped. */
    void step(long by) {
        long offset = driver.node().wallOffset() + by;
        driver.dispatch(new NodeAction.ClockStepped(driver.now() + offset, offset));
    }

    static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    static Bytes content(int number) {
        return Bytes.of(new byte[] {18, 32, (byte) number, (byte) (number >> 8), (byte) (number >> 16)});
    }

    static PeerInfo info(int peer, String... addresses) {
        return new PeerInfo(
                peer(peer), Stream.of(addresses).map(Multiaddr::parse).toList(), Connectedness.NOT_CONNECTED);
    }

    static PeerInfo provider(int peer) {
        return info(peer, "/ip4/8." + (peer >> 8 & 255) + "." + (peer & 255) + ".1/tcp/4001");
    }

    /** The answer; empty if it was refused. */
    Optional<KadAnswer> ask(int peer, Network network, KadQuestion.OfKey message, Contact... closer) {
        long question = ++questions;
        driver.dispatch(new RoutingAction.RecordsAsked(peer(peer), network, question, message, List.of(closer)));
        settle();
        List<ExchangeAction> ends = Stream.<ExchangeAction>concat(
                        driver.actions(ExchangeAction.Reply.class).stream().filter(reply -> reply.number() == question),
                        driver.actions(ExchangeAction.Refuse.class).stream()
                                .filter(refusal -> refusal.number() == question))
                .toList();
        if (ends.size() != 1) {
            throw new AssertionError("a question has one answer, not " + ends);
        }
        return ends.getFirst() instanceof ExchangeAction.Reply(long _, var answer)
                ? Optional.of((KadAnswer) answer)
                : Optional.empty();
    }

    /** Whether it was stored; then the record was echoed. */
    boolean put(int peer, Bytes key, Bytes value) {
        ValueRecord record = ValueRecord.of(key, value);
        Optional<KadAnswer> answer = ask(peer, Network.WIDE, new KadQuestion.PutValue(record));
        if (answer.isPresent() && !answer.get().equals(new KadAnswer.StoredValue(record))) {
            throw new AssertionError("no echo: " + answer);
        }
        return answer.isPresent();
    }

    Optional<ValueRecord> get(Bytes key) {
        return ((KadAnswer.FoundValue)
                        ask(99, Network.WIDE, new KadQuestion.GetValue(key)).orElseThrow())
                .record();
    }

    Optional<Bytes> value(Bytes key) {
        return get(key).map(ValueRecord::value);
    }

    /** Whether it was stored. */
    boolean provide(int peer, Bytes key) {
        return provide(peer, Network.WIDE, key, provider(peer));
    }

    boolean provide(int peer, Network network, Bytes key, PeerInfo... providers) {
        Optional<KadAnswer> answer = ask(peer, network, new KadQuestion.AddProvider(key, List.of(providers), 0));
        if (answer.isPresent() && !answer.get().equals(new KadAnswer.Added(key))) {
            throw new AssertionError("another answer: " + answer);
        }
        return answer.isPresent();
    }

    List<PeerInfo> providers(Bytes key) {
        return providers(Network.WIDE, key);
    }

    List<PeerInfo> providers(Network network, Bytes key) {
        return ((KadAnswer.FoundProviders)
                        ask(99, network, new KadQuestion.GetProviders(key)).orElseThrow())
                .providers();
    }

    List<PeerId> who(Bytes key) {
        return providers(key).stream().map(PeerInfo::peer).toList();
    }

    /** Why the last value or provider record that was refused was. */
    Refusal why() {
        return driver.lastTurn().stream()
                .flatMap(turn -> IntStream.range(0, turn.size()).<Action>mapToObj(turn::entry))
                .flatMap(action -> switch (action) {
                    case RecordsAction.ValueRefused refused -> Stream.of(refused.why());
                    case RecordsAction.ProviderRefused refused -> Stream.of(refused.why());
                    default -> Stream.empty();
                })
                .findFirst()
                .orElseThrow();
    }

    /** That this was refused, why, and that it is counted. */
    Refusal refused(boolean stored) {
        if (stored) {
            throw new AssertionError("it was stored");
        }
        if (state().tally().refused().or(why(), 0L) == 0) {
            throw new AssertionError("not counted: " + why());
        }
        return why();
    }
}
