package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.TypeTable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Records with type parameters, such as pools, in states and contents: they are written, read back, kept and verified. */
final class GenericStateTest {

    private static final LogOptions OPTIONS =
            new LogOptions(1 << 20, 1 << 30, Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 1);

    /** What runs. */
    record Job(String owner, int left, long at) implements Pool.Member {
        @Override
        public boolean isOver() {
            return left == 0;
        }
    }

    /** What else runs. */
    record Errand(long at, List<String> stops) implements Pool.Member {
        @Override
        public boolean isOver() {
            return stops.isEmpty();
        }
    }

    /** Two of anything. */
    record Pair<A, B>(A first, B second) {}

    record State(
            Pool<Long, Job> jobs,
            Pool<String, Errand> errands,
            Optional<Pair<String, Pair<Long, Optional<Job>>>> last,
            long taken) {}

    record OnePool(Pool<Long, Job> jobs) {}

    sealed interface WorkAction extends Action {
        record Start(long key, String owner, int left) implements WorkAction {}

        record Worked(long key) implements WorkAction {}

        record Send(Pair<String, List<String>> errand) implements WorkAction {}

        record Waited(long key) implements WorkAction {}
    }

    record Root(State work) {}

    private static final State INITIAL = new State(Pool.of(100_000, 3), Pool.of(10, 1), Optional.empty(), 0);

    private static Store<Root> store() {
        Machine<Object, State, WorkAction> machine = Machine.of("work", INITIAL)
                .actions(WorkAction.class)
                .guards(Guards.<Object, State, WorkAction>of()
                        .on(
                                WorkAction.Start.class,
                                Pool.hasRoom(
                                        "jobs-have-room",
                                        (State own) -> own.jobs(),
                                        WorkAction.Start::key,
                                        WorkAction.Start::owner))
                        .on(
                                WorkAction.Worked.class,
                                Clauses.when(
                                        "job-runs",
                                        (own, worked) -> own.jobs().running().has(worked.key())))
                        .always(WorkAction.Send.class)
                        .always(WorkAction.Waited.class)
                        .build())
                .reduces((own, action, ctx) -> reduced(own, action, ctx.now()))
                .due(WorkAction.Waited.class, own -> own.jobs().running(), WorkAction.Waited::new)
                .budget(1L << 30);
        return Store.of(new Root(INITIAL))
                .mount(machine, Root::work, (root, changed) -> new Root(changed))
                .build();
    }

    private static State reduced(State own, WorkAction action, long now) {
        return switch (action) {
            case WorkAction.Start(long key, String owner, int left) -> {
                Job job = new Job(owner, left, now + 1_000);
                yield new State(
                        own.jobs().start(key, job),
                        own.errands(),
                        Optional.of(new Pair<>(owner, new Pair<>(key, Optional.of(job)))),
                        own.taken() + 1);
            }
            case WorkAction.Worked(long key) -> {
                Job job = own.jobs().running().at(key);
                yield new State(
                        own.jobs().next(key, new Job(job.owner(), job.left() - 1, job.at())),
                        own.errands(),
                        Optional.of(new Pair<>("", new Pair<>(key, Optional.empty()))),
                        own.taken());
            }
            case WorkAction.Send(Pair<String, List<String>> errand) ->
                new State(
                        own.jobs(),
                        own.errands()
                                .refusal(errand.first(), "")
                                .map(full -> own.errands())
                                .orElseGet(() ->
                                        own.errands().start(errand.first(), new Errand(now + 5_000, errand.second()))),
                        own.last(),
                        own.taken());
            case WorkAction.Waited(long key) ->
                new State(own.jobs().end(key), own.errands(), own.last(), own.taken() + 1);
        };
    }

    private final SimDisk disk = new SimDisk();
    private long at = 1_000_000;

    private void take(Store<Root> store, LogWriter writer, WorkAction action) throws IOException {
        at += 10;
        Optional<Input> tick = store.dueTick(at);
        Turn turn = store.apply(tick.orElse(Input.of(action)), at);
        writer.append(turn);
    }

    private void busy(Store<Root> store, LogWriter writer, int inputs) throws IOException {
        for (int i = 0; i < inputs; i++) {
            take(
                    store,
                    writer,
                    switch (i % 7) {
                        case 0, 1, 2, 3 -> new WorkAction.Start(i % 300, "owner" + i % 40, 1 + i % 3);
                        case 4, 5 -> new WorkAction.Worked((i * 7L) % 300);
                        default -> new WorkAction.Send(new Pair<>("errand" + i % 20, List.of("a", "b" + i)));
                    });
        }
    }

    private void verifies(long last) {
        Store<Root> store = store();
        Replayer.Verified verified = new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(last);
    }

