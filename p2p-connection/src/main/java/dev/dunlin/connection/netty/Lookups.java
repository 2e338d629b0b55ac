package dev.dunlin.connection.netty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Asks for names, a bounded number at once. A place is held until the answer is there, even if nobody waits for it any
 * more: names whose servers hang cannot pile up threads.
 */
final class Lookups {

    private final HostLookup hosts;
    private final DnsLookup dns;
    private final Semaphore places;

    Lookups(HostLookup hosts, DnsLookup dns, int maxInFlight) {
        this.hosts = hosts;
        this.dns = dns;
        this.places = new Semaphore(maxInFlight, true);
    }

    /** Waits for a place, which the next lookup takes; false if there was none in time. */
    boolean awaitPlace(long nanos) throws InterruptedException {
        return places.tryAcquire(nanos, TimeUnit.NANOSECONDS);
    }

    /** Looks up a host, on a thread of its own since the JDK blocks, in the place that was awaited. */
    CompletableFuture<List<InetAddress>> host(String name) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("lookup").start(() -> {
            try {
                List<InetAddress> addresses = List.of(hosts.lookup(name));
                places.release();
                answer.complete(addresses);
            } catch (UnknownHostException unknown) {
                // The JDK does not say whether there is no such name or no server that would know.
                dns.whyNone(name).whenComplete((none, failure) -> {
                    places.release();
                    answer.completeExceptionally(failure == null ? unknown : failure);
                });
            } catch (RuntimeException failure) {
                places.release();
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** Looks up TXT records in the place that was awaited. */
    CompletableFuture<List<String>> texts(String name) {
        return dns.lookup(name).whenComplete((answer, failure) -> places.release());
    }
}
