package dev.dunlin.connection.gate;

import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.yamux.TokenBucket;
import dev.dunlin.core.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a stream that a peer opens is let in: when it is opened, and when the peer has proposed a protocol, before that is
 * agreed. What is refused here costs the node no input; it is counted, and told in sums.
 *
 * <p>The limits are those of {@link StreamConfig}. The stream machine's guards hold the same ones once more, for streams that were
 * let in while others were on their way to it. Thread-safe; a {@link Line} is for the thread of its connection.
 */
public final class StreamGate {

    /** The most peers that refusals are counted of between two sums; what is refused of others is counted as one. */
    public static final int MOST_SOURCES = 64;

    private final StreamConfig config;
    private final Map<PeerId, Integer> perPeer = new HashMap<>();
    private final Map<String, Integer> perProtocol = new HashMap<>();
    private final Map<PeerId, EnumMap<Refusal, Long>> refused = new HashMap<>();
    private final EnumMap<Refusal, Long> total = new EnumMap<>(Refusal.class);
    private long others;
    private int streams;

    /** Why a stream is refused. */
    public enum Refusal {
        /** The connection has {@link StreamConfig#maxInboundPerConnection}. */
        CONNECTION_FULL,
        /** The peer has {@link StreamConfig#maxInboundPerPeer}. */
        PEER_FULL,
        /** The node has {@link StreamConfig#maxInbound}. */
        NODE_FULL,
        /** The protocol has {@link StreamConfig#maxInboundPerProtocol}. */
        PROTOCOL_FULL,
        /** More than {@link StreamConfig#inboundRate} were opened on the connection. */
        TOO_FAST,
        /** The node takes no new work now. */
        NODE_BUSY
    }

    /**
     * How often a peer's streams were refused for one reason.
     *
     * @param count at least 1
     */
    public record Sum(PeerId peer, Refusal reason, long count) {}

    /** A gate through which nothing has come. */
    public StreamGate(StreamConfig config) {
        this.config = config;
    }

    /** The inbound streams of one connection. */
    public final class Line {
        private final PeerId peer;
        private final TokenBucket opens;
        private int open;

        private Line(PeerId peer, long now) {
            this.peer = peer;
            this.opens = new TokenBucket(config.inboundRate(), config.inboundBurst(), now);
        }

        /**
         * The peer opens a stream.
         *
         * @param now microseconds of a clock that only runs forward
         * @return why it is refused; empty if it is let in, and {@link #ended} is to follow
         */
        public Optional<Refusal> opened(long now) {
            Refusal refusal = null;
            if (!opens.take(now)) {
                refusal = Refusal.TOO_FAST;
            } else if (open >= config.maxInboundPerConnection()) {
                refusal = Refusal.CONNECTION_FULL;
            } else {
                refusal = StreamGate.this.opened(peer).orElse(null);
            }
            if (refusal != null) {
                refused(refusal);
                return Optional.of(refusal);
            }
            open++;
            return Optional.empty();
        }

        /**
         * The peer proposes a protocol that this node serves.
         *
         * @return why the stream is refused; empty if it is let in, and {@link #left} is to follow
         */
        public Optional<Refusal> proposed(String protocol) {
            Optional<Refusal> refusal = StreamGate.this.proposed(protocol);
            refusal.ifPresent(this::refused);
            return refusal;
        }

        /** A stream is refused for a reason that the gate does not know itself. */
        public void refused(Refusal reason) {
            StreamGate.this.refused(peer, reason);
        }

        /** A stream's protocol is spoken no more. */
        public void left(String protocol) {
            StreamGate.this.left(protocol);
        }

        /** A stream that was let in is over. */
        public void ended() {
            open--;
            StreamGate.this.ended(peer);
        }
    }

    /** A connection to a peer comes up. */
    public Line line(PeerId peer, long now) {
        return new Line(peer, now);
    }

    private synchronized Optional<Refusal> opened(PeerId peer) {
        int ofPeer = perPeer.getOrDefault(peer, 0);
        if (ofPeer >= config.maxInboundPerPeer()) {
            return Optional.of(Refusal.PEER_FULL);
        }
        if (streams >= config.maxInbound()) {
            return Optional.of(Refusal.NODE_FULL);
        }
        streams++;
        perPeer.put(peer, ofPeer + 1);
        return Optional.empty();
    }

    private synchronized void ended(PeerId peer) {
        streams--;
        perPeer.computeIfPresent(peer, (any, count) -> count == 1 ? null : count - 1);
    }

    private synchronized Optional<Refusal> proposed(String protocol) {
        int before = perProtocol.getOrDefault(protocol, 0);
        if (before >= config.maxInboundPerProtocol()) {
            return Optional.of(Refusal.PROTOCOL_FULL);
        }
        perProtocol.put(protocol, before + 1);
        return Optional.empty();
    }

    private synchronized void left(String protocol) {
        perProtocol.computeIfPresent(protocol, (any, count) -> count == 1 ? null : count - 1);
    }

    private synchronized void refused(PeerId peer, Refusal reason) {
        total.merge(reason, 1L, Long::sum);
        EnumMap<Refusal, Long> ofPeer = refused.get(peer);
        if (ofPeer == null && refused.size() == MOST_SOURCES) {
            others++;
            return;
        }
        refused.computeIfAbsent(peer, any -> new EnumMap<>(Refusal.class)).merge(reason, 1L, Long::sum);
    }

    /** How many streams there are. */
    public synchronized int streams() {
        return streams;
    }

    /** How many streams were refused for a reason since the start. */
    public synchronized long refused(Refusal reason) {
        return total.getOrDefault(reason, 0L);
    }

    /**
     * What was refused since the last call, the most first.
     *
     * @param atMost how many sums; what they leave out is dropped, and stands in {@link #refused(Refusal)}
     */
    public synchronized List<Sum> takeSums(int atMost) {
        List<Sum> sums = new ArrayList<>();
        refused.forEach((peer, counts) -> counts.forEach((reason, count) -> sums.add(new Sum(peer, reason, count))));
        refused.clear();
        others = 0;
        sums.sort(Comparator.comparingLong(Sum::count).reversed().thenComparing(Sum::peer));
        return List.copyOf(sums.subList(0, Math.min(atMost, sums.size())));
    }

    /** How many refusals since the last sums came from more peers than are counted apart. */
    public synchronized long others() {
        return others;
    }
}
