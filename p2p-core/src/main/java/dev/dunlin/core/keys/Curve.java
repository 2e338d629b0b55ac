package dev.dunlin.core.keys;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/**
 * ECDSA with SHA-256 over a curve of 256 bits, by Bouncy Castle. Nonces are those of RFC 6979, signatures strict DER;
 * either of the two signatures that differ in the sign of s is valid, as in go-libp2p.
 */
enum Curve {
    /** Signs with the lower s, as Bitcoin's rules have it: the only one that some libraries accept. */
    SECP256K1("secp256k1", true),
    P256("P-256", false);

    static final int SCALAR_BYTES = 32;
    static final int COMPRESSED_BYTES = 1 + SCALAR_BYTES;
    static final int UNCOMPRESSED_BYTES = 1 + 2 * SCALAR_BYTES;

    /** A sequence of two integers of 33 bytes each with their heads. */
    private static final int MAX_SIGNATURE_BYTES = 72;

    private final String label;
    private final boolean lowS;
    private final ECDomainParameters domain;

    Curve(String label, boolean lowS) {
        this.label = label;
        this.lowS = lowS;
        X9ECParameters parameters = CustomNamedCurves.getByName(label);
        this.domain = new ECDomainParameters(parameters);
    }

    /** Reads a point in either form of SEC 1 by its first byte; never the point at infinity. */
    ECPoint point(byte[] encoded) {
        ECPoint point;
        try {
            point = domain.getCurve().decodePoint(encoded);
        } catch (IllegalArgumentException off) {
            throw KeyException.inconsistent("the public key is no point of " + label);
        }
        if (point.isInfinity()) {
            throw KeyException.inconsistent("the public key is the point at infinity of " + label);
        }
        return point;
    }

    /** Reads a private scalar of 32 bytes. */
    BigInteger scalar(byte[] bytes) {
        BigInteger scalar = new BigInteger(1, bytes);
        if (scalar.signum() == 0 || scalar.compareTo(domain.getN()) >= 0) {
            throw KeyException.inconsistent("the private key is not between 1 and the order of " + label);
        }
        return scalar;
    }

    BigInteger generate(SecureRandom random) {
        byte[] bytes = new byte[SCALAR_BYTES];
        while (true) {
            random.nextBytes(bytes);
            BigInteger scalar = new BigInteger(1, bytes);
            if (scalar.signum() > 0 && scalar.compareTo(domain.getN()) < 0) {
                return scalar;
            }
        }
    }

    ECPoint pointOf(BigInteger scalar) {
        return domain.getG().multiply(scalar).normalize();
    }

    static byte[] toBytes(BigInteger scalar) {
        byte[] number = scalar.toByteArray();
        byte[] bytes = new byte[SCALAR_BYTES];
        int length = Math.min(number.length, SCALAR_BYTES);
        System.arraycopy(number, number.length - length, bytes, SCALAR_BYTES - length, length);
        return bytes;
    }

    Verifier verifier(ECPoint point) {
        ECPublicKeyParameters key = new ECPublicKeyParameters(point, domain);
        return (message, signature) -> verify(key, message, signature);
    }

    private boolean verify(ECPublicKeyParameters key, byte[] message, byte[] signature) {
        if (signature.length > MAX_SIGNATURE_BYTES) {
            return false;
        }
        BigInteger r;
        BigInteger s;
        try {
            Der der = Der.of(signature);
            Der sequence = der.sequence();
            der.expectEnd();
            r = sequence.unsigned(SCALAR_BYTES * Byte.SIZE);
            s = sequence.unsigned(SCALAR_BYTES * Byte.SIZE);
            sequence.expectEnd();
        } catch (KeyException malformed) {
            return false;
        }
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(false, key);
        return verifier.verifySignature(hash(message), r, s);
    }

    Signer signer(BigInteger scalar) {
        ECPrivateKeyParameters key = new ECPrivateKeyParameters(scalar, domain);
        return message -> {
            ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
            signer.init(true, key);
            BigInteger[] signature = signer.generateSignature(hash(message));
            BigInteger s = signature[1];
            if (lowS && s.compareTo(domain.getN().shiftRight(1)) > 0) {
                s = domain.getN().subtract(s);
            }
            return Der.writeSequence(Der.writeInteger(signature[0]), Der.writeInteger(s));
        };
    }

    private static byte[] hash(byte[] message) {
        SHA256Digest digest = new SHA256Digest();
        digest.update(message, 0, message.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return hash;
    }
}
