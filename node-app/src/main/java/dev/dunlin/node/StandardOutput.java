package dev.dunlin.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where commands print, which remembers what went wrong there: a {@link PrintWriter} only says that something did. */
final class StandardOutput extends OutputStream {

    private final OutputStream to;
    private @Nullable IOException failure;

    StandardOutput(OutputStream to) {
        this.to = to;
    }

    PrintWriter writer() {
        return new PrintWriter(this, true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            to.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            to.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * What a command ends with that did its work, but whose output did not arrive. A pipe whose reader has read enough is no
     * failure.
     */
    Optional<CommandFailure> failure() {
        return Optional.ofNullable(failure)
                .filter(why -> !"Broken pipe".equals(why.getMessage()))
                .map(why -> new CommandFailure(
                        ExitCode.IO_ERROR,
                        "cannot write to standard output: " + why.getMessage() + ". What was printed is not complete;"
                                + " send it to where there is room.",
                        why));
    }
}
