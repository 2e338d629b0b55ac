package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdTest {

    /** The examples of libp2p/specs peer-ids/peer-ids.md, and forms of one id in go-multiaddr's tests. */
    @ParameterizedTest
    @CsvSource({
        "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N, QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe, QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA, 12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
        "k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7, QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
        "k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs,"
                + " 12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
        "bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u,"
                + " 12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV"
    })
    void examples(String text, String canonical) {
        PeerId id = PeerId.parse(text);
        assertThat(id).hasToString(canonical).isEqualTo(PeerId.parse(canonical));
        assertThat(PeerId.parse(id.toCid().toString())).isEqualTo(id);
        assertThat(PeerId.parse(id.toCid().toString(Multibase.BASE36))).isEqualTo(id);
        assertThat(PeerId.fromBytes(id.toBytes())).isEqualTo(id);
        assertThat(id.inlineKey().isPresent()).isEqualTo(canonical.startsWith("1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "12D3KooW",
                "Qm",
                V0_IN_MULTIBASE,
                "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA", // a CID of raw content
                "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNK0",
                "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV ",
            })
    void refused(String text) {
        assertThatThrownBy(() -> PeerId.parse(text)).isInstanceOf(MultiformatException.class);
    }

    private static final String V0_IN_MULTIBASE = "zQmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";

    @Test
    void onlyTwoKindsOfHashNameAPeer() {
        byte[] digest = new byte[32];
        assertThat(PeerId.of(Multihash.of(0x12, digest))).isNotNull();
        assertThatThrownBy(() -> PeerId.of(Multihash.of(0x12, new byte[31]))).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> PeerId.of(Multihash.of(0x13, digest))).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> PeerId.of(Multihash.of(0x16, digest))).isInstanceOf(MultiformatException.class);
        assertThat(PeerId.of(Multihash.identity(new byte[PeerId.MAX_INLINE_KEY])))
                .isNotNull();
        assertThatThrownBy(() -> PeerId.of(Multihash.identity(new byte[PeerId.MAX_INLINE_KEY + 1])))
                .isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> PeerId.of(Multihash.identity(new byte[0]))).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> PeerId.parse("f".repeat(PeerId.MAX_TEXT + 1)))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("1 to 128");
    }

    @Property
    void anyKeyHasOneName(@ForAll @Size(min = 1, max = 80) byte[] key) {
        PeerId id = PeerId.ofPublicKey(key);
        if (key.length <= 42) {
            assertThat(id.toBytes()).startsWith(0, key.length);
            assertThat(id.inlineKey().orElseThrow().toArray()).isEqualTo(key);
        } else {
            assertThat(id.toBytes()).hasSize(34).startsWith(0x12, 0x20);
            assertThat(id.inlineKey()).isEmpty();
        }
        assertThat(PeerId.parse(id.toString())).isEqualTo(id).hasSameHashCodeAs(id);
        assertThat(PeerId.parse(id.toCid().toString(Multibase.BASE16))).isEqualTo(id);
    }

    @Property
    void orderIsThatOfTheUnsignedBytes(
            @ForAll @Size(min = 1, max = 50) byte[] one, @ForAll @Size(min = 1, max = 50) byte[] other) {
        PeerId a = PeerId.ofPublicKey(one);
        PeerId b = PeerId.ofPublicKey(other);
        assertThat(Integer.signum(a.compareTo(b)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(a.toBytes(), b.toBytes())));
        assertThat(a.equals(b)).isEqualTo(a.compareTo(b) == 0);
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 50) byte[] bytes) {
        try {
            assertThat(PeerId.fromBytes(bytes).toBytes()).isEqualTo(bytes);
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 60) String text) {
        try {
            assertThat(PeerId.parse(text)).isNotNull();
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }
}
