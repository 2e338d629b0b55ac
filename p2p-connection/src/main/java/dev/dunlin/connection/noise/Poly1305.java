package dev.dunlin.connection.noise;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Poly1305 (RFC 8439, section 2.5) over whole blocks of 16 bytes, in five limbs of 26 bits, in constant time. The JDK's is as fast where
 * it has an intrinsic (x86 with AVX-512, AArch64), and half as fast elsewhere.
 */
final class Poly1305 {

    /** Bytes of a key. */
    static final int KEY = 32;

    /** Bytes of a block, and of a tag. */
    static final int BLOCK = 16;

    private static final int LIMB = 26;
    private static final long MASK = (1L << LIMB) - 1;
    private static final long TOP = 1L << 24;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte[] NO_KEY = new byte[KEY];

    private final byte[] last = new byte[BLOCK];
    private long r0;
    private long r1;
    private long r2;
    private long r3;
    private long r4;
    private long h0;
    private long h1;
    private long h2;
    private long h3;
    private long h4;
    private long s0;
    private long s1;

    /** Begins a message under a key of its own. */
    void begin(byte[] key) {
        long low = (long) LONG.get(key, 0);
        long high = (long) LONG.get(key, 8);
        r0 = low & 0x3ffffff;
        r1 = (low >>> 26) & 0x3ffff03;
        r2 = ((low >>> 52) | (high << 12)) & 0x3ffc0ff;
        r3 = (high >>> 14) & 0x3f03fff;
        r4 = (high >>> 40) & 0x00fffff;
        s0 = (long) LONG.get(key, 16);
        s1 = (long) LONG.get(key, 24);
        h0 = 0;
        h1 = 0;
        h2 = 0;
        h3 = 0;
        h4 = 0;
    }

    /** Takes bytes, and zeros up to the next whole block behind them (RFC 8439, section 2.8). */
    void padded(byte[] data, int at, int length) {
        int whole = length - length % BLOCK;
        blocks(data, at, whole);
        if (whole < length) {
            Arrays.fill(last, (byte) 0);
            System.arraycopy(data, at + whole, last, 0, length - whole);
            blocks(last, 0, BLOCK);
        }
    }

    /** Takes the last block of ChaCha20-Poly1305: how long what is not encrypted was, and what is. */
    void lengths(long associated, long encrypted) {
        LONG.set(last, 0, associated);
        LONG.set(last, 8, encrypted);
        blocks(last, 0, BLOCK);
    }

    private void blocks(byte[] data, int from, int length) {
        long t1 = r1 * 5;
        long t2 = r2 * 5;
        long t3 = r3 * 5;
        long t4 = r4 * 5;
        long a0 = h0;
        long a1 = h1;
        long a2 = h2;
        long a3 = h3;
        long a4 = h4;
        int end = from + length;
        for (int at = from; at < end; at += BLOCK) {
            long low = (long) LONG.get(data, at);
            long high = (long) LONG.get(data, at + 8);
            a0 += low & MASK;
            a1 += (low >>> 26) & MASK;
            a2 += ((low >>> 52) | (high << 12)) & MASK;
            a3 += (high >>> 14) & MASK;
            a4 += (high >>> 40) | TOP;
            long d0 = a0 * r0 + a1 * t4 + a2 * t3 + a3 * t2 + a4 * t1;
            long d1 = a0 * r1 + a1 * r0 + a2 * t4 + a3 * t3 + a4 * t2;
            long d2 = a0 * r2 + a1 * r1 + a2 * r0 + a3 * t4 + a4 * t3;
            long d3 = a0 * r3 + a1 * r2 + a2 * r1 + a3 * r0 + a4 * t4;
            long d4 = a0 * r4 + a1 * r3 + a2 * r2 + a3 * r1 + a4 * r0;
            d1 += d0 >>> LIMB;
            d2 += d1 >>> LIMB;
            d3 += d2 >>> LIMB;
            d4 += d3 >>> LIMB;
            a0 = (d0 & MASK) + (d4 >>> LIMB) * 5;
            a1 = (d1 & MASK) + (a0 >>> LIMB);
            a0 &= MASK;
            a2 = d2 & MASK;
            a3 = d3 & MASK;
            a4 = d4 & MASK;
        }
        h0 = a0;
        h1 = a1;
        h2 = a2;
        h3 = a3;
        h4 = a4;
    }

    /** The tag of 16 bytes; what the message's key has left is zeroed. */
    void end(byte[] tag, int at) {
        // Each limb to 26 bits; the last carry comes round as five times itself.
        carry();
        h0 += (h4 >>> LIMB) * 5;
        h4 &= MASK;
        h1 += h0 >>> LIMB;
        h0 &= MASK;
        carry();
        // Less the prime, if it is not below it: chosen by a mask, not by a branch.
        long g0 = h0 + 5;
        long g1 = h1 + (g0 >>> LIMB);
        long g2 = h2 + (g1 >>> LIMB);
        long g3 = h3 + (g2 >>> LIMB);
        long g4 = h4 + (g3 >>> LIMB) - (1L << LIMB);
        long below = g4 >> 63;
        h0 = (h0 & below) | (g0 & MASK & ~below);
        h1 = (h1 & below) | (g1 & MASK & ~below);
        h2 = (h2 & below) | (g2 & MASK & ~below);
        h3 = (h3 & below) | (g3 & MASK & ~below);
        h4 = (h4 & below) | (g4 & MASK & ~below);
        long low = h0 | (h1 << 26) | (h2 << 52);
        long high = (h2 >>> 12) | (h3 << 14) | (h4 << 40);
        long sum = low + s0;
        long carry = ((low & s0) | ((low | s0) & ~sum)) >>> 63;
        LONG.set(tag, at, sum);
        LONG.set(tag, at + 8, high + s1 + carry);
        destroy();
    }

    // What is over 26 bits of the limbs between the lowest and the highest, upwards.
    private void carry() {
        h2 += h1 >>> LIMB;
        h1 &= MASK;
        h3 += h2 >>> LIMB;
        h2 &= MASK;
        h4 += h3 >>> LIMB;
        h3 &= MASK;
    }

    /** Zeroes all that a key has left. */
    void destroy() {
        begin(NO_KEY);
        Arrays.fill(last, (byte) 0);
    }
}
