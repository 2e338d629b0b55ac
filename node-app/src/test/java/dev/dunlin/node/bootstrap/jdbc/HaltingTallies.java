package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Limits;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Step;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that makes or removes databases, and stops dead at a step. */
final class HaltingTallies {

    /** What it ends with when it stops dead. */
    static final int HALTED = 7;

    static final Limits AMPLE = new Limits(1_000_000, 1L << 40, 0);

    private HaltingTallies() {}

    /** The name of a database with a number. */
    static String name(int number) {
        return RedemptionNames.of(Hashes.sha256("token"), "party", Integer.toString(number));
    }

    /** Starts one: the directory, and what stands below. */
    static Process start(Path directory, String... what) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")
                        + File.pathSeparator
                        + System.getProperty("surefire.test.class.path", ""),
                HaltingTallies.class.getName(),
                directory.toString()));
        command.addAll(List.of(what));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** {@code directory make|remove step isDone}, or {@code directory many}, which says each that it has made. */
    public static void main(String[] args) throws InterruptedException {
        Path directory = Path.of(args[0]);
        if (args[1].equals("many")) {
            SqliteTallies tallies = SqliteTallies.open(directory, AMPLE);
            for (int number = 0; number < 1_000_000; number++) {
                tallies.make(name(number), Role.STOCK);
                System.out.println(number);
            }
            return;
        }
        Step halting = Step.valueOf(args[2]);
        boolean whenDone = Boolean.parseBoolean(args[3]);
        SqliteTallies tallies = SqliteTallies.open(directory, AMPLE, (step, isDone) -> {
            if (step == halting && isDone == whenDone) {
                Runtime.getRuntime().halt(HALTED);
            }
        });
        if (args[1].equals("make")) {
            tallies.make(name(0), Role.STOCK);
        } else {
            tallies.remove(name(0));
        }
    }
}
