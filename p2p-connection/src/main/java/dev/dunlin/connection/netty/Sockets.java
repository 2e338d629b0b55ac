package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.system.SystemError;
import dev.dunlin.core.system.SystemErrors;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What differs between operating systems and address forms: native epoll where there is one, and socket addresses. */
final class Sockets {

    /** The numbers are Linux's, as epoll is. */
    private static final ChannelOption<Integer> V6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    private Sockets() {}

    static EventLoopGroup group(int threads, String name) {
        IoHandlerFactory factory = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), factory);
    }

    static Class<? extends SocketChannel> client() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    static Class<? extends DatagramChannel> udp() {
        return Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    /**
     * A bootstrap of listeners at this address, of its family alone: left to themselves, sockets take both, tell addresses of IPv6
     * only, and hold the port against a listener of the other family. Without epoll an IPv6 listener takes IPv4, too.
     */
    static ServerBootstrap server(InetSocketAddress at) {
        boolean six = at.getAddress() instanceof Inet6Address;
        SocketProtocolFamily family = six ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        ServerBootstrap server = new ServerBootstrap().localAddress(at);
        if (!Epoll.isAvailable()) {
            return server.channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family));
        }
        server.channelFactory(() -> new EpollServerSocketChannel(family));
        return six ? server.option(V6_ONLY, 1) : server;
    }

    /** The TCP address of a socket. */
    static Multiaddr multiaddr(SocketAddress address) {
        InetSocketAddress inet = (InetSocketAddress) address;
        return multiaddr(inet.getAddress(), inet.getPort());
    }

    private static Multiaddr multiaddr(InetAddress host, int port) {
        return Multiaddr.tcp(host.getAddress(), port);
    }

    /** The addresses of all interfaces of this machine that are up, link-local ones left out; none where they cannot be read. */
    static Set<InetAddress> hosts() {
        Set<InetAddress> hosts = new LinkedHashSet<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp()) {
                    network.inetAddresses()
                            .filter(host -> !host.isLinkLocalAddress())
                            .forEach(hosts::add);
                }
            }
        } catch (IOException unreadable) {
            return Set.of();
        }
        return hosts;
    }

    /**
     * The addresses at which a listener can be reached: of a wildcard, those of the interfaces, of its family; it is never told itself.
     *
     * @param hosts what {@link #hosts} says
     */
    static List<Multiaddr> bound(SocketAddress address, Set<InetAddress> hosts) {
        InetSocketAddress inet = (InetSocketAddress) address;
        if (!inet.getAddress().isAnyLocalAddress()) {
            return List.of(multiaddr(address));
        }
        boolean six = inet.getAddress() instanceof Inet6Address;
        return hosts.stream()
                .filter(host -> host instanceof Inet6Address == six)
                .limit(ConnectionAction.MAX_ADDRESSES)
                .map(host -> multiaddr(host, inet.getPort()))
                .toList();
    }

    /** What went wrong, for machines and people: the same in every language of the system. */
    static ConnectionError error(Throwable cause) {
        return switch (cause) {
            case ResolveException unresolved ->
                ConnectionError.of(
                        switch (unresolved.kind()) {
                            case UNSUPPORTED -> ConnectionError.Kind.UNSUPPORTED_ADDRESS;
                            case NOT_FOUND, FAILED -> ConnectionError.Kind.RESOLUTION_FAILED;
                            case TIMED_OUT -> ConnectionError.Kind.TIMED_OUT;
                            case LIMIT -> ConnectionError.Kind.LIMIT;
                        },
                        String.valueOf(unresolved.getMessage()));
            case ConnectTimeoutException _ ->
                ConnectionError.of(ConnectionError.Kind.TIMED_OUT, SystemError.ETIMEDOUT.sentence());
            default -> {
                Optional<SystemError> known = known(cause);
                yield ConnectionError.of(
                        known.map(Sockets::kind).orElse(ConnectionError.Kind.IO),
                        known.map(SystemError::sentence).orElseGet(() -> SystemErrors.sentence(cause)));
            }
        };
    }

    /** What broke a socket, in words: the same in every language of the system. */
    static String words(Throwable cause) {
        return known(cause).map(SystemError::sentence).orElseGet(() -> SystemErrors.sentence(cause));
    }

    // Netty has the code of some.
    private static Optional<SystemError> known(Throwable cause) {
        return cause instanceof Errors.NativeIoException coded
                ? SystemErrors.ofCode(-coded.expectedErr())
                : SystemErrors.of(cause);
    }

    private static ConnectionError.Kind kind(SystemError error) {
        return switch (error) {
            case ECONNREFUSED -> ConnectionError.Kind.REFUSED;
            case ENETDOWN, ENETUNREACH, EHOSTUNREACH -> ConnectionError.Kind.UNREACHABLE;
            case ETIMEDOUT -> ConnectionError.Kind.TIMED_OUT;
            case EADDRINUSE, EADDRNOTAVAIL, EACCES, EPERM -> ConnectionError.Kind.ADDRESS_UNAVAILABLE;
            case EMFILE, ENFILE, ENOMEM, ENOBUFS -> ConnectionError.Kind.LIMIT;
            case NXDOMAIN, SERVFAIL, REFUSED -> ConnectionError.Kind.RESOLUTION_FAILED;
            case EIO, ENOSPC, EROFS, EDQUOT, EPIPE, ECONNABORTED, ECONNRESET -> ConnectionError.Kind.IO;
        };
    }
}
