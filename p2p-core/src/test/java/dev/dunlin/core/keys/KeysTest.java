package dev.dunlin.core.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class KeysTest {

    private static final byte[] MESSAGE = "all work and no play".getBytes(StandardCharsets.US_ASCII);

    static byte[] published(KeyType type, String part) {
        Properties vectors = new Properties();
        try (InputStream file =
                Objects.requireNonNull(KeysTest.class.getResourceAsStream("keys.properties"), "keys.properties")) {
            vectors.load(file);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
        String name = type.name().toLowerCase(Locale.ROOT) + "." + part;
        return HexFormat.of().parseHex(Objects.requireNonNull(vectors.getProperty(name), name));
    }

    static PrivateKey publishedKey(KeyType type) {
        return PrivateKey.fromProtobuf(published(type, "private"));
    }

    /** The vectors of libp2p/specs peer-ids/peer-ids.md. */
    @ParameterizedTest
    @EnumSource
    void publishedKeys(KeyType type) {
        PrivateKey key = publishedKey(type);
        assertThat(key.type()).isEqualTo(type);
        assertThat(key.toProtobuf()).isEqualTo(published(type, "private"));
        assertThat(key.publicKey().toProtobuf()).isEqualTo(published(type, "public"));
        PublicKey publicKey = PublicKey.fromProtobuf(published(type, "public"));
        assertThat(publicKey).isEqualTo(key.publicKey()).hasSameHashCodeAs(key.publicKey());
        assertThat(publicKey.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"RSA, Qm", "ED25519, 12D3KooW", "SECP256K1, 16Uiu2HA", "ECDSA, Qm"})
    void peerIds(KeyType type, String beginning) {
        PublicKey key = publishedKey(type).publicKey();
        PeerId id = key.peerId();
        assertThat(id.toString()).startsWith(beginning);
        boolean inline = type == KeyType.ED25519 || type == KeyType.SECP256K1;
        assertThat(PublicKey.in(id).isPresent()).isEqualTo(inline);
        assertThat(PublicKey.in(id).orElse(key)).isEqualTo(key);
    }

    @ParameterizedTest
    @EnumSource
    void generatedKeys(KeyType type) {
        PrivateKey key = PrivateKey.generate(type, new SecureRandom());
        byte[] signature = key.sign(MESSAGE);
        assertThat(key.sign(MESSAGE)).isEqualTo(signature);
        PrivateKey again = PrivateKey.fromProtobuf(key.toProtobuf());
        assertThat(again.toProtobuf()).isEqualTo(key.toProtobuf());
        assertThat(again.sign(MESSAGE)).isEqualTo(signature);
        PublicKey publicKey = PublicKey.fromProtobuf(key.publicKey().toProtobuf());
        assertThat(publicKey).isEqualTo(key.publicKey()).isEqualByComparingTo(key.publicKey());
        assertThat(digest(publicKey)).isEqualTo(digest(key.publicKey()));
        assertThat(publicKey.verify(MESSAGE, signature)).isTrue();
        assertThat(publicKey.verify(new byte[0], signature)).isFalse();
        assertThat(PrivateKey.generate(type, new SecureRandom()).publicKey()).isNotEqualTo(publicKey);
    }

    private static Object digest(PublicKey key) {
        Hasher hasher = new Hasher();
        key.feed(hasher);
        return hasher.finish();
    }

    @ParameterizedTest
    @EnumSource
    void aChangedSignatureIsNone(KeyType type) {
        PrivateKey key = publishedKey(type);
        byte[] signature = key.sign(MESSAGE);
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(key.publicKey().verify(MESSAGE, changed)).isFalse();
            assertThat(key.publicKey().verify(MESSAGE, Arrays.copyOf(signature, i)))
                    .isFalse();
        }
        assertThat(key.publicKey().verify(MESSAGE, Arrays.copyOf(signature, signature.length + 1)))
                .isFalse();
        assertThat(key.publicKey().verify(MESSAGE, new byte[100_000])).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureOfAnotherTypeIsNone(KeyType type) {
        for (KeyType other : KeyType.values()) {
            boolean same = other == type;
            assertThat(publishedKey(type)
                            .publicKey()
                            .verify(MESSAGE, publishedKey(other).sign(MESSAGE)))
                    .isEqualTo(same);
        }
    }

    @Property(tries = 200)
    void bytesAreNoSignature(@ForAll KeyType type, @ForAll @Size(max = 80) byte[] bytes) {
        assertThat(publishedKey(type).publicKey().verify(MESSAGE, bytes)).isFalse();
    }

    /** RFC 8032 section 7.1, test 2. */
    @Test
    void ed25519OfTheRfc() {
        PublicKey key = PublicKey.of(
                KeyType.ED25519,
                HexFormat.of().parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
        PrivateKey privateKey = PrivateKey.fromProtobuf(HexFormat.of()
                .parseHex("08011240" + "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
                        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
        byte[] signature = HexFormat.of()
                .parseHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        assertThat(privateKey.publicKey()).isEqualTo(key);
        assertThat(privateKey.sign(new byte[] {0x72})).isEqualTo(signature);
        assertThat(key.verify(new byte[] {0x72}, signature)).isTrue();
    }

    /** RFC 6979 appendix A.2.5: P-256 with SHA-256, message "sample". */
    @Test
    void ecdsaOfTheRfc() {
        String scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
        String point = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
        PrivateKey key = PrivateKey.fromProtobuf(HexFormat.of()
                .parseHex("08031279" + "30770201010420" + scalar + "a00a06082a8648ce3d030107a14403420004" + point));
        byte[] signature = key.sign("sample".getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(signature))
                .contains("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716")
                .endsWith("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    }

    @Test
    void theOldFormOfAnEd25519KeyIsRead() {
        byte[] key = published(KeyType.ED25519, "private");
        byte[] publicPart = Arrays.copyOfRange(key, key.length - 32, key.length);
        byte[] old = Der.join(new byte[] {8, 1, 18, 96}, Arrays.copyOfRange(key, 4, key.length), publicPart);
        assertThat(PrivateKey.fromProtobuf(old).toProtobuf()).isEqualTo(key);
        old[old.length - 1] ^= 1;
        refusedPrivate(KeyException.Reason.INCONSISTENT, old);
        old[old.length - 1] ^= 1;
        old[old.length - 33] ^= 1;
        refusedPrivate(KeyException.Reason.INCONSISTENT, old);
    }

    @Test
    void thePublicPartMustBeThePrivateOnes() {
        for (KeyType type : new KeyType[] {KeyType.ED25519, KeyType.ECDSA}) {
            byte[] key = published(type, "private");
            key[key.length - 1] ^= 1;
            refusedPrivate(KeyException.Reason.INCONSISTENT, key);
        }
    }

    @Test
    void scalarsMustBeInRange() {
        byte[] order = HexFormat.of().parseHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        refusedPrivate(KeyException.Reason.INCONSISTENT, Der.join(new byte[] {8, 2, 18, 32}, new byte[32]));
        refusedPrivate(KeyException.Reason.INCONSISTENT, Der.join(new byte[] {8, 2, 18, 32}, order));
        order[31]--;
        assertThat(PrivateKey.fromProtobuf(Der.join(new byte[] {8, 2, 18, 32}, order))
                        .type())
                .isEqualTo(KeyType.SECP256K1);
        refusedPrivate(KeyException.Reason.SIZE, Der.join(new byte[] {8, 2, 18, 31}, new byte[31]));
    }

    static void refusedPrivate(KeyException.Reason reason, byte[] protobuf) {
        assertThatThrownBy(() -> PrivateKey.fromProtobuf(protobuf))
                .isInstanceOfSatisfying(
                        KeyException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    void pointsMustBeOnTheirCurve() {
        byte[] compressed = publishedKey(KeyType.SECP256K1).publicKey().data().toArray();
        // x = 5 is no abscissa of secp256k1.
        byte[] off = new byte[33];
        off[0] = 2;
        off[32] = 5;
        refusedPublic(KeyException.Reason.INCONSISTENT, KeyType.SECP256K1, off);
        compressed[0] = 4;
        refusedPublic(KeyException.Reason.INCONSISTENT, KeyType.SECP256K1, compressed);
        refusedPublic(KeyException.Reason.SIZE, KeyType.SECP256K1, new byte[1]);
        refusedPublic(KeyException.Reason.SIZE, KeyType.SECP256K1, new byte[65]);
        refusedPublic(KeyException.Reason.SIZE, KeyType.ED25519, new byte[31]);
        refusedPublic(KeyException.Reason.SIZE, KeyType.ED25519, new byte[33]);
        byte[] info = publishedKey(KeyType.ECDSA).publicKey().data().toArray();
        info[info.length - 1] ^= 1;
        refusedPublic(KeyException.Reason.INCONSISTENT, KeyType.ECDSA, info);
        refusedPublic(KeyException.Reason.MALFORMED, KeyType.ECDSA, Arrays.copyOf(info, info.length + 1));
        refusedPublic(KeyException.Reason.SIZE, KeyType.RSA, new byte[PublicKey.MAX_PROTOBUF + 1]);
    }

    static void refusedPublic(KeyException.Reason reason, KeyType type, byte[] data) {
        assertThatThrownBy(() -> PublicKey.of(type, data))
                .isInstanceOfSatisfying(
                        KeyException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    /** Bytes that are no point of the curve verify nothing and throw nothing. */
    @Property
    void anyEd25519KeyIsReadAndVerifiesNothing(@ForAll @Size(32) byte[] key, @ForAll @Size(64) byte[] signature) {
        assertThat(PublicKey.of(KeyType.ED25519, key).verify(MESSAGE, signature))
                .isFalse();
    }

    @Test
    void anEd25519KeyOfSmallOrderVerifiesNothing() {
        byte[] neutral = new byte[32];
        neutral[0] = 1;
        byte[] forged = Arrays.copyOf(neutral, 64);
        assertThat(PublicKey.of(KeyType.ED25519, neutral).verify(MESSAGE, forged))
                .isFalse();
        assertThat(PublicKey.of(KeyType.ED25519, new byte[32]).verify(MESSAGE, forged))
                .isFalse();
    }

    /** As in Bitcoin, the lower of two values is signed; both verify, as in go-libp2p. */
    @Test
    void secp256k1SignsWithTheLowerS() {
        BigInteger order = new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
        PrivateKey key = publishedKey(KeyType.SECP256K1);
        for (byte i = 0; i < 40; i++) {
            byte[] message = {i};
            Der numbers = Der.of(key.sign(message)).sequence();
            BigInteger r = numbers.unsigned(256);
            BigInteger s = numbers.unsigned(256);
            assertThat(s).isLessThanOrEqualTo(order.shiftRight(1));
            byte[] higher = Der.writeSequence(Der.writeInteger(r), Der.writeInteger(order.subtract(s)));
            assertThat(key.publicKey().verify(message, higher)).isTrue();
            byte[] over = Der.writeSequence(Der.writeInteger(r), Der.writeInteger(s.add(order)));
            assertThat(key.publicKey().verify(message, over)).isFalse();
        }
    }

    /** Bytes of any other shape are no key: the protobuf of all four types, with each of its bytes changed or cut. */
    @ParameterizedTest
    @EnumSource
    void aChangedKeyIsAnotherOrRefused(KeyType type) {
        byte[] key = published(type, "public");
        for (int i = 0; i < key.length; i++) {
            byte[] changed = key.clone();
            changed[i] ^= (byte) 0x81;
            readOrRefused(changed);
            readOrRefused(Arrays.copyOf(key, i));
        }
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 80) byte[] bytes) {
        readOrRefused(bytes);
        try {
            assertThat(PrivateKey.fromProtobuf(bytes)).isNotNull();
        } catch (KeyException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }

    @Property
    void anyDataIsReadOrRefused(@ForAll KeyType type, @ForAll @Size(max = 100) byte[] data) {
        readOrRefused(Der.join(new byte[] {8, (byte) type.ordinal(), 18, (byte) data.length}, data));
    }

    private static void readOrRefused(byte[] bytes) {
        try {
            PublicKey key = PublicKey.fromProtobuf(bytes);
            assertThat(PublicKey.fromProtobuf(key.toProtobuf())).isEqualTo(key);
        } catch (KeyException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }

    @Test
    void aProtobufThatIsNotCanonicalGivesTheCanonicalKey() {
        byte[] key = published(KeyType.ED25519, "public");
        byte[] data = Arrays.copyOfRange(key, 2, key.length);
        // An unknown field 3, the fields in the other order, a type of two bytes.
        byte[] odd = Der.join(new byte[] {0x18, 9}, data, new byte[] {8, (byte) 0x81, 0});
        PublicKey read = PublicKey.fromProtobuf(odd);
        assertThat(read.toProtobuf()).isEqualTo(key);
        assertThat(read.peerId()).isEqualTo(PeerId.ofPublicKey(key));
        // As a peer id such bytes would be a second name for the key.
        assertThatThrownBy(() -> PublicKey.in(PeerId.ofPublicKey(odd)))
                .isInstanceOf(KeyException.class)
                .hasMessageContaining("canonical");
    }

    @Test
    void unknownTypesAndMissingFieldsAreRefused() {
        byte[] data = Arrays.copyOfRange(published(KeyType.ED25519, "public"), 2, 36);
        for (byte[] bad : new byte[][] {
            Der.join(new byte[] {8, 4}, data), data, new byte[] {8, 1}, new byte[0], new byte[] {18, (byte) 0xFF, 0x7F}
        }) {
            assertThatThrownBy(() -> PublicKey.fromProtobuf(bad)).isInstanceOf(KeyException.class);
            assertThatThrownBy(() -> PrivateKey.fromProtobuf(bad)).isInstanceOf(KeyException.class);
        }
        assertThatThrownBy(() -> PublicKey.fromProtobuf(new byte[PublicKey.MAX_PROTOBUF + 1]))
                .hasMessageContaining("at most 2048");
        assertThatThrownBy(() -> PrivateKey.fromProtobuf(new byte[PrivateKey.MAX_PROTOBUF + 1]))
                .hasMessageContaining("at most 8192");
        assertThatThrownBy(() -> PublicKey.in(PeerId.ofPublicKey(new byte[] {1})))
                .isInstanceOf(KeyException.class);
    }

    /** What a private key prints, and what a codec finds in it, has nothing of the key. */
    @ParameterizedTest
    @EnumSource
    void aPrivateKeyTellsNothing(KeyType type) {
        PrivateKey key = publishedKey(type);
        assertThat(key).hasToString("private key of " + key.publicKey());
        assertThat(key).isNotEqualTo(publishedKey(type)).isNotInstanceOf(Serializable.class);
        ObjectMapper json = JsonMapper.builder().build();
        String written;
        try {
            written = json.writeValueAsString(key);
        } catch (JacksonException refused) {
            return;
        }
        assertThat(written).isEqualTo("{}");
    }
}
