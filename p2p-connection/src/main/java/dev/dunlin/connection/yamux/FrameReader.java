package dev.dunlin.connection.yamux;

import java.nio.ByteBuffer;

/** Cuts bytes that come in any split into headers and pieces of bodies. Holds at most 11 bytes back. */
final class FrameReader {

    /** What the reader feeds. */
    interface Handler {

        /** Whether another header may be read now. */
        boolean ready();

        /**
         * A header came.
         *
         * @return how many body bytes follow, 0 to 2^32-1
         */
        long header(int word, int id, int length);

        /** Bytes of the last header's body; the piece is the handler's own view. */
        void body(ByteBuffer piece, boolean last);
    }

    private final ByteBuffer partial = ByteBuffer.allocate(Wire.HEADER);
    private long bodyLeft;

    /** Reads until the buffer is empty or the handler wants no more headers. */
    void read(ByteBuffer in, Handler handler) {
        // Big-endian whatever the caller's buffer says, and the caller's position moves even if a listener throws.
        ByteBuffer view = in.duplicate();
        try {
            while (view.hasRemaining()) {
                if (bodyLeft > 0) {
                    body(view, handler);
                } else if (!handler.ready()) {
                    return;
                } else {
                    header(view, handler);
                }
            }
        } finally {
            in.position(view.position());
        }
    }

    private void body(ByteBuffer view, Handler handler) {
        int n = (int) Math.min(bodyLeft, view.remaining());
        int end = view.position() + n;
        ByteBuffer piece = view.duplicate().limit(end);
        view.position(end);
        bodyLeft -= n;
        handler.body(piece, bodyLeft == 0);
    }

    private void header(ByteBuffer view, Handler handler) {
        ByteBuffer source = view;
        if (partial.position() > 0 || view.remaining() < Wire.HEADER) {
            while (partial.hasRemaining() && view.hasRemaining()) {
                partial.put(view.get());
            }
            if (partial.hasRemaining()) {
                return;
            }
            partial.flip();
            source = partial;
        }
        int word = source.getInt();
        int id = source.getInt();
        int length = source.getInt();
        partial.clear();
        bodyLeft = handler.header(word, id, length);
    }
}
