package dev.dunlin.node;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Files under names, in one {@code .tar.zst} file or in a folder; only their owner can read them. */
final class Archive {

    /** How the name of an archive of one file ends. */
    static final String SUFFIX = ".tar.zst";

    private static final int FILE_MODE = 0100600;
    private static final int LEVEL = 3;
    private static final int BUFFER = 1 << 16;

    private Archive() {}

    /** Takes files. */
    interface Writer extends AutoCloseable {

        /** Begins again: what was taken is dropped. */
        void begin() throws IOException;

        /**
         * Takes a file.
         *
         * @param name its path, with {@code /} between folders
         * @param content has at least {@code size} bytes
         */
        void put(String name, long size, InputStream content) throws IOException;

        /** Forces all of it to disk, and gives it its name. */
        void finish() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Is given files. */
    interface Each {
        /**
         * A file.
         *
         * @param name its path, as an archive says it: not to be trusted
         * @param size its bytes
         */
        void file(String name, long size, InputStream content) throws IOException;
    }

    static boolean isFile(Path place) {
        return place.toString().endsWith(SUFFIX);
    }

    /** Writes a new archive; where it is to be there is nothing yet, or an empty folder. */
    static Writer write(Path place) throws IOException {
        return isFile(place) ? new TarWriter(Unfinished.file(place)) : new FolderWriter(Unfinished.folder(place));
    }

    /**
     * Reads an archive.
     *
     * @throws IOException if it cannot be read, or is none
     */
    static void read(Path place, Each each) throws IOException {
        if (Files.isDirectory(place)) {
            readFolder(place, each);
        } else {
            readTar(place, each);
        }
    }

    private static void readFolder(Path place, Each each) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(place)) {
            all = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path file : all) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))) {
                each.file(place.relativize(file).toString().replace('\\', '/'), Files.size(file), in);
            }
        }
    }

    private static void readTar(Path place, Each each) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(place), BUFFER);
                TarArchiveInputStream tar = new TarArchiveInputStream(Unpacked.of(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isDirectory()) {
                    continue;
                }
                // What the library calls a file may be a link or a device.
                boolean plain =
                        entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
                if (!plain || entry.isSparse()) {
                    throw new IOException(LogLine.shortened(entry.getName(), 100) + " in it is no plain file");
                }
                each.file(entry.getName(), entry.getSize(), tar);
            }
        } catch (IllegalArgumentException noTar) {
            throw new IOException("it is no archive", noTar);
        }
    }

    private static void copy(InputStream from, long size, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = size;
        while (left > 0) {
            int count = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException("a file became shorter while it was read");
            }
            to.write(buffer, 0, count);
            left -= count;
        }
    }

    private static final class TarWriter implements Writer {
        private final Unfinished file;
        private FileChannel channel;
        private TarArchiveOutputStream tar;

        TarWriter(Unfinished file) throws IOException {
            this.file = file;
            this.channel =
                    FileChannel.open(file.path(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            this.tar = tar(channel);
        }

        private static TarArchiveOutputStream tar(FileChannel channel) throws IOException {
            ZstdOutputStream packed =
                    new ZstdOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER), LEVEL);
            packed.setChecksum(true);
            TarArchiveOutputStream tar = new TarArchiveOutputStream(packed, "UTF-8");
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            return tar;
        }

        // What the old streams still hold is lost with them: their file is cut to nothing behind them.
        @Override
        public void begin() throws IOException {
            channel.close();
            channel = FileChannel.open(file.path(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            tar = tar(channel);
        }

        @Override
        public void put(String name, long size, InputStream content) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(size);
            entry.setMode(FILE_MODE);
            // Whose it was here is nothing to whoever reads it.
            entry.setUserName("");
            entry.setGroupName("");
            entry.setIds(0, 0);
            tar.putArchiveEntry(entry);
            copy(content, size, tar);
            tar.closeArchiveEntry();
        }

        @Override
        public void finish() throws IOException {
            tar.finish();
            tar.flush();
            // Ends the compressed stream; the channel is closed with it.
            tar.close();
            try (FileChannel written = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                written.force(true);
            }
            file.finish();
        }

        @Override
        public void close() throws IOException {
            try (file) {
                channel.close();
            }
        }
    }

    private static final class FolderWriter implements Writer {
        private final Unfinished folder;

        FolderWriter(Unfinished folder) {
            this.folder = folder;
        }

        @Override
        public void begin() throws IOException {
            try (Stream<Path> all = Files.walk(folder.path())) {
                for (Path one : all.filter(Files::isRegularFile).toList()) {
                    Files.delete(one);
                }
            }
        }

        @Override
        public void put(String name, long size, InputStream content) throws IOException {
            Path file = folder.path().resolve(name);
            Unfinished.makeFolder(file.getParent() == null ? folder.path() : file.getParent());
            try (FileChannel out = Unfinished.makeFile(file)) {
                copy(content, size, Channels.newOutputStream(out));
                out.force(true);
            }
        }

        @Override
        public void finish() throws IOException {
            try (Stream<Path> all = Files.walk(folder.path())) {
                for (Path one : all.filter(Files::isDirectory).toList()) {
                    Unfinished.force(one);
                }
            }
            folder.finish();
        }

        @Override
        public void close() {
            folder.close();
        }
    }
}
