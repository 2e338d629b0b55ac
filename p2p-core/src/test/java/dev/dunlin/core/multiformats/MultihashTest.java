package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Hasher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultihashTest {

    static List<String[]> published() {
        return Vectors.rows("multihash.csv");
    }

    /** Digests that are cut short are a prefix of the whole one; those of functions not computed here are carried. */
    @ParameterizedTest
    @MethodSource
    void published(String algorithm, int bits, String input, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        Multihash hash = Multihash.fromBytes(bytes);
        assertThat(hash.toBytes()).isEqualTo(bytes);
        assertThat(hash.size()).isEqualTo(bits / 8);
        assertThat(hash.digest().toArray()).isEqualTo(Arrays.copyOfRange(bytes, 2, bytes.length));
        assertThat(Multihash.parse(hash.toString())).isEqualTo(hash);
        byte[] content = input.getBytes(StandardCharsets.US_ASCII);
        switch (algorithm) {
            case "sha2-256" -> {
                assertThat(hash.is(Multicodec.SHA2_256)).isTrue();
                assertThat(Multihash.sha256(content).digest().toArray())
                        .startsWith(hash.digest().toArray());
            }
            case "sha2-512" -> {
                assertThat(hash.is(Multicodec.SHA2_512)).isTrue();
                assertThat(Multihash.sha512(content).digest().toArray())
                        .startsWith(hash.digest().toArray());
            }
            default -> assertThat(hash.code()).isIn(0x11L, 0x14L);
        }
    }

    @Test
    void identityHoldsTheContent() {
        Multihash hash = Multihash.identity(new byte[] {7, 8});
        assertThat(hash.toBytes()).containsExactly(0, 2, 7, 8);
        assertThat(Multihash.fromBytes(new byte[2]).size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "12", // no length
                "1220", // no digest
                "1202ff", // too short
                "1201ffff", // too long
                "1100", // a digest of no bytes
                "1221000000000000000000000000000000000000000000000000000000000000000000", // longer than SHA-256's
                "128100ff", // a length that is not the shortest
                "11ffffffffffffffff7f", // a huge length
                "11818080808080808080808001" // a varint of more than nine bytes
            })
    void refused(String hex) {
        assertThatThrownBy(() -> Multihash.fromBytes(HexFormat.of().parseHex(hex)))
                .isInstanceOf(MultiformatException.class);
    }

    @Test
    void theDigestIsLimited() {
        byte[] longest = new byte[Multihash.MAX_DIGEST_BYTES];
        assertThat(Multihash.of(0x1234, longest).size()).isEqualTo(longest.length);
        assertThatThrownBy(() -> Multihash.identity(new byte[longest.length + 1]))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("at most 128");
        assertThatThrownBy(() -> Multihash.of(-1, longest)).isInstanceOf(MultiformatException.class);
    }

    @Property
    void roundTrip(@ForAll @LongRange(min = 0x20) long code, @ForAll @Size(min = 1, max = 128) byte[] digest) {
        Multihash hash = Multihash.of(code, digest);
        Multihash again = Multihash.fromBytes(hash.toBytes());
        assertThat(again).isEqualTo(hash).hasSameHashCodeAs(hash).isEqualByComparingTo(hash);
        assertThat(again.code()).isEqualTo(code);
        assertThat(again.digest().toArray()).isEqualTo(digest);
        assertThat(digestOf(again)).isEqualTo(digestOf(hash));
    }

    @Property
    void whatIsReadIsWrittenTheSame(@ForAll @Size(max = 40) byte[] bytes) {
        try {
            assertThat(Multihash.fromBytes(bytes).toBytes()).isEqualTo(bytes);
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }

    private static Object digestOf(Multihash hash) {
        Hasher hasher = new Hasher();
        hash.feed(hasher);
        return hasher.finish();
    }
}
