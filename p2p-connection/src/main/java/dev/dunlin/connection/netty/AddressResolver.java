package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.ResolveException.shown;

import dev.dunlin.connection.netty.ResolveException.Kind;
import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.DnsServerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Turns the multiaddr of a peer into socket addresses (libp2p/specs addressing/README.md): an IP address as it is; dns,
 * dns4 and dns6 through the JDK's resolver, and with it the machine's own rules; dnsaddr through the TXT records of
 * <code>_dnsaddr.</code>host, whose entries <code>dnsaddr=</code>multiaddr are resolved in turn.
 *
 * <p>Of dnsaddr, entries are used that end as the address asked for ends behind its name, and that name the expected
 * peer or none. Addresses that are not over TCP are left out. Everything that may block runs on virtual threads.
 * Nothing is kept between calls. Which addresses may be dialled at all (loopback, port 0) is not decided here.
 *
 * <p>Thread-safe.
 */
public final class AddressResolver implements AutoCloseable {

    private final ResolverLimits limits;
    private final DnsNameResolver dns;
    private final Lookups lookups;
    private final Semaphore resolutions;

    private AddressResolver(ResolverLimits limits, DnsNameResolver dns, HostLookup hosts) {
        this.limits = limits;
        this.dns = dns;
        this.lookups = new Lookups(hosts, new DnsLookup(dns), limits.maxLookupsInFlight());
        this.resolutions = new Semaphore(limits.maxResolutions());
    }

    /**
     * A resolver that asks the name servers of this machine.
     *
     * @param loop where dnsaddr queries are sent from; the resolver does not close it
     * @param udp the kind of UDP channel that fits the loop
     * @param tcp the kind of TCP channel that fits the loop, for answers too long for UDP
     */
    public static AddressResolver create(
            EventLoop loop,
            Class<? extends DatagramChannel> udp,
            Class<? extends SocketChannel> tcp,
            ResolverLimits limits) {
        DnsServerAddressStreamProvider servers = DnsServerAddressStreamProviders.platformDefault();
        return create(loop, udp, tcp, limits, servers, InetAddress::getAllByName);
    }

    /**
     * As above, asking these name servers, behind the machine's own table of hosts; those of the machine where there are none.
     */
    static AddressResolver create(
            EventLoop loop,
            Class<? extends DatagramChannel> udp,
            Class<? extends SocketChannel> tcp,
            ResolverLimits limits,
            List<InetSocketAddress> nameServers) {
        if (nameServers.isEmpty()) {
            return create(loop, udp, tcp, limits);
        }
        DnsServerAddressStreamProvider servers = name -> DnsServerAddresses.sequential(nameServers).stream();
        DnsNameResolver hosts = resolver(loop, udp, tcp, limits, servers).build();
        return create(loop, udp, tcp, limits, servers, name -> {
            try {
                return hosts.resolveAll(name).get().toArray(InetAddress[]::new);
            } catch (ExecutionException unknown) {
                throw new UnknownHostException(name);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnknownHostException(name);
            }
        });
    }

    static AddressResolver create(
            EventLoop loop,
            Class<? extends DatagramChannel> udp,
            Class<? extends SocketChannel> tcp,
            ResolverLimits limits,
            DnsServerAddressStreamProvider servers,
            HostLookup hosts) {
        return new AddressResolver(
                limits, resolver(loop, udp, tcp, limits, servers).build(), hosts);
    }

    private static DnsNameResolverBuilder resolver(
            EventLoop loop,
            Class<? extends DatagramChannel> udp,
            Class<? extends SocketChannel> tcp,
            ResolverLimits limits,
            DnsServerAddressStreamProvider servers) {
        long queryMillis = Math.max(1, TimeUnit.MICROSECONDS.toMillis(limits.queryTimeout()));
        return new DnsNameResolverBuilder(loop)
                .datagramChannelType(udp)
                .socketChannelType(tcp)
                // A source port of its own for each query: who forges an answer has to guess it.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .nameServerProvider(servers)
                .queryTimeoutMillis(queryMillis);
    }

    /**
     * Socket addresses to dial, in no order of preference, none twice; at least one, at most
     * {@link ResolverLimits#maxResults}. Those whose name failed are left out while there are others.
     *
     * <p>Completes within {@link ResolverLimits#timeout}, on a thread that may be held up without harm.
     *
     * @param address of transport TCP or DNSADDR, with or without the peer at its end
     * @param expected the peer to be dialled
     * @return fails with {@link ResolveException}, and with nothing else, if there is no such address
     */
    public CompletionStage<List<InetSocketAddress>> resolve(Multiaddr address, PeerId expected) {
        if (address.peerId().filter(peer -> !peer.equals(expected)).isPresent()) {
            return CompletableFuture.failedFuture(new ResolveException(
                    Kind.UNSUPPORTED, shown(address) + " is an address of another peer than " + expected));
        }
        if (!Resolution.canBeResolved(address)) {
            return CompletableFuture.failedFuture(Resolution.unsupported(address));
        }
        if (address.zone().isEmpty() && address.host().orElseThrow() instanceof Component.Ip) {
            return CompletableFuture.completedFuture(List.of(Resolution.plain(address)));
        }
        if (!resolutions.tryAcquire()) {
            return CompletableFuture.failedFuture(new ResolveException(
                    Kind.LIMIT,
                    shown(address) + " was not looked up, since " + limits.maxResolutions()
                            + " other addresses are being looked up; try again later"));
        }
        Resolution resolution = new Resolution(limits, lookups, expected);
        CompletableFuture<List<InetSocketAddress>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("resolve").start(() -> {
            try {
                List<InetSocketAddress> found = resolution.run(address);
                resolutions.release();
                answer.complete(found);
            } catch (RuntimeException nothing) {
                resolutions.release();
                answer.completeExceptionally(nothing);
            }
        });
        return answer;
    }

    /** Gives back what Netty holds for queries; nothing is to be resolved afterwards. Does not touch the event loop. */
    @Override
    public void close() {
        dns.close();
    }
}
