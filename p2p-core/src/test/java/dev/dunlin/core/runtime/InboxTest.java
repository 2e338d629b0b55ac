package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Inbox.Item;
import dev.dunlin.core.runtime.Inbox.Kind;
import dev.dunlin.core.runtime.Inbox.Taken;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The queue's bounds, its fairness, and that it loses and doubles nothing. Bounds were seen to fail when lifted, as their tests
 * say.
 */
@Timeout(120)
final class InboxTest {

    private static final int MANY = 1 << 16;

    /** New work of nobody. */
    private record Work(int producer, long number) implements Action {}

    /** New work of a peer. */
    private record PeerWork(PeerId peer, long number) implements OfPeer {}

    /** A vote, or an operator's order. */
    private record Order(int producer, long number) implements Action.Control {}

    /** Something that was opened. */
    private record Opened(Handle handle) implements Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    /** Something that a peer has opened. */
    private record PeerOpened(PeerId peer, Handle handle) implements OfPeer, Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    private static PeerId peer(int number) {
        return PeerId.ofPublicKey(ByteBuffer.allocate(8).putInt(number).array());
    }

    private static Inbox inbox(int queued, int control, int handles) {
        return new Inbox(new Budgets(queued, control, 1, handles));
    }

    private static Taken offer(Inbox inbox, Action action) {
        return inbox.offer(action, true, 0);
    }

    /** Offers until it is refused. */
    private static int flood(Inbox inbox, PeerId peer, Taken refusal) {
        int taken = 0;
        Taken answer;
        while ((answer = offer(inbox, new PeerWork(peer, taken))) == Taken.YES) {
            taken++;
        }
        assertThat(answer).isEqualTo(refusal);
        return taken;
    }

    private static List<Action> drained(Inbox inbox) {
        List<Action> all = new ArrayList<>();
        for (Item item = inbox.poll(); item != null; item = inbox.poll()) {
            all.add(item.action());
        }
        return all;
    }

    private static void assertEmpty(Inbox inbox) {
        assertThat(inbox.poll()).isNull();
        assertThat(inbox.owesWork()).isFalse();
        assertThat(inbox.queued()).isZero();
        assertThat(inbox.control()).isZero();
        assertThat(inbox.sources()).isZero();
    }

    // The bound of new work

