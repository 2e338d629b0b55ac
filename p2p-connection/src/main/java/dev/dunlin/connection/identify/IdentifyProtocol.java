package dev.dunlin.connection.identify;

import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The identify protocols: a peer is asked who it is, or tells what has changed (libp2p/specs identify/README.md). */
public final class IdentifyProtocol {

    /** The name of the first in actions and logs: who asks writes nothing, and is told who the other is. */
    public static final String NAME = "identify";

    /** Its name on the wire. */
    public static final String ID = "/ipfs/id/1.0.0";

    /** The name of the second in actions and logs: who opens the stream tells what has changed, and is told nothing. */
    public static final String PUSH_NAME = "identifyPush";

    /** Its name on the wire. */
    public static final String PUSH_ID = "/ipfs/id/push/1.0.0";

    /** Of a peer so many streams of each protocol are answered at once. */
    private static final int ANSWERS = 2;

    private IdentifyProtocol() {}

    /** The question who a peer is. It has no bytes: the stream that is opened for it is all there is. */
    public record WhoAreYou() implements Message {}

    /** That a push is taken. It has no bytes: who pushes waits for nothing. */
    public record PushTaken() implements Message {}

    /**
     * The protocol by which a peer is asked.
     *
     * @param signer what signs the answers; without it, as guards, limits and simulation have it, they have the key that the
     *     sender's id carries, and no record
     */
    public static Protocol<WhoAreYou, Identified> identify(Optional<IdentifySigner> signer) {
        return new Protocol<>(
                NAME,
                List.of(ID),
                new Empty<>(WhoAreYou.class, new WhoAreYou()),
                new IdentifyCodec(IdentifyLimits.DEFAULT, signer),
                limits(IdentifyConfig.MOST_PEERS));
    }

    /**
     * The protocol by which a peer tells what has changed.
     *
     * @param signer what signs the pushes; without it they have the key that the sender's id carries, and no record
     */
    public static Protocol<Identified, PushTaken> push(Optional<IdentifySigner> signer) {
        return new Protocol<>(
                PUSH_NAME,
                List.of(PUSH_ID),
                new IdentifyCodec(IdentifyLimits.DEFAULT, signer),
                new Empty<>(PushTaken.class, new PushTaken()),
                limits(IdentifyConfig.MOST_PUSHES));
    }

    // One ask of ours to each peer is under way. The last one may still be ending when a new connection brings the
    // next.
    private static ProtocolLimits limits(int outbound) {
        return new ProtocolLimits(
                ANSWERS * IdentifyConfig.MOST_PEERS,
                ANSWERS,
                outbound,
                1,
                outbound,
                ProtocolLimits.DEFAULT.askEvery(),
                ProtocolLimits.DEFAULT.askBurst(),
                TimeUnit.SECONDS.toMicros(10),
                ProtocolLimits.DEFAULT.idle(),
                false);
    }

    /** A message that is there as soon as its stream is. */
    private record Empty<M extends Message>(Class<M> type, M message) implements MessageCodec<M> {
        @Override
        public Framing framing() {
            return new Framing.Nothing();
        }

        @Override
        public Bytes encode(M said) {
            return Bytes.EMPTY;
        }

        @Override
        public M decode(Bytes body) {
            return message;
        }
    }
}
