package dev.dunlin.dht.wire;

import dev.dunlin.connection.protocol.Prefix;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.protocol.Silence;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The protocol of a Kademlia network: {@code <prefix>/kad/1.0.0} (libp2p/specs kad-dht/README.md). */
public final class KadProtocol {

    /** The name of the protocol of the network that spans the internet, in actions and logs. */
    public static final String NAME = "kad";

    /** The name of the local network's protocol in actions and logs. */
    public static final String LAN_NAME = "kadLan";

    /** What the local network has behind the prefix. */
    private static final String LAN_PATH = "/lan";

    private static final String SUFFIX = "/kad/1.0.0";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    /** The longest prefix, in characters. */
    private static final int MAX_PREFIX = 64;

    /** What the names of a network's protocols begin with; standard is the public network's, Amino. */
    public static final Setting PREFIX = new Setting(
            "routing.prefix",
            new Kind.Formed("a path such as /fleet, without the /kad/1.0.0 that follows it", KadProtocol::prefix),
            "/ipfs",
            "what the protocol of the network begins with: networks of other prefixes are others",
            false);

    // Streams are kept and used again, as go's are: a lookup asks a near peer more than once. Both sides of rust-libp2p
    // take 32 at most
    // of a connection. The sums let a lookup of ten at once, of each of a hundred callers, pass; and a server be asked
    // by four
    // thousand, of which few ask at once.
    //
    // A peer that provides much sends a burst: 100,000 keys to 10,000 servers, each to 20, are 200 to each. So bursts
    // pass, and
    // beyond them a hundred questions a second of one peer, which is ten times what lookups ask of one.
    private static final ProtocolLimits LIMITS = new ProtocolLimits(
            4096,
            32,
            1024,
            32,
            4096,
            TimeUnit.MILLISECONDS.toMicros(10),
            1000,
            // All wait so long for an answer.
            TimeUnit.SECONDS.toMicros(10),
            // go closes a stream that was idle so long.
            TimeUnit.MINUTES.toMicros(1),
            true);

    /**
     * {@code ADD_PROVIDER} has no answer. ipfs/specs has it echoed, but go and js send nothing; and go, which uses its streams again, takes an
     * echo for the answer to its next question.
     */
    private static final Silence<KadQuestion, KadAnswer> SILENCE = new Silence<>(
            question -> question instanceof KadQuestion.AddProvider add
                    ? Optional.of(new KadAnswer.Added(add.key()))
                    : Optional.empty(),
            answer -> answer instanceof KadAnswer.Added);

    private KadProtocol() {}

    /** The protocol of the network that spans the internet. */
    public static Protocol<KadQuestion, KadAnswer> wide() {
        return of(NAME, SUFFIX);
    }

    /** The protocol of the local network. */
    public static Protocol<KadQuestion, KadAnswer> local() {
        return of(LAN_NAME, LAN_PATH + SUFFIX);
    }

    private static Protocol<KadQuestion, KadAnswer> of(String name, String rest) {
        return Protocol.prefixed(
                name,
                new Prefix(PREFIX, List.of(rest)),
                KadCodec.questions(),
                KadCodec.answers(KadLimits.DEFAULT),
                LIMITS,
                SILENCE);
    }

    private static String prefix(String written) throws BadValueException {
        if (written.length() <= MAX_PREFIX && PATH.matcher(written).matches()) {
            return written;
        }
        throw new BadValueException("is no path of 2 to " + MAX_PREFIX
                + " characters: letters, digits, dots, dashes and underscores between slashes");
    }

    /** What the protocol of the network that spans the internet is called on the wire. */
    public static String wideId(String prefix) {
        return prefix + SUFFIX;
    }

    /** What the protocol of the local network is called on the wire. */
    public static String localId(String prefix) {
        return prefix + LAN_PATH + SUFFIX;
    }
}
