package dev.dunlin.core.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.HexFormat;

/**
 * RSA with PKCS#1 v1.5 and SHA-256 by the JDK. A public key is a SubjectPublicKeyInfo, a private key an RSAPrivateKey
 * of PKCS#1 (RFC 8017 appendix A.1), both strict DER. The size is checked on the DER before any arithmetic: keys of
 * many thousand bits were an attack on libp2p nodes (CVE-2023-39533).
 */
final class RsaKeys {

    static final int MIN_BITS = 2048;
    static final int MAX_BITS = 8192;

    private static final int GENERATED_BITS = 2048;
    private static final int MAX_EXPONENT_BITS = 31;

    /** The algorithm identifier: rsaEncryption, null. */
    private static final byte[] ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    private static final byte[] VERSION_TWO_PRIMES = {2, 1, 0};

    private static final String SIGNATURE = "SHA256withRSA";

    private RsaKeys() {}

    static Verifier verifier(byte[] data) {
        Der der = Der.of(data);
        Der info = der.sequence();
        der.expectEnd();
        info.expect(ALGORITHM, "that the key is of RSA");
        Der bits = info.bitString();
        info.expectEnd();
        Der numbers = bits.sequence();
        bits.expectEnd();
        BigInteger modulus = modulus(numbers);
        BigInteger exponent = exponent(numbers);
        numbers.expectEnd();
        try {
            java.security.PublicKey key =
                    KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
            return (message, signature) -> verify(key, message, signature);
        } catch (GeneralSecurityException refused) {
            throw KeyException.inconsistent("the RSA public key is refused: its numbers make no key");
        }
    }

    private static boolean verify(java.security.PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(SIGNATURE);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException noSignature) {
            return false;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java runtime cannot verify " + SIGNATURE, broken);
        }
    }

    private static BigInteger modulus(Der numbers) {
        BigInteger modulus = numbers.unsigned(MAX_BITS);
        if (modulus.bitLength() < MIN_BITS) {
            throw KeyException.size(
                    "an RSA key has " + MIN_BITS + " to " + MAX_BITS + " bits, not " + modulus.bitLength());
        }
        if (!modulus.testBit(0)) {
            throw KeyException.inconsistent("the RSA modulus is even");
        }
        return modulus;
    }

    private static BigInteger exponent(Der numbers) {
        BigInteger exponent = numbers.unsigned(MAX_EXPONENT_BITS);
        if (exponent.bitLength() < 2 || !exponent.testBit(0)) {
            throw KeyException.inconsistent("the public exponent of an RSA key is odd and at least 3");
        }
        return exponent;
    }

    static KeyPair read(byte[] data) {
        Der der = Der.of(data);
        Der numbers = der.sequence();
        der.expectEnd();
        numbers.expect(VERSION_TWO_PRIMES, "that the RSA private key has two primes");
        BigInteger n = modulus(numbers);
        BigInteger e = exponent(numbers);
        BigInteger d = numbers.unsigned(MAX_BITS);
        BigInteger p = numbers.unsigned(MAX_BITS);
        BigInteger q = numbers.unsigned(MAX_BITS);
        BigInteger dp = numbers.unsigned(MAX_BITS);
        BigInteger dq = numbers.unsigned(MAX_BITS);
        BigInteger inverse = numbers.unsigned(MAX_BITS);
        numbers.expectEnd();
        checkNumbers(n, e, d, p, q, dp, dq, inverse);
        return pair(data.clone(), n, e, new RSAPrivateCrtKeySpec(n, e, d, p, q, dp, dq, inverse));
    }

    /** That the eight numbers belong together: a fault in one of them would make signatures that give the key away. */
    private static void checkNumbers(
            BigInteger n,
            BigInteger e,
            BigInteger d,
            BigInteger p,
            BigInteger q,
            BigInteger dp,
            BigInteger dq,
            BigInteger inverse) {
        BigInteger one = BigInteger.ONE;
        boolean primesFit =
                p.compareTo(one) > 0 && q.compareTo(one) > 0 && p.multiply(q).equals(n);
        if (!primesFit
                || !e.multiply(d).mod(p.subtract(one)).equals(one)
                || !e.multiply(d).mod(q.subtract(one)).equals(one)
                || !dp.equals(d.mod(p.subtract(one)))
                || !dq.equals(d.mod(q.subtract(one)))
                || inverse.compareTo(p) >= 0
                || !inverse.multiply(q).mod(p).equals(one)) {
            throw KeyException.inconsistent("the numbers of the RSA private key do not belong together");
        }
    }

    static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(GENERATED_BITS, random);
            if (!(generator.generateKeyPair().getPrivate() instanceof RSAPrivateCrtKey key)) {
                throw new IllegalStateException("this Java runtime makes RSA keys without their primes");
            }
            byte[] data = Der.writeSequence(
                    VERSION_TWO_PRIMES,
                    Der.writeInteger(key.getModulus()),
                    Der.writeInteger(key.getPublicExponent()),
                    Der.writeInteger(key.getPrivateExponent()),
                    Der.writeInteger(key.getPrimeP()),
                    Der.writeInteger(key.getPrimeQ()),
                    Der.writeInteger(key.getPrimeExponentP()),
                    Der.writeInteger(key.getPrimeExponentQ()),
                    Der.writeInteger(key.getCrtCoefficient()));
            return read(data);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java runtime cannot make RSA keys", broken);
        }
    }

    private static KeyPair pair(byte[] data, BigInteger n, BigInteger e, RSAPrivateCrtKeySpec numbers) {
        byte[] publicData = Der.writeSequence(
                ALGORITHM, Der.writeBitString(Der.writeSequence(Der.writeInteger(n), Der.writeInteger(e))));
        try {
            java.security.PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(numbers);
            return new KeyPair(data, publicData, message -> sign(key, message));
        } catch (GeneralSecurityException refused) {
            throw KeyException.inconsistent("the RSA private key is refused: its numbers make no key");
        }
    }

    private static byte[] sign(java.security.PrivateKey key, byte[] message) {
        try {
            Signature signer = Signature.getInstance(SIGNATURE);
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java runtime cannot sign " + SIGNATURE, broken);
        }
    }
}
