package dev.dunlin.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What {@code dunlin doctor} asks of the data directory and its disk. */
final class DirectoryExam {

    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");

    private static final String PROBE = ".doctor-probe";
    private static final int PROBES = 16;
    private static final int PROBE_BYTES = 4096;
    private static final long MIB = 1L << 20;
    private static final long LEAST_FREE = 64 * MIB;
    private static final double SLOW_MILLIS = 50;
    private static final double TOO_SLOW_MILLIS = 1000;

    private DirectoryExam() {}

    /**
     * All of it; nothing is left behind.
     *
     * @param ring how many bytes the log may take
     */
    static List<Diagnosis> of(Path dataDir, long ring) {
        List<Diagnosis> found = new ArrayList<>();
        try {
            found.add(owner(dataDir));
            found.add(mode(dataDir));
            found.add(space(Files.getFileStore(dataDir), ring));
            found.add(disk(dataDir));
        } catch (IOException failure) {
            found.add(Diagnosis.fail("directory", FileFailure.of("look at " + dataDir, failure)));
        } catch (UnsupportedOperationException noOwners) {
            found.add(Diagnosis.fail(
                    "directory",
                    "the file system of " + dataDir + " cannot keep a key from other users",
                    "use another --data-dir"));
        }
        return found;
    }

    private static Diagnosis owner(Path dataDir) throws IOException {
        String owner = Files.getOwner(dataDir).getName();
        String self = self();
        return owner.equals(self)
                ? Diagnosis.ok("owner", dataDir + " belongs to " + owner)
                : Diagnosis.warn(
                        "owner",
                        dataDir + " belongs to " + owner + ", and you are " + self,
                        "run the node as " + owner + " only: what " + self + " makes there, " + owner
                                + " may not read");
    }

    // Also where the user has no name, as in containers.
    private static String self() throws IOException {
        Path process = Path.of("/proc/self");
        return Files.exists(process) ? Files.getOwner(process).getName() : System.getProperty("user.name", "?");
    }

    private static Diagnosis mode(Path dataDir) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(dataDir);
        String seen = "the permissions of " + dataDir + " are " + PosixFilePermissions.toString(mode);
        String fix = "chmod 700 " + dataDir;
        if (mode.stream().anyMatch(OTHERS_WRITE::contains)) {
            return Diagnosis.fail("mode", seen + ": others can put another key into it", fix);
        }
        return OWNERS.containsAll(mode)
                ? Diagnosis.ok("mode", seen)
                : Diagnosis.warn("mode", seen + ": others can read the log", fix);
    }

    private static Diagnosis space(FileStore store, long ring) throws IOException {
        return space(store.getUsableSpace(), store.type(), ring);
    }

    /**
     * What is left on the disk.
     *
     * @param free bytes
     * @param type of the file system, as the operating system calls it
     * @param ring how many bytes the log may take
     */
    static Diagnosis space(long free, String type, long ring) {
        String seen = free / MIB + " MiB are free on the disk (" + type + ")";
        if (free < LEAST_FREE) {
            return Diagnosis.fail("space", seen, "make room: the log takes up to " + ring / MIB + " MiB");
        }
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            return Diagnosis.warn(
                    "space", seen + ", which is lost when the machine restarts", "use a directory on a disk");
        }
        return free < ring
                ? Diagnosis.warn("space", seen, "make room: the log takes up to " + ring / MIB + " MiB")
                : Diagnosis.ok("space", seen);
    }

    // The file has no name any more when it is written to, so that nothing stays however this ends.
    private static Diagnosis disk(Path dataDir) {
        double[] millis = new double[PROBES];
        try (FileChannel probe = FileChannel.open(
                dataDir.resolve(PROBE + "-" + ProcessHandle.current().pid()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            for (int i = 0; i < PROBES; i++) {
                ByteBuffer block = ByteBuffer.allocate(PROBE_BYTES);
                while (block.hasRemaining()) {
                    probe.write(block);
                }
                long began = System.nanoTime();
                probe.force(false);
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
        } catch (FileSystemException denied) {
            return Diagnosis.fail("fsync", FileFailure.of("write to " + dataDir, denied));
        } catch (IOException failure) {
            return Diagnosis.fail("fsync", FileFailure.of("force a file in " + dataDir + " to disk", failure));
        }
        Arrays.sort(millis);
        return disk(millis[PROBES / 2], millis[PROBES - 1]);
    }

    /**
     * How long the disk takes to promise 4 KiB.
     *
     * @param median of some forces, milliseconds
     * @param worst of them
     */
    static Diagnosis disk(double median, double worst) {
        String seen =
                String.format(Locale.ROOT, "forcing 4 KiB to disk takes %.1f ms, at worst %.1f ms", median, worst);
        String fix = "use a faster disk, or one that others use less: what must not be lost waits for it";
        if (median > TOO_SLOW_MILLIS) {
            return Diagnosis.fail("fsync", seen, fix);
        }
        return median > SLOW_MILLIS ? Diagnosis.warn("fsync", seen, fix) : Diagnosis.ok("fsync", seen);
    }
}
