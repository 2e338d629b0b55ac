package dev.dunlin.connection.noise;

/** Makes frames that our own sender never makes, under a key that its receiver has. */
final class Sealer {

    private static final byte[] KEY = new byte[32];

    private final CipherState cipher;
    private final long nonce;

    Sealer() {
        this(0);
    }

    /** Both ends begin at this nonce. */
    Sealer(long nonce) {
        this.nonce = nonce;
        this.cipher = new CipherState(KEY, nonce);
    }

    byte[] seal(byte[] plain) throws NoiseException {
        byte[] body = new byte[plain.length + CipherState.TAG];
        cipher.encrypt(new byte[0], plain, 0, plain.length, body, 0);
        return NoisePeers.frame(body);
    }

    /** Receives what this seals, and sends under the same key. */
    NoiseTransport receiver(NoiseLimits limits) {
        return receiver(limits, new FrameBuffers(4));
    }

    /** The same, with memory for split frames from there. */
    NoiseTransport receiver(NoiseLimits limits, FrameBuffers buffers) {
        return new NoiseTransport(new CipherState(KEY, nonce), new CipherState(KEY, nonce), limits, buffers);
    }
}
