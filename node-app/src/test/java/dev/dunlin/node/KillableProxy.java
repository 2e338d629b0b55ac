package dev.dunlin.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Carries TCP connections to a port, and kills one of them when told: both its ends see a reset. */
final class KillableProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final List<Link> links = new ArrayList<>();

    /** A connection from a client, and the one to the target that carries its bytes. */
    private record Link(Socket client, Socket target) {}

    KillableProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket onward = new Socket();
                onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                Link link = new Link(client, onward);
                synchronized (links) {
                    links.add(link);
                }
                Thread.ofVirtual().start(() -> carry(link, client, onward));
                Thread.ofVirtual().start(() -> carry(link, onward, client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void carry(Link link, Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException ended) {
            // As wished, or by one of the ends.
        } finally {
            end(link, false);
        }
    }

    private void end(Link link, boolean abruptly) {
        synchronized (links) {
            links.remove(link);
        }
        for (Socket socket : List.of(link.client(), link.target())) {
            try (socket) {
                if (abruptly) {
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException closed) {
                // One of its ends was faster.
            }
        }
    }

    /** Kills one of the connections, if there is one. */
    boolean killOne(Random random) {
        Link chosen;
        synchronized (links) {
            if (links.isEmpty()) {
                return false;
            }
            chosen = links.get(random.nextInt(links.size()));
        }
        end(chosen, true);
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (links) {
            List.copyOf(links).forEach(link -> end(link, true));
        }
    }
}
