package dev.dunlin.node.admin;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be configured of the admin API. */
public final class AdminSettings {

    /** Whether there is one. */
    public static final Setting ON =
            Setting.flag("admin.on", true, "whether the node can be asked and steered through its admin API");

    /** Where it listens. */
    public static final Setting LISTEN = Setting.words(
            "admin.listen",
            "",
            100,
            "host and port of the admin API, such as 127.0.0.1:4002; where nothing is said, that one, or any free port"
                    + " if it is taken; an address that is not of this machine alone needs TLS");

    /** The certificate. */
    public static final Setting CERTIFICATE = Setting.words(
            "admin.tlsCertificate",
            "",
            4096,
            "the file with the certificate of the admin API, in PEM; with it, it speaks TLS");

    /** The key. */
    public static final Setting KEY =
            Setting.words("admin.tlsKey", "", 4096, "the file with the private key to that certificate, in PEM");

    /** How many connections there may be. */
    public static final Setting CONNECTIONS =
            Setting.count("admin.maxConnections", 256, 1, 10_000, "most connections to the admin API");

    /** How many of them one address may have. */
    public static final Setting CONNECTIONS_PER_ADDRESS = Setting.count(
            "admin.maxConnectionsPerAddress",
            128,
            1,
            10_000,
            "most connections to the admin API from one address, or from one /64 of IPv6");

    /** How many clients of the event stream there may be. */
    public static final Setting STREAMS =
            Setting.count("admin.maxEventStreams", 100, 0, 1000, "most clients of the event stream");

    /** How many bytes of events are kept for them. */
    public static final Setting BUFFER = Setting.size(
            "admin.eventBuffer",
            8 << 20,
            64 << 10,
            1 << 30,
            "most bytes of the last events that are kept for clients of the event stream; who falls behind them has a gap");

    /** How many peers make the node ready. */
    public static final Setting READY_PEERS = Setting.count(
                    "admin.readyPeers", 0, 0, 16_384, "with fewer connected peers the node says that it is not ready")
            .alive();

    /** How much of the disk is to be free. */
    public static final Setting READY_DISK = new Setting(
            "admin.readyDisk",
            new Kind.Size(0, 1L << 50),
            Long.toString(256L << 20),
            "with less free space on the disk of the data directory the node says that it is not ready",
            true);

    /** All. */
    public static final Settings SETTINGS = Settings.of(
            ON,
            LISTEN,
            CERTIFICATE,
            KEY,
            CONNECTIONS,
            CONNECTIONS_PER_ADDRESS,
            STREAMS,
            BUFFER,
            READY_PEERS,
            READY_DISK);

    /** Where it listens if nothing is said. */
    static final Endpoint STANDARD = new Endpoint("127.0.0.1", 4002);

    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+):(\\d{1,5})");

    private AdminSettings() {}

    /**
     * A host and a port.
     *
     * @param host a name or an address, without brackets
     * @param port 0 for any that is free
     */
    public record Endpoint(String host, int port) {

        /**
         * Reads {@code host:port}, an IPv6 address in brackets.
         *
         * @throws IllegalArgumentException with a clause that says what is wrong
         */
        public static Endpoint parse(String text) {
            Matcher parts = ENDPOINT.matcher(text);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
                throw new IllegalArgumentException("is no host and port: write it as 127.0.0.1:4002, or [::1]:4002");
            }
            String host = parts.group(1);
            return new Endpoint(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(parts.group(2)));
        }

        /** Whether only this machine reaches it. */
        public boolean isLoopback() {
            return host.equalsIgnoreCase("localhost") || host.equals("::1") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
        }

        /** Whether it is every address of this machine. */
        boolean isWildcard() {
            return host.equals("0.0.0.0") || host.equals("::");
        }

        /** Where this machine itself reaches it. */
        Endpoint own() {
            return !isWildcard() ? this : new Endpoint(host.equals("::") ? "::1" : "127.0.0.1", port);
        }

        /** As it stands in a URL. */
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }
}
