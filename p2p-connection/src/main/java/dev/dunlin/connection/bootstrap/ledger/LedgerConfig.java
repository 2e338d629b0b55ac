package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Locale;

/**
 * Where a node has its ledger and the databases of its tallies; read when its services begin. Each component is the setting of its name; what it
 * means stands there.
 *
 * @param store {@code ledger.store}
 * @param url {@code ledger.url}
 * @param user {@code ledger.user}
 * @param passwordFile {@code ledger.passwordFile}
 * @param schema {@code ledger.schema}
 * @param publicHost {@code ledger.publicHost}
 * @param maxDatabases {@code tally.maxDatabases}
 * @param maxBytes {@code tally.maxBytes}
 * @param minFree {@code tally.minFree}
 */
public record LedgerConfig(
        Engine store,
        String url,
        String user,
        String passwordFile,
        String schema,
        String publicHost,
        long maxDatabases,
        long maxBytes,
        long minFree) {

    /** What keeps it. */
    public enum Engine {
        /** Files in the node's directory. */
        SQLITE,
        /** A server's database. */
        POSTGRESQL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int MOST_TEXT = 1024;
    private static final long GIB = 1L << 30;

    private static final Setting STORE = new Setting(
            "ledger.store",
            new Kind.OneOf(List.of(Engine.SQLITE.word(), Engine.POSTGRESQL.word())),
            Engine.SQLITE.word(),
            "where tokens, their trail and the databases of tallies are: files in the data directory, or a server's database",
            false);
    private static final Setting URL = Setting.words(
            "ledger.url", "", MOST_TEXT, "of a PostgreSQL database: jdbc:postgresql://host:port/database");
    private static final Setting USER =
            Setting.words("ledger.user", "", 128, "who the node is there; may make schemas and roles");
    private static final Setting PASSWORD_FILE = Setting.words(
            "ledger.passwordFile", "", MOST_TEXT, "a file with that user's password, which nobody else may read");
    private static final Setting SCHEMA =
            Setting.words("ledger.schema", "dunlin", 48, "the schema of the node's own tables there");
    private static final Setting PUBLIC_HOST = Setting.words(
            "ledger.publicHost",
            "",
            256,
            "host and port by which other parties come to that server, if not those of the URL");
    private static final Setting MAX_DATABASES =
            Setting.count("tally.maxDatabases", 10_000, 1, 10_000_000, "most databases of tallies");
    private static final Setting MAX_BYTES = Setting.size(
            "tally.maxBytes", 64 * GIB, 1 << 20, 1L << 50, "how much they may take together when another is made");
    private static final Setting MIN_FREE = Setting.size(
            "tally.minFree", GIB / 4, 0, 1L << 50, "how much of the disk is to be free when one has been made");

    /** What can be configured. */
    public static final Settings SETTINGS =
            Settings.of(STORE, URL, USER, PASSWORD_FILE, SCHEMA, PUBLIC_HOST, MAX_DATABASES, MAX_BYTES, MIN_FREE);

    /** Reads a configuration; never fails. */
    public static LedgerConfig of(Table<String, String> config) {
        return new LedgerConfig(
                Engine.valueOf(STORE.of(config).toUpperCase(Locale.ROOT)),
                URL.of(config),
                USER.of(config),
                PASSWORD_FILE.of(config),
                SCHEMA.of(config),
                PUBLIC_HOST.of(config),
                MAX_DATABASES.number(config),
                MAX_BYTES.number(config),
                MIN_FREE.number(config));
    }
}
