package dev.dunlin.core.debug;

import java.nio.ByteBuffer;

/** The fixed-width records of an index. Counts and places have five bytes, that is up to 10^12. */
final class Records {

    /** An index of a type, clause or place that is none. */
    static final int NONE = 0xFFFF;

    private static final int PLACE = 5;
    private static final int TEXT = 7;

    private Records() {}

    /**
     * One action or effect.
     *
     * @param step its input's number
     * @param index its place in what that led to
     * @param cause the place of what led to it; of an input 0
     * @param type its type's number
     * @param clause the number of the clause that disabled it, or {@link #NONE}
     * @param subject its subject's number
     * @param text where its payload is
     */
    record Act(long step, int index, int cause, int type, int clause, int subject, long text) {

        static final int WIDTH = PLACE + 2 + 2 + 2 + 2 + Integer.BYTES + TEXT;

        static Act read(ByteBuffer in) {
            return new Act(
                    number(in, PLACE),
                    Short.toUnsignedInt(in.getShort()),
                    Short.toUnsignedInt(in.getShort()),
                    Short.toUnsignedInt(in.getShort()),
                    Short.toUnsignedInt(in.getShort()),
                    in.getInt(),
                    number(in, TEXT));
        }

        void write(ByteBuffer out) {
            put(out, step, PLACE);
            out.putShort((short) index).putShort((short) cause).putShort((short) type);
            out.putShort((short) clause).putInt(subject);
            put(out, text, TEXT);
        }
    }

    /**
     * One input.
     *
     * @param at its time, microseconds of the node's time
     * @param first the number of its action among all
     * @param offset where its line begins in its segment
     * @param bytes how long its line is
     * @param answersStep the input that led to the effect that it answers; 0 if none
     * @param answersIndex the effect's place
     * @param peer the number of the peer that caused it; negative if that is not known
     */
    record Step(long at, long first, long offset, int bytes, long answersStep, int answersIndex, int peer) {

        static final int WIDTH = Long.BYTES + PLACE + PLACE + Integer.BYTES + PLACE + 2 + Integer.BYTES;

        static Step read(ByteBuffer in) {
            return new Step(
                    in.getLong(),
                    number(in, PLACE),
                    number(in, PLACE),
                    in.getInt(),
                    number(in, PLACE),
                    Short.toUnsignedInt(in.getShort()),
                    in.getInt());
        }

        void write(ByteBuffer out) {
            out.putLong(at);
            put(out, first, PLACE);
            put(out, offset, PLACE);
            out.putInt(bytes);
            put(out, answersStep, PLACE);
            out.putShort((short) answersIndex).putInt(peer);
        }
    }

    /**
     * That an action concerns a subject.
     *
     * @param act the action's number
     * @param previous the subject's posting before it, plus 1; 0 if it is the first
     */
    record Posting(long act, long previous) {

        static final int WIDTH = PLACE + PLACE;

        static Posting read(ByteBuffer in) {
            return new Posting(number(in, PLACE), number(in, PLACE));
        }

        void write(ByteBuffer out) {
            put(out, act, PLACE);
            put(out, previous, PLACE);
        }
    }

    /**
     * Some steps, one after the other, and which parts of the state changed in them.
     *
     * @param last the last of them
     * @param hashes how many hashes of {@link ChangedParts} all steps up to there have
     */
    record Stretch(long last, long hashes) {

        static final int WIDTH = PLACE + PLACE;

        static Stretch read(ByteBuffer in) {
            return new Stretch(number(in, PLACE), number(in, PLACE));
        }

        void write(ByteBuffer out) {
            put(out, last, PLACE);
            put(out, hashes, PLACE);
        }
    }

    private static void put(ByteBuffer out, long number, int bytes) {
        if (number < 0 || number >>> (8 * bytes) != 0) {
            throw new IllegalArgumentException(number + " does not fit " + bytes + " bytes");
        }
        for (int i = bytes - 1; i >= 0; i--) {
            out.put((byte) (number >>> (8 * i)));
        }
    }

    private static long number(ByteBuffer in, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | in.get() & 0xFF;
        }
        return number;
    }
}
