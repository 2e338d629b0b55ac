package dev.dunlin.node;

import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * A node's key, kept in {@code identity.key} of its data directory: the base64 of the key's protobuf (libp2p/specs
 * peer-ids/peer-ids.md) and a newline. Only the owner may read the file, from before its first byte on.
 */
final class Identity {

    /** The key file's name in the data directory. */
    static final String FILE = "identity.key";

    // base64 takes four characters for three bytes; room for a newline of any kind.
    private static final int MAX_TEXT = (PrivateKey.MAX_PROTOBUF + 2) / 3 * 4 + 2;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    private final PrivateKey key;

    private Identity(PrivateKey key) {
        this.key = key;
    }

    /**
     * The identity in a data directory; makes both if there are none.
     *
     * @throws CommandFailure if the key file cannot be read or made, is damaged, or can be read by others, or is gone while the log
     *     of its node is still there
     */
    static Identity loadOrCreate(Path dataDir) {
        Optional<Identity> known = find(dataDir);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            return made(dataDir);
        } catch (FileAlreadyExistsException raced) {
            return load(dataDir);
        }
    }

    /** The identity in a data directory, if there is one; as {@link #load} otherwise. */
    static Optional<Identity> find(Path dataDir) {
        return isIn(dataDir) ? Optional.of(load(dataDir)) : Optional.empty();
    }

    /**
     * Makes a new identity in a data directory, and the directory itself if there is none.
     *
     * @throws CommandFailure if there is one already, or it cannot be made, or the log of another is there
     */
    static Identity create(Path dataDir) {
        try {
            if (!isIn(dataDir)) {
                return made(dataDir);
            }
        } catch (FileAlreadyExistsException raced) {
            // Another process was faster: the same as if it had been there before.
        }
        throw new CommandFailure(
                ExitCode.CANNOT_CREATE,
                "there is a node in " + dataDir + " already: run it, or give another --data-dir");
    }

    /** Whether there is a key file in a data directory, be it unreadable. */
    static boolean isIn(Path dataDir) {
        return Files.exists(dataDir.resolve(FILE), LinkOption.NOFOLLOW_LINKS);
    }

    private static Identity made(Path dataDir) throws FileAlreadyExistsException {
        if (DataDirectory.hasLog(dataDir)) {
            Path log = DataDirectory.log(dataDir);
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "the key of the node in " + dataDir + " is missing, and its log is there: put " + FILE
                            + " back from a copy, or begin as a new node without its past: mv " + log + " " + log
                            + ".old");
        }
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        makeDirectory(dataDir);
        try {
            Path unfinished = Files.createTempFile(dataDir, FILE, ".part", OWNER_ONLY_FILE);
            try {
                write(unfinished, key);
                link(dataDir.resolve(FILE), unfinished);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            try (FileChannel names = FileChannel.open(dataDir, StandardOpenOption.READ)) {
                names.force(true);
            }
        } catch (FileAlreadyExistsException raced) {
            throw raced;
        } catch (IOException failure) {
            throw FileFailure.of("write the key to " + dataDir, failure);
        }
        return new Identity(key);
    }

    /** Makes a data directory that only its owner can enter, if there is none. */
    static void makeDirectory(Path dataDir) {
        try {
            Files.createDirectories(dataDir, OWNER_ONLY_DIRECTORY);
        } catch (UnsupportedOperationException noOwners) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE,
                    "the file system of " + dataDir + " cannot keep a key from other users: give another --data-dir",
                    noOwners);
        } catch (IOException failure) {
            throw FileFailure.of("make the directory " + dataDir, failure);
        }
    }

    private static void write(Path file, PrivateKey key) throws IOException {
        byte[] protobuf = key.toProtobuf();
        byte[] text = Base64.getEncoder().encode(protobuf);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writeAll(out, text);
            writeAll(out, new byte[] {'\n'});
            out.force(true);
        } finally {
            Arrays.fill(protobuf, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    private static void writeAll(FileChannel out, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            out.write(rest);
        }
    }

    // A link, not a rename: a rename would replace the key of a node that was made at the same time.
    private static void link(Path file, Path unfinished) throws IOException {
        Files.createLink(file, unfinished);
    }

    /**
     * The identity in a data directory.
     *
     * @throws CommandFailure if there is none, or it is damaged, or can be read by others
     */
    static Identity load(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw damaged(file, "it is no plain file");
            }
            if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
                throw new CommandFailure(
                        ExitCode.NOT_PERMITTED, "the key in " + file + " is open to other users: chmod 600 " + file);
            }
            return new Identity(read(file));
        } catch (NoSuchFileException missing) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT, "there is no node in " + dataDir + ": make one with 'dunlin init'", missing);
        } catch (IOException failure) {
            throw FileFailure.of("read the key in " + file, failure);
        }
    }

    private static PrivateKey read(Path file) throws IOException {
        byte[] text;
        try (InputStream in = Files.newInputStream(file)) {
            text = in.readNBytes(MAX_TEXT + 1);
        }
        if (text.length > MAX_TEXT) {
            throw damaged(file, "it is longer than any key");
        }
        // Neither exception below goes on as a cause: a message of theirs may hold a piece of the key.
        byte[] protobuf;
        try {
            protobuf = Base64.getDecoder().decode(new String(text, StandardCharsets.ISO_8859_1).stripTrailing());
        } catch (IllegalArgumentException notBase64) {
            throw damaged(file, "it is no base64");
        } finally {
            Arrays.fill(text, (byte) 0);
        }
        try {
            return PrivateKey.fromProtobuf(protobuf);
        } catch (KeyException noKey) {
            throw damaged(file, "it is no key");
        } finally {
            Arrays.fill(protobuf, (byte) 0);
        }
    }

    private static CommandFailure damaged(Path file, String why) {
        return new CommandFailure(
                ExitCode.DATA_ERROR,
                "the key in " + file + " cannot be used, " + why
                        + ": put it back from a copy, or begin as a new node: move it and the log away");
    }

    /** The key; it must not leave the services that sign with it. */
    PrivateKey key() {
        return key;
    }

    /** The node's name. */
    PeerId peerId() {
        return key.publicKey().peerId();
    }

    /** Whose identity it is, without the key. */
    @Override
    public String toString() {
        return "identity of " + peerId();
    }
}
