package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.LogOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Parts of a log of many segments, each held to the same part of the whole list. */
class LogRangeTest {

    private static final int STEPS = 60;

    // The header alone takes most of a segment.
    private static final LogOptions SMALL = new LogOptions(
            27 << 10,
            LogOptions.DEFAULT.ringBytes(),
            LogOptions.DEFAULT.ringAgeMicros(),
            LogOptions.DEFAULT.snapshotBytes(),
            LogOptions.DEFAULT.snapshotMicros(),
            1);

    @TempDir
    private static Path data;

    private final Program program = new Program();

    // One input a second; each segment has a few.
    @BeforeAll
    static void record() throws IOException {
        try (RecordedNode node = RecordedNode.in(data, SMALL)) {
            node.boot();
            for (int i = 1; i < STEPS; i++) {
                node.connect(i % 3 == 0 ? RecordedNode.BEN : RecordedNode.ANN);
            }
        }
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            assertThat(files.filter(file -> file.toString().contains("log-"))).hasSizeGreaterThan(3);
        }
    }

    private List<String> listed(Object... options) {
        List<Object> args = new ArrayList<>(List.of("log", data));
        args.addAll(List.of(options));
        assertThat(program.run(args.toArray())).as(program.err()).isEqualTo(ExitCode.OK);
        return program.outLines();
    }

    private static Predicate<String> steps(long from, long to) {
        return line -> {
            long step = Long.parseLong(line.strip().split(" ")[0]);
            return step >= from && step <= to;
        };
    }

    /** Whoever asks for what is not there is told so, and not left to wonder. */
    @Test
    void nothingIsListedWithAWord() {
        assertThat(listed("--from", STEPS + 40)).isEmpty();
        assertThat(program.err()).contains("nothing is listed: the log ends at step " + STEPS);
        assertThat(listed("--type", "no/such")).isEmpty();
        assertThat(program.err())
                .contains(
                        "nothing is listed: no step of those that were asked for fits; the log ends at step " + STEPS);
        assertThat(listed("--from", STEPS)).hasSize(1);
        assertThat(program.err()).doesNotContain("nothing is listed");
    }

    @Test
    void anyRangeIsThatPartOfTheWhole() {
        List<String> all = listed();
        assertThat(all).hasSize(STEPS);
        for (int from = 1; from <= STEPS + 1; from += 3) {
            assertThat(listed("--from", from))
                    .isEqualTo(all.stream().filter(steps(from, STEPS)).toList());
            for (int to = from; to <= STEPS + 1; to += 7) {
                List<String> part = all.stream().filter(steps(from, to)).toList();
                assertThat(listed("--from", from, "--to", to)).isEqualTo(part);
                assertThat(listed("--from", from, "--to", to, "--last", 3))
                        .isEqualTo(part.subList(Math.max(0, part.size() - 3), part.size()));
            }
        }
    }

    @Test
    void theLastAreTheLastOfWhatIsWanted() {
        List<String> all = listed();
        List<String> ben = listed("--peer", RecordedNode.BEN);
        assertThat(ben).hasSize((STEPS - 1) / 3);
        List<String> benFrom20 = ben.stream().filter(steps(20, STEPS)).toList();
        for (int count = 1; count <= STEPS + 1; count += 4) {
            assertThat(listed("--last", count)).isEqualTo(tail(all, count));
            assertThat(listed("--last", count, "--peer", RecordedNode.BEN)).isEqualTo(tail(ben, count));
            assertThat(listed("--last", count, "--peer", RecordedNode.BEN, "--from", 20))
                    .isEqualTo(tail(benFrom20, count));
            assertThat(listed("--last", count, "--type", "node/")).hasSize(1);
            assertThat(listed("--last", count, "--json")).isEqualTo(tail(listed("--json"), count));
        }
    }

    private static List<String> tail(List<String> list, int count) {
        return list.subList(Math.max(0, list.size() - count), list.size());
    }

    @Test
    void sinceAMomentOrSoLongBeforeTheEnd() {
        List<String> all = listed();
        for (int step = 1; step <= STEPS; step++) {
            // Input 1 came one second after the beginning.
            String moment = LogLine.time(RecordedNode.BEGAN + step * 1_000_000L);
            List<String> rest = all.stream().filter(steps(step, STEPS)).toList();
            assertThat(listed("--since", moment)).isEqualTo(rest);
            assertThat(listed("--since", STEPS - step + "s")).isEqualTo(rest);
        }
        assertThat(listed("--since", "2023-11-14T23:14:00+01:00")).isEqualTo(tail(all, 21));
        assertThat(listed("--since", "1m")).isEqualTo(all);
        assertThat(listed("--since", "1d2h3m4s")).isEqualTo(all);
        assertThat(listed("--since", "0s")).isEqualTo(tail(all, 1));
        assertThat(listed("--since", "10s", "--to", STEPS - 5)).hasSize(6);
        assertThat(listed("--since", "10s", "--last", 2)).isEqualTo(tail(all, 2));
        assertThat(listed("--since", "2030-01-01T00:00:00Z")).isEmpty();
    }

    /** What the log itself wrote before the first listed input is left out with it. */
    @Test
    void marksOfAPartBeginWithIt() {
        List<String> whole = listed("--marks", "--json");
        List<String> part = listed("--marks", "--json", "--from", STEPS - 10);
        assertThat(part).isEqualTo(tail(whole, part.size()));
        assertThat(part.stream().filter(line -> !line.contains("@log/"))).hasSize(11);
    }

    @Test
    void followBeginsWhereItIsTold(@TempDir Path fresh) throws IOException {
        try (RecordedNode node = RecordedNode.in(fresh, SMALL)) {
            node.boot();
            for (int i = 1; i < 30; i++) {
                node.connect(RecordedNode.ANN);
            }
            assertThat(followed(node, fresh, "--last", "2")).containsExactly(29L, 30L, 31L);
            assertThat(followed(node, fresh, "--last", "0")).containsExactly(32L);
            assertThat(followed(node, fresh, "--from", "30")).containsExactly(30L, 31L, 32L, 33L);
            assertThat(followed(node, fresh, "--since", "1s")).containsExactly(32L, 33L, 34L);
            assertThat(followed(node, fresh, "--since", "2030-01-01T00:00:00Z")).isEmpty();
        }
    }

    // The numbers that are listed while the node takes one more input.
    private static List<Long> followed(RecordedNode node, Path data, String... options) {
        StringWriter out = new StringWriter();
        int[] looks = {0};
        Pause pause = () -> {
            try {
                if (looks[0] == 0) {
                    node.connect(RecordedNode.ANN);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return ++looks[0] < 3;
        };
        List<String> args = new ArrayList<>(List.of(data.toString(), "--follow"));
        args.addAll(List.of(options));
        int code = new CommandLine(new LogCommand(new Machines(), BuildInfo.current(), pause))
                .setOut(new PrintWriter(out, true))
                .execute(args.toArray(String[]::new));
        assertThat(code).isZero();
        return out.toString()
                .lines()
                .map(line -> Long.parseLong(line.strip().split(" ")[0]))
                .toList();
    }

    @Test
    void contradictionsAreRefused() {
        refused("--from 5 is behind --to 4", "--from", 5, "--to", 4);
        refused("--from and --since both say", "--from", 5, "--since", "1h");
        refused("--to says where to end, and --follow", "--to", 5, "--follow");
        refused("--seal goes with no other", "--seal", "--last", 1);
        refused("--last is 1 or more", "--last", 0);
        refused("--last is 1 or more", "--last", -1, "--follow");
        refused("--from is a step from 1 on", "--from", 0);
        refused("--to is a step from 1 on", "--to", -3);
        refused("--last is a whole number, not many", "--last", "many");
        refused("--last is to be followed by N", "--last");
        for (String bad : List.of("yesterday", "", "5", "m", "1m2h", "2026-11-28", "99999999999s", "-1h")) {
            refused("--since", "--since=" + bad);
            assertThat(program.sentence()).contains("is no time; write a moment as 2026-11-28T10:00:00Z, or how long");
        }
        refused("--since is given twice", "--since", "1h", "--since", "2h");
    }

    private void refused(String beginning, Object... options) {
        List<Object> args = new ArrayList<>(List.of("log", data));
        args.addAll(List.of(options));
        assertThat(program.run(args.toArray())).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).startsWith(beginning);
    }
}
