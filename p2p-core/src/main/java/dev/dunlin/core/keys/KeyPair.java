package dev.dunlin.core.keys;

/**
 * What a private key's data decodes to; no record, so that nothing prints it.
 *
 * <p>The two arrays are not copied: whoever makes a pair gives them away.
 */
final class KeyPair {

    /** The private data in its canonical form. */
    final byte[] privateData;

    /** The public data in its canonical form. */
    final byte[] publicData;

    final Signer signer;

    KeyPair(byte[] privateData, byte[] publicData, Signer signer) {
        this.privateData = privateData;
        this.publicData = publicData;
        this.signer = signer;
    }
}
