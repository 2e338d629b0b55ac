package dev.dunlin.connection.netty;

import dev.dunlin.connection.noise.HandshakeStatus;
import dev.dunlin.connection.noise.NoiseException;
import dev.dunlin.connection.noise.NoiseHandshake;
import dev.dunlin.connection.noise.NoiseSettings;
import dev.dunlin.connection.noise.NoiseTransport;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A peer on a plain socket that says what a test likes, at any stage of the upgrade and after it. */
public final class RawPeer implements AutoCloseable {

    public static final int DATA = 0;
    public static final int WINDOW = 1;
    public static final int PING = 2;
    public static final int GO_AWAY = 3;
    public static final int SYN = 1;
    public static final int ACK = 2;
    public static final int FIN = 4;
    public static final int RST = 8;

    public static final Duration PATIENCE = Duration.ofSeconds(60);

    public static final String MULTISTREAM = "/multistream/1.0.0";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final PrivateKey KEY = PrivateKey.generate(KeyType.ED25519, RANDOM);

    private final Socket socket;
    private final PrivateKey key;
    // Small: a crowd of these is in one heap.
    private final byte[] chunk = new byte[1 << 12];
    private ByteBuffer cipher = ByteBuffer.allocate(0);
    private ByteBuffer plain = ByteBuffer.allocate(0);
    private @Nullable NoiseTransport noise;

    /** One yamux frame; a body only if it is Data. */
    public record Frame(int type, int flags, int id, int length, byte[] body) {
        /** Whether it has this flag. */
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    private RawPeer(Socket socket, PrivateKey key) {
        this.socket = socket;
        this.key = key;
    }

    /** Connected, and silent. */
    static RawPeer connect(int port) throws IOException {
        return connect(port, 0);
    }

    /** Connected, with a receive buffer of about these bytes if above 0. */
    static RawPeer connect(int port, int receiveBuffer) throws IOException {
        return connect(port, receiveBuffer, "127.0.0.1");
    }

    /** The same, from an address of this machine: all of 127.0.0.0/8 are. */
    static RawPeer connect(int port, int receiveBuffer, String from) throws IOException {
        return connect(port, receiveBuffer, from, KEY);
    }

    /** The same, with an identity of its own. */
    public static RawPeer connect(int port, int receiveBuffer, String from, PrivateKey key) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.setTcpNoDelay(true);
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return new RawPeer(socket, key);
    }

    /** Connected by whom it waits for, and silent. */
    static RawPeer accepted(ServerSocket at, PrivateKey key) throws IOException {
        Socket socket = at.accept();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return new RawPeer(socket, key);
    }

    /** Reads the proposal of /noise. */
    RawPeer proposed() throws IOException {
        readFully(message(MULTISTREAM).length + message(UpgradeHandler.NOISE).length);
        return this;
    }

    /** Answers the proposal of /noise with this. */
    RawPeer answering(String answer) throws IOException {
        proposed();
        write(message(MULTISTREAM), message(answer));
        return this;
    }

    /** Does the handshake at the other side's bidding, offering these muxers in it. */
    RawPeer securedByThem(List<String> muxers) throws IOException {
        NoiseHandshake handshake = NoiseHandshake.responder(
                NoiseSettings.of(key, muxers), Optional.empty(), RANDOM, NettyTransport.micros());
        HandshakeStatus status = handshake.status();
        while (status instanceof HandshakeStatus.InProgress) {
            status = handshake.receive(ciphertext());
            write(handshake.takeOutput());
        }
        if (!(status instanceof HandshakeStatus.Established done)) {
            throw new IOException("the handshake failed: " + status);
        }
        noise = done.transport();
        return this;
    }

    /** Connected, secured and multiplexed. */
    static RawPeer upgraded(int port) throws IOException {
        return connect(port).negotiated().secured(true);
    }

    /** Agrees on /noise. */
    public RawPeer negotiated() throws IOException {
        write(message(MULTISTREAM), message(UpgradeHandler.NOISE));
        readFully(message(MULTISTREAM).length + message(UpgradeHandler.NOISE).length);
        return this;
    }

    /** The first handshake message and its frame header. */
    public static byte[] firstHandshakeMessage() {
        return handshake(KEY, true).takeOutput();
    }

    private static NoiseHandshake handshake(PrivateKey key, boolean earlyMuxer) {
        NoiseSettings settings = NoiseSettings.of(key, earlyMuxer ? List.of(UpgradeHandler.YAMUX) : List.of());
        return NoiseHandshake.initiator(settings, Optional.empty(), RANDOM, NettyTransport.micros());
    }

