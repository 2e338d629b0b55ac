package dev.dunlin.node.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Round trips of 32 bytes over a plain socket between two threads of this process, beside those that are measured: what they lose is
 * lost to the machine and to this process, and not to the node.
 */
final class Control implements AutoCloseable {

    private static final int BYTES = 32;
    private static final int PER_SECOND = 50;

    private final Latencies latencies = new Latencies();
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Socket near;
    private final Socket far;

    Control() throws IOException {
        near = new Socket(listener.getInetAddress(), listener.getLocalPort());
        far = listener.accept();
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().name("echo").start(this::echo);
        Thread.ofPlatform().daemon().name("control").start(this::measure);
    }

    private void echo() {
        byte[] bytes = new byte[BYTES];
        try (Socket socket = far) {
            InputStream in = socket.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                socket.getOutputStream().write(bytes, 0, count);
            }
        } catch (IOException closed) {
            // The bench is over.
        }
    }

    private void measure() {
        byte[] bytes = new byte[BYTES];
        Pace pace = new Pace(PER_SECOND);
        try (Socket socket = near) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                pace.turn();
                long begun = System.nanoTime();
                socket.getOutputStream().write(bytes);
                in.readFully(bytes);
                latencies.add(System.nanoTime() - begun);
            }
        } catch (IOException closed) {
            // The bench is over.
        }
    }

    /** What was measured since the last time. */
    Latencies.Spread take() {
        return latencies.take();
    }

    @Override
    public void close() throws IOException {
        near.close();
        far.close();
        listener.close();
    }
}
