package dev.dunlin.testrun;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps what tests print until it is known whether somebody must see it; all of it goes to a file as well. Thread-safe. */
final class HeldOutput extends OutputStream {

    /** So many bytes of what one test prints are kept; the file has the rest. */
    static final int MOST = 1 << 20;

    private final OutputStream file;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private long left;

    HeldOutput(OutputStream file) {
        this.file = file;
    }

    @Override
    public synchronized void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) throws IOException {
        file.write(bytes, from, count);
        int kept = Math.min(count, MOST - held.size());
        held.write(bytes, from, kept);
        left += count - kept;
    }

    /** What was printed since the last call. */
    synchronized String take() {
        String text = held.toString(StandardCharsets.UTF_8)
                + (left == 0 ? "" : "\n… and " + left + " bytes more, which stand in the file\n");
        held.reset();
        left = 0;
        return text;
    }

    /** Writes a line to the file only. */
    synchronized void note(String line) throws IOException {
        file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
