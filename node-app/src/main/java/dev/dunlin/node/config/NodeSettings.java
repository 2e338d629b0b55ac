package dev.dunlin.node.config;

import dev.dunlin.connection.netty.TransportSettings;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.store.Machine;
import dev.dunlin.node.admin.AdminSettings;
import java.util.List;

/** What the program itself is configured with, and all that a node is. */
public final class NodeSettings {

    /** Which values stand for what nobody says. */
    public static final Setting PROFILE = new Setting(
            "node.profile",
            new Kind.OneOf(Profile.names()),
            Profile.STANDARD.text(),
            "values for machines of a size, each of which gives way to what else is said of its key",
            false);

    /** Where to listen. */
    public static final Setting LISTEN = new Setting(
            "node.listen", new Kind.Addresses(16), "/ip4/0.0.0.0/tcp/4001", "addresses to listen at", false);

    /** Whom to stay connected to. */
    public static final Setting CONNECT = new Setting(
            "node.connect",
            new Kind.Addresses(256),
            "",
            "addresses of peers to stay connected to, with /p2p/ and their ids at the end",
            false);

    /** Whether the muxer is agreed in the handshake. */
    public static final Setting EARLY_MUXER = Setting.flag(
            "node.earlyMuxer",
            true,
            "whether the stream multiplexer is agreed inside the handshake, which saves a round trip");

    /** Event loops. */
    public static final Setting THREADS =
            Setting.count("node.threads", 2, 1, 64, "threads that carry the bytes of connections");

    /** Whether invariants are checked. */
    public static final Setting AUDIT =
            Setting.flag("node.audit", false, "whether the invariants of all machines are checked after every input");

    /** Whether nothing is told of what happens. */
    public static final Setting QUIET =
            Setting.flag("node.quiet", false, "whether the node tells nothing of what happens but faults");

    /** From which level on events are written. */
    public static final Setting LOG_LEVEL = new Setting(
                    "log.level",
                    new Kind.Formed(Levels.RANGE, text -> Levels.parse(text).text()),
                    "info",
                    "from which level on events are written to standard error",
                    false)
            .alive();

    private static final Settings OWN = Settings.of(PROFILE, LISTEN, CONNECT, EARLY_MUXER, THREADS, AUDIT, QUIET);

    private static final Settings LEVELS = Settings.of(LOG_LEVEL);

    private NodeSettings() {}

    /** All settings of a node with these machines. */
    public static Settings of(List<? extends Machine<?, ?, ?>> machines) {
        Settings all = OWN.and(Budgets.SETTINGS).and(LogOptions.SETTINGS).and(LEVELS);
        for (Machine<?, ?, ?> machine : machines) {
            all = all.and(machine.settings());
        }
        return all.and(TransportSettings.SETTINGS).and(AdminSettings.SETTINGS);
    }
}
