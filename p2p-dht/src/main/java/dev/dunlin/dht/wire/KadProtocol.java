package dev.dunlin.dht.wire;

import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.protocol.Silence;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The protocol of a Kademlia network: {@code <prefix>/kad/1.0.0} (libp2p/specs kad-dht/README.md). */
public final class KadProtocol {

    /** The name of the public network's protocol in actions and logs. */
    public static final String NAME = "kad";

    /** The prefix of the public network, Amino. */
    public static final String AMINO = "/ipfs";

    /** The name of the local network's protocol in actions and logs. */
    public static final String LAN_NAME = "kadLan";

    /** What the local network has behind the prefix. */
    public static final String LAN_PATH = "/lan";

    private static final String SUFFIX = "/kad/1.0.0";

    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    /** The longest prefix, in characters. */
    private static final int MAX_PREFIX = 64;

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

    /** The protocol of the public network. */
    public static Protocol<KadQuestion, KadAnswer> amino() {
        return of(NAME, AMINO, KadLimits.DEFAULT);
    }

    /** The protocol of the local network. */
    public static Protocol<KadQuestion, KadAnswer> lan() {
        return of(LAN_NAME, AMINO + LAN_PATH, KadLimits.DEFAULT);
    }

    /**
     * The protocol of a network.
     *
     * @param name in actions, logs and settings, in camel case
     * @param prefix what stands before {@code /kad/1.0.0}: {@code /ipfs}, or one of your own, as {@code /fleet}
     * @param limits how much of an answer is read
     * @throws IllegalArgumentException if the name is not allowed, or the prefix is no path of 2 to 64 characters
     */
    public static Protocol<KadQuestion, KadAnswer> of(String name, String prefix, KadLimits limits) {
        if (!isPrefix(prefix)) {
            throw new IllegalArgumentException("the prefix of a Kademlia network is a path such as /fleet, of 2 to "
                    + MAX_PREFIX + " characters: letters, digits, dots, dashes and underscores between slashes");
        }
        return new Protocol<>(
                name, List.of(id(prefix)), KadCodec.questions(), KadCodec.answers(limits), LIMITS, SILENCE);
    }

    /** Whether a text can be the prefix of a network: a path of 2 to 64 characters. */
    public static boolean isPrefix(String text) {
        return text.length() <= MAX_PREFIX && PREFIX.matcher(text).matches();
    }

    /** What the protocol of a network is called on the wire. */
    public static String id(String prefix) {
        return prefix + SUFFIX;
    }
}
