package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class QueriesTest {

    // 2: the desk lights up, 3: again, in vain, 4: its measure is answered, 5: the shelf, 6: the desk is out
    private static SimDisk evening() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 8);
        recorder.take(Input.of(new LampAction.SwitchOn("desk", 95, Ticket.NONE)));
        recorder.take(Input.of(new LampAction.SwitchOn("desk", 20, Ticket.NONE)));
        recorder.take(new Input(new LampAction.Measured("desk", 5), new ActionId(2, 3)));
        recorder.take(Input.of(new LampAction.SwitchOn("shelf", 42, Ticket.NONE)));
        recorder.take(Input.of(new LampAction.SwitchOff("desk")));
        recorder.writer.close();
        return disk;
    }

    private static List<String> ids(List<Entry> entries) {
        return entries.stream().map(entry -> entry.id() + " " + entry.type()).toList();
    }

    @Test
    void whyTellsChainLastRejectionAndPhase() throws IOException {
        LogIndex<Lamps.Root> index = Indexed.open(evening(), new SimDisk());
        Why why = Why.of(index, new Subject("lamp", "desk"), 100);
        assertThat(ids(why.chain()))
                .containsExactly(
                        "2.0 lamp/switchOn",
                        "2.1 lamp/switchedOn",
                        "2.2 lamp/glow",
                        "2.3 lamp/measure",
                        "2.4 lamp/ring",
                        "2.5 lamp/count",
                        "2.6 lamp/glow",
                        "3.0 lamp/switchOn",
                        "4.0 lamp/measured",
                        "6.0 lamp/switchOff");
        assertThat(why.total()).isEqualTo(10);
        assertThat(why.rejections()).isEqualTo(1);
        assertThat(why.lastRejection().orElseThrow().id()).isEqualTo(new ActionId(3, 0));
        assertThat(why.lastRejection().orElseThrow().rejection().orElseThrow())
                .isEqualTo(new Entry.Rejection("lamp-is-dark", List.of(new Operand("lamp", "desk"))));
        assertThat(why.phases()).isEqualTo(Map.of("lamp", "dark"));
        assertThat(why.step()).isEqualTo(6);
        Why last = Why.of(index, new Subject("lamp", "desk"), 1);
        assertThat(ids(last.chain())).containsExactly("6.0 lamp/switchOff");
        assertThat(last.lastRejection()).isEqualTo(why.lastRejection());
        assertThat(Why.of(index, new Subject("lamp", "shelf"), 1).phases()).isEqualTo(Map.of("lamp", "lit"));
        Why nobody = Why.of(index, new Subject("lamp", "attic"), 1);
        assertThat(nobody).isEqualTo(new Why(nobody.subject(), List.of(), 0, 0, Optional.empty(), 6, Map.of()));
    }

    @Test
    void theCauseTreeCrossesAnswers() throws IOException {
        LogIndex<Lamps.Root> index = Indexed.open(evening(), new SimDisk());
        CauseTree answer = CauseTree.of(index, new ActionId(4, 0), 100);
        assertThat(ids(answer.causes())).containsExactly("2.3 lamp/measure", "2.0 lamp/switchOn");
        assertThat(answer.action().led()).isEmpty();
        assertThat(answer.complete()).isTrue();
        CauseTree root = CauseTree.of(index, new ActionId(2, 0), 100);
        assertThat(root.causes()).isEmpty();
        assertThat(shape(root.action())).isEqualTo("2.0[2.1[] 2.2[2.6[]] 2.3[4.0[]] 2.4[] 2.5[]]");
        assertThat(shape(CauseTree.of(index, new ActionId(2, 3), 100).action())).isEqualTo("2.3[4.0[]]");
        CauseTree cut = CauseTree.of(index, new ActionId(2, 0), 3);
        assertThat(cut.complete()).isFalse();
        assertThat(shape(cut.action())).isEqualTo("2.0[2.1[] 2.2[] 2.3[]]");
        assertThat(CauseTree.of(index, new ActionId(4, 0), 1).complete()).isFalse();
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> CauseTree.of(index, new ActionId(9, 0), 10))
                .withMessageContaining("no step 9");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> CauseTree.of(index, new ActionId(0, 0), 10))
                .withMessageContaining("no step 0");
    }

    private static String shape(CauseTree.Node node) {
        return node.entry().id() + "["
                + String.join(" ", node.led().stream().map(QueriesTest::shape).toList()) + "]";
    }

    @Test
    void everyTreeOfARandomLogIsWhatItsEntriesSay() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 21).run(300);
        recorder.writer.close();
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        int answered = 0;
        for (long step = 1; step <= index.last(); step++) {
            CauseTree tree = CauseTree.of(index, new ActionId(step, 0), 10_000);
            List<Entry> below = new ArrayList<>();
            collect(tree.action(), below);
            assertThat(below).hasSizeGreaterThanOrEqualTo(index.size(step));
            answered += below.size() > index.size(step) ? 1 : 0;
            ActionId cause = index.entry(new ActionId(step, 0)).cause();
            assertThat(tree.causes().isEmpty()).isEqualTo(cause.isNone());
        }
        assertThat(answered).isGreaterThan(10);
    }

    private static void collect(CauseTree.Node node, List<Entry> into) {
        into.add(node.entry());
        for (CauseTree.Node led : node.led()) {
            assertThat(led.entry().cause()).isEqualTo(node.entry().id());
            collect(led, into);
        }
    }

    @Test
    void blameNamesTheActionAndTheValues() throws IOException {
        LogIndex<Lamps.Root> index = Indexed.open(evening(), new SimDisk());
        Blame.Changed desk = (Blame.Changed) Blame.of(index, StatePath.parse("lamp.lamps.desk.brightness"), 6);
        assertThat(desk.action().id()).isEqualTo(new ActionId(6, 0));
        assertThat(desk.before()).contains("95");
        assertThat(desk.after()).contains("0");
        Blame.Changed earlier = (Blame.Changed) Blame.of(index, StatePath.parse("lamp.lamps.desk.phase.kind"), 5);
        assertThat(earlier.action().id()).isEqualTo(new ActionId(2, 0));
        assertThat(earlier.before()).isEmpty();
        assertThat(earlier.after()).contains("\"lit\"");
        Blame.Changed off = (Blame.Changed) Blame.of(index, StatePath.parse("lamp.lamps.desk.at"), 6);
        assertThat(off.before()).isPresent();
        assertThat(off.after()).contains(Long.toString(Due.NEVER));
        assertThat(((Blame.Changed) Blame.of(index, StatePath.parse("node.run"), 6))
                        .action()
                        .type())
                .isEqualTo("node/booted");
        assertThat(Blame.of(index, StatePath.parse("lamp.lamps.attic"), 6))
                .isEqualTo(new Blame.NeverThere(StatePath.parse("lamp.lamps.attic"), 0));
        assertThat(Blame.of(index, StatePath.parse("lamp.lines"), 6))
                .isEqualTo(new Blame.Unchanged(StatePath.parse("lamp.lines"), "{}", 0));
        assertThat(Blame.of(index, StatePath.parse("lamp.counted"), 0)).isInstanceOf(Blame.Unchanged.class);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> Blame.of(index, StatePath.parse("lamps"), 6))
                .withMessage("no machine is named lamps: there are [node, lamp]");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> Blame.of(index, StatePath.parse("lamp"), 7))
                .withMessageContaining("no step 7");
    }

    @Test
    void blameIsWhatComparingEveryStepsJsonGives() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 5).run(2600);
        recorder.writer.close();
        List<JsonNode> states = new ArrayList<>();
        Replayer<Lamps.Root> straight = Indexed.straight(disk);
        straight.seek(0);
        do {
            states.add(straight.json(straight.state()));
        } while (straight.forward());
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        int changed = 0;
        for (String text : List.of(
                "lamp",
                "lamp.counted",
                "lamp.lamps.lamp3",
                "lamp.lamps.lamp3.tags.0",
                "lamp.lamps.lamp3.owner",
                "lamp.lamps.lamp7.phase.colour",
                "lamp.lamps.lamp7.watts",
                "lamp.before.lamp1.kind",
                "lamp.colours.7",
                "lamp.lines.line:1:3",
                "lamp.off.lamp2",
                "lamp.asked.\"10.3\"",
                "node.handles.line:1:4",
                "node.seed")) {
            StatePath path = StatePath.parse(text);
            for (int to : List.of(2600, 1931, 700, 50, 17)) {
                Optional<Long> wanted = Optional.empty();
                for (int step = to; step > 0 && wanted.isEmpty(); step--) {
                    if (!at(states.get(step), path).equals(at(states.get(step - 1), path))) {
                        wanted = Optional.of((long) step);
                    }
                }
                Blame blame = Blame.of(index, path, to);
                Optional<Long> found = switch (blame) {
                    case Blame.Changed(var _, Entry action, var _, var after) -> {
                        assertThat(after.orElse("")).isEqualTo(shown(at(states.get(to), path)));
                        yield Optional.of(action.id().input());
                    }
                    case Blame.Unchanged _, Blame.NeverThere _ -> Optional.empty();
                };
                assertThat(found).as(text + " up to " + to).isEqualTo(wanted);
                changed += found.isPresent() ? 1 : 0;
            }
        }
        assertThat(changed).isGreaterThan(20);
    }

    @Test
    void blamePassesByTheStretchesInWhichThePartDidNotChange() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 5);
        recorder.take(Input.of(new LampAction.SwitchOn("attic", 7, Ticket.NONE)));
        recorder.run(2600).writer.close();
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        assertThat(index.stretches()).isGreaterThan(40);
        assertThat(looked(index, "lamp.lamps.nobody", Blame.NeverThere.class)).isZero();
        // Where the lamp came, all that it had inside may have come.
        assertThat(looked(index, "lamp.lamps.lamp3.no-such", Blame.NeverThere.class))
                .isEqualTo(50);
        assertThat(looked(index, "lamp.lamps.attic.owner", Blame.Changed.class)).isLessThanOrEqualTo(50);
        assertThat(looked(index, "lamp.lamps.lamp3.brightness", Blame.Changed.class))
                .isLessThanOrEqualTo(50);
    }

    private static long looked(LogIndex<Lamps.Root> index, String path, Class<? extends Blame> wanted) {
        BlameSearch<Lamps.Root> search = new BlameSearch<>(index, StatePath.parse(path));
        assertThat(search.upTo(index.last())).isInstanceOf(wanted);
        return search.looked();
    }

    @Test
    void aStepThatChangesMoreThanIsKeptCountsAsChangingAll() {
        ChangedParts parts = new ChangedParts(new Parts(Lamps.codec()));
        Table<Long, Long> many = Table.empty();
        for (long i = 0; i <= ChangedParts.MOST; i++) {
            many = many.with(i, i);
        }
        parts.add("s", Table.empty(), many);
        assertThat(parts.take()).containsExactly(ChangedParts.ALL);
        parts.add("s", many, many.without(5L).with(6L, 7L));
        assertThat(parts.take()).hasSize(5).doesNotContain(ChangedParts.ALL);
        assertThat(parts.take()).isEmpty();
    }

    private static JsonNode at(JsonNode state, StatePath path) {
        JsonNode node = state;
        for (String name : path.names()) {
            node = node.isArray() ? node.path(Integer.parseInt(name)) : node.path(name);
        }
        return node;
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "" : node.toString();
    }

    @Test
    void pathsAreReadAndWritten() {
        assertThat(StatePath.parse("a.b.0").names()).containsExactly("a", "b", "0");
        assertThat(StatePath.parse("a.\"x.y\".c").names()).containsExactly("a", "x.y", "c");
        assertThat(StatePath.parse("a.\"q\\\"\\\\.\"").names()).containsExactly("a", "q\"\\.");
        for (String text : List.of("a", "a.b", "a.\"x.y\".c", "a.\"q\\\"\\\\.\"")) {
            assertThat(StatePath.parse(text)).hasToString(text);
        }
        for (String bad : List.of("", ".", "a.", ".a", "a..b", "a.\"b", "a.\"b\"c", "a.\"\"")) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> StatePath.parse(bad))
                    .withMessageStartingWith("'" + bad + "' is no path into the state");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> StatePath.parse("a.".repeat(100) + "a"));
    }

    @Test
    void costCountsActionsBytesAndTheClock() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 8).run(200);
        recorder.take(Input.of(new LampAction.Wired(new Handle("line", 1, 99), "x")));
        recorder.writer.close();
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        long[] clock = {0};
        Cost cost = Cost.of(index, () -> clock[0] += 7, step -> {});
        assertThat(cost.first()).isEqualTo(1);
        assertThat(cost.last()).isEqualTo(202);
        assertThat(cost.all().inputs()).isEqualTo(202);
        assertThat(cost.all().actions()).isEqualTo(index.actions());
        assertThat(cost.all().nanos()).isEqualTo(202 * 7);
        assertThat(cost.peers()).isEqualTo(Map.of(Cost.NO_PEER, cost.all()));
        assertThat(cost.types().values().stream().reduce(Cost.Share.NOTHING, Cost.Share::plus))
                .isEqualTo(cost.all());
        long lines = 0;
        long rejected = 0;
        try (LogCursor cursor = index.log().cursor(1)) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                if (!next.get().startsWith("{\"type\":\"@log/")) {
                    lines += next.get().length() + 1;
                    rejected += next.get().split("\"clause\":", -1).length - 1;
                }
            }
        }
        assertThat(cost.all().bytes()).isEqualTo(lines);
        assertThat(cost.all().rejected()).isEqualTo(rejected).isPositive();
        Cost.Share measure = cost.types().getOrDefault("lamp/measure", Cost.Share.NOTHING);
        assertThat(measure.effects()).isEqualTo(measure.actions()).isPositive();
        assertThat(measure.inputs()).isZero();
        assertThat(measure.bytes()).isZero();
    }
}
