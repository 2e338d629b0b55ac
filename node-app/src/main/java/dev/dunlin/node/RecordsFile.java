package dev.dunlin.node;

import dev.dunlin.connection.extension.Host;
import dev.dunlin.dht.record.RecordStoreException;
import dev.dunlin.dht.record.RecordsService;
import dev.dunlin.node.records.jdbc.SqliteRecords;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Opens the file in which a node keeps the records of others, and says in a user's words why it cannot. */
final class RecordsFile {

    private RecordsFile() {}

    /**
     * Opens it, and makes it if there is none.
     *
     * @throws CommandFailure if it cannot
     */
    static RecordsService open(Path file, Host host) {
        // Looked at before SQLite does: what it makes beside a file that it cannot open stays, with the rights of that.
        for (Path each : SqliteRecords.files(file)) {
            if (Files.exists(each, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(each)) {
                throw new CommandFailure(
                        ExitCode.CANNOT_CREATE, each + " is no file: move it away, and the node makes another");
            }
            if (Files.exists(each) && !(Files.isReadable(each) && Files.isWritable(each))) {
                throw notPermitted(each);
            }
        }
        try {
            return SqliteRecords.open(file, host);
        } catch (RecordStoreException e) {
            throw switch (e.why()) {
                case READ_ONLY -> notPermitted(file);
                case LOCKED ->
                    new CommandFailure(
                            ExitCode.BUSY, file + " is in use by another program: stop that, and try again", e);
                case DISK_FULL, INPUT_OUTPUT ->
                    new CommandFailure(
                            ExitCode.IO_ERROR,
                            "cannot open " + file + ": " + e.why().sentence() + "; look at the disk, and try again",
                            e);
                case CORRUPT, OVERLOADED, LATE, CLOSED, OTHER ->
                    new CommandFailure(ExitCode.DATA_ERROR, String.valueOf(e.getMessage()), e);
            };
        }
    }

    private static CommandFailure notPermitted(Path file) {
        return new CommandFailure(
                ExitCode.NOT_PERMITTED,
                file
                        + " may not be read and written: give that right to the user who runs the node, or keep the records"
                        + " in the log (records.store = \"memory\")");
    }
}
