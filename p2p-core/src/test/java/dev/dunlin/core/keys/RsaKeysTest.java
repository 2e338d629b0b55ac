package dev.dunlin.core.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile RSA keys: sizes, and DER that is not strict. */
class RsaKeysTest {

    private static final byte[] ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

    /** A number of so many bits, odd; no key, but that is not looked at. */
    private static BigInteger modulus(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static byte[] info(BigInteger modulus, BigInteger exponent) {
        return Der.writeSequence(
                ALGORITHM,
                Der.writeBitString(Der.writeSequence(Der.writeInteger(modulus), Der.writeInteger(exponent))));
    }

    @ParameterizedTest
    @ValueSource(ints = {2048, 3072, 4096, 8192})
    void sizesThatAreRead(int bits) {
        byte[] data = info(modulus(bits), EXPONENT);
        PublicKey key = PublicKey.of(KeyType.RSA, data);
        assertThat(PublicKey.fromProtobuf(key.toProtobuf())).isEqualTo(key);
        assertThat(key.verify(new byte[1], new byte[bits / 8])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 512, 1024, 2047, 8193, 8200, 12000, 16384, 65536})
    void sizesThatAreRefused(int bits) {
        KeysTest.refusedPublic(KeyException.Reason.SIZE, KeyType.RSA, info(modulus(bits), EXPONENT));
    }

    @Test
    void exponentsAndModuliThatAreRefused() {
        BigInteger modulus = modulus(2048);
        for (int exponent : new int[] {0, 1, 2, 65536}) {
            KeysTest.refusedPublic(
                    KeyException.Reason.INCONSISTENT, KeyType.RSA, info(modulus, BigInteger.valueOf(exponent)));
        }
        KeysTest.refusedPublic(
                KeyException.Reason.SIZE,
                KeyType.RSA,
                info(modulus, BigInteger.ONE.shiftLeft(31).add(BigInteger.ONE)));
        KeysTest.refusedPublic(KeyException.Reason.SIZE, KeyType.RSA, info(modulus, modulus));
        KeysTest.refusedPublic(
                KeyException.Reason.INCONSISTENT, KeyType.RSA, info(modulus.subtract(BigInteger.ONE), EXPONENT));
        KeysTest.refusedPublic(KeyException.Reason.MALFORMED, KeyType.RSA, info(modulus.negate(), EXPONENT));
    }

    @Test
    void onlyStrictDerIsRead() {
        byte[] good = info(modulus(2048), EXPONENT);
        assertThat(PublicKey.of(KeyType.RSA, good).type()).isEqualTo(KeyType.RSA);
        byte[] content = Arrays.copyOfRange(good, 4, good.length);
        int length = content.length;
        byte[][] heads = {
            {0x30, (byte) 0x80}, // indefinite
            {0x30, (byte) 0x83, 0, (byte) (length >>> 8), (byte) length}, // not the shortest
            {0x30, (byte) 0x84, 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
            {0x30, (byte) 0xFF},
            {0x30, (byte) 0x82, (byte) 0xFF, (byte) 0xFF}, // more than is there
            {0x30, (byte) 0x82, (byte) (length >>> 8), (byte) (length + 1)},
            {0x30, (byte) 0x82, (byte) (length >>> 8), (byte) (length - 1)},
            {0x31, (byte) 0x82, (byte) (length >>> 8), (byte) length}, // a set
            {0x30}
        };
        for (byte[] head : heads) {
            KeysTest.refusedPublic(KeyException.Reason.MALFORMED, KeyType.RSA, Der.join(head, content));
        }
        KeysTest.refusedPublic(KeyException.Reason.MALFORMED, KeyType.RSA, Der.join(good, new byte[1]));
        KeysTest.refusedPublic(KeyException.Reason.MALFORMED, KeyType.RSA, new byte[0]);
        // Short lengths in long forms, and a modulus with a zero too many.
        byte[] modulus = Der.writeInteger(modulus(2048));
        byte[] wide =
                Der.join(new byte[] {2, (byte) 0x82, 1, 2, 0, 0}, modulus(2048).toByteArray());
        byte[] wideExponent = {2, (byte) 0x81, 3, 1, 0, 1};
        byte[] wordExponent = {2, (byte) 0x82, 0, 3, 1, 0, 1};
        byte[] padded = Arrays.copyOf(
                Der.join(new byte[] {2, (byte) 0x82, 1, 2, 0}, modulus(2048).toByteArray()), 262);
        for (byte[] numbers : new byte[][] {
            Der.join(wide, Der.writeInteger(EXPONENT)),
            Der.join(padded, Der.writeInteger(EXPONENT)),
            Der.join(modulus, wideExponent),
            Der.join(modulus, wordExponent),
            Der.join(modulus, new byte[] {2, 0}),
            Der.join(modulus, Der.writeInteger(EXPONENT), new byte[] {2, 1, 0}),
            modulus
        }) {
            KeysTest.refusedPublic(
                    KeyException.Reason.MALFORMED,
                    KeyType.RSA,
                    Der.writeSequence(ALGORITHM, Der.writeBitString(Der.writeSequence(numbers))));
        }
    }

    @Test
    void theBitStringIsOfWholeBytes() {
        byte[] numbers = Der.writeSequence(Der.writeInteger(modulus(2048)), Der.writeInteger(EXPONENT));
        byte[] bits = Der.writeBitString(numbers);
        bits[4] = 1;
        KeysTest.refusedPublic(KeyException.Reason.MALFORMED, KeyType.RSA, Der.writeSequence(ALGORITHM, bits));
        KeysTest.refusedPublic(
                KeyException.Reason.MALFORMED, KeyType.RSA, Der.writeSequence(ALGORITHM, new byte[] {3, 0}));
        KeysTest.refusedPublic(
                KeyException.Reason.MALFORMED,
                KeyType.RSA,
                Der.writeSequence(Der.writeSequence(), Der.writeBitString(numbers)));
    }

    @Test
    void theNumbersOfAPrivateKeyBelongTogether() {
        byte[] key = KeysTest.published(KeyType.RSA, "private");
        // The last byte of the last number, then one in each number in front of it.
        for (int back : new int[] {1, 300, 550, 800, 1100, 1500}) {
            byte[] changed = key.clone();
            changed[changed.length - back] ^= 2;
            assertThatThrownBy(() -> PrivateKey.fromProtobuf(changed))
                    .isInstanceOf(KeyException.class)
                    .hasMessageContaining("belong together");
        }
    }
}
