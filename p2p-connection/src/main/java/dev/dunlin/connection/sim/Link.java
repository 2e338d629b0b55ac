package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.Wire;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.state.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection between two peers: side 0 dialled. Each side goes down by itself. */
final class Link implements Wire.Ends {

    private static final int FIN = 40;
    private static final long ENDING = 10_000_000;
    private static final int FRAME = 60;

    private final World<?> world;
    private final Wire wire;
    private final Bytes hash;
    private @Nullable Side dialler;
    private @Nullable Side listener;
    private @Nullable Runnable unmade;
    private int streamsOfDialler;
    private int streamsOfListener;
    private long leftAt = -1;

    /** What the other side makes of a stream that is to be opened. */
    sealed interface Asked permits Taken, Refused, Unanswered {}

    /** It is open at its end. */
    record Taken(Stream.End end) implements Asked {}

    /** It speaks none of the protocols. */
    record Refused() implements Asked {}

    /** It never says. */
    record Unanswered() implements Asked {}

    static final Asked REFUSED = new Refused();
    static final Asked UNANSWERED = new Unanswered();

    /** One side of it. */
    abstract static class Side {
        final Link link;
        final int end;
        final PeerId other;
        boolean up = true;

        // Replaced as a whole: a run has many sides with few streams each, and room to spare would be most of it.
        private List<Stream.End> streams = List.of();

        Side(Link link, int end, PeerId other) {
            this.link = link;
            this.end = end;
            this.other = other;
        }

        /** The node of the other side. */
        int peerNode() {
            return link.wire.node(1 - end);
        }

        /** The streams open at this side, oldest first; what begins or ends later does not change the list. */
        List<Stream.End> streams() {
            return streams;
        }

        void add(Stream.End stream) {
            List<Stream.End> more = new ArrayList<>(streams);
            more.add(stream);
            streams = List.copyOf(more);
        }

        void remove(Stream.End stream) {
            List<Stream.End> less = new ArrayList<>(streams);
            less.remove(stream);
            streams = List.copyOf(less);
        }

        /** The handshake is done: the dialler's side after the answer to it, the other's when it hears of that. */
        abstract void established();

        /** The other side opens a stream. */
        abstract Asked asked(Stream stream, List<String> protocols);

        /** The other side takes no new streams. */
        void wentAway(long code) {}

        /** A stream is over. */
        abstract void over(Stream.End stream, EndReason reason);

        /** The side has gone down; its streams are over. */
        abstract void down(CloseReason reason);

        /** Sends something to the other side, which does it if it is up. */
        void send(int bytes, Consumer<Side> does) {
            if (up) {
                link.wire.send(end, FRAME + bytes, () -> {
                    Side there = link.sideAt(1 - end);
                    if (there != null && there.up) {
                        does.accept(there);
                    }
                });
            }
        }

        /** Closes it in order; the other side hears of it when all that was sent before has arrived. */
        void close(CloseReason reason) {
            if (up) {
                link.leftAt = link.world.now();
                link.wire.send(end, FIN, () -> {
                    Side there = link.sideAt(1 - end);
                    link.wire.close();
                    if (there != null) {
                        there.goDown(CloseReason.REMOTE);
                    }
                });
                goDown(reason);
            }
        }

        /** The process is gone. */
        void vanish(boolean power) {
            if (up) {
                up = false;
                if (power) {
                    link.wire.fallSilent(end);
                } else {
                    link.wire.send(end, FIN, () -> {
                        Side there = link.sideAt(1 - end);
                        link.wire.close();
                        if (there == null) {
                            link.broken(1 - end);
                        } else {
                            there.goDown(CloseReason.REMOTE);
                        }
                    });
                }
            }
        }

        final void goDown(CloseReason reason) {
            if (up) {
                up = false;
                for (Stream.End stream : streams) {
                    stream.end(EndReason.CONNECTION_CLOSED);
                }
                down(reason);
            }
        }
    }

    /** Whether one side has closed it in order so shortly ago that the other may not have heard of it. */
    boolean isEnding() {
        return leftAt >= 0 && world.now() - leftAt < ENDING;
    }

    Link(World<?> world, int from, int to) {
        this.world = world;
        this.wire = world.wire(from, to, this);
        byte[] bytes = new byte[32];
        var random = world.random(0x68617368, from, to, wire.ordinal());
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.next();
        }
        this.hash = Bytes.of(bytes);
    }

    long now() {
        return world.now();
    }

    Bytes hash() {
        return hash;
    }

    void side(Side side) {
        if (side.end == 0) {
            dialler = side;
            unmade = null;
        } else {
            listener = side;
        }
    }

    private @Nullable Side sideAt(int end) {
        return end == 0 ? dialler : listener;
    }

    /** The wire id of the next stream that an end opens: 1, 3, 5 and so on for the dialler, 2, 4, 6 for the other. */
    long nextStream(int end) {
        // Not 0, which is the session's (hashicorp/yamux, spec.md).
        return end == 0 ? 2L * streamsOfDialler++ + 1 : 2L * ++streamsOfListener;
    }

    /** Is to be told if the connection breaks before the dialler has a side of it. */
    void whenUnmade(Runnable told) {
        unmade = told;
    }

    /** An end breaks the handshake off; the other finds out when that arrives. */
    void breakOff(int from) {
        wire.send(from, 0, () -> {
            wire.close();
            broken(1 - from);
        });
    }

    /** Carries a message of the handshake from an end. */
    void carry(int from, int bytes, Runnable arrives) {
        wire.send(from, bytes, arrives);
    }

    boolean isBroken() {
        return wire.isBroken();
    }

    void abandon() {
        wire.close();
    }

    @Override
    public void broken(int end) {
        Side side = sideAt(end);
        if (side != null) {
            side.goDown(CloseReason.IO_ERROR);
        } else if (end == 0 && unmade != null) {
            unmade.run();
        }
    }
}
