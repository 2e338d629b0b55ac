package dev.dunlin.core.keys;

import java.math.BigInteger;
import java.security.SecureRandom;

/** secp256k1: a public key is a compressed point of 33 bytes, a private key a scalar of 32. */
final class Secp256k1Keys {

    private Secp256k1Keys() {}

    static Verifier verifier(byte[] data) {
        if (data.length != Curve.COMPRESSED_BYTES) {
            throw KeyException.size(
                    "a secp256k1 public key has " + Curve.COMPRESSED_BYTES + " bytes, not " + data.length);
        }
        return Curve.SECP256K1.verifier(Curve.SECP256K1.point(data));
    }

    static KeyPair read(byte[] data) {
        if (data.length != Curve.SCALAR_BYTES) {
            throw KeyException.size("a secp256k1 private key has " + Curve.SCALAR_BYTES + " bytes, not " + data.length);
        }
        return of(Curve.SECP256K1.scalar(data));
    }

    static KeyPair generate(SecureRandom random) {
        return of(Curve.SECP256K1.generate(random));
    }

    private static KeyPair of(BigInteger scalar) {
        return new KeyPair(
                Curve.toBytes(scalar),
                Curve.SECP256K1.pointOf(scalar).getEncoded(true),
                Curve.SECP256K1.signer(scalar));
    }
}
