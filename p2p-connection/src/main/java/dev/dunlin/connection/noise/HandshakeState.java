package dev.dunlin.connection.noise;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The XX pattern: {@code -> e}, {@code <- e, ee, s, es}, {@code -> s, se} (Noise, sections 5.3 and 7.5). Messages
 * without framing; the caller keeps to the order write, read, write of the initiator and read, write, read of the
 * responder.
 */
final class HandshakeState {

    /** How many messages there are. */
    static final int MESSAGES = 3;

    private static final byte[] NAME = "Noise_XX_25519_ChaChaPoly_SHA256".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY = X25519KeyPair.SIZE;
    private static final int SEALED_KEY = KEY + CipherState.TAG;

    private final SymmetricState symmetric = new SymmetricState(NAME);
    private final boolean initiator;
    private final X25519KeyPair ours;
    private final X25519KeyPair ephemeral;
    private byte[] remoteStatic = new byte[0];
    private byte[] remoteEphemeral = new byte[0];
    private int done;

    /** A handshake that owns the two key pairs from now on. */
    HandshakeState(boolean initiator, byte[] prologue, X25519KeyPair ours, X25519KeyPair ephemeral) {
        this.initiator = initiator;
        this.ours = ours;
        this.ephemeral = ephemeral;
        symmetric.mixHash(prologue, 0, prologue.length);
    }

    /**
     * How long a message is with an empty payload.
     *
     * @param message 0, 1 or 2
     */
    static int overhead(int message) {
        return switch (message) {
            case 0 -> KEY;
            case 1 -> KEY + SEALED_KEY + CipherState.TAG;
            case 2 -> SEALED_KEY + CipherState.TAG;
            default -> throw new IllegalArgumentException("XX has three messages");
        };
    }

    /** How many messages were written or read. */
    int done() {
        return done;
    }

    /** Whether the next message is ours to write. */
    boolean writesNext() {
        return done < MESSAGES && initiator == ((done & 1) == 0);
    }

    /** The next message, which is ours to write. */
    byte[] write(byte[] payload) throws NoiseException {
        expect(true);
        byte[] message = new byte[overhead(done) + payload.length];
        int at = 0;
        if (done < 2) {
            System.arraycopy(ephemeral.publicKey(), 0, message, 0, KEY);
            symmetric.mixHash(message, 0, KEY);
            at = KEY;
        }
        if (done == 1) {
            mixKey(ephemeral, remoteEphemeral);
        }
        if (done > 0) {
            at += symmetric.encryptAndHash(ours.publicKey(), message, at);
            // es and se: the writer's static key with the reader's ephemeral key, whoever writes.
            mixKey(ours, remoteEphemeral);
        }
        symmetric.encryptAndHash(payload, message, at);
        done++;
        return message;
    }

    /** The payload of the next message, which is the other side's, at the front of an array. */
    byte[] read(byte[] message, int length) throws NoiseException {
        expect(false);
        if (length < overhead(done)) {
            throw new NoiseException(new NoiseFailure.Malformed(
                    "it has " + length + " bytes, fewer than the " + overhead(done) + " of its keys and tags"));
        }
        int at = 0;
        if (done < 2) {
            remoteEphemeral = Arrays.copyOf(message, KEY);
            symmetric.mixHash(message, 0, KEY);
            at = KEY;
        }
        if (done == 1) {
            mixKey(ephemeral, remoteEphemeral);
        }
        if (done > 0) {
            remoteStatic = symmetric.decryptAndHash(message, at, SEALED_KEY);
            at += SEALED_KEY;
            mixKey(ephemeral, remoteStatic);
        }
        byte[] payload = symmetric.decryptAndHash(message, at, length - at);
        done++;
        return payload;
    }

    /** The keys of the transport phase, after the last message; all others are zeroed. */
    SymmetricState.Split split() {
        if (done != MESSAGES) {
            throw new IllegalStateException("the handshake is not over");
        }
        SymmetricState.Split split = symmetric.split();
        destroy();
        return split;
    }

    /** The other side's static key, once it came. */
    byte[] remoteStatic() {
        return remoteStatic;
    }

    /** Our static public key. */
    byte[] localStatic() {
        return ours.publicKey();
    }

    /** A copy of the transcript hash; unique to this handshake after the last message (Noise, section 11.2). */
    byte[] handshakeHash() {
        return symmetric.handshakeHash();
    }

    /** Zeroes all private keys. */
    void destroy() {
        ours.destroy();
        ephemeral.destroy();
        symmetric.destroy();
    }

    private void mixKey(X25519KeyPair pair, byte[] theirs) throws NoiseException {
        byte[] secret = pair.agree(theirs);
        symmetric.mixKey(secret);
        Arrays.fill(secret, (byte) 0);
    }

    private void expect(boolean write) {
        if (done == MESSAGES || writesNext() != write) {
            throw new IllegalStateException("handshake message " + (done + 1) + " is not to be "
                    + (write ? "written" : "read") + " by this side now");
        }
    }
}
