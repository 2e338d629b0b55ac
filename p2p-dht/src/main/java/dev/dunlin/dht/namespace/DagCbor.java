package dev.dunlin.dht.namespace;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * As much of DAG-CBOR (ipld specs/codecs/dag-cbor/spec.md, RFC 8949) as an IPNS record needs: a map from texts to byte strings and
 * unsigned numbers is read and written, and values of any other kind are checked and passed over. Strict, also where a reader may be
 * lenient: numbers and lengths are as short as can be, keys are in order and stand once, nothing is of indefinite length, the only tag
 * is that of links, floats have 64 bits and are finite, and nothing follows. So content that can be read has one form in bytes. Not
 * thread-safe.
 *
 * <p>Libraries of CBOR do not say whether a number or a length was in its shortest form, so they cannot be asked to be strict.
 */
final class DagCbor {

    /** How deep maps and lists may stand in one another. */
    static final int MAX_DEPTH = 32;

    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int LIST = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;

    private static final int LINK_TAG = 42;
    private static final int ONE_BYTE = 24;
    private static final int EIGHT_BYTES = 27;

    private static final int FALSE = 0xF4;
    private static final int TRUE = 0xF5;
    private static final int NULL = 0xF6;
    private static final int DOUBLE = 0xFB;

    private final byte[] bytes;
    private int at;

