package dev.dunlin.connection.yamux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A whole frame, for tests to write and read. The body is empty unless the type is Data. */
record Frame(int type, int flags, long id, long length, String bodyHex) {

    static Frame data(int flags, long id, byte... body) {
        return new Frame(Wire.DATA, flags, id, body.length, HexFormat.of().formatHex(body));
    }

    static Frame data(int flags, long id, int size) {
        return data(flags, id, new byte[size]);
    }

    static Frame window(int flags, long id, long delta) {
        return new Frame(Wire.WINDOW_UPDATE, flags, id, delta, "");
    }

    static Frame ping(int flags, long value) {
        return new Frame(Wire.PING, flags, 0, value, "");
    }

    static Frame goAway(long code) {
        return new Frame(Wire.GO_AWAY, 0, 0, code, "");
    }

    byte[] body() {
        return HexFormat.of().parseHex(bodyHex);
    }

    byte[] bytes() {
        byte[] body = body();
        return ByteBuffer.allocate(Wire.HEADER + body.length)
                .put((byte) 0)
                .put((byte) type)
                .putShort((short) flags)
                .putInt((int) id)
                .putInt((int) length)
                .put(body)
                .array();
    }

    static byte[] bytes(List<Frame> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frames.forEach(frame -> out.writeBytes(frame.bytes()));
        return out.toByteArray();
    }

    /** All frames of a whole number of frames. */
    static List<Frame> parse(byte[] bytes) {
        List<Frame> frames = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            if (in.get() != 0) {
                throw new IllegalArgumentException("no frame of version 0 at " + (in.position() - 1));
            }
            int type = in.get();
            int flags = in.getShort();
            long id = Integer.toUnsignedLong(in.getInt());
            long length = Integer.toUnsignedLong(in.getInt());
            byte[] body = new byte[type == Wire.DATA ? (int) length : 0];
            in.get(body);
            frames.add(new Frame(type, flags, id, length, HexFormat.of().formatHex(body)));
        }
        return frames;
    }
}
