package dev.dunlin.node.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads small files of which nothing is known: what is no plain file is refused before it is opened, since a pipe would wait. */
final class PlainFile {

    private PlainFile() {}

    /**
     * All bytes of a file that others may have put there, such as a link in a folder of certificates.
     *
     * @param most how many bytes it may have
     * @throws UnusableFileException if it is no plain file, empty or too long
     * @throws IOException if it cannot be read
     */
    static byte[] read(Path file, int most) throws IOException, UnusableFileException {
        return read(file, most, Files.readAttributes(file, BasicFileAttributes.class));
    }

    /**
     * All bytes of a file that the node itself has made: no link, and of the same owner as the folder it is in, or of whoever reads it.
     *
     * @param most how many bytes it may have
     * @throws UnusableFileException as above, and if it is a link or of another owner
     * @throws IOException if it cannot be read
     */
    static byte[] readOwn(Path file, int most) throws IOException, UnusableFileException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            throw new UnusableFileException(file, "is a link", "put the file itself there, or delete the link");
        }
        if (found.isRegularFile() && isStrange(file)) {
            throw new UnusableFileException(file, "belongs to another user", "see who has put it there, and delete it");
        }
        return read(file, most, found, LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] read(Path file, int most, BasicFileAttributes found, LinkOption... links)
            throws IOException, UnusableFileException {
        if (found.isDirectory()) {
            throw new UnusableFileException(file, "is a folder", "a file is needed there");
        }
        if (!found.isRegularFile()) {
            throw new UnusableFileException(file, "is a pipe, a socket or a device", "a plain file is needed there");
        }
        Set<OpenOption> how = new HashSet<>(List.of(links));
        how.add(StandardOpenOption.READ);
        try (var channel = Files.newByteChannel(file, how);
                InputStream in = Channels.newInputStream(channel)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new UnusableFileException(
                        file, "has more than " + most + " bytes", "it is not what should be there");
            }
            if (bytes.length == 0) {
                throw new UnusableFileException(file, "is empty", "it is not what should be there");
            }
            return bytes;
        }
    }

    private static boolean isStrange(Path file) throws IOException {
        try {
            UserPrincipal owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
            @Nullable Path folder = file.toAbsolutePath().getParent();
            return !(folder != null && owner.equals(Files.getOwner(folder)))
                    && !owner.equals(file.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(System.getProperty("user.name")));
        } catch (UnsupportedOperationException noOwners) {
            return false;
        } catch (NoSuchFileException gone) {
            throw gone;
        } catch (IOException unknown) {
            // The user who reads it has no name, so only the folder's owner counts.
            return true;
        }
    }
}
