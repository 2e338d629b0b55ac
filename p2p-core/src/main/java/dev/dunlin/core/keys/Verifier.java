package dev.dunlin.core.keys;

/** A public key, decoded and checked. Never throws: what is no signature is no valid signature. */
@FunctionalInterface
interface Verifier {

    boolean verify(byte[] message, byte[] signature);
}
