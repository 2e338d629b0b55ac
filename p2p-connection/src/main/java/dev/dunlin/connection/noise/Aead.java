package dev.dunlin.connection.noise;

import java.security.GeneralSecurityException;

/**
 * ChaCha20-Poly1305 (RFC 8439, section 2.8) under one key, with Noise's nonce: 32 zero bits and a counter, little-endian (Noise, section
 * 12.3). No nonce is used twice. Input and output may be the same place of one array, and must not overlap otherwise.
 */
interface Aead {

    /** Bytes of a tag. */
    int TAG = 16;

    /** Bytes of a nonce. */
    int NONCE = 12;

    /** Encrypts, and appends the tag; bytes written. */
    int seal(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException;

    /**
     * Decrypts what ends with its tag; bytes written.
     *
     * @throws javax.crypto.AEADBadTagException if the tag is wrong; nothing is written then
     */
    int open(long nonce, byte[] associated, byte[] in, int inAt, int length, byte[] out, int outAt)
            throws GeneralSecurityException;

    /** Writes a nonce. */
    static void nonce(long counter, byte[] to) {
        for (int i = 0; i < Long.BYTES; i++) {
            to[NONCE - Long.BYTES + i] = (byte) (counter >>> (8 * i));
        }
    }
}
