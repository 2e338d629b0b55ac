package dev.dunlin.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Commands of the system that tests need, most of which only a superuser may run. */
final class Shell {

    private Shell() {}

    /**
     * Runs a command, a blank between its words; what it printed.
     *
     * @throws IOException if it is not there, or fails; with what it printed
     */
    static String run(String command) throws IOException {
        Process process = new ProcessBuilder(List.of(command.split(" ")))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("'" + command + "' ended with " + code + ": " + printed.strip());
            }
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Why a command cannot be run here; empty if it can. */
    static Optional<String> trouble(String command) {
        try {
            run(command);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
