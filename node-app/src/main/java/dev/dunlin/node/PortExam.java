package dev.dunlin.node;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.multiformats.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Locale;
import java.util.Optional;

/** Whether a node could listen at an address: {@code dunlin doctor} listens there for a moment. */
final class PortExam {

    private static final String NAME = "port";
    private static final int FIRST_FREE = 1024;

    private PortExam() {}

    /**
     * Tries it.
     *
     * @param running whether a node runs in the directory that is looked at: then it has the port itself
     */
    static Diagnosis of(Multiaddr address, boolean running) {
        Optional<Component> host = address.host();
        int port = address.port().orElse(-1);
        if (address.transport() != Transport.TCP || host.isEmpty() || !(host.get() instanceof Component.Ip ip)) {
            return Diagnosis.fail(
                    NAME,
                    address + " is no address to listen at",
                    "give one with an IP address and a TCP port, such as /ip4/0.0.0.0/tcp/4001");
        }
        boolean four = ip.protocol() == Protocol.IP4;
        try (ServerSocketChannel socket =
                ServerSocketChannel.open(four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(ip.valueBytes()), port));
            return Diagnosis.ok(NAME, address + " is free");
        } catch (IOException | UnsupportedOperationException taken) {
            return refused(address, port, String.valueOf(taken.getMessage()), running);
        }
    }

    private static Diagnosis refused(Multiaddr address, int port, String why, boolean running) {
        String said = why.toLowerCase(Locale.ROOT);
        if (said.contains("in use")) {
            return running
                    ? Diagnosis.ok(NAME, address + " is in use, most likely by the node that runs here")
                    : Diagnosis.fail(
                            NAME,
                            address + " is in use by another program",
                            "stop it (ss -ltnp 'sport = :" + port
                                    + "' shows it), or listen at another port with --listen");
        }
        if (said.contains("assign")) {
            return Diagnosis.fail(
                    NAME, "no interface of this machine has the address of " + address, "listen at one that it has");
        }
        if (said.contains("denied") && port < FIRST_FREE) {
            return Diagnosis.fail(
                    NAME,
                    "listening at " + address + " is not permitted",
                    "listen at a port from " + FIRST_FREE
                            + " on, or give the program the right to (CAP_NET_BIND_SERVICE)");
        }
        return Diagnosis.fail(NAME, "nobody can listen at " + address + " (" + why + ")", "give another --listen");
    }
}
