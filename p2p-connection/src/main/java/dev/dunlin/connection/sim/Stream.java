package dev.dunlin.connection.sim;

import dev.dunlin.connection.protocol.ByteStream;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.sim.Link.Side;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.store.Handle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream of a connection: end 0 opened it. */
final class Stream {

    private final long wireId;
    private @Nullable End opener;
    private @Nullable End taker;

    /** So many bytes may be on their way, or unread, in each direction, as in production. */
    static final int WINDOW = 256 << 10;

    /** The next stream that a side opens. */
    Stream(Side opener) {
        this.wireId = opener.link.nextStream(opener.end);
    }

    /** Its number on the connection. */
    long wireId() {
        return wireId;
    }

    /** One end. */
    static final class End implements ByteStream {
        final Stream stream;
        final Side side;
        final Handle handle;
        final String protocol;
        boolean open = true;
        boolean closedHere;
        boolean closedThere;

        /** When something came or went last, in the world's time. */
        long movedAt;

        private int unread;
        private int held;
        private int read;
        private boolean discards;
        private @Nullable Receiver receiver;

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

        /** Says who takes what comes; what comes before is lost. */
        void attach(Receiver taker) {
            receiver = taker;
            if (closedThere) {
                taker.remoteClosed();
            }
        }

        /** Its messages: whoever asks for them first takes all that comes. */
        MessageStream messages() {
            if (receiver instanceof MessageStream known) {
                return known;
            }
            MessageStream fresh = new MessageStream(this);
            attach(fresh);
            return fresh;
        }

        @Override
        public Sent send(ByteBuffer bytes) {
            if (!open || closedHere) {
                return Sent.CLOSED;
            }
            byte[] taken = new byte[Math.min(WINDOW - unread, bytes.remaining())];
            bytes.get(taken);
            if (taken.length > 0) {
                unread += taken.length;
                there(taken.length, end -> end.arrived(taken));
            }
            return bytes.hasRemaining() ? Sent.PART : Sent.ALL;
        }

        private void arrived(byte[] came) {
            held += came.length;
            if (discards) {
                consumed(came.length);
            } else {
                taking().arrived(ByteBuffer.wrap(came));
            }
        }

        /** Ends our side; what comes is dropped. */
        void close() {
            discards = true;
            consumed(held);
            closeWrite();
        }

        // What nobody takes is kept for who will.
        private Receiver taking() {
            Receiver known = receiver;
            return known == null ? messages() : known;
        }

        @Override
        public void consumed(int bytes) {
            held -= bytes;
            read += bytes;
            // Half a window is told at a time, or each message would bring an answer that means nothing.
            if (read >= WINDOW / 2) {
                int more = read;
                read = 0;
                there(0, end -> {
                    end.unread -= more;
                    Receiver writer = end.receiver;
                    if (writer != null) {
                        writer.writable();
                    }
                });
            }
            endIfBothClosed();
        }

        /** Closes our direction. */
        @Override
        public void closeWrite() {
            if (open && !closedHere) {
                closedHere = true;
                there(0, end -> {
                    end.closedThere = true;
                    Receiver reader = end.receiver;
                    if (reader != null) {
                        reader.remoteClosed();
                    }
                    end.endIfBothClosed();
                });
                endIfBothClosed();
            }
        }

        @Override
        public void fail(String why) {
            reset(EndReason.PROTOCOL_ERROR);
        }

        /** Resets it. */
        void reset() {
            reset(EndReason.LOCAL_RESET);
        }

        private void reset(EndReason reason) {
            if (open) {
                there(0, end -> end.end(EndReason.REMOTE_RESET));
                end(reason);
            }
        }

        // As long as something is unread it is not over, as in production.
        private void endIfBothClosed() {
            if (closedHere && closedThere && held == 0) {
                end(EndReason.CLOSED);
            }
        }

        void end(EndReason reason) {
            if (open) {
                open = false;
                side.remove(this);
                Receiver taker = receiver;
                if (taker != null) {
                    taker.ended(reason);
                }
                side.over(this, reason);
            }
        }
    }
}
