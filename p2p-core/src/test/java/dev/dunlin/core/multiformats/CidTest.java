package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Hasher;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {

    private static final String V0 = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";

    /** The example of the README of multiformats/cid. */
    @Test
    void readme() {
        String text = "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA";
        Cid cid = Cid.parse(text);
        assertThat(cid.version()).isEqualTo(1);
        assertThat(cid.codec()).isEqualTo(Multicodec.RAW.code());
        assertThat(cid.hash().is(Multicodec.SHA2_256)).isTrue();
        assertThat(HexFormat.of().formatHex(cid.hash().digest().toArray()))
                .isEqualTo("6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95");
        assertThat(cid.toString(Multibase.BASE58_BTC)).isEqualTo(text);
        assertThat(cid.toString()).startsWith("bafkrei");
    }

    @Test
    void version0() {
        Cid cid = Cid.parse(V0);
        assertThat(cid.version()).isZero();
        assertThat(cid.codec()).isEqualTo(Multicodec.DAG_PB.code());
        assertThat(cid).hasToString(V0);
        assertThat(cid.toBytes()).hasSize(34).startsWith(0x12, 0x20);
        assertThat(Cid.fromBytes(cid.toBytes())).isEqualTo(cid);
        assertThat(cid.toV1())
                .isEqualTo(Cid.v1(Multicodec.DAG_PB, cid.hash()))
                .isNotEqualTo(cid)
                .isGreaterThan(cid);
        assertThat(cid.toV1().toString()).startsWith("bafybei");
        assertThat(cid.toV1().toV1()).isEqualTo(cid.toV1());
        assertThatThrownBy(() -> cid.toString(Multibase.BASE32)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aVersion0IsInNoMultibase() {
        byte[] bytes = Cid.parse(V0).toBytes();
        for (Multibase base : Multibase.values()) {
            assertThatThrownBy(() -> Cid.parse(base.encode(bytes))).isInstanceOf(MultiformatException.class);
        }
        assertThatThrownBy(() -> Cid.v0(Multihash.identity(new byte[32]))).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Cid.v0(Multihash.of(0x12, new byte[31]))).isInstanceOf(MultiformatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "01", "0155", "015512", "02551200", "015512207f", "0155000000", "1220"})
    void refused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> Cid.fromBytes(bytes)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Cid.parse("f" + hex)).isInstanceOf(MultiformatException.class);
    }

    @Test
    void theTextIsLimited() {
        Cid longest = Cid.v1(Multicodec.JSON, Multihash.of(Long.MAX_VALUE, new byte[Multihash.MAX_DIGEST_BYTES]));
        assertThat(Cid.parse(longest.toString(Multibase.BASE16))).isEqualTo(longest);
        assertThatThrownBy(() -> Cid.parse("f" + "0".repeat(Cid.MAX_TEXT)))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("at most 512");
    }

    @ParameterizedTest
    @EnumSource
    void everyBaseReadsBack(Multibase base) {
        Cid cid = Cid.v1(Multicodec.DAG_CBOR, Multihash.sha512(new byte[] {1}));
        assertThat(Cid.parse(cid.toString(base))).isEqualTo(cid).hasSameHashCodeAs(cid);
    }

    @Test
    void codecsAreKnownByCode() {
        for (Multicodec codec : Multicodec.values()) {
            assertThat(Multicodec.ofCode(codec.code())).contains(codec);
            assertThat(codec.label()).matches("[a-z0-9-]+");
        }
        assertThat(Multicodec.ofCode(0x1f)).isEmpty();
    }

    @Property
    void whatIsReadIsWrittenTheSame(@ForAll @Size(max = 40) byte[] tail) {
        byte[] bytes = new byte[tail.length + 1];
        bytes[0] = 1;
        System.arraycopy(tail, 0, bytes, 1, tail.length);
        Cid cid;
        try {
            cid = Cid.fromBytes(bytes);
        } catch (MultiformatException refused) {
            return;
        }
        assertThat(cid.toBytes()).isEqualTo(bytes);
        assertThat(Cid.parse(cid.toString())).isEqualTo(cid);
        Hasher one = new Hasher();
        cid.feed(one);
        Hasher other = new Hasher();
        Cid.fromBytes(bytes).feed(other);
        assertThat(one.finish()).isEqualTo(other.finish());
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 60) String text) {
        try {
            assertThat(Cid.parse(text)).isNotNull();
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }
}
