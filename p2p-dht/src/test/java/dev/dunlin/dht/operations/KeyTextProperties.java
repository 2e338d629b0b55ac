package dev.dunlin.dht.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.IpnsValidator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Keys as people write them. */
final class KeyTextProperties {

    private static final PeerId PEER = PeerId.of(Multihash.sha256(new byte[] {1}));

    /** The text of any key reads back as that key, also behind what trims what people write. */
    @Property(tries = 5_000)
    void theTextOfAKeyIsThatKey(@ForAll("keys") Bytes key) throws BadValueException {
        String text = KeyText.shown(key);
        assertThat(KeyText.key(text)).isEqualTo(key);
        assertThat(KeyText.KEY.recorded(" " + text + " ")).isEqualTo(text);
        assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
    }

    @Provide
    Arbitrary<Bytes> keys() {
        Arbitrary<byte[]> bytes =
                Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(60);
        Arbitrary<byte[]> hashes =
                bytes.map(content -> Multihash.sha256(content).toBytes());
        Arbitrary<byte[]> others = Combinators.combine(Arbitraries.longs().between(1, 0xffff), bytes)
                .as((code, digest) ->
                        Multihash.of(code == 0x12 ? 1 : code, digest).toBytes())
                .ignoreException(RuntimeException.class);
        Arbitrary<byte[]> prefixes = Arbitraries.of("/pk/", "/ipns/", "/test/", "/", "hex:", " /a/")
                .map(prefix -> prefix.getBytes(StandardCharsets.US_ASCII));
        Arbitrary<byte[]> named = Combinators.combine(prefixes, Arbitraries.oneOf(bytes, hashes))
                .as((prefix, rest) -> joined(prefix, rest));
        Arbitrary<byte[]> texts = Arbitraries.strings()
                .all()
                .ofMaxLength(20)
                .map(text -> ("/test/" + text).getBytes(StandardCharsets.UTF_8));
        return Arbitraries.oneOf(bytes, hashes, others, named, texts).map(Bytes::of);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Whatever CID content has, it is one key: that of its multihash (libp2p/specs kad-dht/README.md). */
    @Property(tries = 2_000)
    void allCidsOfSomeContentAreOneKey(@ForAll byte[] content) throws BadValueException {
        Multihash hash = Multihash.sha256(content);
        Bytes key = Bytes.of(hash.toBytes());
        for (String text : List.of(
                hash.toString(),
                Cid.v0(hash).toString(),
                Cid.v1(Multicodec.RAW, hash).toString(),
                Cid.v1(Multicodec.LIBP2P_KEY, hash).toString(Multibase.BASE36),
                Cid.v1(Multicodec.RAW, hash).toString(Multibase.BASE58_BTC))) {
            assertThat(KeyText.key(text)).as(text).isEqualTo(key);
            assertThat(KeyText.CONTENT.recorded(text)).isEqualTo(text);
        }
    }

    /** Names of records end in a peer id as text, in base58 or as a CID, and their keys in it as bytes. */
    @Example
    void namesEndInPeers() throws BadValueException {
        Bytes key = IpnsValidator.keyOf(PEER);
        assertThat(KeyText.key("/ipns/" + PEER)).isEqualTo(key);
        assertThat(KeyText.key("/ipns/" + PEER.toCid())).isEqualTo(key);
        assertThat(KeyText.shown(key)).isEqualTo("/ipns/" + PEER);
        assertThat(KeyText.NAME.recorded("/ipns/" + PEER.toCid())).isEqualTo("/ipns/" + PEER);
        assertThat(KeyText.key(PEER.toString())).isEqualTo(Bytes.of(PEER.toBytes()));
    }

    /** What is none is refused with what to write. */
    @Example
    void whatIsNoKeyIsRefused() {
        assertRefused("", "neither a CID nor a multihash");
        assertRefused("hallo", "neither a CID nor a multihash");
        assertRefused("hex:", "has 0 bytes");
        assertRefused("hex:abc", "hexadecimal");
        assertRefused("/ipns/nobody", "write /ipns/12D3KooW");
        assertRefused("/test/" + "x".repeat(1100), "may have 1 to 1024");
        assertThatThrownBy(() -> KeyText.NAME.recorded(PEER.toString())).hasMessageContaining("namespace");
        assertThatThrownBy(() -> KeyText.NAME.recorded("hallo")).hasMessageContaining("namespace");
        String identity = Multihash.identity(new byte[100]).toString();
        assertThatThrownBy(() -> KeyText.CONTENT.recorded(identity)).hasMessageContaining("80 at most");
    }

    private static void assertRefused(String text, String why) {
        assertThatThrownBy(() -> KeyText.KEY.recorded(text))
                .isInstanceOf(BadValueException.class)
                .hasMessageContaining(why);
    }
}
