package dev.dunlin.node;

import dev.dunlin.core.codec.JsonFault;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.replay.Replayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Another build of Dunlin, asked by its launcher for the state after a step, or where it departs from a log.
 *
 * @param launcher the program
 * @param log the folder of the log
 * @param acceptRisky whether it is to replay with losses
 * @param machines the jars that it is to take machines from, unless its launcher names others
 */
record SecondBuild(Path launcher, Path log, boolean acceptRisky, Optional<String> machines)
        implements Replayer.Recorded {

    /** The longest answer that is read, in bytes. */
    static final int MAX_STATE = 1 << 30;

    // Builds before the code for it was there told a divergence as an error of the data.
    private static final List<Integer> VERIFIED =
            List.of(ExitCode.OK.code(), ExitCode.DIVERGED.code(), ExitCode.DATA_ERROR.code());

    private static final int MAX_ERROR = 1 << 12;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * The state after a step as the other build replays it.
     *
     * @throws CommandFailure with {@link ExitCode#UNAVAILABLE} if it cannot be asked, or does not answer with a state
     */
    @Override
    public Optional<JsonNode> after(long step) {
        try {
            return Optional.of(ask(step));
        } catch (IOException failure) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot(step) + failure.getMessage(), failure);
        } catch (JacksonException failure) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot(step) + noJson(failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot(step) + "it was interrupted", interrupted);
        }
    }

    private String cannot(long step) {
        return "the second build " + launcher + " cannot tell the state after step " + step + ": ";
    }

    private static String noJson(JacksonException failure) {
        return "what it answers is no JSON (" + JsonFault.words(failure) + "); is it a launcher of Dunlin?";
    }

    private JsonNode ask(long step) throws IOException, InterruptedException {
        Answer answer = run("--to", Long.toString(step));
        if (answer.code != ExitCode.OK.code()) {
            throw answer.failed();
        }
        return MAPPER.readTree(answer.output);
    }

    /**
     * The first step at which the other build departs from the record; empty if it replays the whole log as it was recorded.
     *
     * @throws CommandFailure with {@link ExitCode#UNAVAILABLE} if it cannot be asked, or cannot replay the log
     */
    Optional<Mismatch> verify() {
        String cannot = "the second build " + launcher + " cannot verify the log: ";
        try {
            Answer answer = run("--verify");
            if (!VERIFIED.contains(answer.code)) {
                throw answer.failed();
            }
            JsonNode result = MAPPER.readTree(answer.output).path("result");
            if (result.isObject()) {
                List<String> machines = new ArrayList<>();
                result.path("machines").forEach(machine -> machines.add(machine.asString("")));
                return Optional.of(new Mismatch(
                        result.path("step").asLong(), result.path("what").asString(""), List.copyOf(machines)));
            }
            if (!result.asString("").equals("clean")) {
                throw answer.failed();
            }
            return Optional.empty();
        } catch (IOException failure) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot + failure.getMessage(), failure);
        } catch (JacksonException failure) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot + noJson(failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNAVAILABLE, cannot + "it was interrupted", interrupted);
        }
    }

    private record Answer(int code, byte[] output, String error) {
        IOException failed() {
            return new IOException("it ended with exit code " + code + " (" + error + ")");
        }
    }

    private Answer run(String... mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString(), "replay", log.toString()));
        command.addAll(List.of(mode));
        command.add("--json");
        if (acceptRisky) {
            command.add("--accept-risky");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        machines.ifPresent(jars -> builder.environment().put(Machines.VARIABLE, jars));
        Process process = builder.start();
        try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
            process.getOutputStream().close();
            CompletableFuture<String> error = CompletableFuture.supplyAsync(() -> beginning(process), reader);
            byte[] output = process.getInputStream().readNBytes(MAX_STATE + 1);
            if (output.length > MAX_STATE) {
                throw new IOException("its answer is longer than " + MAX_STATE + " bytes");
            }
            return new Answer(process.waitFor(), output, error.join());
        } finally {
            process.destroy();
        }
    }

    // Reads standard error to its end, so that the other program never waits, and keeps its beginning.
    private static String beginning(Process process) {
        try (InputStream in = process.getErrorStream()) {
            byte[] kept = in.readNBytes(MAX_ERROR);
            in.transferTo(OutputStream.nullOutputStream());
            return LogLine.printable(
                    new String(kept, StandardCharsets.UTF_8).strip().replaceAll("\\R", " "));
        } catch (IOException gone) {
            return "nothing could be read of what it said";
        }
    }
}
