package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.ResolveException.shown;

import dev.dunlin.connection.netty.ResolveException.Kind;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Protocol;
import dev.dunlin.core.multiformats.Transport;
import dev.dunlin.core.system.SystemError;
import io.netty.resolver.dns.DnsNameResolver;
import java.net.IDN;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One call of {@link AddressResolver#resolve}: level by level, the names of one level all at once. Used once, by one
 * thread, which it blocks.
 */
final class Resolution {

    private static final String TXT_PREFIX = "_dnsaddr.";
    private static final String ENTRY_PREFIX = "dnsaddr=";
    private static final int MAX_DNS_NAME = 253;

    /** A question that was asked, and for which address. */
    private sealed interface Asked {

        record Host(Multiaddr address, CompletableFuture<List<InetAddress>> answer) implements Asked {}

        record Texts(Multiaddr address, CompletableFuture<List<String>> answer) implements Asked {}
    }

    private final ResolverLimits limits;
    private final Lookups lookups;
    private final PeerId expected;
    private final long deadline;
    private final Set<InetSocketAddress> found = new LinkedHashSet<>();
    private final Set<Multiaddr> seen = new LinkedHashSet<>();
    private final List<Asked> asked = new ArrayList<>();
    private int lookupsLeft;
    private Optional<ResolveException> failure = Optional.empty();

    Resolution(ResolverLimits limits, Lookups lookups, PeerId expected) {
        this.limits = limits;
        this.lookups = lookups;
        this.expected = expected;
        this.lookupsLeft = limits.maxLookups();
        this.deadline = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(limits.timeout());
    }

    static boolean canBeResolved(Multiaddr address) {
        return address.transport() == Transport.TCP || address.transport() == Transport.DNSADDR;
    }

    static ResolveException unsupported(Multiaddr address) {
        return new ResolveException(
                Kind.UNSUPPORTED,
                shown(address) + " cannot be dialled, since it is neither /dnsaddr nor a host with a TCP port alone");
    }

    /** The socket address of an IP address without a zone; an IPv4-mapped one counts as IPv4. */
    static InetSocketAddress plain(Multiaddr address) {
        return new InetSocketAddress(ip(address), port(address));
    }

    /** At least one socket address of an address that {@link #canBeResolved}, or a {@link ResolveException}. */
    List<InetSocketAddress> run(Multiaddr address) {
        try {
            List<Multiaddr> level = List.of(address);
            for (int depth = 0; !level.isEmpty() && found.size() < limits.maxResults(); depth++) {
                for (Multiaddr each : level) {
                    begin(each, depth);
                }
                level = answers();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            failed(Kind.TIMED_OUT, "the lookup of " + shown(address) + " was interrupted");
        }
        if (found.isEmpty()) {
            throw failure.orElseGet(
                    () -> new ResolveException(Kind.NOT_FOUND, shown(address) + " leads to no address"));
        }
        return List.copyOf(found);
    }

    private void begin(Multiaddr address, int depth) throws InterruptedException {
        if (!seen.add(address)) {
            return;
        }
        Component host = address.host().orElseThrow();
        if (host instanceof Component.Ip) {
            literal(address);
        } else if (host.protocol() == Protocol.DNSADDR && depth >= limits.maxDepth()) {
            failed(
                    Kind.LIMIT,
                    shown(address) + " was not looked up, since " + limits.maxDepth()
                            + " dnsaddr answers in a row led to it");
        } else {
            ask(address, host);
        }
    }

    private void ask(Multiaddr address, Component host) throws InterruptedException {
        boolean isTexts = host.protocol() == Protocol.DNSADDR;
        Optional<String> name = dnsName((isTexts ? TXT_PREFIX : "") + host.value());
        if (name.isEmpty()) {
            failed(Kind.UNSUPPORTED, shown(address) + " has a name that DNS cannot have");
        } else if (lookupsLeft == 0) {
            failed(
                    Kind.LIMIT,
                    shown(address) + " was not looked up, since " + limits.maxLookups()
                            + " names were asked for already");
        } else if (nanosLeft() == 0) {
            timedOut(address);
        } else if (!lookups.awaitPlace(nanosLeft())) {
            failed(
                    Kind.LIMIT,
                    shown(address) + " was not looked up, since " + limits.maxLookupsInFlight()
                            + " other lookups did not end in time");
        } else {
            lookupsLeft--;
            asked.add(
                    isTexts
                            ? new Asked.Texts(address, lookups.texts(name.get()))
                            : new Asked.Host(address, lookups.host(name.get())));
        }
    }

    /** Takes the answers of a level; the addresses they lead to make the next one. */
    private List<Multiaddr> answers() throws InterruptedException {
        List<Multiaddr> next = new ArrayList<>();
        for (Asked question : asked) {
            switch (question) {
                case Asked.Host(Multiaddr address, CompletableFuture<List<InetAddress>> answer) ->
                    await(address, answer).ifPresent(ips -> hosts(address, ips));
                case Asked.Texts(Multiaddr address, CompletableFuture<List<String>> answer) ->
                    await(address, answer).ifPresent(texts -> entries(address, texts, next));
            }
        }
        asked.clear();
        return next;
    }

    private <T> Optional<T> await(Multiaddr address, CompletableFuture<T> answer) throws InterruptedException {
        try {
            return Optional.of(answer.get(nanosLeft(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            timedOut(address);
        } catch (ExecutionException failed) {
            if (DnsNameResolver.isTimeoutError(failed.getCause())) {
                timedOut(address);
            } else {
                unknown(address, failed.getCause() instanceof NoRecords none ? none.answer() : SystemError.NXDOMAIN);
            }
        }
        return Optional.empty();
    }

    private void unknown(Multiaddr address, SystemError answer) {
        if (answer == SystemError.NXDOMAIN) {
            failed(Kind.NOT_FOUND, "DNS does not know the name in " + shown(address));
        } else {
            failed(Kind.FAILED, answer.sentence() + " for " + shown(address));
        }
    }

    private void timedOut(Multiaddr address) {
        failed(Kind.TIMED_OUT, "DNS did not answer in time for " + shown(address));
    }

    private void hosts(Multiaddr address, List<InetAddress> ips) {
        Protocol family = address.host().orElseThrow().protocol();
        boolean fits = false;
        for (InetAddress ip : ips) {
            if (family == Protocol.DNS || family == (ip instanceof Inet4Address ? Protocol.DNS4 : Protocol.DNS6)) {
                fits = true;
                found(new InetSocketAddress(ip, port(address)));
            }
        }
        if (!fits) {
            failed(Kind.NOT_FOUND, "the name in " + shown(address) + " has no address of its family");
        }
    }

    private void entries(Multiaddr address, List<String> texts, List<Multiaddr> next) {
        List<Component> components = address.components();
        List<Component> suffix = components.subList(1, components.size());
        int used = 0;
        boolean fits = false;
        for (String text : texts) {
            Optional<Multiaddr> entry = entry(text).filter(each -> fits(each, suffix));
            if (entry.isEmpty()) {
                continue;
            }
            fits = true;
            if (!canBeResolved(entry.get())) {
                failed(unsupported(entry.get()));
            } else if (used == limits.maxResults()) {
                failed(
                        Kind.LIMIT,
                        "only " + used + " of the addresses that DNS has for " + shown(address) + " were used");
                return;
            } else {
                used++;
                next.add(entry.get());
            }
        }
        if (!fits) {
            failed(Kind.NOT_FOUND, "DNS has no address of the peer for " + shown(address));
        }
    }

    private static Optional<Multiaddr> entry(String text) {
        if (!text.startsWith(ENTRY_PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Multiaddr.parse(text.substring(ENTRY_PREFIX.length())));
        } catch (MultiformatException unknown) {
            // Anybody may write anything there, and newer protocols are to be expected.
            return Optional.empty();
        }
    }

    private boolean fits(Multiaddr entry, List<Component> suffix) {
        List<Component> components = entry.components();
        int from = components.size() - suffix.size();
        return from > 0
                && components.subList(from, components.size()).equals(suffix)
                && entry.peerId().filter(peer -> !peer.equals(expected)).isEmpty();
    }

    private void literal(Multiaddr address) {
        InetAddress ip = ip(address);
        Optional<String> zone = address.zone();
        if (zone.isEmpty()) {
            found(plain(address));
        } else if (!ip.isLinkLocalAddress()) {
            failed(Kind.UNSUPPORTED, shown(address) + " has a zone, which only a link-local address has");
        } else {
            int scope = scope(zone.get());
            if (scope == 0) {
                failed(Kind.NOT_FOUND, "this machine has no network interface of the zone in " + shown(address));
            } else {
                found(new InetSocketAddress(scoped(ip, scope), port(address)));
            }
        }
    }

    /** The index of the interface with this name or index, or 0. */
    private static int scope(String zone) {
        try {
            NetworkInterface named = NetworkInterface.getByName(zone);
            if (named == null && zone.matches("[1-9][0-9]{0,8}")) {
                named = NetworkInterface.getByIndex(Integer.parseInt(zone));
            }
            return named == null ? 0 : Math.max(0, named.getIndex());
        } catch (SocketException unreadable) {
            return 0;
        }
    }

    private static InetAddress scoped(InetAddress ip, int scope) {
        try {
            return Inet6Address.getByAddress(null, ip.getAddress(), scope);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("a link-local IPv6 address has not 16 bytes", impossible);
        }
    }

    private static InetAddress ip(Multiaddr address) {
        try {
            return InetAddress.getByAddress(address.host().orElseThrow().valueBytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an IP address has neither 4 nor 16 bytes", impossible);
        }
    }

    private static int port(Multiaddr address) {
        return address.port().orElseThrow();
    }

    /** The name as it is asked for, in ASCII; empty if it is none that DNS can have. */
    private static Optional<String> dnsName(String name) {
        try {
            return Optional.of(IDN.toASCII(name)).filter(ascii -> ascii.length() <= MAX_DNS_NAME);
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    private long nanosLeft() {
        return Math.max(0, deadline - System.nanoTime());
    }

    private void found(InetSocketAddress address) {
        if (found.size() < limits.maxResults()) {
            found.add(address);
        }
    }

    private void failed(Kind kind, String message) {
        failed(new ResolveException(kind, message));
    }

    private void failed(ResolveException next) {
        if (failure.isEmpty() || failure.get().kind().compareTo(next.kind()) < 0) {
            failure = Optional.of(next);
        }
    }
}
