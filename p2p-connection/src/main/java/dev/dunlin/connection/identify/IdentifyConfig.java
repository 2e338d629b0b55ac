package dev.dunlin.connection.identify;

import static dev.dunlin.connection.config.Settings.number;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Optional;

/**
 * What can be configured of the identify machine. Every key is optional; a value out of its range counts as missing.
 * Times are microseconds.
 *
 * @param self this node's own id ({@code node.peerId}); without it we say neither key nor record
 * @param protocolVersion what we call the network ({@code identify.protocolVersion}, {@code ipfs/0.1.0}; at most
 *     {@link #MAX_TEXT} characters)
 * @param agentVersion what we call ourselves ({@code identify.agentVersion}, {@code dunlin}; likewise)
 * @param timeout how long an ask or a push may take ({@code identify.timeout}, 5 s as in go-libp2p, 1 ms to 1 h)
 * @param debounce how long a change of ours waits for others before it is pushed ({@code identify.debounce}, 1 s as in
 *     js-libp2p, 1 ms to 1 h)
 * @param maxPushes most pushes on their way ({@code identify.maxPushes}, 32, 1 to
 *     {@link #MOST_PUSHES})
 * @param maxLinks most connections that are watched ({@code identify.maxLinks}, 1024, 0 to {@link #MOST_PEERS})
 * @param pushEvery how often a peer may push, on average ({@code identify.pushEvery}, 5 s as in go-libp2p, 0 to 1 h)
 * @param pushBurst how many pushes a peer may have in advance of that ({@code identify.pushBurst}, 10 as in
 *     go-libp2p, 1 to 1000)
 * @param observers how many distinct observers make an observed address believed ({@code identify.observers}, 4 as in
 *     go-libp2p, 1 to 1000)
 * @param maxBelieved most observed addresses that are believed ({@code identify.maxBelieved}, 4, 0 to 32)
 * @param protocols most protocols taken of a peer ({@code identify.protocols}, 1024 as in go-libp2p, 0 to 1024)
 * @param addresses most addresses taken of a peer ({@code identify.addresses}, 500 as in go-libp2p, 0 to 500)
 */
public record IdentifyConfig(
        Optional<PeerId> self,
        String protocolVersion,
        String agentVersion,
        long timeout,
        long debounce,
        int maxPushes,
        int maxLinks,
        long pushEvery,
        int pushBurst,
        int observers,
        int maxBelieved,
        int protocols,
        int addresses) {

    /** The greatest number of connected peers: the byte budget is made for it. */
    public static final int MOST_PEERS = 2048;

    /** The greatest number of pushes on their way. */
    public static final int MOST_PUSHES = 1024;

    /** The longest version text, in characters. */
    public static final int MAX_TEXT = 128;

    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long HOUR = 3_600 * SECOND;

    /** What an empty configuration says. */
    public static final IdentifyConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static IdentifyConfig of(Table<String, String> config) {
        return new IdentifyConfig(
                ConnectionConfig.of(config).self(),
                text(config, "identify.protocolVersion", "ipfs/0.1.0"),
                text(config, "identify.agentVersion", "dunlin"),
                number(config, "identify.timeout", 5 * SECOND, MILLI, HOUR),
                number(config, "identify.debounce", SECOND, MILLI, HOUR),
                (int) number(config, "identify.maxPushes", 32, 1, MOST_PUSHES),
                (int) number(config, "identify.maxLinks", 1024, 0, MOST_PEERS),
                number(config, "identify.pushEvery", 5 * SECOND, 0, HOUR),
                (int) number(config, "identify.pushBurst", 10, 1, 1000),
                (int) number(config, "identify.observers", 4, 1, 1000),
                (int) number(config, "identify.maxBelieved", 4, 0, 32),
                (int) number(config, "identify.protocols", 1024, 0, 1024),
                (int) number(config, "identify.addresses", 500, 0, 500));
    }

    private static String text(Table<String, String> config, String key, String otherwise) {
        String text = config.or(key, otherwise);
        return text.length() <= MAX_TEXT && text.chars().noneMatch(Character::isISOControl) ? text : otherwise;
    }
}
