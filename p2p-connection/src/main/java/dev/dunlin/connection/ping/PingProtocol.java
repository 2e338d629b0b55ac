package dev.dunlin.connection.ping;

import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The ping protocol: 32 bytes, and the same 32 bytes back, any number of times on one stream (libp2p/specs ping/ping.md). */
public final class PingProtocol {

    /** How many bytes a ping has. */
    public static final int BYTES = 32;

    /** Its name in actions and logs. */
    public static final String NAME = "ping";

    /** Its name on the wire. */
    public static final String ID = "/ipfs/ping/1.0.0";

    private static final MessageCodec<PingPayload> CODEC =
            MessageCodec.of(PingPayload.class, new Framing.Fixed(BYTES), PingPayload::bytes, PingPayload::new);

    /** One ping to each peer is under way at a time; of a peer two streams are answered, as the specification has it. */
    public static final Protocol<PingPayload, PingPayload> PING = new Protocol<>(
            NAME,
            List.of(ID),
            CODEC,
            CODEC,
            new ProtocolLimits(
                    32_768,
                    2,
                    16_384,
                    1,
                    16_384,
                    // Far more than whoever measures; a flood of pings would fill the log.
                    TimeUnit.MILLISECONDS.toMicros(50),
                    60,
                    TimeUnit.SECONDS.toMicros(10),
                    // Longer than the others' pauses between two pings.
                    TimeUnit.MINUTES.toMicros(5),
                    true));

    private PingProtocol() {}

    /**
     * A ping, or its pong.
     *
     * @param bytes exactly {@link #BYTES}
     */
    public record PingPayload(Bytes bytes) implements Message {
        /** Checks the length. */
        public PingPayload {
            if (bytes.size() != BYTES) {
                throw new IllegalArgumentException("a ping has " + BYTES + " bytes, not " + bytes.size());
            }
        }
    }
}