    /** Seen to fail without {@code before >= budgets.queued()}. */
    @Test
    void newWorkIsBounded() {
        Inbox inbox = inbox(8, 1, 1);
        for (int i = 0; i < 8; i++) {
            assertThat(offer(inbox, new Work(0, i))).isEqualTo(Taken.YES);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(offer(inbox, new Work(0, 99))).isEqualTo(Taken.FULL);
        }
        assertThat(inbox.queued()).isEqualTo(8);
        assertThat(inbox.highest()).isEqualTo(8);
        assertThat(inbox.poll()).isEqualTo(new Item(new Work(0, 0), ActionId.NONE, Kind.WORK, null));
        assertThat(offer(inbox, new Work(0, 8))).isEqualTo(Taken.YES);
        assertThat(offer(inbox, new Work(0, 99))).isEqualTo(Taken.FULL);
        assertThat(drained(inbox))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 8)
                        .mapToObj(i -> new Work(0, i))
                        .toList());
        assertEmpty(inbox);
    }

    @Test
    void answersAndEndsHaveRoomAlways() {
        Inbox inbox = inbox(1, 1, 1);
        assertThat(offer(inbox, new Work(0, 0))).isEqualTo(Taken.YES);
        for (int i = 0; i < 10_000; i++) {
            inbox.put(new Item(new Work(1, i), new ActionId(1, i), Kind.ANSWER, null));
            inbox.put(new Item(new Opened(new Handle("line", 1, i)), ActionId.NONE, Kind.END, null));
        }
        assertThat(inbox.queued()).as("they take nothing of the others' room").isEqualTo(1);
        assertThat(drained(inbox)).hasSize(20_001);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 1)), true, 0))
                .as("nor of that of handles to come")
                .isEqualTo(Taken.YES);
    }

    // Fair shares

    /** Seen to fail without {@code shares.take}: the flood fills the queue. */
    @Test
    void aFloodOfOneSourceLeavesRoomForAllOthers() {
        Inbox inbox = inbox(MANY, 1, 1);
        int flooded = flood(inbox, peer(0), Taken.SHARE);
        assertThat(flooded).isBetween(MANY / (Shares.PARTS + 2), MANY / Shares.PARTS);
        assertThat(offer(inbox, new PeerWork(peer(1), 0))).as("another peer").isEqualTo(Taken.YES);
        assertThat(offer(inbox, new Work(0, 0))).as("work of nobody").isEqualTo(Taken.YES);
        assertThat(inbox.offer(new PeerWork(peer(0), 0), false, 0))
                .as("an operator's wish about that very peer")
                .isEqualTo(Taken.YES);
        assertThat(offer(inbox, new PeerWork(peer(0), 0)))
                .as("and still not the flood")
                .isEqualTo(Taken.SHARE);
        // What was refused holds no place.
        assertThat(inbox.queued()).isEqualTo(flooded + 3);
        assertThat(inbox.sources()).isEqualTo(2);
    }

    /** Each of many gets at least the least, and the first of them cannot crowd out the last. */
    @Test
    void manySourcesShareTheRoom() {
        Inbox inbox = inbox(MANY, 1, 1);
        int[] taken = IntStream.range(0, 100)
                .map(i -> flood(inbox, peer(i), Taken.SHARE))
                .toArray();
        assertThat(Arrays.stream(taken).min().orElseThrow()).isGreaterThan(Shares.LEAST);
        assertThat(taken).as("who comes later has less, of less room").isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(Arrays.stream(taken).sum()).isLessThan(MANY * 9 / 10);
        assertThat(inbox.sources()).isEqualTo(100);
        for (int i = 100; inbox.queued() + Shares.LEAST <= MANY; i++) {
            assertThat(flood(inbox, peer(i), inbox.queued() + Shares.LEAST == MANY ? Taken.FULL : Taken.SHARE))
                    .isGreaterThanOrEqualTo(Shares.LEAST);
            if (i > 10 * MANY / Shares.LEAST) {
                throw new AssertionError("it is never full");
            }
        }
        assertThat(inbox.queued()).isGreaterThan(MANY - Shares.LEAST);
    }

    /** Seen to fail without {@code shares.release} in {@code release}. */
    @Test
    void whatLeavesTheQueueGivesItsShareBack() {
        Inbox inbox = inbox(1_000, 1, 1);
        for (int round = 0; round < 50; round++) {
            assertThat(flood(inbox, peer(0), Taken.SHARE)).isEqualTo(Shares.LEAST);
            assertThat(flood(inbox, peer(round + 1), Taken.SHARE)).isEqualTo(Shares.LEAST);
            drained(inbox);
            assertEmpty(inbox);
        }
    }

    // The bound of handles

    /** Seen to fail without {@code bringing.incrementAndGet() + handles > budgets.handles()}. */
    @Test
    void whatBringsHandlesIsBoundedTogetherWithWhatIsOpen() {
        Inbox inbox = inbox(100, 1, 5);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 1)), true, 3)).isEqualTo(Taken.YES);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 2)), true, 3)).isEqualTo(Taken.YES);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 3)), true, 3)).isEqualTo(Taken.HANDLES);
        assertThat(inbox.offer(new Work(0, 0), true, 5))
                .as("what brings none goes on")
                .isEqualTo(Taken.YES);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 3)), true, 2)).isEqualTo(Taken.YES);
        assertThat(drained(inbox)).hasSize(4);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 4)), true, 4)).isEqualTo(Taken.YES);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 5)), true, 4)).isEqualTo(Taken.HANDLES);
        assertThat(inbox.offer(new Opened(new Handle("line", 1, 5)), true, 5)).isEqualTo(Taken.HANDLES);
    }

    /** Seen to fail without the second half of {@code refuse}. */
    @Test
    void whatIsRefusedForAnotherReasonHoldsNoHandlesPlace() {
        Inbox full = inbox(1, 1, 2);
        assertThat(offer(full, new Work(0, 0))).isEqualTo(Taken.YES);
        for (int i = 0; i < 10; i++) {
            assertThat(offer(full, new Opened(new Handle("line", 1, i)))).isEqualTo(Taken.FULL);
        }
        drained(full);
        assertThat(offer(full, new Opened(new Handle("line", 1, 1)))).isEqualTo(Taken.YES);

        Inbox shared = inbox(1_000, 1, Shares.LEAST + 1);
        for (int i = 0; i < Shares.LEAST; i++) {
            assertThat(offer(shared, new PeerOpened(peer(0), new Handle("line", 1, i))))
                    .isEqualTo(Taken.YES);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(offer(shared, new PeerOpened(peer(0), new Handle("line", 2, i))))
                    .isEqualTo(Taken.SHARE);
        }
        assertThat(offer(shared, new PeerOpened(peer(1), new Handle("line", 3, 1))))
                .isEqualTo(Taken.YES);
        assertThat(offer(shared, new PeerOpened(peer(1), new Handle("line", 3, 2))))
                .isEqualTo(Taken.HANDLES);
        shared.close();
        drained(shared);
        for (int i = 0; i < 10; i++) {
            assertThat(offer(shared, new PeerOpened(peer(1), new Handle("line", 3, i))))
                    .isEqualTo(Taken.CLOSED);
        }
        assertEmpty(shared);
    }

    // The lane of control

    /** Seen to fail when control goes to the queue of all. */
    @Test
    void controlIsServedBeforeAFullQueueAndHasRoomBesideIt() {
        Inbox inbox = inbox(4, 3, 1);
        for (int i = 0; i < 4; i++) {
            assertThat(offer(inbox, new Work(0, i))).isEqualTo(Taken.YES);
        }
        assertThat(offer(inbox, new Work(0, 4))).isEqualTo(Taken.FULL);
        for (int i = 0; i < 3; i++) {
            assertThat(offer(inbox, new Order(0, i))).isEqualTo(Taken.YES);
        }
        assertThat(inbox.queued()).isEqualTo(4);
        assertThat(inbox.control()).isEqualTo(3);
        assertThat(drained(inbox))
                .containsExactly(
                        new Order(0, 0),
                        new Order(0, 1),
                        new Order(0, 2),
                        new Work(0, 0),
                        new Work(0, 1),
                        new Work(0, 2),
                        new Work(0, 3));
        assertEmpty(inbox);
    }

    /** Seen to fail without {@code control.incrementAndGet() > budgets.control()}. */
    @Test
    void controlIsBoundedToo() {
        Inbox inbox = inbox(4, 3, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(offer(inbox, new Order(0, i))).isEqualTo(Taken.YES);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(offer(inbox, new Order(0, 99))).isEqualTo(Taken.FULL);
        }
        assertThat(inbox.poll()).isEqualTo(new Item(new Order(0, 0), ActionId.NONE, Kind.CONTROL, null));
        assertThat(offer(inbox, new Order(0, 3))).isEqualTo(Taken.YES);
        assertThat(offer(inbox, new Order(0, 99))).isEqualTo(Taken.FULL);
        assertThat(drained(inbox)).containsExactly(new Order(0, 1), new Order(0, 2), new Order(0, 3));
    }

    /** A flood of control leaves the others every seventeenth place. Seen to fail without {@code inRow < CONTROL_RUN}. */
    @Test
    void atMostSixteenOfControlComeInARow() {
        Inbox inbox = inbox(100, 1_000, 1);
        for (int i = 0; i < 5; i++) {
            assertThat(offer(inbox, new Work(0, i))).isEqualTo(Taken.YES);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(offer(inbox, new Order(0, i))).isEqualTo(Taken.YES);
        }
        List<Action> all = drained(inbox);
        for (int i = 0; i < 85; i++) {
            assertThat(all.get(i) instanceof Work).as("place %s", i).isEqualTo(i % 17 == 16);
        }
        assertThat(all.subList(85, 105))
                .as("when nothing else waits, control goes on")
                .allMatch(Order.class::isInstance);
        assertThat(all.stream().filter(Order.class::isInstance))
                .as("in its order")
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> new Order(0, i)).toList());
    }

    // Waiting

    @Test
    void whatIsQueuedOrNudgesWakesWhoWaits() throws Exception {
        Inbox inbox = inbox(4, 4, 1);
        List<Runnable> wakers = List.of(
                inbox::nudge,
                () -> offer(inbox, new Work(0, 0)),
                () -> offer(inbox, new Order(0, 0)),
                () -> inbox.put(new Item(new Work(0, 1), new ActionId(1, 1), Kind.ANSWER, null)));
        for (int i = 0; i < 400; i++) {
            CountDownLatch about = new CountDownLatch(1);
            Thread waits = Thread.ofPlatform().start(() -> {
                about.countDown();
                inbox.await(TimeUnit.HOURS.toNanos(1));
            });
            about.await();
            wakers.get(i % wakers.size()).run();
            waits.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(waits.isAlive()).as("round %s", i).isFalse();
            drained(inbox);
        }
    }

    // Many threads

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
                        Taken taken = offer(inbox, action);
                        if (taken == Taken.YES) {
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
            assertThat(offer(inbox, new Opened(new Handle("line", 9, i)))).isEqualTo(Taken.YES);
        }
        assertThat(offer(inbox, new Opened(new Handle("line", 9, 16)))).isEqualTo(Taken.HANDLES);
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
     * Whoever was told YES is served although the queue was closed at that very moment, and nobody is let in after it; the consumer
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
                            Taken taken = offer(inbox, i % 3 == 0 ? new Order(number, i) : new Work(number, i));
                            if (taken == Taken.CLOSED) {
                                return null;
                            }
                            if (taken != Taken.YES) {
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
                assertThat(offer(inbox, new Work(0, 0))).isEqualTo(Taken.CLOSED);
                assertThat(offer(inbox, new Order(0, 0))).isEqualTo(Taken.CLOSED);
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
            Future<Taken> producer = pool.submit(() -> offer(inbox, slow));
            slow.reached().await();
            inbox.close();
            assertThat(inbox.poll()).isNull();
            assertThat(inbox.owesWork())
                    .as("it is not in the queue, and will be told YES")
                    .isTrue();
            assertThat(inbox.queued()).isEqualTo(1);
            assertThat(offer(inbox, new Work(0, 1))).isEqualTo(Taken.CLOSED);
            assertThat(inbox.owesWork()).isTrue();
            slow.goesOn().countDown();
            assertThat(producer.get(60, TimeUnit.SECONDS)).isEqualTo(Taken.YES);
        }
        assertThat(drained(inbox)).hasSize(1);
        assertEmpty(inbox);
    }

    @Test
    void closingTwiceIsClosingOnceAndAnswersComeAllTheSame() {
        Inbox inbox = inbox(8, 8, 1);
        offer(inbox, new Work(0, 0));
        inbox.close();
        inbox.close();
        assertThat(inbox.owesWork()).isTrue();
        assertThat(inbox.queued()).isEqualTo(1);
        inbox.put(new Item(new Work(0, 1), new ActionId(1, 1), Kind.ANSWER, null));
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
                    if (offer(inbox, actions[(int) (taken & 3)]) == Taken.YES) {
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
        assertThat(offer(inbox, actions[1])).isEqualTo(Taken.YES);
        System.out.printf("%,d inputs passed in %d s, %d ns each%n", many, nanos / 1_000_000_000, nanos / many);
    }
}
