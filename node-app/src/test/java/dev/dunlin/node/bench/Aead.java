package dev.dunlin.node.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the JDK's ChaCha20-Poly1305 gives with nothing around it: frames as Noise has them, two bytes of length and up to 65,535
 * of ciphertext with its tag, sealed and opened in arrays.
 */
final class Aead {

    private static final int HEADER = 2;
    private static final int BODY = 65_535;
    private static final int TAG = 16;
    private static final int PLAIN = BODY - TAG;
    private static final int FEW = 16;
    private static final long PATIENCE_SECONDS = 120;

    private final Cipher cipher;
    private final SecretKeySpec key = new SecretKeySpec(new byte[32], "ChaCha20");
    private final byte[] nonce = new byte[12];
    private long used;

    private Aead() throws GeneralSecurityException {
        cipher = Cipher.getInstance("ChaCha20-Poly1305");
    }

    private IvParameterSpec next() {
        ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN).putLong(4, used++);
        return new IvParameterSpec(nonce);
    }

    private void seal(byte[] plain, byte[] frame) throws GeneralSecurityException {
        cipher.init(Cipher.ENCRYPT_MODE, key, next());
        frame[0] = (byte) (BODY >> Byte.SIZE);
        frame[1] = (byte) BODY;
        cipher.doFinal(plain, 0, PLAIN, frame, HEADER);
    }

    private void open(byte[] frame, byte[] plain) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, key, next());
        cipher.doFinal(frame, HEADER, BODY, plain, 0);
    }

    private static long frames(long bytes) {
        return (bytes + PLAIN - 1) / PLAIN;
    }

    private static double rate(long frames, long begun) {
        return frames * (double) PLAIN / (1 << 20) / ((System.nanoTime() - begun) / 1e9);
    }

    /** Sealing alone, on one thread, MiB a second. */
    static double sealing(long bytes) throws GeneralSecurityException {
        Aead aead = new Aead();
        byte[] plain = new byte[PLAIN];
        byte[] frame = new byte[HEADER + BODY];
        long begun = System.nanoTime();
        for (long i = 0; i < frames(bytes); i++) {
            aead.seal(plain, frame);
        }
        return rate(frames(bytes), begun);
    }

    /** Opening alone, on one thread, MiB a second: a few frames again and again, each under its nonce. */
    static double opening(long bytes) throws GeneralSecurityException {
        Aead sealing = new Aead();
        byte[] plain = new byte[PLAIN];
        byte[][] sealed = new byte[FEW][HEADER + BODY];
        for (byte[] frame : sealed) {
            sealing.seal(plain, frame);
        }
        Aead aead = new Aead();
        long begun = System.nanoTime();
        for (long i = 0; i < frames(bytes); i++) {
            aead.used = i % FEW;
            aead.open(sealed[(int) (i % FEW)], plain);
        }
        return rate(frames(bytes), begun);
    }

    /** Sealed by one thread, sent over the loopback, opened by another, MiB a second. */
    static double overSocket(long bytes) throws IOException, GeneralSecurityException {
        long frames = frames(bytes);
        try (ServerSocketChannel listening =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel near = SocketChannel.open(listening.getLocalAddress());
                SocketChannel far = listening.accept()) {
            near.setOption(StandardSocketOptions.TCP_NODELAY, true);
            CompletableFuture<Void> received = new CompletableFuture<>();
            long begun = System.nanoTime();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    receive(far, frames);
                    received.complete(null);
                } catch (IOException | GeneralSecurityException | RuntimeException e) {
                    received.completeExceptionally(e);
                }
            });
            Aead aead = new Aead();
            byte[] plain = new byte[PLAIN];
            ByteBuffer frame = ByteBuffer.allocate(HEADER + BODY);
            for (long i = 0; i < frames; i++) {
                aead.seal(plain, frame.array());
                frame.clear();
                while (frame.hasRemaining()) {
                    near.write(frame);
                }
            }
            received.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
            return rate(frames, begun);
        }
    }

    private static void receive(SocketChannel from, long frames) throws IOException, GeneralSecurityException {
        Aead aead = new Aead();
        byte[] plain = new byte[PLAIN];
        ByteBuffer frame = ByteBuffer.allocate(HEADER + BODY);
        for (long i = 0; i < frames; i++) {
            frame.clear();
            while (frame.hasRemaining()) {
                if (from.read(frame) < 0) {
                    throw new IOException("the connection ended after " + i + " frames");
                }
            }
            if (Short.toUnsignedInt(frame.getShort(0)) != BODY) {
                throw new IOException("frame " + i + " has another length");
            }
            aead.open(frame.array(), plain);
        }
    }
}
