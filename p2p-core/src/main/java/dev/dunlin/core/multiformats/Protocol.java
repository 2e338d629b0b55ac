package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

/** The protocols a {@link Multiaddr} may be made of here (multiformats/multiaddr protocols.csv). */
public enum Protocol {
    /** An IPv4 address. */
    IP4("ip4", 4, Value.IP),
    /** A TCP port. */
    TCP("tcp", 6, Value.PORT),
    /** An IPv6 address. */
    IP6("ip6", 41, Value.IP),
    /** The zone of the IPv6 address that follows, such as the name of a network interface. */
    IP6ZONE("ip6zone", 42, Value.NAME),
    /** A domain name with addresses of either family. */
    DNS("dns", 53, Value.NAME),
    /** A domain name, of which the IPv4 addresses are meant. */
    DNS4("dns4", 54, Value.NAME),
    /** A domain name, of which the IPv6 addresses are meant. */
    DNS6("dns6", 55, Value.NAME),
    /** A domain name whose TXT records are multiaddrs. */
    DNSADDR("dnsaddr", 56, Value.NAME),
    /** A UDP port. */
    UDP("udp", 273, Value.PORT),
    /** A relayed connection: before it the relay, behind it the peer meant. */
    P2P_CIRCUIT("p2p-circuit", 290, Value.NONE),
    /** The peer; its old name {@code ipfs} is read, too. */
    P2P("p2p", 421, Value.PEER),
    /** TLS. */
    TLS("tls", 448, Value.NONE),
    /** QUIC version 1, RFC 9000. */
    QUIC_V1("quic-v1", 461, Value.NONE),
    /** WebSocket. */
    WS("ws", 477, Value.NONE),
    /** WebSocket over TLS. */
    WSS("wss", 478, Value.NONE);

    /** The kinds of value a protocol can have. */
    enum Value {
        NONE,
        IP,
        PORT,
        NAME,
        PEER
    }

    private static final String OLD_P2P = "ipfs";

    private final String label;
    private final int code;
    private final Value value;

    Protocol(String label, int code, Value value) {
        this.label = label;
        this.code = code;
        this.value = value;
    }

    /** The name in an address. */
    public String label() {
        return label;
    }

    /** The code in the binary form of an address. */
    public int code() {
        return code;
    }

    Value value() {
        return value;
    }

    /** Whether it is one of the four kinds of domain name. */
    boolean isDns() {
        return value == Value.NAME && this != IP6ZONE;
    }

    static Protocol ofLabel(String label) {
        for (Protocol protocol : values()) {
            if (protocol.label.equals(label)) {
                return protocol;
            }
        }
        if (label.equals(OLD_P2P)) {
            return P2P;
        }
        throw new MultiformatException("the address protocol " + quote(label) + " is not known here");
    }

    static Protocol ofCode(long code) {
        for (Protocol protocol : values()) {
            if (protocol.code == code) {
                return protocol;
            }
        }
        throw new MultiformatException("the address protocol of code " + code + " is not known here");
    }
}
