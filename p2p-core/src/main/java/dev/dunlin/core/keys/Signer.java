package dev.dunlin.core.keys;

/** A private key, decoded and checked. The same message gives the same signature. */
@FunctionalInterface
interface Signer {

    byte[] sign(byte[] message);
}
