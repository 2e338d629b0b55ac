package dev.dunlin.connection.protocols;

/** The reproducible bytes: xorshift32 with shifts 13, 17, 5 from 0x9E3779B9; each state is four bytes, least significant first. */
final class Pattern {

    private int state = 0x9E3779B9;
    private int left;

    /** The next bytes. */
    byte[] next(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            if (left == 0) {
                state ^= state << 13;
                state ^= state >>> 17;
                state ^= state << 5;
                left = 4;
            }
            bytes[i] = (byte) (state >>> (8 * (4 - left)));
            left--;
        }
        return bytes;
    }
}