    /** Does the handshake. */
    public RawPeer secured(boolean earlyMuxer) throws IOException {
        NoiseHandshake handshake = handshake(key, earlyMuxer);
        write(handshake.takeOutput());
        HandshakeStatus status = handshake.status();
        while (status instanceof HandshakeStatus.InProgress) {
            status = handshake.receive(ciphertext());
            write(handshake.takeOutput());
        }
        if (!(status instanceof HandshakeStatus.Established done)) {
            throw new IOException("the handshake failed: " + status);
        }
        noise = done.transport();
        return this;
    }

    /** Answers the first handshake message's reply with these bytes instead of the third message. */
    void thirdMessage(byte[] bytes) throws IOException {
        write(firstHandshakeMessage());
        ciphertext();
        write(bytes);
    }

    /** A line of multistream-select, its length before it. */
    public static byte[] message(String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > 127) {
            throw new IllegalArgumentException("the length would take two bytes");
        }
        return ByteBuffer.allocate(1 + line.length)
                .put((byte) line.length)
                .put(line)
                .array();
    }

    /** A frame whose length says what it likes. */
    public static byte[] frame(int type, int flags, int id, int length, byte... body) {
        return ByteBuffer.allocate(12 + body.length)
                .put((byte) 0)
                .put((byte) type)
                .putShort((short) flags)
                .putInt(id)
                .putInt(length)
                .put(body)
                .array();
    }

    /** A Data frame. */
    public static byte[] data(int flags, int id, byte... body) {
        return frame(DATA, flags, id, body.length, body);
    }

    /** The same bytes many times. */
    public static byte[] repeated(int times, byte[] one) {
        ByteBuffer all = ByteBuffer.allocate(times * one.length);
        for (int i = 0; i < times; i++) {
            all.put(one);
        }
        return all.array();
    }

    /** All parts, one behind the other. */
    public static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Writes to the socket as it is. */
    public void write(byte[]... parts) throws IOException {
        socket.getOutputStream().write(joined(parts));
    }

    /** Encrypts and writes. */
    public void send(byte[]... parts) throws IOException {
        byte[] bytes = joined(parts);
        byte[] sealed = new byte[NoiseTransport.ciphertextSize(bytes.length)];
        try {
            noise().encrypt(ByteBuffer.wrap(bytes), ByteBuffer.wrap(sealed));
        } catch (NoiseException e) {
            throw new IOException(e);
        }
        write(sealed);
    }

    private NoiseTransport noise() {
        NoiseTransport known = noise;
        if (known == null) {
            throw new IllegalStateException("not secured yet");
        }
        return known;
    }

    private ByteBuffer ciphertext() throws IOException {
        if (!cipher.hasRemaining()) {
            int count = socket.getInputStream().read(chunk);
            if (count < 0) {
                throw new IOException("closed");
            }
            cipher = ByteBuffer.wrap(chunk, 0, count);
        }
        return cipher;
    }

    private byte[] readFully(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; ) {
            ByteBuffer from = ciphertext();
            int part = Math.min(from.remaining(), count - at);
            from.get(bytes, at, part);
            at += part;
        }
        return bytes;
    }

    private byte[] readPlain(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; ) {
            if (!plain.hasRemaining()) {
                ByteBuffer from = ciphertext();
                plain = ByteBuffer.allocate(noise().plaintextSize(from));
                try {
                    noise().decrypt(from, plain);
                } catch (NoiseException e) {
                    throw new IOException(e);
                }
                plain.flip();
                continue;
            }
            int part = Math.min(plain.remaining(), count - at);
            plain.get(bytes, at, part);
            at += part;
        }
        return bytes;
    }

    /** The node's next frame. */
    public Frame read() throws IOException {
        ByteBuffer header = ByteBuffer.wrap(readPlain(12));
        header.get();
        int type = header.get();
        int flags = header.getShort();
        int id = header.getInt();
        int length = header.getInt();
        return new Frame(type, flags, id, length, type == DATA ? readPlain(length) : new byte[0]);
    }

    /** Pings, and reads frames up to the answer. */
    void pingPong(int value) throws IOException {
        send(frame(PING, SYN, 0, value));
        for (Frame frame = read(); ; frame = read()) {
            if (frame.type() == PING && frame.has(ACK) && frame.length() == value) {
                return;
            }
        }
    }

    /** Reads frames until the node says GoAway. */
    int readGoAway() throws IOException {
        for (Frame frame = read(); ; frame = read()) {
            if (frame.type() == GO_AWAY) {
                return frame.length();
            }
        }
    }

    /** Whether the node closes the connection in time; what it says before is thrown away. */
    public boolean isClosedWithin(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                socket.setSoTimeout((int) left);
                if (socket.getInputStream().read(chunk) < 0) {
                    return true;
                }
            }
            return false;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        } finally {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }
    }

    /** Closes at once, without the farewell of TCP. */
    public void kill() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
