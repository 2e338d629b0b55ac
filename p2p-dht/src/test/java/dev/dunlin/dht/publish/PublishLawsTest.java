package dev.dunlin.dht.publish;

import dev.dunlin.connection.identify.OwnAddresses;
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
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.publish.PublishAction.Searched;
import dev.dunlin.dht.publish.PublishAction.Seeded;
import dev.dunlin.dht.publish.PublishAction.StoreAnswered;
import dev.dunlin.dht.publish.PublishAction.StoreFailed;
import dev.dunlin.dht.publish.PublishAction.Unsearched;
import dev.dunlin.dht.publish.PublishAction.ValuePut;
import dev.dunlin.dht.publish.PublishAction.ValueRefused;
import dev.dunlin.dht.publish.Sweep.Stage;
import dev.dunlin.dht.query.Candidate;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The publish machine obeys the laws, whatever others say. */
final class PublishLawsTest extends MachineLaws<Island.Root, PublishState, PublishAction> {

    private static final int NODES = 9;

    @Override
    protected Machine<Object, PublishState, PublishAction> machine() {
        return PublishMachine.of(AnyValue.VALIDATORS);
    }

    @Override
    @SuppressWarnings("unchecked") // the machine sees anything
    protected Store<Island.Root> store(Machine<? super Island.Root, PublishState, PublishAction> publish) {
        return Island.store((Machine<Object, PublishState, PublishAction>) publish);
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes) {
        Arbitrary<Contact> contacts = Arbitraries.integers().between(1, nodes).map(Contacts::contact);
        Arbitrary<Bytes> keys = Arbitraries.integers()
                .between(0, nodes)
                .map(number -> number == 0
                        ? Bytes.EMPTY
                        : Bytes.of(Contacts.contact(number).peer().toBytes()));
        Arbitrary<Bytes> valueKeys = Arbitraries.integers().between(1, nodes).map(key -> AnyValue.key("key " + key));
        Arbitrary<ValueRecord> records = Combinators.combine(
                        valueKeys, Arbitraries.integers().between(0, 3))
                .as((key, value) -> ValueRecord.of(key, value == 0 ? Bytes.EMPTY : Bytes.of((byte) (int) value)));
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(
                        Multiaddr.class,
                        contacts.map(contact -> contact.addresses().getFirst()))
                .with(Handle.class, TypeArbitraries.handles("listener"))
                .with(Bytes.class, keys)
                .with(ValueRecord.class, records)
                .with(PublishAction.ForgetValue.class, "key", valueKeys)
                .with(PublishAction.Keep.class, "keys", keys.list().ofMaxSize(3))
                .with(PublishAction.Forget.class, "keys", keys.list().ofMaxSize(2))
                .with(Searched.class, "outcome", lookups(contacts))
                .with(ValuePut.class, "stored", Arbitraries.integers().between(0, 3))
                .with(ValuePut.class, "failed", Arbitraries.integers().between(0, 3))
                .with(
                        StoreAnswered.class,
                        "answer",
                        Arbitraries.of(new KadAnswer.Added(Bytes.EMPTY), new KadAnswer.Pong()))
                .with(Seeded.class, "nearest", contacts.list().ofMaxSize(2))
                .weighing(PublishAction.Keep.class, 6)
                .weighing(Seeded.class, 6)
                .weighing(Searched.class, 10)
                .weighing(StoreAnswered.class, 8)
                .weighing(StoreFailed.class, 3)
                .weighing(PublishAction.KeepValue.class, 2)
                .weighing(ValuePut.class, 2)
                .without(PublishAction.Swept.class)
                .without(PublishAction.SweepAbandoned.class);
    }

