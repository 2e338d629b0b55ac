package dev.dunlin.node.interop;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A libp2p node of another implementation, under the test's control; {@code src/interop/js/README.md} says what it can do. Killed by
 * {@link #close}.
 */
public final class Counterpart implements AutoCloseable {

    /** How long each request may take. */
    public static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final Map<Implementation, String> VERSIONS = new ConcurrentHashMap<>();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_EVENTS = 100_000;
    private static final int DIALS = 5;

    private final String name;
    private final Child child;
    private final Writer requests;
    private final AtomicLong lastRequest = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final JsonNode listening;

    private record Waiter(Predicate<JsonNode> wished, CompletableFuture<JsonNode> found) {}

    /** The kinds of identity. */
    public enum Key {
        /** Ed25519. */
        ED25519,
        /** RSA of 2048 bits. */
        RSA,
        /** secp256k1. */
        SECP256K1,
        /** ECDSA on P-256; js-libp2p makes no such identities. */
        ECDSA
    }

    /**
     * A request failed.
     *
     * <p>The message is the peer's.
     */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String op, JsonNode error) {
            super(op + ": " + error.path("name").asString() + ": "
                    + error.path("message").asString());
        }
    }

    private Counterpart(String name, Path folder, List<String> command) {
        this.name = name;
        // Not at the exit of the process: its last answers may still be unread then.
        child = Child.start(folder, command, this::take, this::exited);
        requests = child.process().outputWriter(StandardCharsets.UTF_8);
        listening = event(event -> is(event, "listening"));
    }

    /** Starts one that listens on the loopback. */
    public static Counterpart start(Implementation implementation, Key key, boolean earlyMuxer, String... more) {
        List<String> command = new ArrayList<>(implementation.command());
        command.addAll(
                List.of("--key", key.name().toLowerCase(Locale.ROOT), "--early-muxer", earlyMuxer ? "on" : "off"));
        command.addAll(List.of(more));
        Counterpart started = new Counterpart(implementation.toString(), implementation.folder(), command);
        VERSIONS.put(implementation, started.listening.path("libp2p").asString());
        return started;
    }

    /** The version of libp2p that an implementation's peers have told in this process; empty if none was started. */
    static Optional<String> version(Implementation of) {
        return Optional.ofNullable(VERSIONS.get(of));
    }

    /** Starts any other program that speaks the same line protocol. */
    public static Counterpart start(String name, Path folder, List<String> command) {
        return new Counterpart(name, folder, command);
    }

    private static boolean is(JsonNode event, String name) {
        return event.path("event").asString("").equals(name);
    }

    private static boolean is(JsonNode event, String name, PeerId peer) {
        return is(event, name) && event.path("peer").asString("").equals(peer.toString());
    }

    private void take(String line) {
        JsonNode message = JSON.readTree(line);
        if (message.has("event")) {
            arrived(message);
            return;
        }
        CompletableFuture<JsonNode> asked = pending.remove(message.path("id").asLong());
        if (asked == null) {
            throw new IllegalStateException("an answer to no request: " + line);
        }
        asked.complete(message);
    }

    private synchronized void arrived(JsonNode event) {
        if (events.size() == MAX_EVENTS) {
            throw new IllegalStateException("more than " + MAX_EVENTS + " events");
        }
        events.add(event);
        waiters.removeIf(waiter -> waiter.wished.test(event) && waiter.found.complete(event));
    }

    private synchronized void exited() {
        IllegalStateException gone = new IllegalStateException("the " + name + " peer has exited:\n" + child.errors());
        pending.values().forEach(asked -> asked.completeExceptionally(gone));
        waiters.forEach(waiter -> waiter.found.completeExceptionally(gone));
    }

    private <T> T await(String what, CompletableFuture<T> future) {
        try {
            return future.orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Failed failed) {
                throw failed;
            }
            if (e.getCause() instanceof TimeoutException) {
                throw new AssertionError(what + " took more than " + DEADLINE.toSeconds() + " s; events: " + events()
                        + "\n" + child.errors());
            }
            throw e;
        }
    }

    /** Everything that it told so far. */
    public synchronized List<JsonNode> events() {
        return List.copyOf(events);
    }

    /** The first event, past or to come, that is as wished. */
    public JsonNode event(Predicate<JsonNode> wished) {
        CompletableFuture<JsonNode> found = new CompletableFuture<>();
        synchronized (this) {
            events.stream()
                    .filter(wished)
                    .findFirst()
                    .ifPresentOrElse(found::complete, () -> waiters.add(new Waiter(wished, found)));
        }
        return await("an event", found);
    }

    /** The first event of a name about a peer, past or to come. */
    public JsonNode event(String name, PeerId peer) {
        return event(event -> is(event, name, peer));
    }

    /** How many events of a name about a peer there were. */
    public long count(String name, PeerId peer) {
        return events().stream().filter(event -> is(event, name, peer)).count();
    }

    /** Waits until there were so many events of a name about a peer. */
    public void events(String name, PeerId peer, long count) {
        event(event -> is(event, name, peer) && count(name, peer) >= count);
    }

    /** Asks for something; the result's fields are in the README. */
    public CompletableFuture<JsonNode> asking(String op, Map<String, Object> arguments) {
        long id = lastRequest.incrementAndGet();
        Map<String, Object> request = new TreeMap<>(arguments);
        request.put("id", id);
        request.put("op", op);
        request.putIfAbsent("timeoutMs", DEADLINE.toMillis());
        CompletableFuture<JsonNode> asked = new CompletableFuture<>();
        pending.put(id, asked);
        try {
            synchronized (requests) {
                requests.write(JSON.writeValueAsString(request) + "\n");
                requests.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return asked.thenApply(answer -> {
            if (!answer.path("ok").asBoolean()) {
                throw new Failed(op, answer.path("error"));
            }
            return answer.path("result");
        });
    }

    /**
     * As {@link #asking}, and waits.
     *
     * @throws Failed if it fails
     */
    public JsonNode ask(String op, Map<String, Object> arguments) {
        return await(op, asking(op, arguments));
    }

    /** Its id. */
    public PeerId id() {
        return PeerId.parse(listening.path("peerId").asString());
    }

    /** Where it listens, its id at the end. */
    public Multiaddr address() {
        return Multiaddr.parse(listening.path("addrs").path(0).asString());
    }

    /** Dials; the connection's description. */
    public JsonNode dial(Multiaddr address) {
        return askDialling("dial", Map.of("addr", address.toString()));
    }

    /**
     * As {@link #ask}, for what dials: asked again if the port to dial from is taken. rust dials from the port that it listens on,
     * which on a busy machine may fail now and then.
     */
    public JsonNode askDialling(String op, Map<String, Object> arguments) {
        for (int tries = 1; ; tries++) {
            try {
                return ask(op, arguments);
            } catch (Failed failed) {
                if (tries == DIALS || !String.valueOf(failed.getMessage()).contains("Address already in use")) {
                    throw failed;
                }
            }
        }
    }

    /** Its one connection to a peer. */
    public JsonNode connection(PeerId peer) {
        JsonNode found = ask("connections", Map.of("peer", peer.toString()));
        if (found.path("count").asInt() != 1) {
            throw new AssertionError("not one connection: " + found);
        }
        return found.path("connections").path(0);
    }

    /** Waits until it knows who a peer is; what it knows. */
    public JsonNode identify(PeerId peer) {
        return ask("identify", Map.of("peer", peer.toString()));
    }

    /** Pings; how many pongs came. */
    public int ping(PeerId peer, int count) {
        return ask("ping", Map.of("peer", peer.toString(), "count", count))
                .path("rtts")
                .size();
    }

    /** Closes its connections to a peer in order, or breaks them. */
    public void hangup(PeerId peer, boolean abort) {
        ask("hangup", Map.of("peer", peer.toString(), "abort", abort));
    }

    /** Stops it in order; its exit code. */
    public int stop() {
        ask("stop", Map.of());
        return child.exitCode();
    }

    /** Kills it: its sockets are closed by the operating system. */
    public void kill() {
        child.kill();
    }

    /** Ends the process, if it still runs. */
    @Override
    public void close() {
        child.close();
    }
}
