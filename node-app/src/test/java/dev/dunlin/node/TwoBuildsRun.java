package dev.dunlin.node;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two builds, and a log that each recorded in a short run of real nodes: one node of each build, and a third that connects to
 * both.
 *
 * @param original this build
 * @param changed {@link ChangedBuild#countingAPongAsLost}
 * @param byOriginal the data directory of the original's node
 * @param byChanged the data directory of the changed build's node
 */
record TwoBuildsRun(ChangedBuild original, ChangedBuild changed, Path byOriginal, Path byChanged) {

    private static final int PONGS = 3;

    static TwoBuildsRun record(Path folder) throws IOException, InterruptedException {
        TwoBuildsRun run = new TwoBuildsRun(
                ChangedBuild.original(Files.createDirectory(folder.resolve("original"))),
                ChangedBuild.countingAPongAsLost(Files.createDirectory(folder.resolve("changed"))),
                folder.resolve("by-original"),
                folder.resolve("by-changed"));
        try (NodeProcess first = start(folder, run.original, run.byOriginal, List.of());
                NodeProcess second = start(folder, run.changed, run.byChanged, List.of());
                NodeProcess third = start(
                        folder,
                        run.original,
                        folder.resolve("third"),
                        List.of("--connect", first.address(), second.address()))) {
            for (Path data : List.of(run.byOriginal, run.byChanged)) {
                NodeProcess.eventually(
                        "pongs in " + data, () -> pongs(data).size() < PONGS ? Optional.empty() : Optional.of(true));
            }
            third.stop();
            first.stop();
            second.stop();
        }
        return run;
    }

    private static NodeProcess start(Path folder, ChangedBuild build, Path data, List<String> more) throws IOException {
        List<String> args = NodeProcess.run(data, "--set", "ping.interval=100ms");
        args.addAll(more);
        return NodeProcess.start(folder, data.getFileName().toString(), build, args);
    }

    /** The steps of a log at which a pong was received, in order: where the two builds differ. */
    static List<Long> pongs(Path data) {
        try (DirectoryStorage storage = DirectoryStorage.readOnly(DataDirectory.log(data))) {
            List<Long> steps = new ArrayList<>();
            try (LogCursor frames =
                    LogReader.open(storage, new Machines().newStore()).cursor(1)) {
                for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                    if (next.get() instanceof Frame.Recorded recorded
                            && recorded.action() instanceof ExchangeAction.AnswerCame answer
                            && answer.message() instanceof PingProtocol.PingPayload
                            && recorded.rejected().isEmpty()) {
                        steps.add(recorded.number());
                    }
                }
            }
            return steps;
        } catch (LogException.Missing notYet) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
