package dev.dunlin.archfixture.pure;

/** Uses the network. */
final class OpensSocket {
    Object it() {
        return java.net.InetAddress.getLoopbackAddress();
    }
}
