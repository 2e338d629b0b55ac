package dev.dunlin.core.log;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that keeps only what was forced. What was written and not forced may, when the power goes, be there, be
 * missing, be torn in the midst of a sector or be zeros, each sector by itself; names that were not forced may be as they were
 * before. What was forced stays, down to the last byte. After {@link #powerLoss} and {@link #kill}, those who had files open
 * write into nothing: they are of a process that is gone.
 *
 * <p>Thread-safe.
 */
public final class SimDisk implements LogStorage {

    /** There is no room left. */
    private static final class Full extends IOException {
        private static final long serialVersionUID = 1;

        Full() {
            super("the disk is full");
        }
    }

    /** The bytes that are written or lost together. */
    public static final int SECTOR = 512;

    private TreeMap<String, Node> names = new TreeMap<>();
    private TreeMap<String, Node> forcedNames = new TreeMap<>();
    private long capacity = Long.MAX_VALUE;
    private int failingForces;
    private int failAfterForces = -1;
    private long processes;
    private long forces;
    private Runnable beforeForce = () -> {};
    private Runnable beforeStep = () -> {};

    /** A file's content, and what of it was forced. */
    private static final class Node {
        byte[] bytes = new byte[0];
        int size;
        byte[] forced = new byte[0];

        void write(byte[] from, int at, int length) {
            if (bytes.length < size + length) {
                bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
            }
            System.arraycopy(from, at, bytes, size, length);
            size += length;
        }

        byte[] content() {
            return Arrays.copyOf(bytes, size);
        }

        void become(byte[] content) {
            bytes = content;
            size = content.length;
            forced = content.clone();
        }
    }

    /** An empty disk without a limit. */
    public SimDisk() {}

    /** Lets the disk be full at so many bytes in all files together. */
    public synchronized SimDisk capacity(long bytes) {
        capacity = bytes;
        return this;
    }

    /** Lets the next forces of files fail, as many as given. */
    public synchronized SimDisk failForces(int count) {
        failingForces = count;
        return this;
    }

    /** Lets the forces of files fail for ever, after as many as given have worked. */
    public synchronized SimDisk failAfterForces(int count) {
        failAfterForces = count;
        return this;
    }

    /** Runs something before each force of a file, on the forcing thread: to wait, or to look. */
    public synchronized SimDisk beforeForce(Runnable run) {
        beforeForce = run;
        return this;
    }

    /** Runs something before each change of names, a crash point: it may throw. */
    public synchronized SimDisk beforeStep(Runnable run) {
        beforeStep = run;
        return this;
    }

    /** How many forces of files have worked. */
    public synchronized long forces() {
        return forces;
    }

    /** The process is gone, all that it wrote stays. */
    public synchronized void kill() {
        processes++;
    }

    /** The power is gone: what was not forced is there, missing, torn or zero, as the random source draws. */
    public synchronized void powerLoss(RandomGenerator random) {
        processes++;
        TreeMap<String, Node> left = new TreeMap<>(forcedNames);
        for (String name : new ArrayList<>(names.keySet())) {
            if (random.nextBoolean()) {
                left.put(name, names.get(name));
            }
        }
        for (String name : new ArrayList<>(forcedNames.keySet())) {
            if (!names.containsKey(name) && random.nextBoolean()) {
                left.remove(name);
            }
        }
        for (Node node : left.values()) {
            node.become(torn(node, random));
        }
        names = left;
        forcedNames = new TreeMap<>(left);
    }

    private static byte[] torn(Node node, RandomGenerator random) {
        byte[] forced = node.forced;
        int grown = node.size;
        if (grown <= forced.length) {
            // Cutting is forced by contract: there is nothing to lose.
            return forced.clone();
        }
        // The length that the file has is one more thing that may not have reached the disk.
        int size = random.nextInt(4) == 0 ? forced.length + random.nextInt(grown - forced.length + 1) : grown;
        byte[] left = Arrays.copyOf(node.bytes, size);
        for (int sector = forced.length / SECTOR; sector * SECTOR < size; sector++) {
            int from = Math.max(sector * SECTOR, forced.length);
            int to = Math.min((sector + 1) * SECTOR, size);
            switch (random.nextInt(4)) {
                case 0 -> Arrays.fill(left, from, to, (byte) 0);
                case 1 -> Arrays.fill(left, from + random.nextInt(to - from + 1), to, (byte) 0);
                default -> {
                    // It was written in time.
                }
            }
        }
        return left;
    }

    /** A file's content as it is. */
    public synchronized byte[] content(String name) throws IOException {
        return node(name).content();
    }

    /** Gives a file other content, forced: a disk that decays, or somebody's editor. */
    public synchronized void put(String name, byte[] content) {
        Node node = new Node();
        node.become(content.clone());
        names.put(name, node);
        forcedNames.put(name, node);
    }

    /** Another disk of the same content, all of it forced. */
    public synchronized SimDisk copy() {
        SimDisk copy = new SimDisk();
        names.forEach((name, node) -> copy.put(name, node.content()));
        return copy;
    }

    private Node node(String name) throws IOException {
        Node node = names.get(name);
        if (node == null) {
            throw new NoSuchFileException(name);
        }
        return node;
    }

    private long used() {
        return names.values().stream().mapToLong(node -> node.size).sum();
    }

    @Override
    public synchronized List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized long size(String name) throws IOException {
        return node(name).size;
    }

    @Override
    public synchronized InputStream read(String name, long from) throws IOException {
        byte[] content = node(name).content();
        int at = Math.toIntExact(from);
        return new ByteArrayInputStream(content, at, content.length - at);
    }

    @Override
    public Appender append(String name) throws IOException {
        step();
        synchronized (this) {
            Node node = names.computeIfAbsent(name, any -> new Node());
            return new File(node, processes);
        }
    }

    private void step() {
        Runnable before;
        synchronized (this) {
            before = beforeStep;
        }
        before.run();
    }

    private final class File implements Appender {
        private final Node node;
        private final long process;

        File(Node node, long process) {
            this.node = node;
            this.process = process;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            synchronized (SimDisk.this) {
                if (process != processes) {
                    return;
                }
                long room = capacity - used();
                if (room < length) {
                    // As much as there is room for is written before the call fails.
                    node.write(bytes, from, (int) Math.max(0, room));
                    throw new Full();
                }
                node.write(bytes, from, length);
            }
        }

        @Override
        public void force() throws IOException {
            Runnable before;
            int size;
            synchronized (SimDisk.this) {
                before = beforeForce;
                size = node.size;
            }
            before.run();
            synchronized (SimDisk.this) {
                if (process != processes) {
                    return;
                }
                if (failingForces > 0 || failAfterForces == 0) {
                    failingForces = Math.max(0, failingForces - 1);
                    throw new IOException("Input/output error");
                }
                failAfterForces = Math.max(-1, failAfterForces - 1);
                forces++;
                node.forced = Arrays.copyOf(node.bytes, Math.min(size, node.size));
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Override
    public void truncate(String name, long size) throws IOException {
        step();
        synchronized (this) {
            Node node = node(name);
            node.size = (int) Math.min(node.size, size);
            node.forced = Arrays.copyOf(node.bytes, node.size);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        synchronized (this) {
            names.put(to, node(from));
            names.remove(from);
        }
    }

    @Override
    public void delete(String name) {
        step();
        synchronized (this) {
            names.remove(name);
        }
    }

    @Override
    public void forceNames() {
        step();
        synchronized (this) {
            forcedNames = new TreeMap<>(names);
        }
    }

    @Override
    public boolean isPassing(IOException why) {
        return why instanceof Full;
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public String toString() {
        return "the simulated disk";
    }
}
