package dev.dunlin.core.runtime;

import static dev.dunlin.core.runtime.Arrivals.assertEmpty;
import static dev.dunlin.core.runtime.Arrivals.drained;
import static dev.dunlin.core.runtime.Arrivals.inbox;
import static dev.dunlin.core.runtime.Arrivals.offer;
import static dev.dunlin.core.runtime.Arrivals.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Arrivals.Opened;
import dev.dunlin.core.runtime.Arrivals.Order;
import dev.dunlin.core.runtime.Arrivals.PeerOpened;
import dev.dunlin.core.runtime.Arrivals.PeerWork;
import dev.dunlin.core.runtime.Arrivals.Work;
import dev.dunlin.core.runtime.Inbox.Item;
import dev.dunlin.core.runtime.Port.Offer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The inbox under many threads: it loses and doubles nothing, and who has a place when it closes is waited for. */
@Timeout(120)
final class InboxThreadsTest {

    /** How long threads of a test look for what does not come: they fail, all of them, instead of spinning for ever. */
    private static final class Patience implements AutoCloseable {
        private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        private volatile boolean over;

        void spin() {
            look();
            Thread.yield();
        }

        void look() {
            if (over || System.nanoTime() - end > 0) {
                over = true;
                throw new AssertionError("what is waited for does not come");
            }
        }

        @Override
        public void close() {
            over = true;
        }
    }

