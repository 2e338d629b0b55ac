package dev.dunlin.node.bootstrap.jdbc;

import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where a PostgreSQL server is, and as whom a node comes to it. What is written of it, as in logs, has no password.
 *
 * @param url a JDBC URL with a host and a database, such as {@code jdbc:postgresql://db.example:5432/dunlin?sslmode=verify-full}; without user
 *     and password
 * @param user the role of the node; it may make schemas in the database, and where databases of tallies are made, roles
 * @param password of the user; empty if the server asks for none
 * @param poolSize how many connections there are at most, 1 to {@link #MOST_CONNECTIONS}
 * @param schema where the node's own tables are: a letter of a to z, then letters, digits and underscores, 63 at most; not one of a tally
 * @param publicHost a host, or a host and a port, by which peers come to the server; those of the URL if empty
 */
public record PostgresSettings(
        String url, String user, String password, int poolSize, String schema, Optional<String> publicHost) {

    /** What the schema is called if nobody says otherwise. */
    public static final String SCHEMA = "dunlin";

    /** How many connections there may be at most. */
    public static final int MOST_CONNECTIONS = 100;

    /** How the schemas and roles of tallies begin. */
    static final String TALLY = "tally_";

    private static final Pattern SCHEMAS = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    // An IPv6 address stands in brackets, as in a URL.
    private static final Pattern HOSTS =
            Pattern.compile("([A-Za-z0-9.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException with a sentence for operators, if one is not as it has to be
     */
    public PostgresSettings {
        // No message quotes the URL: there may be a password in it after all.
        Properties parsed = parsed(url);
        if (parsed == null) {
            throw new IllegalArgumentException("ledger.url has to be like jdbc:postgresql://host:5432/database, and is "
                    + (url.isBlank() ? "empty" : "not"));
        }
        if (PGProperty.USER.getOrDefault(parsed) != null || PGProperty.PASSWORD.getOrDefault(parsed) != null) {
            throw new IllegalArgumentException(
                    "the URL of PostgreSQL has a user or a password in it: name them in their own settings");
        }
        if (PGProperty.PG_DBNAME.getOrDefault(parsed) == null) {
            throw new IllegalArgumentException(
                    "the URL of PostgreSQL names no database: append it, as in jdbc:postgresql://host:5432/dunlin");
        }
        if (user.isBlank()) {
            throw new IllegalArgumentException("the user of PostgreSQL is empty: name the node's role");
        }
        if (poolSize < 1 || poolSize > MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "the connections to PostgreSQL are 1 to " + MOST_CONNECTIONS + ", not " + poolSize);
        }
        if (!SCHEMAS.matcher(schema).matches() || schema.startsWith("pg_") || schema.startsWith(TALLY)) {
            throw new IllegalArgumentException(
                    "a schema of the node begins with a letter of a to z, goes on with letters, digits"
                            + " and underscores, 63 at most, and does not begin with pg_ or " + TALLY);
        }
        if (publicHost.filter(host -> !HOSTS.matcher(host).matches()).isPresent()) {
            throw new IllegalArgumentException(
                    "the host by which peers come to PostgreSQL has to be like db.example or db.example:5432, and is not");
        }
    }

    private static @Nullable Properties parsed(String url) {
        // The driver takes a URL without a host too, of this machine; and reads a file of services.
        return url.startsWith("jdbc:postgresql://") ? Driver.parseURL(url, new Properties()) : null;
    }

    /** Host, port and database, for messages. */
    String at() {
        return hosts() + "/" + database();
    }

    /** The database's name. */
    String database() {
        return property(PGProperty.PG_DBNAME);
    }

    /** Hosts and ports of the URL, with commas between them if there are several. */
    String hosts() {
        String[] hosts = property(PGProperty.PG_HOST).split(",", -1);
        String[] ports = property(PGProperty.PG_PORT).split(",", -1);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < hosts.length; i++) {
            boolean isBare = hosts[i].indexOf(':') >= 0 && !hosts[i].startsWith("[");
            all.append(i == 0 ? "" : ",")
                    .append(isBare ? "[" + hosts[i] + "]" : hosts[i])
                    .append(':')
                    .append(ports[Math.min(i, ports.length - 1)]);
        }
        return all.toString();
    }

    /** Host and port for peers. */
    String peersHosts() {
        if (publicHost.isEmpty()) {
            return hosts();
        }
        String host = publicHost.get();
        String port = property(PGProperty.PG_PORT).split(",", -1)[0];
        return host.indexOf(':', host.indexOf(']') + 1) >= 0 ? host : host + ":" + port;
    }

    private String property(PGProperty property) {
        Properties parsed = parsed(url);
        String value = parsed == null ? null : property.getOrDefault(parsed);
        return value == null ? "" : value;
    }

    @Override
    public String toString() {
        return "PostgresSettings[" + at() + ", user " + user + ", schema " + schema + "]";
    }
}
