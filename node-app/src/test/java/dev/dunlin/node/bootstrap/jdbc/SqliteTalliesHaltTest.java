package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that is killed leaves a whole database or none, and what it leaves has a name and can be removed. */
class SqliteTalliesHaltTest {

    private static final String NAME = HaltingTallies.name(0);
    private static final Set<Step> MAKING = EnumSet.range(Step.CLEAR, Step.FORCE_NAMES);
    private static final Set<Step> REMOVING = EnumSet.range(Step.REMOVE, Step.FORCE_REMOVED);

    @TempDir
    private Path folder = Path.of("");

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void halt(Path directory, String what, Step step, boolean isDone) throws Exception {
        Process process = HaltingTallies.start(directory, what, step.name(), Boolean.toString(isDone));
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s, %s", step, isDone).isEqualTo(HaltingTallies.HALTED);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void isInOrder(Path directory, boolean isFound) throws Exception {
        List<Path> left = files(directory);
        try (SqliteTallies tallies = SqliteTallies.open(directory, HaltingTallies.AMPLE)) {
            Optional<Tally> whole = Optional.of(new Tally(NAME, Role.STOCK, "sqlite:" + NAME, ""));
            assertThat(tallies.find(NAME)).isEqualTo(isFound ? whole : Optional.empty());
            assertThat(tallies.names("", 10)).isEqualTo(left.isEmpty() ? List.of() : List.of(NAME));
            assertThat(tallies.make(NAME, Role.STOCK)).isEqualTo(whole.orElseThrow());
            assertThat(tallies.find(NAME)).isEqualTo(whole);
            if (!isFound) {
                assertThat(files(directory)).containsExactly(directory.resolve(NAME + ".db"));
            }
            assertThat(tallies.usage().databases()).isEqualTo(1);
            tallies.remove(NAME);
            assertThat(tallies.names("", 10)).isEmpty();
            assertThat(files(directory)).isEmpty();
        }
    }

    @Test
    void whereverAMakingStopsThereIsAWholeOneOrNone() throws Exception {
        for (Step step : MAKING) {
            for (boolean isDone : new boolean[] {false, true}) {
                Path directory = folder.resolve(step + " " + isDone);
                halt(directory, "make", step, isDone);
                boolean hasName = step.compareTo(Step.NAME) > 0 || step == Step.NAME && isDone;
                isInOrder(directory, hasName);
            }
        }
    }

    @Test
    void whereverARemovalStopsThereIsAWholeOneOrNone() throws Exception {
        for (Step step : REMOVING) {
            for (boolean isDone : new boolean[] {false, true}) {
                Path directory = folder.resolve(step + " " + isDone);
                try (SqliteTallies tallies = SqliteTallies.open(directory, HaltingTallies.AMPLE)) {
                    tallies.make(NAME, Role.STOCK);
                }
                Files.writeString(directory.resolve(NAME + ".db-shm"), "");
                Files.writeString(directory.resolve(TallyDirectory.PARTS).resolve(NAME + ".db"), "an earlier try");
                halt(directory, "remove", step, isDone);
                isInOrder(directory, step == Step.REMOVE && !isDone);
            }
        }
    }

    /** Whenever it is killed, those that it has said are there. */
    @Test
    void oneThatMakesManyIsKilled() throws Exception {
        for (int round = 0; round < 3; round++) {
            Path directory = folder.resolve("round " + round);
            Process process = HaltingTallies.start(directory, "many");
            List<String> said = new ArrayList<>();
            try (BufferedReader lines = process.inputReader()) {
                for (int i = 0; i < 5 + 7 * round; i++) {
                    said.add(lines.readLine());
                }
                // Unlike that of a process, this leaves what it has said to be read.
                process.toHandle().destroyForcibly();
                lines.lines().forEach(said::add);
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            try (SqliteTallies tallies = SqliteTallies.open(directory, HaltingTallies.AMPLE)) {
                // The last line may be cut.
                for (int number = 0; number < said.size() - 1; number++) {
                    assertThat(tallies.find(HaltingTallies.name(number))).isPresent();
                }
                List<String> names = tallies.names("", 1_000_000);
                assertThat(names).hasSizeBetween(said.size() - 1, said.size() + 1);
                for (String name : names) {
                    tallies.make(name, Role.FOIL);
                    assertThat(tallies.find(name)).isPresent();
                    tallies.remove(name);
                }
            }
            assertThat(files(directory)).isEmpty();
        }
    }
}
