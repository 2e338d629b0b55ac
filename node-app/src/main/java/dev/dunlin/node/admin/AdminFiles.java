package dev.dunlin.node.admin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands in a data directory of the admin API: the token, for as long as nobody takes it away, and where it is while it runs. */
public final class AdminFiles {

    /** The token's file. */
    public static final String TOKEN = "admin.token";

    /** The file that says where the API is. */
    public static final String ADDRESS = "admin.url";

    /** The file with the certificate of an API that speaks TLS. */
    public static final String CERTIFICATE = "admin.crt";

    private static final int TOKEN_BYTES = 32;
    private static final int MOST_BYTES = 4096;
    private static final Pattern TOKEN_TEXT = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private AdminFiles() {}

    /**
     * The token of a data directory: 256 random bits. It is made if there is none.
     *
     * @throws IOException if it cannot be read or made
     * @throws UnusableFileException if others than its owner may read it, or it is no plain file with a token
     */
    public static String token(Path dataDir) throws IOException, UnusableFileException {
        Path file = dataDir.resolve(TOKEN);
        Optional<String> known = read(file);
        if (known.isPresent()) {
            if (hasPermissions(dataDir) && !OWNER.containsAll(Files.getPosixFilePermissions(file))) {
                throw new UnusableFileException(
                        file,
                        "may be read by others than its owner",
                        "run 'chmod 600 " + file + "', or delete it, and a new one is made");
            }
            if (!TOKEN_TEXT.matcher(known.get()).matches()) {
                throw new UnusableFileException(
                        file, "does not hold a token", "delete it, and a new one is made at the next start");
            }
            return known.get();
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        write(file, made);
        return made;
    }

    /** The token that is there, if there is one. */
    public static Optional<String> knownToken(Path dataDir) throws IOException, UnusableFileException {
        return read(dataDir.resolve(TOKEN));
    }

    /** Says where the API is. */
    public static void say(Path dataDir, String url) throws IOException {
        write(dataDir.resolve(ADDRESS), url);
    }

    /** Where the API is, as the last run said that has not ended in order. */
    public static Optional<String> address(Path dataDir) throws IOException, UnusableFileException {
        return address(dataDir, Instant.EPOCH);
    }

    /**
     * As above, if it was said by a run that began at this time: what an earlier one has left leads to whoever listens there now, and the
     * token is not for him.
     */
    public static Optional<String> address(Path dataDir, Instant began) throws IOException, UnusableFileException {
        Path file = dataDir.resolve(ADDRESS);
        try {
            // The time of a run's begin is known to the second.
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .isBefore(began.truncatedTo(ChronoUnit.SECONDS))
                    ? Optional.empty()
                    : read(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /** Says it no longer. */
    public static void forget(Path dataDir) throws IOException {
        Files.deleteIfExists(dataDir.resolve(ADDRESS));
    }

    /** Keeps the certificate by which this machine's commands know the API. */
    public static void certificate(Path dataDir, TlsMaterial material) throws IOException {
        write(dataDir.resolve(CERTIFICATE), material.certificate());
    }

    private static Optional<String> read(Path file) throws IOException, UnusableFileException {
        try {
            return Optional.of(new String(PlainFile.readOwn(file, MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    // Whole or not at all, and for its owner only from before its first byte on.
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        FileAttribute<?>[] owner = hasPermissions(file.toAbsolutePath().getParent())
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
        try (var channel =
                Files.newByteChannel(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
            channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean hasPermissions(@Nullable Path folder) throws IOException {
        return folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix");
    }
}
