package dev.dunlin.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a backup, and holds each of its files to what the backup says of it; writes them into a folder, if there is one. */
final class BackupReader {

    // What a backup can hold: no other name is written anywhere.
    /** Whether a file beside the log may have a name in a backup. */
    static boolean isName(String name) {
        return !name.startsWith("log/") && NAME.matcher(name).matches();
    }

    private static final Pattern NAME = Pattern.compile("(log/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");
    private static final int MOST_FILES = 1_000_000;
    private static final int BUFFER = 1 << 16;

    private final Path backup;
    private final Optional<Path> into;
    private final Map<String, String> sums = new TreeMap<>();
    private @Nullable BackupManifest manifest;

    private BackupReader(Path backup, Optional<Path> into) {
        this.backup = backup;
        this.into = into;
    }

    /**
     * Reads all of a backup.
     *
     * @param into where its files are written; empty to look only
     * @throws CommandFailure if it cannot be read, is none, or is damaged
     */
    static BackupManifest read(Path backup, Optional<Path> into) {
        BackupReader reader = new BackupReader(backup, into);
        try {
            Archive.read(backup, reader::file);
        } catch (FileSystemException failure) {
            throw FileFailure.of("read the backup " + backup, failure);
        } catch (IOException failure) {
            throw reader.damaged("it cannot be unpacked (" + failure.getMessage() + ")");
        }
        return reader.checked();
    }

    private CommandFailure damaged(String why) {
        return new CommandFailure(
                ExitCode.DATA_ERROR,
                "the backup " + backup + " cannot be used, " + LogLine.shortened(why, 300) + ": use another one");
    }

    private void file(String name, long size, InputStream content) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw damaged("it holds a file of the name " + LogLine.shortened(name, 100));
        }
        if (name.equals(BackupManifest.FILE)) {
            if (manifest != null) {
                throw damaged("it has two lists of its files");
            }
            if (size > BackupManifest.MOST_BYTES) {
                throw damaged("its list of files is too long");
            }
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            copy(content, text, sha());
            manifest = BackupManifest.of(text.toByteArray());
            return;
        }
        if (sums.size() >= MOST_FILES || sums.containsKey(name)) {
            throw damaged("it holds too many files");
        }
        MessageDigest sha = sha();
        if (into.isEmpty()) {
            copy(content, OutputStream.nullOutputStream(), sha);
        } else {
            write(into.get().resolve(name), content, sha);
        }
        sums.put(name, HexFormat.of().formatHex(sha.digest()));
    }

    private void write(Path file, InputStream content, MessageDigest sha) throws IOException {
        try (FileChannel out = made(file)) {
            copy(content, new Disk(Channels.newOutputStream(out)), sha);
            forced(out);
        }
    }

    private static void forced(FileChannel out) {
        try {
            out.force(true);
        } catch (IOException failure) {
            throw FileFailure.of("force to disk what is restored", failure);
        }
    }

    private FileChannel made(Path file) {
        try {
            if (file.getParent() != null) {
                Unfinished.makeFolder(file.getParent());
            }
            return Unfinished.makeFile(file);
        } catch (FileAlreadyExistsException twice) {
            throw damaged("it holds a file and a folder of the name log");
        } catch (IOException failure) {
            throw FileFailure.of("write " + file, failure);
        }
    }

    /** The disk that is restored to: what fails there is no fault of the backup. */
    private static final class Disk extends OutputStream {
        private final OutputStream to;

        Disk(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            try {
                to.write(bytes, from, length);
            } catch (IOException failure) {
                throw FileFailure.of("write what is restored", failure);
            }
        }
    }

    private static MessageDigest sha() {
        return Backup.sha256();
    }

    private static void copy(InputStream from, OutputStream to, MessageDigest sha) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            sha.update(buffer, 0, count);
        }
    }

    private BackupManifest checked() {
        BackupManifest said = manifest;
        if (said == null) {
            throw damaged("it has no " + BackupManifest.FILE + ", so it is no backup or was cut short");
        }
        for (Map.Entry<String, String> file : said.files().entrySet()) {
            String found = sums.get(file.getKey());
            if (found == null) {
                throw damaged(file.getKey() + " is missing in it");
            }
            if (!found.equals(file.getValue())) {
                throw damaged(file.getKey() + " in it is another than was written");
            }
        }
        if (sums.size() != said.files().size()) {
            throw damaged("it holds files that it does not list");
        }
        return said;
    }
}
