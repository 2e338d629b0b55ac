package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.Wire;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection between two peers: side 0 dialled. Each side goes down by itself. */
final class Link implements Wire.Ends {

    private static final int FIN = 40;
    private static final int FRAME = 60;

    private final Wire wire;
    private final @Nullable Side[] sides = new @Nullable Side[2];
    private final Bytes hash;
    private @Nullable Runnable unmade;

    // Stream numbers begin at 1 and 2: 0 is the session's.
    private final long[] nextStream = {0, 1};

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

    /** What is sent back on a stream. */
    enum Echo {
        NOTHING,
        RIGHT,
        WRONG
    }

    /** What becomes of a ping. */
    enum Pong {
        RIGHT,
        WRONG,
        LOST
    }

    /** One side of it. */
    abstract static class Side {
        final Link link;
        final int end;
        final PeerId other;
        final List<Stream.End> streams = new ArrayList<>();
        boolean up = true;

        Side(Link link, int end, PeerId other) {
            this.link = link;
            this.end = end;
            this.other = other;
        }

        /** The node of the other side. */
        int peerNode() {
            return link.wire.node(1 - end);
        }

        /** The handshake is done: the dialler's side after the answer to it, the other's when it hears of that. */
        abstract void established();

        /** The other side opens a stream. */
        abstract Asked asked(Stream stream, List<String> protocols);

        /** A stream is over. */
        abstract void over(Stream.End stream, EndReason reason);

        /** The side has gone down; its streams are over. */
        abstract void down(CloseReason reason);

        /** Sends something to the other side, which does it if it is up. */
        void send(int bytes, Consumer<Side> does) {
            if (up) {
                link.wire.send(end, FRAME + bytes, () -> {
                    Side there = link.sides[1 - end];
                    if (there != null && there.up) {
                        does.accept(there);
                    }
                });
            }
        }

        /** Closes it in order; the other side hears of it when all that was sent before has arrived. */
        void close(CloseReason reason) {
            if (up) {
                link.wire.send(end, FIN, () -> {
                    Side there = link.sides[1 - end];
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
                        Side there = link.sides[1 - end];
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
                for (Stream.End stream : List.copyOf(streams)) {
                    stream.end(EndReason.CONNECTION_CLOSED);
                }
                down(reason);
            }
        }
    }

    Link(World<?> world, int from, int to) {
        this.wire = world.wire(from, to, this);
        byte[] bytes = new byte[32];
        var random = world.random(0x68617368, from, to, wire.ordinal());
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.next();
        }
        this.hash = Bytes.of(bytes);
    }

    Bytes hash() {
        return hash;
    }

    void side(Side side) {
        sides[side.end] = side;
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
        Side side = sides[end];
        if (side != null) {
            side.goDown(CloseReason.IO_ERROR);
        } else if (end == 0 && unmade != null) {
            unmade.run();
        }
    }

    /** A stream: end 0 opened it. */
    static final class Stream {
        private final @Nullable End[] ends = new @Nullable End[2];
        private final long wireId;

        /** The next stream that a side opens: odd numbers for the side that dialled, as in the yamux spec. */
        Stream(Side opener) {
            this.wireId = opener.link.nextStream[opener.end]++ * 2 + 1 - opener.end;
        }

        /** Its number on the connection. */
        long wireId() {
            return wireId;
        }

        /** One end. */
        static final class End {
            final Stream stream;
            final Side side;
            final int number;
            final Handle handle;
            final String protocol;
            boolean open = true;
            boolean closedHere;
            boolean closedThere;
            private Echo echo = Echo.NOTHING;

            @Nullable
            Consumer<Pong> pinged;

            private int unechoed;
            private @Nullable Identified arrived;
            private @Nullable Consumer<Optional<Identified>> reader;

            End(Stream stream, Side side, int number, Handle handle, String protocol) {
                this.stream = stream;
                this.side = side;
                this.number = number;
                this.handle = handle;
                this.protocol = protocol;
                stream.ends[number] = this;
                side.streams.add(this);
            }

            private void there(int bytes, Consumer<End> does) {
                side.send(bytes, side -> {
                    End end = stream.ends[1 - number];
                    if (end != null && end.open) {
                        does.accept(end);
                    }
                });
            }

            /** Closes our direction. */
            void closeWrite() {
                if (open && !closedHere) {
                    closedHere = true;
                    there(0, end -> {
                        end.closedThere = true;
                        end.remoteClosed();
                        end.endIfBothClosed();
                    });
                    endIfBothClosed();
                }
            }

            private void remoteClosed() {
                // An echoing end closes its own side then, as the ping protocol has it.
                if (echo != Echo.NOTHING) {
                    closeWrite();
                }
            }

            /** Resets it. */
            void reset() {
                if (open) {
                    there(0, end -> end.end(EndReason.REMOTE_RESET));
                    end(EndReason.LOCAL_RESET);
                }
            }

            private void endIfBothClosed() {
                if (closedHere && closedThere) {
                    end(EndReason.CLOSED);
                }
            }

            void end(EndReason reason) {
                if (open) {
                    open = false;
                    side.streams.remove(this);
                    answerPing(Pong.LOST);
                    Consumer<Optional<Identified>> waiting = reader;
                    reader = null;
                    if (waiting != null) {
                        waiting.accept(Optional.empty());
                    }
                    side.over(this, reason);
                }
            }

            /** Sends a ping; told once what becomes of it. */
            void sendPing(Consumer<Pong> outcome) {
                pinged = outcome;
                there(32, end -> {
                    if (end.echo == Echo.NOTHING) {
                        end.unechoed++;
                    } else {
                        end.sendBack();
                    }
                });
            }

            private void sendBack() {
                Pong pong = echo == Echo.RIGHT ? Pong.RIGHT : Pong.WRONG;
                there(32, back -> back.answerPing(pong));
            }

            /** Answers every ping, those that have come, too. */
            void echo(Echo how) {
                echo = how;
                for (; unechoed > 0; unechoed--) {
                    sendBack();
                }
                if (closedThere) {
                    closeWrite();
                }
            }

            /** Sends what a node says of itself. */
            void say(Identified message) {
                there(1000, end -> {
                    Consumer<Optional<Identified>> waiting = end.reader;
                    end.reader = null;
                    end.arrived = message;
                    if (waiting != null) {
                        waiting.accept(Optional.of(message));
                    }
                });
            }

            /** Reads what the peer says of itself; told once, of nothing if the stream ends before. */
            void read(Consumer<Optional<Identified>> outcome) {
                Identified there = arrived;
                if (there != null) {
                    outcome.accept(Optional.of(there));
                } else {
                    reader = outcome;
                }
            }

            private void answerPing(Pong outcome) {
                Consumer<Pong> waiting = pinged;
                pinged = null;
                if (waiting != null) {
                    waiting.accept(outcome);
                }
            }
        }
    }
}