    /**
     * Each producer's inputs come once, in its order, and at the end nothing is counted that is not there. Seen to fail when a
     * refused offer does not give back its place, or that of its handle.
     */
    @Test
    void concurrentProducersLoseAndDoubleNothing() throws Exception {
        int producers = 4;
        int each = 25_000;
        Inbox inbox = inbox(256, 32, 16);
        long[] next = new long[producers];
        long[] accepted = new long[producers];
        AtomicLong refused = new AtomicLong();
        CyclicBarrier start = new CyclicBarrier(producers + 1);
        try (ExecutorService pool = Executors.newFixedThreadPool(producers);
                Patience patience = new Patience()) {
            List<Future<?>> all = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                int number = p;
                all.add(pool.submit(() -> {
                    SplittableRandom random = new SplittableRandom(number);
                    // Its number and its counter are in what it sends, whatever kind that is of.
                    PeerId own = peer(number);
                    start.await();
                    for (long i = 0; i < each; ) {
                        Action action = random.nextInt(8) == 0
                                ? new PeerOpened(own, new Handle("line", number, i))
                                : random.nextInt(4) == 0
                                        ? new PeerWork(own, number * 1_000_000L + i)
                                        : new Work(number, i);
                        Offer taken = offer(inbox, action);
                        if (taken == Offer.TAKEN) {
                            i++;
                            accepted[number] = i;
                        } else {
                            refused.incrementAndGet();
                            patience.spin();
                        }
                    }
                    return null;
                }));
            }
            start.await();
            long got = 0;
            while (got < (long) producers * each) {
                Item item = inbox.poll();
                if (item == null) {
                    patience.spin();
                    continue;
                }
                got++;
                int from = producer(item.action());
                assertThat(number(item.action())).isEqualTo(next[from]);
                next[from]++;
                if (inbox.queued() > 256 + producers) {
                    throw new AssertionError("queued " + inbox.queued());
                }
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(next).containsOnly(each);
        assertThat(accepted).isEqualTo(next);
        assertThat(refused.get()).as("the bounds were reached").isPositive();
        assertThat(inbox.highest()).isLessThanOrEqualTo(256);
        assertEmpty(inbox);
        for (int i = 0; i < 16; i++) {
            assertThat(offer(inbox, new Opened(new Handle("line", 9, i)))).isEqualTo(Offer.TAKEN);
        }
        assertThat(offer(inbox, new Opened(new Handle("line", 9, 16)))).isEqualTo(Offer.HANDLES_FULL);
    }

    private static int producer(Action action) {
        return switch (action) {
            case Work work -> work.producer();
            case Order order -> order.producer();
            case PeerOpened opened -> (int) opened.handle().run();
            case PeerWork work -> (int) (work.number() / 1_000_000);
            default -> throw new AssertionError(action);
        };
    }

    private static long number(Action action) {
        return switch (action) {
            case Work work -> work.number();
            case Order order -> order.number();
            case PeerOpened opened -> opened.handle().number();
            case PeerWork work -> work.number() % 1_000_000;
            default -> throw new AssertionError(action);
        };
    }

    /**
     * Whoever was told TAKEN is served although the queue was closed at that very moment, and nobody is let in after it; the consumer
     * goes home once it owes nothing. Seen to fail when {@code owesWork} looks at the queues
     * instead of at what was counted; the test after it holds the moment still.
     */
    @Test
    void whatIsTakenWhileItClosesIsServedAndNothingAfterIt() throws Exception {
        int producers = 3;
        try (ExecutorService pool = Executors.newFixedThreadPool(producers + 1);
                Patience patience = new Patience()) {
            for (int round = 0; round < 1_000; round++) {
                Inbox inbox = inbox(1 << 20, 1 << 20, 1);
                AtomicBoolean closed = new AtomicBoolean();
                AtomicLong accepted = new AtomicLong();
                AtomicLong late = new AtomicLong();
                CyclicBarrier start = new CyclicBarrier(producers + 2);
                List<Future<?>> all = new ArrayList<>();
                for (int p = 0; p < producers; p++) {
                    int number = p;
                    all.add(pool.submit(() -> {
                        start.await();
                        for (long i = 0; ; i++) {
                            patience.look();
                            boolean after = closed.get();
                            Offer taken = offer(inbox, i % 3 == 0 ? new Order(number, i) : new Work(number, i));
                            if (taken == Offer.STOPPING) {
                                return null;
                            }
                            if (taken != Offer.TAKEN) {
                                patience.spin();
                            } else {
                                accepted.incrementAndGet();
                                if (after) {
                                    late.incrementAndGet();
                                }
                            }
                            // So that the queue is empty mostly, and the consumer may go home at any moment.
                            for (long n = (i * 7 + number) % 50; n > 0; n--) {
                                Thread.onSpinWait();
                            }
                        }
                    }));
                }
                Future<Long> consumer = pool.submit(() -> {
                    start.await();
                    long got = 0;
                    while (true) {
                        // As the store's thread does: first it is seen to be closed, then that nothing is owed.
                        boolean stopping = closed.get();
                        Item item = inbox.poll();
                        if (item != null) {
                            got++;
                        } else if (stopping && !inbox.owesWork()) {
                            return got;
                        } else {
                            patience.spin();
                        }
                    }
                });
                start.await();
                for (int i = round % 40; i > 0; i--) {
                    Thread.onSpinWait();
                }
                inbox.close();
                closed.set(true);
                for (Future<?> one : all) {
                    one.get(60, TimeUnit.SECONDS);
                }
                assertThat(consumer.get(60, TimeUnit.SECONDS))
                        .as("round %s", round)
                        .isEqualTo(accepted.get());
                assertThat(late.get()).isZero();
                assertThat(offer(inbox, new Work(0, 0))).isEqualTo(Offer.STOPPING);
                assertThat(offer(inbox, new Order(0, 0))).isEqualTo(Offer.STOPPING);
                assertEmpty(inbox);
            }
        }
    }

    /** New work whose producer stops when it has its place and is not in the queue yet: there it is asked whom it is about. */
    private record Slow(PeerId of, CountDownLatch reached, CountDownLatch goesOn) implements OfPeer {
        @Override
        public PeerId peer() {
            reached.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return of;
        }
    }

    @Test
    void whoHasAPlaceWhenItClosesIsWaitedFor() throws Exception {
        Inbox inbox = inbox(8, 8, 1);
        Slow slow = new Slow(peer(1), new CountDownLatch(1), new CountDownLatch(1));
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Future<Offer> producer = pool.submit(() -> offer(inbox, slow));
            slow.reached().await();
            inbox.close();
            assertThat(inbox.poll()).isNull();
            assertThat(inbox.owesWork())
                    .as("it is not in the queue, and will be told TAKEN")
                    .isTrue();
            assertThat(inbox.queued()).isEqualTo(1);
            assertThat(offer(inbox, new Work(0, 1))).isEqualTo(Offer.STOPPING);
            assertThat(inbox.owesWork()).isTrue();
            slow.goesOn().countDown();
            assertThat(producer.get(60, TimeUnit.SECONDS)).isEqualTo(Offer.TAKEN);
        }
        assertThat(drained(inbox)).hasSize(1);
        assertEmpty(inbox);
    }

