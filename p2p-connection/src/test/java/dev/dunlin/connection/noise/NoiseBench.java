package dev.dunlin.connection.noise;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What it costs to seal and to open a frame of 64 B, 1 KiB and 65,519 B, by where the bytes stand. All layouts take turns in
 * one run, and count the thread's own time, so that a busy machine disturbs little and all alike. Prints, and asserts nothing.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class NoiseBench {

    private static final int[] LENGTHS = {64, 1024, NoiseTransport.MAX_PLAINTEXT};
    private static final int WARM_UP = 12;
    private static final int ROUNDS = 15;
    private static final int BYTES_A_ROUND = 32 << 20;
    private static final int MOST_FRAMES = 20_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** One way to lay out frames. */
    private interface Layout {
        /** Seals the plaintext into frame number i of a batch. */
        void seal(int i) throws NoiseException, GeneralSecurityException;

        /** Opens it. */
        void open(int i) throws NoiseException, GeneralSecurityException;
    }

    private static final class Column {
        final String name;
        final Layout layout;
        final List<Double> seals = new ArrayList<>();
        final List<Double> opens = new ArrayList<>();
        double sealBytes;
        double openBytes;

        Column(String name, Layout layout) {
            this.name = name;
            this.layout = layout;
        }
    }

    private static ByteBuffer buffer(boolean direct, int size) {
        return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    /** Plaintext in one buffer, frames in another, and back. */
    private static Layout copying(int length, int batch, boolean direct) {
        NoiseTransport sender = new Sealer().receiver(NoiseLimits.DEFAULT);
        NoiseTransport receiver = new Sealer().receiver(NoiseLimits.DEFAULT);
        ByteBuffer plain = buffer(direct, length + NoiseTransport.TAG_BYTES);
        ByteBuffer frames = buffer(direct, batch * NoiseTransport.ciphertextSize(length));
        int size = NoiseTransport.ciphertextSize(length);
        return new Layout() {
            @Override
            public void seal(int i) throws NoiseException {
                sender.encrypt(
                        plain.limit(length).position(0),
                        frames.limit((i + 1) * size).position(i * size));
            }

            @Override
            public void open(int i) throws NoiseException {
                receiver.decrypt(frames.limit((i + 1) * size).position(i * size), plain.clear());
            }
        };
    }

    /** Frames sealed where they stand; opened from there, or from a direct copy, into a heap buffer. */
    private static Layout inPlace(int length, int batch, boolean direct, boolean directIn) {
        NoiseTransport sender = new Sealer().receiver(NoiseLimits.DEFAULT);
        NoiseTransport receiver = new Sealer().receiver(NoiseLimits.DEFAULT);
        int size = NoiseTransport.ciphertextSize(length);
        ByteBuffer frames = buffer(direct, batch * size);
        ByteBuffer wire = buffer(true, batch * size);
        ByteBuffer plain = ByteBuffer.allocate(length + NoiseTransport.TAG_BYTES);
        return new Layout() {
            @Override
            public void seal(int i) throws NoiseException {
                sender.encryptInPlace(frames, i * size, length);
                if (directIn && i == batch - 1) {
                    wire.put(0, frames, 0, batch * size);
                }
            }

            @Override
            public void open(int i) throws NoiseException {
                ByteBuffer from = directIn ? wire : frames;
                receiver.decrypt(from.limit((i + 1) * size).position(i * size), plain.clear());
            }
        };
    }

    /** The JDK's cipher on direct buffers, without anything of ours. */
    private static Layout jdkDirect(int length, int batch) throws GeneralSecurityException {
        Cipher sealing = Cipher.getInstance("ChaCha20-Poly1305");
        Cipher opening = Cipher.getInstance("ChaCha20-Poly1305");
        SecretKeySpec key = new SecretKeySpec(new byte[32], "ChaCha20");
        int size = length + NoiseTransport.TAG_BYTES;
        ByteBuffer frames = buffer(true, batch * size);
        ByteBuffer plain = buffer(true, length);
        return new Layout() {
            private final byte[] nonce = new byte[12];
            private long sealed;
            private long opened;

            private IvParameterSpec nonce(long number) {
                for (int i = 0; i < Long.BYTES; i++) {
                    nonce[4 + i] = (byte) (number >>> (8 * i));
                }
                return new IvParameterSpec(nonce);
            }

            @Override
            public void seal(int i) throws GeneralSecurityException {
                sealing.init(Cipher.ENCRYPT_MODE, key, nonce(sealed++));
                sealing.doFinal(plain.clear(), frames.limit((i + 1) * size).position(i * size));
            }

            @Override
            public void open(int i) throws GeneralSecurityException {
                opening.init(Cipher.DECRYPT_MODE, key, nonce(opened++));
                opening.doFinal(frames.limit((i + 1) * size).position(i * size), plain.clear());
            }
        };
    }

    @Test
    void layouts() throws NoiseException, GeneralSecurityException {
        for (int length : LENGTHS) {
            int batch = Math.min(256, Math.max(1, (1 << 20) / length));
            List<Column> columns = List.of(
                    new Column("heap to heap", copying(length, batch, false)),
                    new Column("heap in place, opened from heap", inPlace(length, batch, false, false)),
                    new Column("heap in place, opened from direct", inPlace(length, batch, false, true)),
                    new Column("direct in place, opened from direct", inPlace(length, batch, true, true)),
                    new Column("direct to direct", copying(length, batch, true)),
                    new Column("direct to direct, the JDK's own", jdkDirect(length, batch)));
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                for (Column column : columns) {
                    round(column, length, batch, round >= WARM_UP);
                }
            }
            for (Column column : columns) {
                print(length, column);
            }
        }
    }

    private static void round(Column column, int length, int batch, boolean counts)
            throws NoiseException, GeneralSecurityException {
        int batches = Math.max(1, Math.min(MOST_FRAMES, BYTES_A_ROUND / length) / batch);
        long sealNanos = 0;
        long openNanos = 0;
        long sealBytes = 0;
        long openBytes = 0;
        for (int each = 0; each < batches; each++) {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long begun = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < batch; i++) {
                column.layout.seal(i);
            }
            long between = THREADS.getCurrentThreadCpuTime();
            long bytesBetween = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < batch; i++) {
                column.layout.open(i);
            }
            openNanos += THREADS.getCurrentThreadCpuTime() - between;
            sealNanos += between - begun;
            openBytes += THREADS.getCurrentThreadAllocatedBytes() - bytesBetween;
            sealBytes += bytesBetween - bytes;
        }
        if (counts) {
            long frames = (long) batches * batch;
            double mib = (double) frames * length / (1 << 20);
            column.seals.add(mib / (sealNanos / 1e9));
            column.opens.add(mib / (openNanos / 1e9));
            column.sealBytes = (double) sealBytes / frames;
            column.openBytes = (double) openBytes / frames;
        }
    }

    private static void print(int length, Column column) {
        System.out.println(String.format(
                Locale.ROOT,
                "%,7d B  %-36s seal %s %7.0f B/op   open %s %7.0f B/op",
                length,
                column.name,
                median(column.seals),
                column.sealBytes,
                median(column.opens),
                column.openBytes));
    }

    private static String median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "%,6.0f MiB/s (%,.0f to %,.0f)",
                sorted[sorted.length / 2],
                sorted[0],
                sorted[sorted.length - 1]);
    }
}
