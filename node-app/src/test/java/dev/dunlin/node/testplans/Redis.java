package dev.dunlin.node.testplans;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A connection to a redis server: the two commands by which the two sides of a test find each other, in RESP. */
final class Redis implements AutoCloseable {

    private static final int MOST_BYTES = 1 << 16;
    private static final int CONNECT_MILLIS = 5000;

    private final Socket socket;
    private final InputStream in;

    private Redis(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Connects, again and again until it succeeds: the server may be starting.
     *
     * @param address HOST:PORT
     * @throws IOException if it does not succeed in time
     */
    static Redis connect(String address, Duration timeout) throws IOException {
        HostPort at = HostPort.parse(address);
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(at.host(), at.port()), CONNECT_MILLIS);
                socket.setSoTimeout((int) timeout.toMillis());
                return new Redis(socket);
            } catch (IOException e) {
                socket.close();
                if (System.nanoTime() - end > 0) {
                    throw new IOException("redis at " + address + " cannot be reached: " + e.getMessage(), e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    /** Appends a value to a list. */
    void push(String list, String value) throws IOException {
        send("RPUSH", list, value);
        read();
    }

    /** Takes the first value of a list, when there is one; empty if there is none in time. */
    Optional<String> pop(String list, Duration timeout) throws IOException {
        send("BLPOP", list, String.valueOf(Math.max(1, timeout.toSeconds())));
        List<String> answer = read();
        return answer.size() == 2 ? Optional.of(answer.getLast()) : Optional.empty();
    }

    private void send(String... words) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(ascii("*" + words.length + "\r\n"));
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            command.writeBytes(ascii("$" + bytes.length + "\r\n"));
            command.writeBytes(bytes);
            command.writeBytes(ascii("\r\n"));
        }
        socket.getOutputStream().write(command.toByteArray());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The texts of an answer; nothing of a null. */
    private List<String> read() throws IOException {
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        List<String> texts = new ArrayList<>();
        switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+', ':' -> texts.add(rest);
            case '$' -> {
                int length = number(rest);
                if (length >= 0) {
                    texts.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    line();
                }
            }
            case '*' -> {
                int count = number(rest);
                for (int i = 0; i < count; i++) {
                    texts.addAll(read());
                }
            }
            case '-' -> throw new IOException("redis refuses: " + rest);
            default -> throw new IOException("redis does not speak RESP: " + line);
        }
        return texts;
    }

    private static int number(String text) throws IOException {
        try {
            int number = Integer.parseInt(text);
            if (number <= MOST_BYTES) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IOException("redis does not speak RESP: " + text, e);
        }
        throw new IOException("redis answers more than " + MOST_BYTES + " bytes");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() == MOST_BYTES) {
                throw new IOException("redis has ended the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
