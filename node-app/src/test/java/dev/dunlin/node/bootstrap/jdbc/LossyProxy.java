package dev.dunlin.node.bootstrap.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands between a client and a PostgreSQL server, and breaks a connection at a commit, as a network does. */
final class LossyProxy implements AutoCloseable {

    /** What is lost of the next commit, and with it the connection. */
    enum Lost {
        /** Nothing. */
        NOTHING,
        /** The server is never told. */
        QUESTION,
        /** The server has committed, and the client is not told. */
        ANSWER,
        /** The same, and from then on nobody comes to the server. */
        SERVER
    }

    // The driver names a statement when it first sends its text, and from then on sends the name.
    private static final Pattern NAMING = Pattern.compile("(S_[0-9]+)\0COMMIT\0");

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicReference<Lost> next = new AtomicReference<>(Lost.NOTHING);
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final int server;

    LossyProxy(int server) throws IOException {
        this.server = server;
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    void loses(Lost lost) {
        next.set(lost);
    }

    /** Whether what it was to lose is lost. */
    boolean hasLost() {
        return next.get() == Lost.NOTHING;
    }

    private void accept() {
        try {
            while (!socket.isClosed()) {
                Socket client = socket.accept();
                clients.add(client);
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                AtomicReference<Lost> own = new AtomicReference<>(Lost.NOTHING);
                Thread.ofVirtual().start(() -> copy(client, behind, own, true));
                Thread.ofVirtual().start(() -> copy(behind, client, own, false));
            }
        } catch (IOException closed) {
            // No more of them.
        }
    }

    private void copy(Socket from, Socket to, AtomicReference<Lost> own, boolean isOfClient) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[64 << 10];
            String commit = "\0COMMIT\0";
            for (int size = in.read(chunk); size >= 0; size = in.read(chunk)) {
                String text = new String(Arrays.copyOf(chunk, size), StandardCharsets.ISO_8859_1);
                Matcher naming = NAMING.matcher(text);
                commit = naming.find() ? '\0' + naming.group(1) + '\0' : commit;
                if (isOfClient && text.contains(commit)) {
                    own.set(next.getAndSet(Lost.NOTHING));
                }
                if (own.get() == Lost.QUESTION || own.get() != Lost.NOTHING && !isOfClient) {
                    if (own.get() == Lost.SERVER) {
                        close();
                    }
                    return;
                }
                out.write(chunk, 0, size);
            }
        } catch (IOException broken) {
            // So is the other.
        }
    }

    /** Nobody comes to the server any more. */
    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