    private static void comesBackEqual(State read, State written) {
        assertThat(read).isEqualTo(written);
        assertThat(Content.digest(read)).isEqualTo(Content.digest(written));
        assertThat(read.jobs().violation()).isEmpty();
    }

    @Test
    void aPoolInAStateIsWrittenReadBackAndVerified() throws IOException {
        Store<Root> store = store();
        LogWriter writer = ActionLog.open(disk, store, OPTIONS, "test").writer();
        busy(store, writer, 500);
        writer.force();
        writer.snapshot(store, store.state());
        State half = store.state().root().work();
        busy(store, writer, 500);
        writer.close();
        assertThat(store.state().root().work().jobs().ended()).isPositive();
        assertThat(store.state().root().work().errands().running().isEmpty()).isFalse();
        Store<Root> again = store();
        assertThat(ActionLog.open(disk, again, OPTIONS, "test").lastInput()).isEqualTo(1_000);
        comesBackEqual(again.state().root().work(), store.state().root().work());
        comesBackEqual(
                LogReader.open(disk, store())
                        .snapshotAt(500)
                        .orElseThrow()
                        .root()
                        .work(),
                half);
        Store<Root> replayed = store();
        Replayer<Root> replayer = new Replayer<>(LogReader.open(disk, replayed), replayed, false);
        replayer.seek(501);
        replayer.back();
        comesBackEqual(replayer.state().root().work(), half);
        verifies(1_000);
    }

    @Test
    void aPoolOfManyIsKeptInParts() throws IOException {
        Store<Root> store = store();
        LogWriter writer = ActionLog.open(disk, store, OPTIONS, "test").writer();
        for (int i = 0; i < 9_000; i++) {
            // All at one time: nothing is due.
            writer.append(store.apply(Input.of(new WorkAction.Start(i, "owner " + "x".repeat(60) + i, 1 + i % 5)), 5));
        }
        writer.force();
        writer.snapshot(store, store.state());
        writer.close();
        State written = store.state().root().work();
        assertThat(written.jobs().running().size()).isEqualTo(9_000);
        Store<Root> again = store();
        SnapshotReader<Root> reader = new SnapshotReader<>(
                disk, Codec.of(again), again, Segments.snapshots(disk).getLast());
        assertThat(reader.fault()).isEmpty();
        comesBackEqual(reader.read().orElseThrow().root().work(), written);
        // The log's beginning is gone: the state is the snapshot's.
        ActionLog.Opened opened = ActionLog.open(disk, again, OPTIONS, "test");
        assertThat(opened.lastInput()).isEqualTo(9_000);
        comesBackEqual(again.state().root().work(), written);
        verifies(9_000);
    }

    @Test
    void theSchemaTellsWhatAGenericRecordHoldsThere() {
        Schema schema = Schema.of(store());
        assertThat(schema.types()).containsKeys("#work.job", "#work.errand");
        assertThat(schema.types().toString()).contains("table<long,#work.job>", "table<string,#work.errand>");
        assertThat(Schema.of(store()).types()).isEqualTo(schema.types());
        assertThat(schema.compare(Schema.of(store()), List.of()).fit()).isEqualTo(Schema.Fit.FINE);
        // One that holds something else is of another shape.
        Schema one = Schema.of(holding(new OnePool(Pool.of(1, 1))));
        Schema other = Schema.of(holding(new OtherPool(Pool.of(1, 1))));
        assertThat(other.compare(one, List.of()).fit()).isEqualTo(Schema.Fit.IMPOSSIBLE);
    }

    record OtherPool(Pool<String, Job> jobs) {}

    record Go() implements Action {}

    private static <S> Store<Object> holding(S state) {
        return Store.<Object>of("root")
                .mount(
                        Machine.of("work", state)
                                .actions(Go.class)
                                .guards(Guards.<Object, S, Go>of()
                                        .always(Go.class)
                                        .build())
                                .budget(100),
                        root -> state,
                        (root, own) -> root)
                .build();
    }

    @Test
    void whatAGenericRecordHoldsIsBroughtIntoThePresentShape() {
        Codec codec = Codec.of(
                List.of(TypeTable.of("work").defaulted("job", "left", "2").build()));
        OnePool state = new OnePool(Pool.<Long, Job>of(3, 1).start(1L, new Job("a", 2, 5)));
        JsonNode old = codec.tree(state);
        ObjectNode job = (ObjectNode) old.get("jobs").get("running").get("1");
        job.remove("left");
        job.put("gone", 3);
        JsonNode shaped = new Upcaster(codec).state("work", OnePool.class, old);
        assertThat(codec.value(shaped, OnePool.class)).isEqualTo(state);
        Supplier<JsonNode> present = () -> codec.tree(state);
        assertThat(new Upcaster(codec).state("work", OnePool.class, present.get()))
                .isEqualTo(present.get());
    }
}
