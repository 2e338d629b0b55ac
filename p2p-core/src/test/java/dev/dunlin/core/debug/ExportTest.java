package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ExportTest {

    private static final JUnitExport EXPORT = JUnitExport.of("com.example.LampsTest", "Lamps.store()");

    private static SimDisk random() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 3).run(150).snapshot().run(100);
        recorder.fail(Input.of(new LampAction.Burst("bang")));
        recorder.writer.close();
        Recorder.open(disk, 4).run(50).writer.close();
        return disk;
    }

    private static LogReader<Lamps.Root> log(SimDisk disk) {
        return LogReader.open(disk, Lamps.store());
    }

    private static Replayer<Lamps.Root> replayer(SimDisk disk) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false);
    }

    private static String junit(SimDisk disk, long from, long to, OutputStream resource) {
        return EXPORT.write(log(disk), replayer(disk), from, to, resource);
    }

    private static RecordedSteps<Lamps.Root> steps(byte[] resource) {
        return RecordedSteps.open(Lamps.store(), new ByteArrayInputStream(resource));
    }

    @Test
    void theStepsOfATestLeadToWhatTheLogRecorded() throws IOException {
        SimDisk disk = random();
        Replayer<Lamps.Root> replayer = replayer(disk);
        for (long from : new long[] {1, 60, 152, 252, 253, 303}) {
            ByteArrayOutputStream resource = new ByteArrayOutputStream();
            long to = Math.min(303, from + 130);
            String source = junit(disk, from, to, resource);
            RecordedSteps<Lamps.Root> steps = steps(resource.toByteArray());
            for (long step = from; step <= to; step++) {
                Frame.Recorded frame = replayer.recordedAt(step).orElseThrow();
                if (frame.failed().isPresent()) {
                    assertThatExceptionOfType(StoreFailure.class).isThrownBy(steps::next);
                    assertThat(source).contains("assertThrows(StoreFailure.class, steps::next);");
                } else {
                    RecordedSteps.Step recorded = RecordedSteps.Step.of(frame);
                    assertThat(steps.next()).isEqualTo(recorded);
                    assertThat(source).contains("new Step(" + step + "L, " + recorded.size() + ", \"");
                }
            }
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(steps::next)
                    .withMessageContaining("no more steps");
            assertThat(source.contains("part1(steps);")).isEqualTo(to - from >= 100);
            steps.close();
        }
    }

    @Test
    void namesThatJavaDoesNotTakeAreRefused() {
        for (String name : new String[] {"", "1x", "a b", "class", "a..B", "a.b.", "x;y", "a.class.B", "../X"}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .as(name)
                    .isThrownBy(() -> JUnitExport.of(name, "x"));
        }
        assertThat(JUnitExport.of("X", "x")).isEqualTo(new JUnitExport("", "X", "x"));
    }

    @Test
    void stepsOfAnotherShapeAreRefused() {
        for (String text : new String[] {
            "",
            "{",
            "{\"type\":\"lamp/glow\"}",
            "{\"type\":\"@steps/state\",\"payload\":{\"state\":{\"lamp\":{\"x\":1}}}}"
        }) {
            assertThatExceptionOfType(LogException.class)
                    .as(text)
                    .isThrownBy(() -> steps(text.getBytes(StandardCharsets.UTF_8)));
        }
        RecordedSteps<Lamps.Root> steps = steps("{\"type\":\"@steps/state\",\"payload\":{}}\n{\"type\":\"lamp/none\"}"
                .getBytes(StandardCharsets.UTF_8));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(steps::next)
                .withMessageContaining("there is no such type");
    }

    @Test
    void rangesAreBounded() throws IOException {
        SimDisk disk = random();
        for (long[] range : new long[][] {{0, 1}, {2, 1}, {1, JUnitExport.MAX_STEPS + 1L}, {300, 304}, {304, 304}}) {
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> junit(disk, range[0], range[1], OutputStream.nullOutputStream()));
        }
        for (long[] range : new long[][] {{0, 1}, {2, 1}, {1, DevToolsExport.MAX_STEPS + 1L}, {300, 304}}) {
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> DevToolsExport.write(
                            log(disk), replayer(disk), range[0], range[1], OutputStream.nullOutputStream()));
        }
        assertThat(Steps.of(1, 5, 5)).isEqualTo(new Steps(1, 5));
        assertThatExceptionOfType(LogException.class).isThrownBy(() -> Steps.of(1, 6, 5));
    }

    @Test
    void aStreamThatFailsIsAnInputOutputFailure() throws IOException {
        SimDisk disk = random();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("no space");
            }
        };
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> junit(disk, 1, 5, full));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> DevToolsExport.write(log(disk), replayer(disk), 1, 5, full));
    }

    @Test
    void theDevToolsSeeEachStepAndAFailedOne() throws IOException {
        SimDisk disk = random();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DevToolsExport.write(log(disk), replayer(disk), 250, 254, out);
        JsonNode lifted = Lamps.codec().mapper().readTree(out.toByteArray());
        Replayer<Lamps.Root> replayer = replayer(disk);
        for (int i = 0; i <= 5; i++) {
            replayer.seek(249 + i);
            assertThat(lifted.path("computedStates").path(i).path("state"))
                    .isEqualTo(Lamps.codec()
                            .mapper()
                            .readTree(DevToolsExport.forJavaScript(replayer.json(replayer.state()))
                                    .toString()));
        }
        JsonNode failed = lifted.path("actionsById").path("3").path("action");
        assertThat(failed.path("type").asString()).isEqualTo("lamp/burst");
        assertThat(failed.path("meta").path("failed").asString()).contains("bang");
    }

    @Test
    void whatJavaScriptWouldRoundIsAString() {
        JsonNode tree = Lamps.codec()
                .mapper()
                .readTree(
                        "{\"a\":[9007199254740991,9007199254740992,-9007199254740992,1.5,\"x\",null],\"$jsan\":{\"$jsan\":1},"
                                + "\"b\":123456789012345678901234567890}");
        assertThat(DevToolsExport.forJavaScript(tree))
                .hasToString("{\"a\":[9007199254740991,\"9007199254740992\",\"-9007199254740992\",1.5,\"x\",null],"
                        + "\"$$jsan\":{\"$$jsan\":1},\"b\":\"123456789012345678901234567890\"}");
    }
}
