package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Hasher;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A self-describing network address: one or more {@linkplain Component components}, from the outside in
 * (multiformats/multiaddr README; libp2p/specs addressing/README.md). The text {@code /ip4/127.0.0.1/tcp/4001} and the
 * bytes {@code 04 7f000001 06 0fa1} are two forms of one value; both are canonical, so equal addresses are equal in
 * both. Which components make sense together is not checked; {@link #transport} says which shapes are known.
 */
public final class Multiaddr implements Comparable<Multiaddr>, Canonical {

    /** The longest binary form, in bytes. */
    public static final int MAX_BYTES = 1024;

    /** The longest text that is read, in characters; no address of {@link #MAX_BYTES} has more. */
    public static final int MAX_TEXT = 8192;

    private final List<Component> components;
    private final byte[] bytes;
    private final int hash;

    private Multiaddr(List<Component> components, byte[] bytes) {
        this.components = components;
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /**
     * An address of the given components.
     *
     * @throws MultiformatException if there are none, or more than {@link #MAX_BYTES} allow
     */
    public static Multiaddr of(List<Component> components) {
        if (components.isEmpty()) {
            throw new MultiformatException("an address has at least one component");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Component component : components) {
            byte[] value = component.valueBytes();
            bytes.writeBytes(Varint.encode(component.protocol().code()));
            if (hasLength(component.protocol())) {
                bytes.writeBytes(Varint.encode(value.length));
            }
            bytes.writeBytes(value);
            checkSize(bytes.size());
        }
        return new Multiaddr(List.copyOf(components), bytes.toByteArray());
    }

    /**
     * The address of a TCP port.
     *
     * @param ip four bytes for IPv4, sixteen for IPv6
     * @param port 0 to 65535
     * @throws MultiformatException if the address has another length or the port is out of range
     */
    public static Multiaddr tcp(byte[] ip, int port) {
        Protocol family = ip.length == IpText.V4_BYTES ? Protocol.IP4 : Protocol.IP6;
        return of(List.of(new Component.Ip(family, Bytes.of(ip)), new Component.Port(Protocol.TCP, port)));
    }

    /**
     * Reads the text. Slashes at its end are ignored, {@code /ipfs/} is read as {@code /p2p/}, a peer id may be in any
     * of its forms, and an IPv6 address in any form without a zone.
     *
     * @throws MultiformatException if it is no address, has a component that is not known here (which is named), or is
     *     too long
     */
    public static Multiaddr parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new MultiformatException(
                    "the text of an address has at most " + MAX_TEXT + " characters, not " + text.length());
        }
        if (!text.startsWith("/")) {
            throw new MultiformatException("an address begins with '/', but " + quote(text) + " does not");
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        // The empty part in front of the first slash is skipped.
        String[] parts = text.substring(0, end).split("/", -1);
        List<Component> components = new ArrayList<>();
        for (int at = 1; at < parts.length; at++) {
            Protocol protocol = Protocol.ofLabel(parts[at]);
            if (protocol.value() == Protocol.Value.NONE) {
                components.add(new Component.Marker(protocol));
            } else if (++at < parts.length) {
                components.add(parseValue(protocol, parts[at]));
            } else {
                throw new MultiformatException(quote(text) + " lacks the value of " + protocol.label());
            }
        }
        return of(components);
    }

    private static Component parseValue(Protocol protocol, String value) {
        return switch (protocol.value()) {
            case NONE -> new Component.Marker(protocol);
            case IP ->
                new Component.Ip(
                        protocol, Bytes.of(protocol == Protocol.IP4 ? IpText.parse4(value) : IpText.parse6(value)));
            case PORT -> {
                int port = IpText.decimal(value, Component.Port.MAX);
                if (port < 0) {
                    throw new MultiformatException(quote(value) + " is no " + protocol.label()
                            + " port: a number from 0 to 65535 without sign and leading zeros");
                }
                yield new Component.Port(protocol, port);
            }
            case NAME -> new Component.Name(protocol, value);
            case PEER -> new Component.Peer(PeerId.parse(value));
        };
    }

    /**
     * Reads the binary form.
     *
     * @throws MultiformatException if it is no address, has a component that is not known here (whose code is named),
     *     or is longer than {@link #MAX_BYTES}
     */
    public static Multiaddr fromBytes(byte[] bytes) {
        checkSize(bytes.length);
        ByteReader reader = new ByteReader(bytes);
        List<Component> components = new ArrayList<>();
        while (reader.remaining() > 0) {
            Protocol protocol = Protocol.ofCode(reader.varint());
            components.add(readValue(protocol, reader));
        }
        return of(components);
    }

    private static Component readValue(Protocol protocol, ByteReader reader) {
        String what = "an address component " + protocol.label();
        long length = hasLength(protocol) ? reader.varint() : fixedLength(protocol);
        byte[] value = reader.take(length, what);
        return switch (protocol.value()) {
            case NONE -> new Component.Marker(protocol);
            case IP -> new Component.Ip(protocol, Bytes.of(value));
            case PORT -> new Component.Port(protocol, (value[0] & 0xFF) << 8 | (value[1] & 0xFF));
            case NAME -> Component.Name.decode(protocol, value);
            case PEER -> new Component.Peer(PeerId.fromBytes(value));
        };
    }

    private static boolean hasLength(Protocol protocol) {
        return switch (protocol.value()) {
            case NAME, PEER -> true;
            case NONE, IP, PORT -> false;
        };
    }

    private static int fixedLength(Protocol protocol) {
        return switch (protocol.value()) {
            case IP -> protocol == Protocol.IP4 ? IpText.V4_BYTES : IpText.V6_BYTES;
            case PORT -> Short.BYTES;
            case NONE, NAME, PEER -> 0;
        };
    }

    private static void checkSize(int size) {
        if (size > MAX_BYTES) {
            throw new MultiformatException("an address has at most " + MAX_BYTES + " bytes, not " + size);
        }
    }

    /** The components, at least one. */
    public List<Component> components() {
        return components;
    }

    /** Whether there is a component of the protocol. */
    public boolean has(Protocol protocol) {
        return components.stream().anyMatch(component -> component.protocol() == protocol);
    }

    /**
     * This address with another behind it.
     *
     * @throws MultiformatException if the sum is longer than {@link #MAX_BYTES}
     */
    public Multiaddr encapsulate(Multiaddr inner) {
        List<Component> all = new ArrayList<>(components);
        all.addAll(inner.components);
        return of(all);
    }

    /**
     * What stands before the last occurrence of the other address in this one: this address if there is none, empty if
     * nothing stands before it.
     */
    public Optional<Multiaddr> decapsulate(Multiaddr inner) {
        int at = Collections.lastIndexOfSubList(components, inner.components);
        return at < 0 ? Optional.of(this) : firstOf(at);
    }

    private Optional<Multiaddr> firstOf(int count) {
        return count == 0 ? Optional.empty() : Optional.of(of(components.subList(0, count)));
    }

    /** The peer that the address ends in, if it ends in one. */
    public Optional<PeerId> peerId() {
        return components.getLast() instanceof Component.Peer(PeerId id) ? Optional.of(id) : Optional.empty();
    }

    /** Without the peer that it ends in; empty if it is nothing but a peer. */
    public Optional<Multiaddr> withoutPeer() {
        return peerId().isEmpty() ? Optional.of(this) : firstOf(components.size() - 1);
    }

    /**
     * With the peer at its end, in place of one that stands there already.
     *
     * @throws MultiformatException if the sum is longer than {@link #MAX_BYTES}
     */
    public Multiaddr withPeer(PeerId peer) {
        List<Component> all =
                new ArrayList<>(withoutPeer().map(Multiaddr::components).orElse(List.of()));
        all.add(new Component.Peer(peer));
        return of(all);
    }

    /** The host it begins with, behind a zone if there is one: a {@link Component.Ip} or the name in one of DNS. */
    public Optional<Component> host() {
        int at = hostIndex();
        if (at >= components.size()) {
            return Optional.empty();
        }
        Component host = components.get(at);
        boolean isHost = host instanceof Component.Ip || host.protocol().isDns();
        return isHost ? Optional.of(host) : Optional.empty();
    }

    /** The zone of the IPv6 address it begins with. */
    public Optional<String> zone() {
        return hostIndex() == 1 ? Optional.of(components.getFirst().value()) : Optional.empty();
    }

    private int hostIndex() {
        return components.getFirst().protocol() == Protocol.IP6ZONE ? 1 : 0;
    }

    /** The TCP or UDP port behind the host, 0 to 65535. */
    public OptionalInt port() {
        int at = hostIndex() + 1;
        return host().isPresent()
                        && at < components.size()
                        && components.get(at) instanceof Component.Port(Protocol _, int port)
                ? OptionalInt.of(port)
                : OptionalInt.empty();
    }

    /**
     * How the first hop is reached; a peer at the end makes no difference. An address of transport {@link
     * Transport#TCP} has a {@link #host} that is an IP address or one of dns, dns4, dns6, a {@link #port}, and nothing
     * else: it can be dialled as it is.
     */
    public Transport transport() {
        if (has(Protocol.P2P_CIRCUIT)) {
            return Transport.CIRCUIT;
        }
        Optional<Component> host = host();
        if (host.isEmpty() || (zone().isPresent() && host.get().protocol() != Protocol.IP6)) {
            return Transport.OTHER;
        }
        if (host.get().protocol() == Protocol.DNSADDR) {
            return Transport.DNSADDR;
        }
        int end = components.size() - (peerId().isPresent() ? 1 : 0);
        List<Protocol> stack = components.subList(hostIndex() + 1, end).stream()
                .map(Component::protocol)
                .toList();
        if (stack.equals(List.of(Protocol.TCP))) {
            return Transport.TCP;
        }
        if (stack.equals(List.of(Protocol.TCP, Protocol.WS))) {
            return Transport.WS;
        }
        if (stack.equals(List.of(Protocol.TCP, Protocol.WSS))
                || stack.equals(List.of(Protocol.TCP, Protocol.TLS, Protocol.WS))) {
            return Transport.WSS;
        }
        if (stack.equals(List.of(Protocol.UDP))) {
            return Transport.UDP;
        }
        return stack.equals(List.of(Protocol.UDP, Protocol.QUIC_V1)) ? Transport.QUIC_V1 : Transport.OTHER;
    }

    /** The binary form. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public void feed(Hasher sink) {
        sink.putBytes(bytes);
    }

    /** By the bytes of the binary form, unsigned. */
    @Override
    public int compareTo(Multiaddr other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Multiaddr that && hash == that.hash && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The canonical text. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Component component : components) {
            text.append('/').append(component.protocol().label());
            String value = component.value();
            if (!value.isEmpty()) {
                text.append('/').append(value);
            }
        }
        return text.toString();
    }
}
