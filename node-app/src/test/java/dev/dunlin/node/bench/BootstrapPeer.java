package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A polite peer that comes with tokens, in the framed form: each question has a stream of its own. Its questions may be asked by any
 * thread; one of its own reads.
 */
final class BootstrapPeer extends PolitePeer {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PROPOSAL = RawPeer.joined(HEADER, RawPeer.message("/taleus/bootstrap/1.1.0"));
    private static final Pattern SESSION = Pattern.compile("\"sessionRef\":\"([0-9a-f]{32})\"");
    private static final AtomicLong NAMES = new AtomicLong();

    /** An identity is some words in practice. */
    private static final String IDENTITY = "{\"name\":\"" + "x".repeat(200) + "\"}";

    private final String self;
    private final AtomicInteger lastStream = new AtomicInteger(-1);
    private final Map<Integer, Asked> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private static final class Asked {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    }

    /** What came; empty if the stream was reset. */
    record Answer(String text) {

        boolean isApproved() {
            return text.contains("\"approved\":true");
        }

        boolean isTaken() {
            return text.contains("databaseTaken");
        }

        /** The name of the session that waits for a database. */
        String session() throws IOException {
            Matcher found = SESSION.matcher(text);
            if (!found.find()) {
                throw new IOException("no session in " + text);
            }
            return found.group(1);
        }
    }

    private BootstrapPeer(RawPeer raw, PrivateKey key) {
        super(raw);
        self = key.publicKey().peerId().toString();
    }

    /** One of an identity of its own, from an address of this machine. */
    static BootstrapPeer connect(int port, String from) throws IOException {
        return connect(port, from, 0);
    }

    /** The same, with a receive buffer of about these bytes if above 0, and nobody who reads. */
    static BootstrapPeer silent(int port, String from, int receiveBuffer) throws IOException {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, RANDOM);
        RawPeer raw = RawPeer.connect(port, receiveBuffer, from, key);
        try {
            return new BootstrapPeer(raw.negotiated().secured(true), key);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static BootstrapPeer connect(int port, String from, int receiveBuffer) throws IOException {
        BootstrapPeer peer = silent(port, from, receiveBuffer);
        Thread.ofVirtual().start(peer::read);
        return peer;
    }

    private void read() {
        try {
            serve();
        } catch (IOException e) {
            ended.complete(String.valueOf(e));
            asked.values().forEach(one -> one.answer.complete(new Answer("")));
        }
    }

    @Override
    void own(RawPeer.Frame frame) {
        Asked one = asked.get(frame.id());
        if (one == null) {
            return;
        }
        one.bytes.writeBytes(frame.body());
        if (frame.has(RawPeer.RST)) {
            asked.remove(frame.id());
            one.answer.complete(new Answer(""));
        } else if (frame.has(RawPeer.FIN)) {
            asked.remove(frame.id());
            one.answer.complete(new Answer(text(one.bytes.toByteArray())));
        }
    }

    private static String text(byte[] all) {
        int at = PROPOSAL.length;
        while (at < all.length && all[at] < 0) {
            at++;
        }
        return at >= all.length ? "" : new String(all, at + 1, all.length - at - 1, StandardCharsets.UTF_8);
    }

    /** Completes when the connection has ended, with why. */
    CompletableFuture<String> ended() {
        return ended;
    }

    /** A key that nobody had before. */
    static String newKey() {
        return "key-of-the-bench-" + NAMES.incrementAndGet();
    }

    /** The key that is this peer's. */
    String ownKey() {
        return "the-key-of-" + self.substring(self.length() - 40);
    }

    /** The first message. */
    byte[] contact(String token, String key) {
        return ("{\"type\":\"inboundContact\",\"v\":1,\"token\":\"" + token + "\",\"partyId\":\"" + self
                        + "\",\"identityBundle\":" + IDENTITY
                        + ",\"cadrePeerAddrs\":[\"/ip4/192.0.2.1/tcp/4001\"],\"idempotencyKey\":\"" + key + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The third message. */
    static byte[] result(String session) {
        byte[] name = new byte[13];
        RANDOM.nextBytes(name);
        return ("{\"type\":\"databaseResult\",\"v\":1,\"tally\":{\"tallyId\":\""
                        + HexFormat.of().formatHex(name)
                        + "\",\"createdBy\":\"foil\"},\"dbConnectionInfo\":{\"endpoint\":\"bench:1\",\"credentialsRef\":\"\"},"
                        + "\"sessionRef\":\"" + session + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] framed(byte[] message) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int left = message.length; ; left >>>= 7) {
            if (left < 0x80) {
                all.write(left);
                break;
            }
            all.write(left & 0x7f | 0x80);
        }
        all.writeBytes(message);
        return all.toByteArray();
    }

    /** Asks, and does not wait. */
    CompletableFuture<Answer> begin(byte[] message) throws IOException {
        Asked one = new Asked();
        // In the order of their numbers.
        synchronized (this) {
            int stream = lastStream.addAndGet(2);
            asked.put(stream, one);
            send(RawPeer.data(RawPeer.SYN | RawPeer.FIN, stream, RawPeer.joined(PROPOSAL, framed(message))));
        }
        if (ended.isDone()) {
            one.answer.complete(new Answer(""));
        }
        return one.answer;
    }

    /** Asks, and waits. */
    Answer ask(byte[] message) throws IOException {
        return awaited(begin(message));
    }

    private static Answer awaited(CompletableFuture<Answer> answer) throws IOException {
        try {
            return answer.get(RawPeer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it is over", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no answer", e);
        }
    }

    /** A whole bootstrap in which this side makes the database; false if it was turned away. */
    boolean foil() throws IOException {
        Answer first = ask(contact(BootstrapListener.FOIL_TOKEN, newKey()));
        return first.isApproved() && ask(result(first.session())).isTaken();
    }

    /** A whole bootstrap in which the node makes it; false if it was turned away. */
    boolean stock() throws IOException {
        return ask(contact(BootstrapListener.STOCK_TOKEN, newKey())).isApproved();
    }

    /** Sends a first message a byte a second, until the stream or the connection has ended. */
    void slowly(String token) throws IOException {
        byte[] message = framed(contact(token, newKey()));
        Asked one = new Asked();
        int stream;
        synchronized (this) {
            stream = lastStream.addAndGet(2);
            asked.put(stream, one);
            send(RawPeer.data(RawPeer.SYN, stream, PROPOSAL));
        }
        for (int i = 0; i < message.length && !one.answer.isDone() && !ended.isDone(); i++) {
            send(RawPeer.data(0, stream, message[i]));
            Pace.hold(Duration.ofSeconds(1));
        }
    }

    /** Asks for more pongs than fit what is between the two, with nobody who reads them, and then begins a bootstrap whose answer is not read either. */
    void unread() throws IOException {
        send(RawPeer.data(RawPeer.SYN, lastStream.addAndGet(2), RawPeer.joined(HEADER, PING)));
        byte[] pings = new byte[4096];
        for (int sent = 0; sent + pings.length <= (256 << 10) - 256; sent += pings.length) {
            send(RawPeer.data(0, lastStream.get(), pings));
        }
        begin(contact(BootstrapListener.FOIL_TOKEN, newKey()));
        while (true) {
            // Fails when the node has closed.
            send(RawPeer.frame(RawPeer.PING, RawPeer.SYN, 0, 1));
            Pace.hold(Duration.ofSeconds(1));
        }
    }
}
