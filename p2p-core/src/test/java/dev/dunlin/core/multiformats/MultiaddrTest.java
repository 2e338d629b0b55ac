package dev.dunlin.core.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Hasher;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultiaddrTest {

    private static final PeerId PEER = PeerId.parse("12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV");
    private static final PeerId RELAY = PeerId.parse("QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");

    static List<String> good() {
        return Vectors.lines("multiaddr-good.txt");
    }

    /** A line is an address, and its canonical form where that is another. */
    @ParameterizedTest
    @MethodSource
    void good(String line) {
        String[] words = line.split(" ", 2);
        Multiaddr address = Multiaddr.parse(words[0]);
        assertThat(address).hasToString(words[words.length - 1]);
        assertThat(Multiaddr.parse(address.toString())).isEqualTo(address).hasSameHashCodeAs(address);
        assertThat(Multiaddr.fromBytes(address.toBytes())).isEqualTo(address);
        assertThat(Multiaddr.fromBytes(address.toBytes()).components()).isEqualTo(address.components());
    }

    static List<String> bad() {
        return Vectors.lines("multiaddr-bad.txt");
    }

    @ParameterizedTest
    @MethodSource
    void bad(String text) {
        assertThatThrownBy(() -> Multiaddr.parse(text)).isInstanceOf(MultiformatException.class);
    }

    static List<String[]> bytes() {
        return Vectors.words("multiaddr-bytes.txt");
    }

    @ParameterizedTest
    @MethodSource
    void bytes(String text, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(Multiaddr.parse(text).toBytes()).isEqualTo(bytes);
        assertThat(Multiaddr.fromBytes(bytes)).hasToString(text);
    }

    static List<String[]> decapsulate() {
        return Vectors.words("multiaddr-decapsulate.txt");
    }

    @ParameterizedTest
    @MethodSource
    void decapsulate(String address, String inner, String expected) {
        Optional<Multiaddr> rest = Multiaddr.parse(address).decapsulate(Multiaddr.parse(inner));
        assertThat(rest.map(Multiaddr::toString).orElse("-")).isEqualTo(expected);
    }

    static List<String[]> notImplemented() {
        return Vectors.words("multiaddr-not-implemented.txt");
    }

    /** Addresses that go-multiaddr knows and we do not: the error names the protocol. */
    @ParameterizedTest
    @MethodSource
    void notImplemented(String protocol, String address) {
        assertThatThrownBy(() -> Multiaddr.parse(address))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("protocol '");
        assertThatThrownBy(() -> Multiaddr.parse("/" + protocol))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("'" + protocol + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ip4/1.2.3.4",
                "//ip4/1.2.3.4",
                "/ip4//1.2.3.4",
                "/ip4/01.2.3.4",
                "/ip4/1.2.3",
                "/ip4/1.2.3.4.5",
                "/ip4/1.2.3.256",
                "/ip4/1.2.3.+4",
                "/ip4/1.2.3.",
                "/ip4/::ffff:1.2.3.4",
                "/ip4/\u0661.2.3.4",
                "/ip6/1.2.3.4",
                "/ip6/:",
                "/ip6/:::",
                "/ip6/1::2::3",
                "/ip6/1:2:3:4:5:6:7",
                "/ip6/1:2:3:4:5:6:7:8:9",
                "/ip6/1:2:3:4::5:6:7:8",
                "/ip6/1:2:3:4:5:6:7:8::",
                "/ip6/12345::",
                "/ip6/fe80::1%eth0",
                "/ip6/::1.2.3",
                "/ip6/1.2.3.4::",
                "/ip6/::1.2.3.4:5",
                "/ip6/1:2:3:4:5:6:7:1.2.3.4",
                "/ip6/::g",
                "/ip6/1:",
                "/ip6/:1",
                "/tcp/080",
                "/tcp/+80",
                "/tcp/99999999999",
                "/tcp/ 80",
                "/dns4/a b",
                "/dns4/a\u0000",
                "/dns4/\ud800",
                "/IP4/1.2.3.4",
                "/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5",
                "/ip4/1.2.3.4/\u001b[31m",
            })
    void alsoBad(String text) {
        assertThatThrownBy(() -> Multiaddr.parse(text))
                .isInstanceOf(MultiformatException.class)
                .message()
                .matches("[ -~]+");
    }

    /** RFC 5952 section 4, and IPv4-mapped addresses as go-multiaddr prints them. */
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::A, 2001:db8::a",
        "0:0:0:0:0:0:0:0, ::",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:1.2.3.4, ::ffff:1.2.3.4",
        "::ffff:102:304, ::ffff:1.2.3.4",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    })
    void ip6(String text, String canonical) {
        assertThat(Multiaddr.parse("/ip6/" + text)).hasToString("/ip6/" + canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "04", // no value
                "04010203", // too short
                "040102030406", // no port
                "0500", // no known protocol
                "8400", // a code that is not the shortest
                "ffffffffffffffffff01", // a code of ten bytes
                "3500", // an empty name
                "3502612f", // a slash in a name
                "350161ff", // a code that does not end
                "35ffffffffffffffff7f61", // a huge length
                "3502c328", // not UTF-8
                "3503e280ae", // a mark that turns text around
                "a50322", // no peer id
                "a503221221c05877cbae039d70a5e600ea02c6f9f2942439285c9e344e26f8d280c850fad6", // go-multiaddr's test
                "a50300"
            })
    void badBytes(String hex) {
        assertThatThrownBy(() -> Multiaddr.fromBytes(HexFormat.of().parseHex(hex)))
                .isInstanceOf(MultiformatException.class);
    }

    @Test
    void theErrorNamesAnUnknownCode() {
        // The old quic.
        assertThatThrownBy(() -> Multiaddr.fromBytes(HexFormat.of().parseHex("cc03")))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("460");
    }

    @Test
    void theSizeIsLimited() {
        Multiaddr tcp = Multiaddr.parse("/tcp/1");
        Multiaddr longest = Multiaddr.of(
                Collections.nCopies(Multiaddr.MAX_BYTES / 3, tcp.components().getFirst()));
        assertThat(Multiaddr.parse(longest.toString())).isEqualTo(longest);
        assertThatThrownBy(() -> longest.encapsulate(tcp)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> longest.withPeer(PEER)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Multiaddr.parse(longest + "/tcp/1")).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Multiaddr.fromBytes(new byte[Multiaddr.MAX_BYTES + 1]))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("at most 1024");
        assertThatThrownBy(() -> Multiaddr.parse("/".repeat(Multiaddr.MAX_TEXT + 1)))
                .isInstanceOf(MultiformatException.class)
                .hasMessageContaining("at most 8192");
        assertThatThrownBy(() -> Multiaddr.of(List.of())).isInstanceOf(MultiformatException.class);
    }

    @Test
    void theLongestTextIsRead() {
        // p2p-circuit has the most characters for its bytes.
        Multiaddr wordy =
                Multiaddr.of(Collections.nCopies(Multiaddr.MAX_BYTES / 2, new Component.Marker(Protocol.P2P_CIRCUIT)));
        assertThat(wordy.toString()).hasSizeLessThanOrEqualTo(Multiaddr.MAX_TEXT);
        assertThat(Multiaddr.parse(wordy.toString())).isEqualTo(wordy);
    }

    @Test
    void namesAreLimited() {
        String longest = "a".repeat(Component.MAX_NAME_BYTES);
        assertThat(Multiaddr.parse("/dns/" + longest).host()).contains(new Component.Name(Protocol.DNS, longest));
        assertThatThrownBy(() -> Multiaddr.parse("/dns/" + longest + "a")).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Multiaddr.parse("/dns/" + "\u00e9".repeat(127)))
                .isInstanceOf(MultiformatException.class);
        assertThat(Multiaddr.parse("/dns/b\u00fccher.example").toBytes()).hasSize(2 + 15);
    }

    @Test
    void componentsCheckTheirProtocol() {
        assertThatThrownBy(() -> new Component.Ip(Protocol.TCP, Bytes.of(new byte[4])))
                .isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> new Component.Ip(Protocol.IP4, Bytes.of(new byte[16])))
                .isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> new Component.Port(Protocol.TCP, 65536)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> new Component.Port(Protocol.WS, 1)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> new Component.Name(Protocol.P2P, "a")).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> new Component.Marker(Protocol.DNS)).isInstanceOf(MultiformatException.class);
    }

    @Test
    void thePeerAtTheEnd() {
        Multiaddr bare = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");
        Multiaddr full = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001/p2p/" + PEER);
        assertThat(bare.peerId()).isEmpty();
        assertThat(full.peerId()).contains(PEER);
        assertThat(bare.withPeer(PEER)).isEqualTo(full);
        assertThat(full.withPeer(PEER)).isEqualTo(full);
        assertThat(full.withPeer(RELAY).peerId()).contains(RELAY);
        assertThat(full.withoutPeer()).contains(bare);
        assertThat(bare.withoutPeer()).contains(bare);
        assertThat(Multiaddr.parse("/p2p/" + PEER).withoutPeer()).isEmpty();
        Multiaddr relayed = Multiaddr.parse("/ip4/1.2.3.4/tcp/1/p2p/" + RELAY + "/p2p-circuit");
        assertThat(relayed.peerId()).isEmpty();
        assertThat(relayed.withPeer(PEER).peerId()).contains(PEER);
        assertThat(relayed.has(Protocol.P2P)).isTrue();
        assertThat(full.encapsulate(Multiaddr.parse("/p2p-circuit")).peerId()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/ip4/1.2.3.4/tcp/4001, TCP",
        "/ip4/1.2.3.4/tcp/4001/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC, TCP",
        "/ip6zone/eth0/ip6/fe80::1/tcp/4001, TCP",
        "/dns4/example.com/tcp/4001, TCP",
        "/ip4/1.2.3.4/tcp/443/ws, WS",
        "/dns/example.com/tcp/443/wss, WSS",
        "/dns/example.com/tcp/443/tls/ws, WSS",
        "/ip4/1.2.3.4/udp/4001, UDP",
        "/ip4/1.2.3.4/udp/4001/quic-v1, QUIC_V1",
        "/dnsaddr/bootstrap.example, DNSADDR",
        "/dnsaddr/bootstrap.example/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC, DNSADDR",
        "/ip4/1.2.3.4/tcp/1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/p2p-circuit, CIRCUIT",
        "/ip4/1.2.3.4, OTHER",
        "/tcp/4001, OTHER",
        "/ip4/1.2.3.4/tcp/1/tcp/2, OTHER",
        "/ip4/1.2.3.4/tcp/1/tls, OTHER",
        "/ip6zone/eth0/ip4/1.2.3.4/tcp/1, OTHER",
        "/ip6zone/eth0, OTHER",
        "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC, OTHER",
    })
    void transport(String address, Transport expected) {
        assertThat(Multiaddr.parse(address).transport()).isEqualTo(expected);
    }

    @Test
    void whatADiallerNeeds() {
        Multiaddr zoned = Multiaddr.parse("/ip6zone/eth0/ip6/fe80::1/tcp/4001");
        assertThat(zoned.zone()).contains("eth0");
        assertThat(zoned.port()).hasValue(4001);
        assertThat(zoned.host().map(Component::value)).contains("fe80::1");
        Multiaddr bare = Multiaddr.parse("/tcp/4001");
        assertThat(bare.host()).isEmpty();
        assertThat(bare.port()).isEqualTo(OptionalInt.empty());
        assertThat(bare.zone()).isEmpty();
        assertThat(Multiaddr.parse("/ip4/1.2.3.4").port()).isEmpty();
        assertThat(Multiaddr.tcp(new byte[] {127, 0, 0, 1}, 65535)).hasToString("/ip4/127.0.0.1/tcp/65535");
        assertThat(Multiaddr.tcp(new byte[16], 0)).hasToString("/ip6/::/tcp/0");
        assertThatThrownBy(() -> Multiaddr.tcp(new byte[5], 1)).isInstanceOf(MultiformatException.class);
        assertThatThrownBy(() -> Multiaddr.tcp(new byte[4], -1)).isInstanceOf(MultiformatException.class);
    }

    @Test
    void aListSkipsWhatCannotBeRead() {
        Bytes good = Bytes.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/1").toBytes());
        Bytes other = Bytes.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/2").toBytes());
        Bytes webtransport = Bytes.of(HexFormat.of().parseHex("0401020304910204d2cd03d103"));
        Bytes huge = Bytes.of(new byte[Multiaddr.MAX_BYTES + 1]);
        AddressList list =
                AddressList.read(List.of(good, webtransport, Bytes.EMPTY, good, webtransport, huge, other), 9);
        assertThat(list.addresses())
                .map(Multiaddr::toString)
                .containsExactly("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4/tcp/2");
        assertThat(list.skipped()).isEqualTo(4);
        assertThat(list.reasons()).hasSize(3).first().asString().contains("465");
        AddressList limited = AddressList.read(List.of(good, other), 1);
        assertThat(limited.addresses()).hasSize(1);
        assertThat(limited.skipped()).isEqualTo(1);
    }

    @Test
    void theReasonsOfAListAreLimited() {
        List<Bytes> unknown = IntStream.range(8, 8 + 2 * AddressList.MAX_REASONS)
                .mapToObj(code -> Bytes.of((byte) code))
                .toList();
        AddressList list = AddressList.read(unknown, 100);
        assertThat(list.skipped()).isEqualTo(2 * AddressList.MAX_REASONS);
        assertThat(list.reasons()).hasSize(AddressList.MAX_REASONS);
    }

    @Provide
    Arbitrary<Multiaddr> addresses() {
        Arbitrary<Component> ip4 = Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(4)
                .map(bytes -> new Component.Ip(Protocol.IP4, Bytes.of(bytes)));
        // Many zero bytes, so that runs of zero groups come up.
        Arbitrary<Component> ip6 = Arbitraries.of((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0xFF)
                .array(Byte[].class)
                .ofSize(16)
                .map(MultiaddrTest::ip6);
        Arbitrary<Component> port = Arbitraries.of(Protocol.TCP, Protocol.UDP)
                .flatMap(protocol ->
                        Arbitraries.integers().between(0, 65535).map(number -> new Component.Port(protocol, number)));
        Arbitrary<Component> name = Arbitraries.of(
                        Protocol.DNS, Protocol.DNS4, Protocol.DNS6, Protocol.DNSADDR, Protocol.IP6ZONE)
                .flatMap(protocol -> Arbitraries.strings()
                        .withCharRange('!', '.')
                        .withCharRange('0', '~')
                        .withChars('\u00e9', '\u4f60')
                        .ofMinLength(1)
                        .ofMaxLength(20)
                        .map(text -> new Component.Name(protocol, text)));
        Arbitrary<Component> peer = Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(50)
                .map(key -> new Component.Peer(PeerId.ofPublicKey(key)));
        Arbitrary<Component> marker = Arbitraries.of(
                        Protocol.WS, Protocol.WSS, Protocol.TLS, Protocol.QUIC_V1, Protocol.P2P_CIRCUIT)
                .map(Component.Marker::new);
        return Arbitraries.oneOf(ip4, ip6, port, name, peer, marker)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(Multiaddr::of);
    }

    private static Component ip6(Byte[] boxed) {
        byte[] bytes = new byte[boxed.length];
        for (int i = 0; i < boxed.length; i++) {
            bytes[i] = boxed[i];
        }
        return new Component.Ip(Protocol.IP6, Bytes.of(bytes));
    }

    @Property
    void roundTrip(@ForAll("addresses") Multiaddr address) {
        Multiaddr fromBytes = Multiaddr.fromBytes(address.toBytes());
        Multiaddr fromText = Multiaddr.parse(address.toString());
        assertThat(fromBytes).isEqualTo(address).hasToString(address.toString()).isEqualByComparingTo(address);
        assertThat(fromText).isEqualTo(address);
        assertThat(fromText.components()).isEqualTo(address.components());
        Hasher one = new Hasher();
        Hasher other = new Hasher();
        address.feed(one);
        fromText.feed(other);
        assertThat(one.finish()).isEqualTo(other.finish());
    }

    @Property
    void decapsulateUndoesEncapsulate(@ForAll("addresses") Multiaddr outer, @ForAll("addresses") Multiaddr inner) {
        assertThat(outer.encapsulate(inner).decapsulate(inner)).contains(outer);
    }

    @Property
    void whatIsReadIsWrittenTheSame(@ForAll("addresses") Multiaddr address, @ForAll int where, @ForAll byte what) {
        byte[] bytes = address.toBytes();
        bytes[Math.floorMod(where, bytes.length)] = what;
        readOrRefused(bytes);
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 60) byte[] bytes) {
        readOrRefused(bytes);
    }

    private static void readOrRefused(byte[] bytes) {
        try {
            Multiaddr address = Multiaddr.fromBytes(bytes);
            assertThat(address.toBytes()).isEqualTo(bytes);
            assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 60) String text) {
        try {
            assertThat(Multiaddr.parse("/" + text)).isNotNull();
        } catch (MultiformatException refused) {
            assertThat(refused).hasMessageMatching("[ -~]+");
        }
    }
}
