package dev.dunlin.node;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LogCopy;
import dev.dunlin.core.log.LogException;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import dev.dunlin.node.records.jdbc.SqliteRecords;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Copies a data directory, also while its node runs: its log, its key, and what else stands in it as files. What was copied is read
 * back.
 */
final class Backup {

    private static final String SETTINGS = ".toml";
    private static final String LOG = "log/";

    private final Path dataDir;
    private final boolean withKey;
    private final Map<String, String> sums = new TreeMap<>();
    private final List<String> leftOut = new ArrayList<>();

    private Backup(Path dataDir, boolean withKey) {
        this.dataDir = dataDir;
        this.withKey = withKey;
    }

    /**
     * A backup that was made.
     *
     * @param manifest what it holds
     * @param leftOut files of the data directory whose names no backup can hold
     */
    record Made(BackupManifest manifest, List<String> leftOut) {}

    /**
     * Makes a backup.
     *
     * @param to a file or folder that is not there yet
     * @param withKey whether the key goes along; without it only the log and settings do
     * @return what it holds, and what was left out
     * @throws CommandFailure if the directory cannot be read, or the backup not be written
     * @throws LogException if the log changes faster than it can be copied
     */
    static Made make(Path dataDir, Path to, boolean withKey, BuildInfo build, Clock clock) {
        Backup backup = new Backup(dataDir, withKey);
        try (Archive.Writer archive = Archive.write(to)) {
            return new Made(backup.written(archive, build, clock), List.copyOf(backup.leftOut));
        } catch (IOException failure) {
            throw FileFailure.of("back up " + dataDir + " to " + to, failure);
        } catch (UncheckedIOException failure) {
            throw FileFailure.of("back up " + dataDir + " to " + to, failure);
        }
    }

    private BackupManifest written(Archive.Writer archive, BuildInfo build, Clock clock) throws IOException {
        Path log = DataDirectory.log(dataDir);
        if (Files.isDirectory(log)) {
            // First, as it may have to begin again.
            LogCopy.copy(DirectoryStorage.readOnly(log), new LogCopy.To() {
                @Override
                public void begin() throws IOException {
                    archive.begin();
                    sums.clear();
                }

                @Override
                public void file(String name, long size, InputStream content) throws IOException {
                    put(archive, LOG + name, size, content);
                }
            });
        }
        for (Path file : others()) {
            try (InputStream in = Files.newInputStream(file)) {
                put(archive, file.getFileName().toString(), Files.size(file), in);
            }
        }
        Path ledger = dataDir.resolve(SqliteLedger.FILE);
        if (withKey && Files.exists(ledger)) {
            putLedger(archive, ledger);
        }
        BackupManifest manifest = new BackupManifest(
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                build.text(),
                peerId(log),
                new TreeMap<>(sums));
        byte[] bytes = manifest.bytes();
        archive.put(BackupManifest.FILE, bytes.length, new ByteArrayInputStream(bytes));
        archive.finish();
        return manifest;
    }

    // As SQLite copies it: what a node writes is torn otherwise.
    private void putLedger(Archive.Writer archive, Path ledger) throws IOException {
        Path folder = Files.createTempDirectory("dunlin-backup");
        Path copy = folder.resolve(SqliteLedger.FILE);
        try {
            SqliteLedger.copy(ledger, copy);
            try (InputStream in = Files.newInputStream(copy)) {
                put(archive, SqliteLedger.FILE, Files.size(copy), in);
            }
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Files.deleteIfExists(copy);
            Files.delete(folder);
        }
    }

    // The key that goes along is the one that is looked at: a backup of another's log is made, and said to be one.
    private Optional<String> peerId(Path log) {
        if (withKey) {
            return Identity.find(dataDir).map(identity -> identity.peerId().toString());
        }
        return Files.isDirectory(log) ? OpenDirectory.recorded(log) : Optional.empty();
    }

    private List<Path> others() throws IOException {
        try (Stream<Path> files = Files.list(dataDir)) {
            return files.filter(Files::isRegularFile)
                    .filter(this::goesAlong)
                    .sorted()
                    .toList();
        }
    }

    // What another program may have put there may be as secret as the key.
    private boolean goesAlong(Path file) {
        String name = file.getFileName().toString();
        // A file that a node writes is torn in a copy: others tell their records again, and the ledger is copied in
        // another way.
        boolean isDatabase = name.startsWith(SqliteRecords.FILE) || name.startsWith(SqliteLedger.FILE);
        boolean ofTheMoment =
                isDatabase || name.equals(FolderLock.FILE) || name.endsWith(".part") || name.startsWith(".");
        boolean isWanted = !ofTheMoment && !name.equals(BackupManifest.FILE) && (withKey || name.endsWith(SETTINGS));
        // Whoever restores takes only names that mean the same on every system.
        if (isWanted && !BackupReader.isName(name)) {
            leftOut.add(name);
        }
        return isWanted && BackupReader.isName(name);
    }

    private void put(Archive.Writer archive, String name, long size, InputStream content) throws IOException {
        MessageDigest sha = sha256();
        archive.put(name, size, new DigestInputStream(content, sha));
        sums.put(name, HexFormat.of().formatHex(sha.digest()));
    }

    /** The digest by which a backup's files are compared. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
