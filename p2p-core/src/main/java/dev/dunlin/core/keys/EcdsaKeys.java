package dev.dunlin.core.keys;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * ECDSA over P-256. Both DER forms have fixed lengths, so they are compared with their one canonical shape: a public
 * key is a SubjectPublicKeyInfo (RFC 5480), a private key an ECPrivateKey (RFC 5915) with curve and public key.
 */
final class EcdsaKeys {

    private static final byte[] PUBLIC_HEAD =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    private static final byte[] PRIVATE_HEAD = HexFormat.of().parseHex("30770201010420");
    private static final byte[] PRIVATE_MIDDLE = HexFormat.of().parseHex("a00a06082a8648ce3d030107a144034200");
    private static final byte[] UNCOMPRESSED = {4};

    private static final int PUBLIC_BYTES = PUBLIC_HEAD.length + Curve.UNCOMPRESSED_BYTES;
    private static final int SCALAR_END = PRIVATE_HEAD.length + Curve.SCALAR_BYTES;
    private static final int PRIVATE_POINT = SCALAR_END + PRIVATE_MIDDLE.length;
    private static final int PRIVATE_BYTES = PRIVATE_POINT + Curve.UNCOMPRESSED_BYTES;

    private EcdsaKeys() {}

    static Verifier verifier(byte[] data) {
        if (data.length != PUBLIC_BYTES
                || !hasAt(data, 0, PUBLIC_HEAD)
                || !hasAt(data, PUBLIC_HEAD.length, UNCOMPRESSED)) {
            throw KeyException.malformed(
                    "an ECDSA public key is a SubjectPublicKeyInfo with an uncompressed point of P-256");
        }
        byte[] point = Arrays.copyOfRange(data, PUBLIC_HEAD.length, data.length);
        return Curve.P256.verifier(Curve.P256.point(point));
    }

    static KeyPair read(byte[] data) {
        if (data.length != PRIVATE_BYTES || !hasAt(data, 0, PRIVATE_HEAD) || !hasAt(data, SCALAR_END, PRIVATE_MIDDLE)) {
            throw KeyException.malformed("an ECDSA private key is an ECPrivateKey of P-256 with its public key");
        }
        KeyPair pair = of(Curve.P256.scalar(Arrays.copyOfRange(data, PRIVATE_HEAD.length, SCALAR_END)));
        if (!Arrays.equals(pair.privateData, data)) {
            throw KeyException.inconsistent("the public part of the ECDSA private key is not that of its scalar");
        }
        return pair;
    }

    static KeyPair generate(SecureRandom random) {
        return of(Curve.P256.generate(random));
    }

    private static KeyPair of(BigInteger scalar) {
        byte[] point = Curve.P256.pointOf(scalar).getEncoded(false);
        return new KeyPair(
                Der.join(PRIVATE_HEAD, Curve.toBytes(scalar), PRIVATE_MIDDLE, point),
                Der.join(PUBLIC_HEAD, point),
                Curve.P256.signer(scalar));
    }

    /** Whether the bytes are there from a place on. */
    private static boolean hasAt(byte[] bytes, int at, byte[] expected) {
        return at + expected.length <= bytes.length
                && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
    }
}
