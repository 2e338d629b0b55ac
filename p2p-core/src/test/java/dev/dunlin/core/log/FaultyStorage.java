package dev.dunlin.core.log;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Predicate;

/** A simulated disk, of which a test says which calls fail, and which counts what is open. */
final class FaultyStorage implements LogStorage {

    static final String FULL = "No space left on device";
    static final String BROKEN = "Input/output error";

    private final SimDisk disk;
    private Predicate<String> fails = call -> false;
    private String message = FULL;
    private int calls;
    private int failed;
    private int openForAppending;
    private int openForReading;

    FaultyStorage(SimDisk disk) {
        this.disk = disk;
    }

    /** Calls that fail from now on; a call is told as {@code append log-000000000000001.jsonl}, its method first. */
    FaultyStorage failing(String why, Predicate<String> calls) {
        message = why;
        fails = calls;
        return this;
    }

    FaultyStorage healed() {
        return failing(FULL, call -> false);
    }

    /** Lets one call fail, the n-th from now on, from 0, of those of a method that stands among the given. */
    FaultyStorage failingAt(String why, int n, List<String> methods) {
        int[] left = {n};
        return failing(why, call -> methods.contains(call.substring(0, call.indexOf(' '))) && left[0]-- == 0);
    }

    /** How many calls have failed. */
    int failed() {
        return failed;
    }

    int calls() {
        return calls;
    }

    int openForAppending() {
        return openForAppending;
    }

    int openForReading() {
        return openForReading;
    }

    private void call(String method, String name) throws IOException {
        calls++;
        if (fails.test(method + " " + name)) {
            failed++;
            throw new IOException(message);
        }
    }

    @Override
    public List<String> names() throws IOException {
        call("names", "");
        return disk.names();
    }

    @Override
    public long size(String name) throws IOException {
        call("size", name);
        return disk.size(name);
    }

    @Override
    public InputStream read(String name, long from) throws IOException {
        call("read", name);
        InputStream in = disk.read(name, from);
        openForReading++;
        return new FilterInputStream(in) {
            private boolean open = true;

            @Override
            public int read() throws IOException {
                call("take", name);
                return super.read();
            }

            @Override
            public int read(byte[] bytes, int at, int length) throws IOException {
                call("take", name);
                return super.read(bytes, at, length);
            }

            @Override
            public void close() throws IOException {
                openForReading -= open ? 1 : 0;
                open = false;
                super.close();
            }
        };
    }

    @Override
    public Appender append(String name) throws IOException {
        call("append", name);
        Appender file = disk.append(name);
        openForAppending++;
        return new Appender() {
            private boolean open = true;

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    call("write", name);
                } catch (IOException e) {
                    // As much as there is room for is written.
                    file.write(bytes, from, length / 2);
                    throw e;
                }
                file.write(bytes, from, length);
            }

            @Override
            public void force() throws IOException {
                call("force", name);
                file.force();
            }

            @Override
            public void close() throws IOException {
                openForAppending -= open ? 1 : 0;
                open = false;
                file.close();
                call("close", name);
            }
        };
    }

    @Override
    public void truncate(String name, long size) throws IOException {
        call("truncate", name);
        disk.truncate(name, size);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        call("rename", from);
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        call("delete", name);
        disk.delete(name);
    }

    @Override
    public void forceNames() throws IOException {
        call("forceNames", "");
        disk.forceNames();
    }

    @Override
    public boolean isPassing(IOException why) {
        return disk.isPassing(why);
    }

    @Override
    public void close() {
        disk.close();
    }

    @Override
    public String toString() {
        return "the faulty disk";
    }
}