    /** He is waited for, as he has a place while he is refused. */
    @Test
    void whoIsRefusedWhileItClosesWakesWhoWaitsForHim() throws Exception {
        AtomicLong arrived = new AtomicLong();
        Inbox inbox = Inbox.ofThreads(new Budgets(Shares.LEAST + 8, 8, 1, 1), arrived::incrementAndGet);
        for (int i = 0; i < Shares.LEAST; i++) {
            assertThat(offer(inbox, new PeerWork(peer(1), i))).isEqualTo(Offer.TAKEN);
        }
        Slow slow = new Slow(peer(1), new CountDownLatch(1), new CountDownLatch(1));
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Future<Offer> producer = pool.submit(() -> offer(inbox, slow));
            slow.reached().await();
            inbox.close();
            long before = arrived.get();
            slow.goesOn().countDown();
            assertThat(producer.get(60, TimeUnit.SECONDS)).isEqualTo(Offer.PEER_FULL);
            assertThat(arrived.get()).isGreaterThan(before);
        }
    }

    @Test
    void closingTwiceIsClosingOnceAndAnswersComeAllTheSame() {
        Inbox inbox = inbox(8, 8, 1);
        offer(inbox, new Work(0, 0));
        inbox.close();
        inbox.close();
        assertThat(inbox.owesWork()).isTrue();
        assertThat(inbox.queued()).isEqualTo(1);
        inbox.answer(new ActionId(1, 1), new Work(0, 1));
        assertThat(drained(inbox)).containsExactly(new Work(0, 0), new Work(0, 1));
        assertEmpty(inbox);
    }

    // Long

    /** More than an int counts pass through: nothing wraps, nothing is lost. About two minutes. */
    @Test
    @Timeout(3_600)
    @EnabledIfSystemProperty(named = "dunlin.long", matches = "true", disabledReason = "long: -Ddunlin.long=true")
    void moreInputsThanAnIntCountsPassThrough() throws Exception {
        long many = (1L << 31) + 1_000;
        Inbox inbox = inbox(1 << 12, 1 << 8, 1 << 12);
        PeerId peer = peer(1);
        // One object of each kind, so that the test is of the queue and not of the collector.
        Action[] actions = {new Work(0, 0), new PeerWork(peer, 0), new Work(0, 1), new Order(0, 0)};
        long begun = System.nanoTime();
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Future<Long> producer = pool.submit(() -> {
                long taken = 0;
                while (taken < many) {
                    if (offer(inbox, actions[(int) (taken & 3)]) == Offer.TAKEN) {
                        taken++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
                return taken;
            });
            long got = 0;
            while (got < many) {
                @Nullable Item item = inbox.poll();
                if (item != null) {
                    got++;
                } else if (producer.isDone()) {
                    producer.get();
                }
            }
            assertThat(producer.get()).isEqualTo(got);
        }
        long nanos = System.nanoTime() - begun;
        assertThat(inbox.highest()).isBetween(1L, 1L << 12);
        assertEmpty(inbox);
        assertThat(offer(inbox, actions[1])).isEqualTo(Offer.TAKEN);
        System.out.printf("%,d inputs passed in %d s, %d ns each%n", many, nanos / 1_000_000_000, nanos / many);
    }
}
