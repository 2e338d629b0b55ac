package dev.dunlin.node.testplans;

import dev.dunlin.core.multiformats.Multiaddr;

/** A host and a port, as command lines give them: {@code 10.0.0.1:4001}, {@code redis:6379}, {@code [::1]:4001}. */
record HostPort(String host, int port) {

    /**
     * Reads HOST:PORT.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("an address is HOST:PORT, not " + text);
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HostPort(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(text.substring(colon + 1)));
    }

    /** Where TCP finds it: an IP address as it is, any other host as a DNS name. */
    Multiaddr tcp() {
        boolean four = host.matches("[0-9.]+");
        String kind = four ? "ip4" : host.indexOf(':') >= 0 ? "ip6" : "dns";
        return Multiaddr.parse("/" + kind + "/" + host + "/tcp/" + port);
    }
}
