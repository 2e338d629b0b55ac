package dev.dunlin.node.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A long link on this machine: carries TCP connections to a port of the loopback, each byte a fixed time after it came. It reads
 * at once whatever comes and holds all of it, so that only the delay is felt and no bandwidth.
 */
public final class DelayingProxy implements AutoCloseable {

    private static final int PIECE = 1 << 16;

    private final ServerSocketChannel listening;
    private final int port;
    private final long delayNanos;
    private final Queue<SocketChannel> open = new ConcurrentLinkedQueue<>();
    private final Queue<ByteBuffer> spare = new ConcurrentLinkedQueue<>();
    private final AtomicLong towardsListener = new AtomicLong();
    private final AtomicLong towardsDialler = new AtomicLong();

    /** What came at a time, or the end of it. */
    private record Piece(ByteBuffer bytes, long due, boolean last) {}

    /**
     * Starts one on a free port of the loopback.
     *
     * @param port where it carries to
     * @param oneWay how long each byte takes, in each direction
     */
    public DelayingProxy(int port, Duration oneWay) throws IOException {
        this.port = port;
        this.delayNanos = oneWay.toNanos();
        listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        start(this::accept);
    }

    private static void start(Runnable task) {
        // Not virtual: a carrier thread would be shared with whatever else runs here.
        Thread.ofPlatform().daemon().start(task);
    }

    /** Where it listens. */
    public int listeningPort() {
        return listening.socket().getLocalPort();
    }

    /** How many bytes it has taken on their way to the port that it carries to. */
    public long towardsListener() {
        return towardsListener.get();
    }

    /** How many bytes it has taken on their way to whoever dialled it. */
    public long towardsDialler() {
        return towardsDialler.get();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel near = listening.accept();
                open.add(near);
                SocketChannel far = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                open.add(far);
                near.setOption(StandardSocketOptions.TCP_NODELAY, true);
                far.setOption(StandardSocketOptions.TCP_NODELAY, true);
                carry(near, far, towardsListener);
                carry(far, near, towardsDialler);
            }
        } catch (IOException e) {
            // It was closed, or nobody listens there: whoever dials sees the end of the connection.
            close();
        }
    }

    private void carry(SocketChannel from, SocketChannel to, AtomicLong taken) {
        BlockingQueue<Piece> way = new LinkedBlockingQueue<>();
        start(() -> read(from, way, taken));
        start(() -> write(way, from, to));
    }

    private void read(SocketChannel from, BlockingQueue<Piece> way, AtomicLong taken) {
        boolean more = true;
        while (more) {
            ByteBuffer lent = spare.poll();
            ByteBuffer bytes = lent == null ? ByteBuffer.allocateDirect(PIECE) : lent.clear();
            try {
                int count = from.read(bytes);
                more = count >= 0;
                taken.addAndGet(Math.max(0, count));
            } catch (IOException e) {
                // A reset is carried as an end.
                more = false;
            }
            way.add(new Piece(bytes.flip(), System.nanoTime() + delayNanos, !more));
        }
    }

    private void write(BlockingQueue<Piece> way, SocketChannel from, SocketChannel to) {
        try {
            while (true) {
                Piece piece = way.take();
                for (long left = piece.due - System.nanoTime(); left > 0; left = piece.due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                while (piece.bytes.hasRemaining()) {
                    to.write(piece.bytes);
                }
                spare.add(piece.bytes);
                if (piece.last) {
                    to.shutdownOutput();
                    return;
                }
            }
        } catch (IOException e) {
            // The reader's side is gone: the sender shall see it.
            close(from);
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            open.forEach(DelayingProxy::close);
        }
    }
}