    /** Most lookups reach their goal. */
    private static Arbitrary<QueryOutcome.Done> lookups(Arbitrary<Contact> contacts) {
        return Combinators.combine(
                        contacts.map(Candidate::seed).list().ofMaxSize(4),
                        Arbitraries.integers().between(0, 9))
                .as((closest, draw) -> new QueryOutcome.Done(
                        new Ticket(PublishMachine.NAME, 1),
                        1L,
                        draw == 0 ? QueryOutcome.End.TIMED_OUT : QueryOutcome.End.CONVERGED,
                        closest,
                        draw,
                        draw,
                        0,
                        0,
                        draw,
                        List.of()));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500).of(PublishAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("routing.addresses", "any")
                .with("dht.replication", "2")
                .with("publish.maxKeys", "4")
                .with("publish.maxValues", "6")
                .with("publish.width", "2");
    }

    @Override
    protected List<Script<Island.Root>> scripts() {
        return List.of(
                new Script<>("a node without an id publishes nothing", driver -> {
                    driver.boot(Table.empty());
                    driver.dispatch(new PublishAction.Keep(new Ticket(Ticket.API, 1), List.of(AnyValue.key("a"))));
                    driver.dispatch(new PublishAction.KeepValue(
                            new Ticket(Ticket.API, 1), ValueRecord.of(AnyValue.key("a"), Bytes.of((byte) 1))));
                }),
                new Script<>("a node of no network keeps nothing published", driver -> {
                    driver.boot(config().with("routing.mode", "off"));
                    driver.dispatch(new PublishAction.Keep(new Ticket(Ticket.API, 1), List.of(AnyValue.key("a"))));
                    driver.dispatch(new PublishAction.KeepValue(
                            new Ticket(Ticket.API, 1), ValueRecord.of(AnyValue.key("a"), Bytes.of((byte) 1))));
                }),
                new Script<>("too many listeners", driver -> {
                    for (int i = 0; i <= OwnAddresses.MAX_LISTENERS; i++) {
                        driver.dispatch(new PublishAction.Listened(
                                new Handle("listener", 1, i),
                                Contacts.contact(1).addresses()));
                    }
                }),
                new Script<>("too many values", driver -> {
                    for (int i = 0; i <= 6; i++) {
                        driver.dispatch(new PublishAction.KeepValue(
                                new Ticket(Ticket.API, 1),
                                ValueRecord.of(AnyValue.key("key " + i), Bytes.of((byte) 1))));
                    }
                }));
    }

    /** What comes is of what is awaited. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Island.Root> driver) {
        PublishState own = driver.root().publish();
        return Optional.of(
                switch (action) {
                    case Seeded(long draw, List<Contact> nearest) -> new Seeded(search(own, draw), nearest);
                    case Unsearched(long draw, String why) -> new Unsearched(search(own, draw), why);
                    case Searched(long draw, QueryOutcome.Done outcome) -> new Searched(search(own, draw), outcome);
                    case StoreAnswered(long draw, PeerId peer, KadAnswer answer) ->
                        new StoreAnswered(ask(own, draw), peer, answer);
                    case StoreFailed(long draw, PeerId peer, var why, String detail) ->
                        new StoreFailed(ask(own, draw), peer, why, detail);
                    case ValuePut(long draw, int stored, int failed) -> new ValuePut(put(own, draw), stored, failed);
                    case ValueRefused(long draw, String why) -> new ValueRefused(put(own, draw), why);
                    default -> action;
                });
    }

    private static long search(PublishState own, long draw) {
        return own.sweep()
                .map(sweep -> switch (sweep.stage()) {
                    case Stage.Seeding(long search, Bytes _) -> search;
                    case Stage.Exploring(long search, Bytes _) -> search;
                    case Stage.Storing _ -> draw;
                })
                .orElse(draw);
    }

    private static long ask(PublishState own, long draw) {
        List<Long> asks = new ArrayList<>();
        own.sweep()
                .filter(sweep -> sweep.stage() instanceof Stage.Storing)
                .ifPresent(sweep -> sweep.delivery().asks().keys().forEach(asks::add));
        return asks.isEmpty() ? draw : asks.get((int) Math.floorMod(draw, (long) asks.size()));
    }

    private static long put(PublishState own, long draw) {
        return own.puts().first().map(entry -> entry.getKey()).orElse(draw);
    }
}
