package dev.dunlin.connection.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.netty.DnsServer.Reply;
import dev.dunlin.connection.netty.ResolveException.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AddressResolverTest {

    private static final PeerId US = peer(1);
    private static final PeerId OTHER = peer(2);
    private static final ResolverLimits DEFAULTS = ResolverLimits.defaults().withTimeout(20_000_000);
    private static final long LONG = 600_000_000;

    private final Map<String, Reply> table = new ConcurrentHashMap<>();
    private final DnsServer server = DnsServer.start(this::answer);
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private static PeerId peer(int number) {
        return PeerId.of(Multihash.identity(new byte[] {(byte) number}));
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Names below "chain" lead to the next for ever, those below "fan" to forty others each. */
    private Optional<Reply> answer(int type, String name) {
        if (type == DnsServer.TXT && name.endsWith(".chain")) {
            int at = Integer.parseInt(name.substring("_dnsaddr.".length(), name.indexOf(".chain")));
            return Optional.of(DnsServer.texts(List.of("dnsaddr=/dnsaddr/" + (at + 1) + ".chain")));
        }
        if (type == DnsServer.TXT && name.endsWith("fan")) {
            String below = name.substring("_dnsaddr.".length());
            return Optional.of(DnsServer.texts(IntStream.range(0, 40)
                    .mapToObj(i -> "dnsaddr=/dnsaddr/" + i + "." + below)
                    .toList()));
        }
        return Optional.ofNullable(table.get(type + " " + name));
    }

    private void txt(String host, String... texts) {
        table.put(DnsServer.TXT + " _dnsaddr." + host, DnsServer.texts(List.of(texts)));
    }

    private void host(int type, String host, String... ips) {
        table.put(
                type + " " + host,
                new Reply.Records(
                        Stream.of(ips).map(ip -> inet(ip).getAddress()).toList()));
    }

    private static InetAddress inet(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static InetSocketAddress socket(String ip, int port) {
        return new InetSocketAddress(inet(ip), port);
    }

    private AddressResolver resolver(ResolverLimits limits) {
        DnsNameResolver hosts = new DnsNameResolverBuilder(group.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(servers(server))
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .queryTimeoutMillis(10_000)
                .build();
        return resolver(limits, name -> {
            try {
                return hosts.resolveAll(name).get().toArray(InetAddress[]::new);
            } catch (InterruptedException | ExecutionException failed) {
                throw new UnknownHostException(name);
            }
        });
    }

    private AddressResolver resolver(ResolverLimits limits, HostLookup hosts) {
        return resolver(limits, hosts, server);
    }

    private AddressResolver resolver(ResolverLimits limits, HostLookup hosts, DnsServer... servers) {
        return AddressResolver.create(
                group.next(), NioDatagramChannel.class, NioSocketChannel.class, limits, servers(servers), hosts);
    }

    private static DnsServerAddressStreamProvider servers(DnsServer... servers) {
        List<InetSocketAddress> addresses =
                Stream.of(servers).map(DnsServer::address).toList();
        return name -> DnsServerAddresses.sequential(addresses).stream();
    }

    private static CompletableFuture<List<InetSocketAddress>> start(AddressResolver resolver, String address) {
        return resolver.resolve(Multiaddr.parse(address), US).toCompletableFuture();
    }

    private List<InetSocketAddress> resolve(String address) {
        return resolve(resolver(DEFAULTS), address);
    }

    private static List<InetSocketAddress> resolve(AddressResolver resolver, String address) {
        return start(resolver, address).orTimeout(30, TimeUnit.SECONDS).join();
    }

    private ResolveException failure(String address) {
        return failure(resolver(DEFAULTS), address);
    }

    private static ResolveException failure(AddressResolver resolver, String address) {
        return failure(start(resolver, address));
    }

    private static ResolveException failure(CompletableFuture<List<InetSocketAddress>> answer) {
        try {
            throw new AssertionError("resolved to " + answer.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ResolveException typed) {
                return typed;
            }
            throw new AssertionError("not a typed failure", failed);
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("no answer at all", late);
        }
    }

    private static Stream<String> addresses(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "10.0." + i / 250 + "." + (i % 250 + 1));
    }

    // What stands in the address.

    @Test
    void ipAddressesAreTakenAsTheyAre() {
        assertThat(resolve("/ip4/192.0.2.7/tcp/4001")).containsExactly(socket("192.0.2.7", 4001));
        assertThat(resolve("/ip6/2001:db8::7/tcp/0/p2p/" + US)).containsExactly(socket("2001:db8::7", 0));
        // An IPv4 address in IPv6 clothes is one: nobody who refuses loopback is to be got around.
        assertThat(resolve("/ip6/::ffff:127.0.0.1/tcp/1").getFirst().getAddress())
                .isInstanceOf(Inet4Address.class)
                .matches(InetAddress::isLoopbackAddress);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void zonesNameAnInterface() throws Exception {
        NetworkInterface some = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
        for (String zone : List.of(some.getName(), Integer.toString(some.getIndex()))) {
            InetSocketAddress found =
                    resolve("/ip6zone/" + zone + "/ip6/fe80::1/tcp/9").getFirst();
            assertThat(((Inet6Address) found.getAddress()).getScopeId()).isEqualTo(some.getIndex());
            assertThat(found.getAddress().getAddress())
                    .isEqualTo(inet("fe80::1").getAddress());
        }
        ResolveException unknown = failure("/ip6zone/nosuch0/ip6/fe80::1/tcp/9");
        assertThat(unknown.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(unknown).hasMessageContaining("interface");
        assertThat(failure("/ip6zone/1/ip6/::ffff:127.0.0.1/tcp/9").kind()).isEqualTo(Kind.UNSUPPORTED);
    }

    @Test
    void otherTransportsAreUnsupported() {
        for (String address : List.of(
                "/ip4/192.0.2.7/udp/4001/quic-v1",
                "/dns/example.test/tcp/443/wss",
                "/ip4/192.0.2.7/tcp/80/ws",
                "/ip4/192.0.2.7/tcp/1/p2p/" + OTHER + "/p2p-circuit",
                "/ip4/192.0.2.7",
                "/p2p/" + US)) {
            assertThat(failure(address).kind()).as(address).isEqualTo(Kind.UNSUPPORTED);
        }
        assertThat(failure("/ip4/192.0.2.7/udp/1"))
                .hasMessage("/ip4/192.0.2.7/udp/1 cannot be dialled, since it is neither /dnsaddr nor a host with a TCP"
                        + " port alone");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void theAddressOfAnotherPeerIsRefused() {
        ResolveException failure = failure("/ip4/192.0.2.7/tcp/1/p2p/" + OTHER);
        assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(failure).hasMessageContaining("another peer");
    }

    // Host names.

    @Test
    void namesGiveTheFamiliesAskedFor() {
        host(DnsServer.A, "both.test", "192.0.2.1", "192.0.2.2");
        host(DnsServer.AAAA, "both.test", "2001:db8::1");
        InetSocketAddress[] v4 = {socket("192.0.2.1", 5), socket("192.0.2.2", 5)};
        InetSocketAddress v6 = socket("2001:db8::1", 5);
        assertThat(resolve("/dns/both.test/tcp/5")).containsExactlyInAnyOrder(v4[0], v4[1], v6);
        assertThat(resolve("/dns4/both.test/tcp/5")).containsExactlyInAnyOrder(v4);
        assertThat(resolve("/dns6/both.test/tcp/5")).containsExactly(v6);
        host(DnsServer.A, "four.test", "192.0.2.1");
        assertThat(failure("/dns6/four.test/tcp/5").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void theMachinesOwnResolverIsAsked() {
        AddressResolver resolver = AddressResolver.create(
                group.next(), NioDatagramChannel.class, NioSocketChannel.class, ResolverLimits.defaults());
        assertThat(resolve(resolver, "/dns4/localhost/tcp/4001")).containsExactly(socket("127.0.0.1", 4001));
        resolver.close();
    }

    @Test
    void unknownNamesAreNotFound() {
        ResolveException failure = failure("/dns/nosuch.test/tcp/5");
        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure).hasMessage("DNS does not know the name in /dns/nosuch.test/tcp/5");
        assertThat(failure("/dnsaddr/nosuch.test").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    /** An operator who is told that there is no such name looks for the fault in the wrong place. */
    @Test
    void aNameServerThatFailsIsNotTheSameAsANameThatThereIsNot() {
        Map<Integer, String> codes =
                Map.of(2, "the name server failed (SERVFAIL)", 5, "the name server refuses to answer (REFUSED)");
        codes.forEach((code, sentence) -> {
            for (int type : List.of(DnsServer.A, DnsServer.AAAA)) {
                table.put(type + " broken.test", new Reply.Code(code));
            }
            table.put(DnsServer.TXT + " _dnsaddr.broken.test", new Reply.Code(code));
            for (String address :
                    List.of("/dns4/broken.test/tcp/5", "/dns/broken.test/tcp/5", "/dnsaddr/broken.test")) {
                ResolveException failure = failure(address);
                assertThat(failure.kind()).as(address).isEqualTo(Kind.FAILED);
                assertThat(failure).hasMessage(sentence + " for " + address);
            }
        });
    }

    @Test
    void namesThatDnsCannotHaveAreUnsupported() {
        for (String name : List.of("a..b", "x".repeat(64), "x.".repeat(122) + "xxxxx")) {
            assertThat(failure("/dnsaddr/" + name).kind()).as(name).isEqualTo(Kind.UNSUPPORTED);
        }
        assertThat(failure("/dns/a..b/tcp/1").kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void namesInOtherScriptsAreAskedForInAscii() {
        host(DnsServer.A, "xn--bcher-kva.test", "192.0.2.9");
        assertThat(resolve("/dns4/bücher.test/tcp/5")).containsExactly(socket("192.0.2.9", 5));
        txt("xn--bcher-kva.test", "dnsaddr=/dns4/bücher.test/tcp/6");
        assertThat(resolve("/dnsaddr/bücher.test")).containsExactly(socket("192.0.2.9", 6));
    }

    @Test
    void messagesAreShortAndPrintable() {
        String message = failure("/dns/" + "ü".repeat(100) + "..x/tcp/1").getMessage();
        assertThat(message).matches("[ -~]{1,300}");
    }

    // dnsaddr.

    @Test
    void entriesAreResolvedInTurn() {
        txt(
                "boot.test",
                "v=spf1 -all",
                "dnsaddr=/dnsaddr/eu.boot.test",
                "dnsaddr=/ip4/192.0.2.1/tcp/4001/p2p/" + US,
                "dnsaddr=/ip4/192.0.2.1/udp/4001/quic-v1/p2p/" + US);
        txt("eu.boot.test", "dnsaddr=/dns4/node.test/tcp/4002", "dnsaddr=/ip4/192.0.2.1/tcp/4001");
        host(DnsServer.A, "node.test", "192.0.2.3");
        assertThat(resolve("/dnsaddr/boot.test")).containsExactly(socket("192.0.2.1", 4001), socket("192.0.2.3", 4002));
    }

    @Test
    void entriesOfOtherPeersAreLeftOut() {
        txt(
                "boot.test",
                "dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/" + OTHER,
                "dnsaddr=/ip4/192.0.2.2/tcp/1/p2p/" + US,
                "dnsaddr=/ip4/192.0.2.3/tcp/1",
                "dnsaddr=/dnsaddr/other.test/p2p/" + OTHER,
                "dnsaddr=/dnsaddr/ours.test/p2p/" + US);
        txt("ours.test", "dnsaddr=/ip4/192.0.2.4/tcp/1/p2p/" + US, "dnsaddr=/ip4/192.0.2.5/tcp/1/p2p/" + OTHER);
        assertThat(resolve("/dnsaddr/boot.test"))
                .containsExactlyInAnyOrder(socket("192.0.2.2", 1), socket("192.0.2.3", 1), socket("192.0.2.4", 1));
        // With the peer in the address, entries must name it, too.
        assertThat(resolve("/dnsaddr/boot.test/p2p/" + US))
                .containsExactlyInAnyOrder(socket("192.0.2.2", 1), socket("192.0.2.4", 1));
        assertThat(server.asked()).doesNotContain("_dnsaddr.other.test");
        txt("foreign.test", "dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/" + OTHER);
        assertThat(failure("/dnsaddr/foreign.test"))
                .hasMessage("DNS has no address of the peer for /dnsaddr/foreign.test");
    }

    @Test
    void whatStandsBehindTheNameMustEndTheEntry() {
        txt("boot.test", "dnsaddr=/ip4/192.0.2.1/tcp/1", "dnsaddr=/ip4/192.0.2.1/tcp/2", "dnsaddr=/tcp/2");
        assertThat(resolve("/dnsaddr/boot.test/tcp/2")).containsExactly(socket("192.0.2.1", 2));
    }

    @Test
    void theMostTellingFailureIsTold() {
        txt("quic.test", "dnsaddr=/ip4/192.0.2.1/udp/1/quic-v1");
        assertThat(failure("/dnsaddr/quic.test").kind()).isEqualTo(Kind.UNSUPPORTED);
        txt("mixed.test", "dnsaddr=/dns/nosuch.test/tcp/1", "dnsaddr=/ip4/192.0.2.1/udp/1/quic-v1");
        assertThat(failure("/dnsaddr/mixed.test").kind()).isEqualTo(Kind.NOT_FOUND);
        txt("partly.test", "dnsaddr=/dns/nosuch.test/tcp/1", "dnsaddr=/ip4/192.0.2.1/tcp/1");
        assertThat(resolve("/dnsaddr/partly.test")).containsExactly(socket("192.0.2.1", 1));
    }

    @Test
    void aCircleEnds() {
        txt("a.test", "dnsaddr=/dnsaddr/b.test");
        txt("b.test", "dnsaddr=/dnsaddr/a.test");
        assertThat(failure("/dnsaddr/a.test").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(server.asked()).containsExactly("_dnsaddr.a.test", "_dnsaddr.b.test");
    }

    // Garbage.

    @Test
    void textsThatAreNoAddressesAreLeftOut() {
        txt(
                "junk.test",
                "",
                "dnsaddr=",
                "dnsaddr=/",
                "dnsaddr=/ip4/1.2.3/tcp/1",
                "dnsaddr=/new-protocol/x",
                "DNSADDR=/ip4/192.0.2.1/tcp/1",
                "dnsaddr=/dns/\u0000/tcp/1",
                "dnsaddr=" + "/tcp/1".repeat(3000));
        assertThat(failure("/dnsaddr/junk.test").kind()).isEqualTo(Kind.NOT_FOUND);
        table.put(
                DnsServer.TXT + " _dnsaddr.cut.test",
                new Reply.Records(List.of(
                        new byte[] {100, 'd', 'n', 's'}, new byte[0], DnsServer.text("dnsaddr=/ip4/192.0.2.1/tcp/1"))));
        assertThat(resolve("/dnsaddr/cut.test")).containsExactly(socket("192.0.2.1", 1));
    }

    @Test
    void stringsOfOneRecordAreJoined() {
        String entry =
                "dnsaddr=/dnsaddr/" + "x".repeat(63) + "." + "y".repeat(63) + "." + "z".repeat(63) + ".test/p2p/" + US;
        String padded = entry + "/".repeat(300 - entry.length());
        txt("long.test", padded);
        txt(entry.substring(17, entry.indexOf("/p2p")), "dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/" + US);
        assertThat(resolve("/dnsaddr/long.test")).containsExactly(socket("192.0.2.1", 1));
    }

    @Test
    void answersThatAreNoDnsAreAsGoodAsNone() {
        AddressResolver resolver = resolver(DEFAULTS.withQueryTimeout(300_000));
        for (byte[] junk : List.of(new byte[0], new byte[5], "HTTP/1.1 400 Bad Request".getBytes(US_ASCII))) {
            table.put(DnsServer.TXT + " _dnsaddr.junk.test", new Reply.Raw(junk));
            assertThat(failure(resolver, "/dnsaddr/junk.test").kind()).isEqualTo(Kind.TIMED_OUT);
        }
        txt("good.test", "dnsaddr=/ip4/192.0.2.1/tcp/1");
        assertThat(resolve(resolver, "/dnsaddr/good.test")).containsExactly(socket("192.0.2.1", 1));
    }

    @Property
    void anyRecordIsReadOrRefused(@ForAll byte[] content) {
        int at = 0;
        while (at < content.length) {
            at += 1 + (content[at] & 0xFF);
        }
        assertThat(DnsLookup.text(Unpooled.wrappedBuffer(content)).isPresent()).isEqualTo(at == content.length);
    }

    @Test
    void aLookupThatThrowsIsNotFound() {
        AddressResolver resolver = resolver(DEFAULTS.withMaxLookupsInFlight(1), name -> {
            throw new SecurityException("no network for you");
        });
        for (int i = 0; i < 3; i++) {
            assertThat(failure(resolver, "/dns/a.test/tcp/1").kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }

    // Limits.

    @Test
    void dnsaddrLeadsFourTimesToAnother() {
        assertThat(failure("/dnsaddr/0.chain").kind()).isEqualTo(Kind.LIMIT);
        assertThat(server.asked()).hasSize(4);
        for (int i = 1; i < 4; i++) {
            txt(i + ".test", "dnsaddr=/dnsaddr/" + (i + 1) + ".test");
        }
        txt("4.test", "dnsaddr=/ip4/192.0.2.1/tcp/1");
        assertThat(resolve("/dnsaddr/1.test")).containsExactly(socket("192.0.2.1", 1));
        // Lifted, a zone leads us on as long as it likes.
        int before = server.asked().size();
        ResolverLimits lifted = DEFAULTS.withMaxDepth(Integer.MAX_VALUE).withMaxLookups(200);
        assertThat(failure(resolver(lifted), "/dnsaddr/0.chain").kind()).isEqualTo(Kind.LIMIT);
        assertThat(server.asked()).hasSize(before + 200);
    }

    @Test
    void resultsAreCut() {
        txt(
                "many.test",
                addresses(0, 130).map(ip -> "dnsaddr=/ip4/" + ip + "/tcp/1").toArray(String[]::new));
        List<InetSocketAddress> all = addresses(0, 130).map(ip -> socket(ip, 1)).toList();
        assertThat(resolve("/dnsaddr/many.test")).containsExactlyElementsOf(all.subList(0, 100));
        host(DnsServer.A, "many.test", addresses(0, 70).toArray(String[]::new));
        host(DnsServer.A, "more.test", addresses(70, 140).toArray(String[]::new));
        txt("names.test", "dnsaddr=/dns4/many.test/tcp/1", "dnsaddr=/dns4/more.test/tcp/1");
        assertThat(resolve("/dnsaddr/names.test")).hasSize(100);
        // Lifted, all of them would be dialled.
        AddressResolver lifted = resolver(DEFAULTS.withMaxResults(Integer.MAX_VALUE));
        assertThat(resolve(lifted, "/dnsaddr/many.test")).containsExactlyElementsOf(all);
        assertThat(resolve(lifted, "/dnsaddr/names.test")).hasSize(140);
    }

    @Test
    void whatWasCutMayBeWhyNothingWasFound() {
        txt("many.test", "dnsaddr=/dns/nosuch.test/tcp/1", "dnsaddr=/ip4/192.0.2.1/tcp/1");
        assertThat(failure(resolver(DEFAULTS.withMaxResults(1)), "/dnsaddr/many.test")
                        .kind())
                .isEqualTo(Kind.LIMIT);
    }

    @Test
    void oneResolutionAsksForSoManyNamesOnly() {
        assertThat(failure("/dnsaddr/fan").kind()).isEqualTo(Kind.LIMIT);
        assertThat(server.asked()).hasSize(32);
        // Lifted, depth and results allow 1 + 40 + 40^2 + 40^3 queries for one of ours; 1000 of them are enough here.
        ResolverLimits lifted = DEFAULTS.withMaxLookups(1000).withTimeout(120_000_000);
        assertThat(failure(resolver(lifted), "/dnsaddr/fan").kind()).isEqualTo(Kind.LIMIT);
        assertThat(server.asked()).hasSize(32 + 1000);
    }

    /** Lookups that hang until they are let go. */
    private static final class Hanging implements HostLookup {

        final Semaphore entered = new Semaphore(0);
        final AtomicInteger inside = new AtomicInteger();
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public InetAddress[] lookup(String name) throws UnknownHostException {
            inside.incrementAndGet();
            entered.release();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(name);
            }
            inside.decrementAndGet();
            return new InetAddress[] {inet("192.0.2.1")};
        }

        void awaitEntered(int lookups) throws InterruptedException {
            assertThat(entered.tryAcquire(lookups, 20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void resolutionsAtOnceAreBounded() throws Exception {
        Hanging hanging = new Hanging();
        AddressResolver resolver = resolver(DEFAULTS.withMaxResolutions(2), hanging);
        CompletableFuture<List<InetSocketAddress>> first = start(resolver, "/dns/a.test/tcp/1");
        start(resolver, "/dns/b.test/tcp/1");
        hanging.awaitEntered(2);
        ResolveException refused = failure(resolver, "/dns/c.test/tcp/1");
        assertThat(refused.kind()).isEqualTo(Kind.LIMIT);
        assertThat(refused).hasMessageContaining("2 other addresses are being looked up");
        assertThat(resolve(resolver, "/ip4/192.0.2.7/tcp/1")).hasSize(1);
        hanging.release.countDown();
        first.get(20, TimeUnit.SECONDS);
        assertThat(resolve(resolver, "/dns/c.test/tcp/1")).hasSize(1);
        // Lifted, whoever makes us resolve holds a thread for each name.
        Hanging many = new Hanging();
        AddressResolver lifted = resolver(DEFAULTS.withMaxResolutions(1000).withMaxLookupsInFlight(1000), many);
        IntStream.range(0, 500).forEach(i -> start(lifted, "/dns/" + i + ".test/tcp/1"));
        many.awaitEntered(500);
        assertThat(many.inside).hasValue(500);
        many.release.countDown();
    }

    @Test
    void lookupsAtOnceAreBoundedAndTheirPlacesKeptWhileTheyHang() throws Exception {
        Hanging hanging = new Hanging();
        ResolverLimits limits = DEFAULTS.withMaxLookupsInFlight(3).withTimeout(300_000);
        AddressResolver resolver = resolver(limits, hanging);
        List<CompletableFuture<List<InetSocketAddress>>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(start(resolver, "/dns/" + i + ".test/tcp/1"));
        }
        assertThat(answers.stream().map(AddressResolverTest::failure).map(ResolveException::kind))
                .containsOnly(Kind.TIMED_OUT, Kind.LIMIT)
                .filteredOn(Kind.TIMED_OUT::equals)
                .hasSize(3);
        // Nobody waits for the three any more, and still there is no place.
        assertThat(failure(resolver, "/dns/late.test/tcp/1").kind()).isEqualTo(Kind.LIMIT);
        assertThat(hanging.inside).hasValue(3);
        hanging.release.countDown();
        assertThat(resolve(resolver(DEFAULTS.withMaxLookupsInFlight(3), hanging), "/dns/x.test/tcp/1"))
                .hasSize(1);
        // Lifted, hanging lookups pile up although each caller gave up long ago.
        Hanging many = new Hanging();
        AddressResolver lifted = resolver(limits.withMaxLookupsInFlight(1000), many);
        answers.clear();
        for (int i = 0; i < 100; i++) {
            answers.add(start(lifted, "/dns/" + i + ".test/tcp/1"));
        }
        answers.forEach(AddressResolverTest::failure);
        many.awaitEntered(100);
        assertThat(many.inside).hasValue(100);
        many.release.countDown();
    }

    @Test
    void aResolutionTakesItsTimeAndNoMore() {
        table.put(DnsServer.TXT + " _dnsaddr.silent.test", new Reply.Silence());
        ResolverLimits patient = DEFAULTS.withQueryTimeout(LONG);
        ResolveException failure = failure(resolver(patient.withTimeout(200_000)), "/dnsaddr/silent.test");
        assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(failure).hasMessage("DNS did not answer in time for /dnsaddr/silent.test");
        // What was found until then counts.
        txt("half.test", "dnsaddr=/dnsaddr/silent.test", "dnsaddr=/ip4/192.0.2.1/tcp/1");
        assertThat(resolve(resolver(patient.withTimeout(1_000_000)), "/dnsaddr/half.test"))
                .containsExactly(socket("192.0.2.1", 1));
        // Lifted, a silent server holds the dial up.
        CompletableFuture<List<InetSocketAddress>> lifted =
                start(resolver(patient.withTimeout(LONG)), "/dnsaddr/silent.test");
        assertThatThrownBy(() -> lifted.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void aSilentServerIsLeftForTheNext() {
        try (DnsServer silent = DnsServer.start((type, name) -> Optional.of(new Reply.Silence()))) {
            txt("boot.test", "dnsaddr=/ip4/192.0.2.1/tcp/1");
            ResolverLimits limits = DEFAULTS.withTimeout(3_000_000).withQueryTimeout(200_000);
            HostLookup none = name -> new InetAddress[0];
            assertThat(resolve(resolver(limits, none, silent, server), "/dnsaddr/boot.test"))
                    .containsExactly(socket("192.0.2.1", 1));
            // Lifted, the first server takes all the time there is.
            AddressResolver lifted = resolver(limits.withQueryTimeout(LONG), none, silent, server);
            assertThat(failure(lifted, "/dnsaddr/boot.test").kind()).isEqualTo(Kind.TIMED_OUT);
        }
    }

    @Test
    void limitsAreAtLeastOne() {
        assertThatThrownBy(() -> ResolverLimits.defaults().withMaxDepth(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxDepth is 0; set it to 1 or more");
        assertThatThrownBy(() -> ResolverLimits.defaults().withQueryTimeout(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queryTimeout");
    }
}
