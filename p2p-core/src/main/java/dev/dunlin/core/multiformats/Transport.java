package dev.dunlin.core.multiformats;

/** How the first hop of an address is reached; derived from its components by {@link Multiaddr#transport}. */
public enum Transport {
    /** A host and a TCP port. */
    TCP,
    /** WebSocket over TCP. */
    WS,
    /** WebSocket over TLS over TCP. */
    WSS,
    /** A host and a UDP port. */
    UDP,
    /** QUIC version 1 over UDP. */
    QUIC_V1,
    /** By way of a relay. */
    CIRCUIT,
    /** Multiaddrs have to be looked up first: {@code /dnsaddr/…}, with or without components behind it. */
    DNSADDR,
    /** None of these. */
    OTHER
}
