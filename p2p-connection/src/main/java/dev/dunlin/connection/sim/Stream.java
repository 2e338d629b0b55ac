package dev.dunlin.connection.sim;

import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.sim.Link.Side;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.store.Handle;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream of a connection: end 0 opened it. */
final class Stream {

    private final long wireId;
    private @Nullable End opener;
    private @Nullable End taker;

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

    /** The next stream that a side opens. */
    Stream(Side opener) {
        this.wireId = opener.link.nextStream(opener.end);
    }

    /** Its number on the connection. */
    long wireId() {
        return wireId;
    }

    /** One end. */
    static final class End {
        final Stream stream;
        final Side side;
        final Handle handle;
        final String protocol;
        boolean open = true;
        boolean closedHere;
        boolean closedThere;

        /** When something came or went last, in the world's time. */
        long movedAt;

        private Echo echo = Echo.NOTHING;

        @Nullable
        Consumer<Pong> pinged;

        private int unechoed;
        private @Nullable Identified arrived;
        private @Nullable Consumer<Optional<Identified>> reader;

        End(Stream stream, Side side, int number, Handle handle, String protocol) {
            this.stream = stream;
            this.side = side;
            this.handle = handle;
            this.protocol = protocol;
            if (number == 0) {
                stream.opener = this;
            } else {
                stream.taker = this;
            }
            side.add(this);
            movedAt = side.link.now();
        }

        private void there(int bytes, Consumer<End> does) {
            movedAt = bytes > 0 ? side.link.now() : movedAt;
            side.send(bytes, side -> {
                End end = stream.opener == this ? stream.taker : stream.opener;
                if (end != null && end.open) {
                    end.movedAt = bytes > 0 ? side.link.now() : end.movedAt;
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
                side.remove(this);
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
