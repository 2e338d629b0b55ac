package dev.dunlin.node;

import dev.dunlin.core.system.SystemErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where commands print, which remembers what went wrong there: a {@link PrintWriter} only says that something did. */
final class StandardOutput extends PrintWriter {

    private final Watched watched;

    private StandardOutput(Watched watched) {
        super(watched, true, StandardCharsets.UTF_8);
        this.watched = watched;
    }

    /** Prints to a stream. */
    static StandardOutput to(OutputStream stream) {
        return new StandardOutput(new Watched(stream));
    }

    /** What becomes of what a command has printed so far, as {@link #lost()} says; nothing is known of other writers. */
    static Optional<CommandFailure> lost(PrintWriter out) {
        out.flush();
        return out instanceof StandardOutput standard ? standard.lost() : Optional.empty();
    }

    /**
     * What a command ends with whose output does not arrive, though it does its work. A pipe whose reader has read enough is no
     * failure.
     */
    Optional<CommandFailure> lost() {
        return Optional.ofNullable(watched.failure)
                .filter(why -> !isBrokenPipe(why))
                .map(why -> new CommandFailure(
                        ExitCode.IO_ERROR,
                        "cannot write to standard output: " + SystemErrors.sentence(why)
                                + ". What was printed is not complete;" + " send it to where there is room.",
                        why));
    }

    // The operating system tells it in the user's language: it is asked for its words.
    static boolean isBrokenPipe(IOException failure) {
        try {
            Pipe pipe = Pipe.open();
            pipe.source().close();
            try (Pipe.SinkChannel sink = pipe.sink()) {
                sink.write(ByteBuffer.wrap(new byte[1]));
            } catch (IOException broken) {
                return String.valueOf(broken.getMessage()).equals(failure.getMessage());
            }
        } catch (IOException noPipe) {
            return false;
        }
        return false;
    }

    private static final class Watched extends OutputStream {
        private final OutputStream to;
        private volatile @Nullable IOException failure;

        Watched(OutputStream to) {
            this.to = to;
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
    }
}