    private DagCbor(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the entries of a map. What it does not read is passed over. */
    @FunctionalInterface
    interface Entries {

        /**
         * An entry.
         *
         * @param in stands at the value
         * @return false if it is not known here, and nothing of it was read
         */
        boolean entry(String key, DagCbor in) throws MalformedRecord;
    }

    /**
     * Reads a map, and nothing else.
     *
     * @throws MalformedRecord if the bytes are not one map in its canonical form
     */
    static void readMap(byte[] bytes, Entries entries) throws MalformedRecord {
        DagCbor in = new DagCbor(bytes);
        in.map(entries, 1);
        if (in.at < bytes.length) {
            throw new MalformedRecord("DAG-CBOR is one value, and something follows it");
        }
    }

    /** The next value, which has to be a byte string. */
    byte[] byteString() throws MalformedRecord {
        return take(argument(BYTES, "a byte string"));
    }

    /** The next value, which has to be an unsigned number of 64 bits. */
    long unsigned() throws MalformedRecord {
        return argument(UNSIGNED, "an unsigned number");
    }

    private void map(Entries entries, int depth) throws MalformedRecord {
        long left = argument(MAP, "a map");
        int lastKey = -1;
        int lastEnd = -1;
        for (; left != 0; left--) {
            int key = at;
            byte[] text = take(argument(TEXT, "a text as the key of a map"));
            if (lastKey >= 0 && Arrays.compareUnsigned(bytes, lastKey, lastEnd, bytes, key, at) >= 0) {
                throw new MalformedRecord("the keys of a DAG-CBOR map stand once each, the shortest first");
            }
            lastKey = key;
            lastEnd = at;
            if (!entries.entry(utf8(text), this)) {
                skip(depth);
            }
        }
    }

    private void skip(int depth) throws MalformedRecord {
        int head = peek();
        switch (head >>> 5) {
            case UNSIGNED, NEGATIVE -> argument(head >>> 5, "a number");
            case BYTES -> byteString();
            case TEXT -> utf8(take(argument(TEXT, "a text")));
            case LIST -> {
                long left = argument(LIST, "a list");
                deeper(depth);
                for (; left != 0; left--) {
                    skip(depth + 1);
                }
            }
            case MAP -> {
                deeper(depth);
                map((key, in) -> false, depth + 1);
            }
            case TAG -> {
                if (argument(TAG, "a tag") != LINK_TAG) {
                    throw new MalformedRecord("the only tag of DAG-CBOR is that of a link");
                }
                byteString();
            }
            default -> simple(head);
        }
    }

    private static void deeper(int depth) throws MalformedRecord {
        if (depth >= MAX_DEPTH) {
            throw new MalformedRecord("maps and lists stand at most " + MAX_DEPTH + " deep in one another here");
        }
    }

    private void simple(int head) throws MalformedRecord {
        at++;
        switch (head) {
            case FALSE, TRUE, NULL -> {}
            case DOUBLE -> {
                if (!Double.isFinite(Double.longBitsToDouble(number(Long.BYTES)))) {
                    throw new MalformedRecord("the floats of DAG-CBOR are finite");
                }
            }
            default ->
                throw new MalformedRecord(
                        "DAG-CBOR has false, true, null and floats of 64 bits, and no other simple values");
        }
    }

    /** The head of a value of a kind: a number, or how many bytes or entries follow. As an unsigned number of 64 bits. */
    private long argument(int kind, String what) throws MalformedRecord {
        int head = peek();
        if (head >>> 5 != kind) {
            throw new MalformedRecord(what + " was expected in the DAG-CBOR at byte " + at);
        }
        at++;
        int size = head & 0x1F;
        if (size < ONE_BYTE) {
            return size;
        }
        if (size > EIGHT_BYTES) {
            throw new MalformedRecord("DAG-CBOR has no values of indefinite length");
        }
        int width = 1 << (size - ONE_BYTE);
        long number = number(width);
        boolean isShortest = switch (width) {
            case 1 -> number >= ONE_BYTE;
            case 2 -> number > 0xFF;
            case 4 -> number > 0xFFFF;
            default -> number >>> 32 != 0;
        };
        if (!isShortest) {
            throw new MalformedRecord("the numbers and lengths of DAG-CBOR are as short as they can be");
        }
        return number;
    }

    private int peek() throws MalformedRecord {
        if (at == bytes.length) {
            throw new MalformedRecord("the DAG-CBOR ends before its end");
        }
        return bytes[at] & 0xFF;
    }

    private long number(int width) throws MalformedRecord {
        long number = 0;
        for (byte next : take(width)) {
            number = number << 8 | (next & 0xFF);
        }
        return number;
    }

    // No more is taken than is there, so a length of 2^63 costs nothing.
    private byte[] take(long count) throws MalformedRecord {
        if (count < 0 || count > bytes.length - at) {
            throw new MalformedRecord("the DAG-CBOR ends before its end");
        }
        at += (int) count;
        return Arrays.copyOfRange(bytes, at - (int) count, at);
    }

    private static String utf8(byte[] text) throws MalformedRecord {
        ByteString bytes = ByteString.copyFrom(text);
        if (!bytes.isValidUtf8()) {
            throw new MalformedRecord("a text of the DAG-CBOR is no UTF-8");
        }
        return bytes.toStringUtf8();
    }

    /** Writes a map. Its keys are given in their order. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        /** Of so many entries. */
        Writer(int entries) {
            head(MAP, entries);
        }

        /** An entry whose value is a byte string. */
        Writer entry(String key, byte[] value) {
            key(key);
            head(BYTES, value.length);
            out.writeBytes(value);
            return this;
        }

        /** An entry whose value is an unsigned number of 64 bits. */
        Writer entry(String key, long value) {
            key(key);
            head(UNSIGNED, value);
            return this;
        }

        private void key(String key) {
            byte[] text = key.getBytes(StandardCharsets.UTF_8);
            head(TEXT, text.length);
            out.writeBytes(text);
        }

        private void head(int kind, long number) {
            int size = 0;
            if (Long.compareUnsigned(number, ONE_BYTE) < 0) {
                out.write(kind << 5 | (int) number);
                return;
            }
            while (size < 3 && number >>> (8 << size) != 0) {
                size++;
            }
            out.write(kind << 5 | (ONE_BYTE + size));
            for (int shift = (8 << size) - 8; shift >= 0; shift -= 8) {
                out.write((int) (number >>> shift));
            }
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }
}
