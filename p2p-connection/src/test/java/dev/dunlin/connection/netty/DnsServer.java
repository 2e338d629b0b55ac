package dev.dunlin.connection.netty;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A name server on loopback, over UDP and TCP, that knows what a table says (RFC 1035). */
final class DnsServer implements AutoCloseable {

    static final int A = 1;
    static final int TXT = 16;
    static final int AAAA = 28;

    private static final int MAX_UDP = 1232;
    private static final int HEADER = 12;

    /** What is answered: records, raw bytes instead of a message, nothing at all, or (no reply) no such name. */
    sealed interface Reply {
        record Records(List<byte[]> data) implements Reply {}

        record Raw(byte[] message) implements Reply {}

        record Silence() implements Reply {}

        /** No records, and a code (RFC 1035 section 4.1.1). */
        record Code(int code) implements Reply {}
    }

    /** The table; names in lower case, without the dot at the end. */
    interface Table {
        Optional<Reply> answer(int type, String name);
    }

    private final Table table;
    private final ServerSocket tcp;
    private final DatagramSocket udp;
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private DnsServer(Table table) throws IOException {
        this.table = table;
        this.tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    static DnsServer start(Table table) {
        try {
            return new DnsServer(table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort());
    }

    /** The names that were asked for so far, over UDP. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    /** TXT records, each of one string if it fits in one. */
    static Reply texts(List<String> texts) {
        return new Reply.Records(texts.stream().map(DnsServer::text).toList());
    }

    /** A TXT record of the given text in strings of at most 255 bytes. */
    static byte[] text(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += 255) {
            int length = Math.min(255, bytes.length - at);
            out.write(length);
            out.write(bytes, at, length);
        }
        return out.toByteArray();
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] query = Arrays.copyOf(buffer, packet.getLength());
                asked.add(name(query));
                Optional<byte[]> answer = answer(query, MAX_UDP);
                if (answer.isPresent()) {
                    udp.send(new DatagramPacket(answer.get(), answer.get().length, packet.getSocketAddress()));
                }
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                byte[] answer = answer(query, 65535).orElseThrow();
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
                // The client closes when it has read.
                in.read();
            } catch (SocketException closed) {
                // Ours or the client's; the loop's condition tells which.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Optional<byte[]> answer(byte[] query, int most) {
        String name = name(query);
        int end = HEADER + name.length() + 2;
        int type = ByteBuffer.wrap(query).getShort(end);
        Optional<Reply> reply = table.answer(type, name);
        byte[] question = Arrays.copyOfRange(query, HEADER, end + 4);
        if (reply.isEmpty()) {
            return Optional.of(message(query, 0x8183, question, List.of()));
        }
        return switch (reply.get()) {
            case Reply.Silence() -> Optional.empty();
            case Reply.Code(int code) -> Optional.of(message(query, 0x8180 | code, question, List.of()));
            case Reply.Raw(byte[] raw) -> Optional.of(raw);
            case Reply.Records(List<byte[]> data) -> {
                byte[] whole = message(query, 0x8180, question, data);
                yield Optional.of(whole.length <= most ? whole : message(query, 0x8380, question, List.of()));
            }
        };
    }

    private static String name(byte[] query) {
        StringBuilder name = new StringBuilder();
        for (int at = HEADER; query[at] != 0; at += query[at] + 1) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
        }
        return name.toString();
    }

    private static byte[] message(byte[] query, int flags, byte[] question, List<byte[]> data) {
        int size = HEADER
                + question.length
                + data.stream().mapToInt(each -> 12 + each.length).sum();
        ByteBuffer out = ByteBuffer.allocate(size).put(query, 0, 2).putShort((short) flags);
        out.putShort((short) 1).putShort((short) data.size()).putInt(0).put(question);
        for (byte[] each : data) {
            // The question's name, type and class, for a minute.
            out.putShort((short) 0xC00C).put(question, question.length - 4, 4).putInt(60);
            out.putShort((short) each.length).put(each);
        }
        return out.array();
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
