package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.runtime.Shares.Share;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

final class SharesTest {

    private static final long NO_ROOM = 0;

    private static List<Share> fill(Shares shares, Object source, long room) {
        List<Share> taken = new ArrayList<>();
        for (Share share = shares.take(source, room); share != null; share = shares.take(source, room)) {
            taken.add(share);
            assertThat(taken).as("a source has its bound").hasSizeLessThan(1 << 20);
        }
        return taken;
    }

    @Example
    void aSourceHasAPartOfTheRoomAndSomeAlways() {
        assertThat(Shares.limit(NO_ROOM)).isEqualTo(Shares.LEAST);
        assertThat(Shares.limit((long) Shares.LEAST * Shares.PARTS)).isEqualTo(Shares.LEAST);
        assertThat(Shares.limit((long) (Shares.LEAST + 1) * Shares.PARTS)).isEqualTo(Shares.LEAST + 1);
        assertThat(Shares.limit(1 << 16)).isEqualTo(1 << 10);
        assertThat(Shares.limit(Integer.MAX_VALUE))
                .as("of the biggest queue")
                .isEqualTo(Integer.MAX_VALUE / Shares.PARTS);
    }

    @Example
    void aSourceThatHasItsShareGetsNoMoreAndOthersDo() {
        Shares shares = new Shares();
        List<Share> taken = fill(shares, "a", NO_ROOM);
        assertThat(taken).hasSize(Shares.LEAST);
        assertThat(fill(shares, "b", NO_ROOM)).hasSize(Shares.LEAST);
        shares.release(taken.getFirst());
        assertThat(fill(shares, "a", NO_ROOM)).hasSize(1);
        assertThat(fill(shares, "a", 1 << 16)).as("when there is more room").hasSize((1 << 10) - Shares.LEAST);
    }

    /** Seen to fail without {@code all.remove} in {@code release}. */
    @Example
    void aReleasedShareIsForgotten() {
        Shares shares = new Shares();
        for (int i = 0; i < 10_000; i++) {
            List<Share> taken = fill(shares, i, NO_ROOM);
            assertThat(shares.sources()).isEqualTo(1);
            taken.forEach(shares::release);
            assertThat(shares.sources()).isZero();
        }
        Share share = shares.take(7, NO_ROOM);
        assertThat(share).as("and may come again").isNotNull();
    }

    /** Against counters: positive moves take for a source, negative ones release what it took first. */
    @Property
    void countsAsCountersDo(@ForAll @Size(max = 400) List<@IntRange(min = -3, max = 6) Integer> moves) {
        Shares shares = new Shares();
        Map<Integer, ArrayDeque<Share>> held = new HashMap<>();
        for (int move : moves) {
            // Twice as many come as go.
            int source = move < 0 ? -move : (move + 1) / 2;
            ArrayDeque<Share> own = held.computeIfAbsent(source, any -> new ArrayDeque<>());
            if (move >= 0) {
                for (int i = 0; i < 20; i++) {
                    Share share = shares.take(source, NO_ROOM);
                    assertThat(share != null).isEqualTo(own.size() < Shares.LEAST);
                    if (share != null) {
                        own.add(share);
                    }
                }
            } else if (!own.isEmpty()) {
                shares.release(own.remove());
            }
            assertThat((long) shares.sources())
                    .isEqualTo(
                            held.values().stream().filter(all -> !all.isEmpty()).count());
        }
    }

    /**
     * Threads that take and release shares of the same few sources, so that shares are forgotten while others take them: nobody
     * ever has more than the limit, and at last nothing is left. Seen to fail without {@code all.remove} in {@code release}.
     */
    @Example
    void concurrentTakersNeverHaveMoreThanTheLimitAndLeaveNothing() throws Exception {
        int threads = 4;
        int sources = 3;
        Shares shares = new Shares();
        Map<Integer, AtomicInteger> held = new ConcurrentHashMap<>();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                all.add(pool.submit(() -> {
                    SplittableRandom random = new SplittableRandom(number);
                    start.await();
                    for (int i = 0; i < 30_000; i++) {
                        int source = random.nextInt(sources);
                        AtomicInteger count = held.computeIfAbsent(source, any -> new AtomicInteger());
                        // Few mostly, so that the last is released often; a flood now and then.
                        List<Share> own = new ArrayList<>();
                        for (int n = i % 50 == 0 ? 40 : 1; n > 0; n--) {
                            @Nullable Share share = shares.take(source, NO_ROOM);
                            if (share != null) {
                                own.add(share);
                                most.accumulateAndGet(count.incrementAndGet(), Math::max);
                            }
                        }
                        for (Share share : own) {
                            count.decrementAndGet();
                            shares.release(share);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(most.get()).isLessThanOrEqualTo(Shares.LEAST);
        assertThat(shares.sources()).isZero();
        for (int source = 0; source < sources; source++) {
            assertThat(fill(shares, source, NO_ROOM)).hasSize(Shares.LEAST);
        }
    }

    /** A source that can hold a thread still when it is looked up. */
    private static final class Held {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch goesOn = new CountDownLatch(1);
        volatile @Nullable Thread held;

        @Override
        public int hashCode() {
            if (Thread.currentThread() == held) {
                reached.countDown();
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return 7;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }
    }

    /**
     * The last share of a source is given back, and before the source is forgotten it comes again: the share that is to be forgotten
     * is not taken.
     */
    @Example
    void aSourceThatComesAgainWhileItIsForgottenIsCountedAnew() throws Exception {
        Shares shares = new Shares();
        Held source = new Held();
        Share last = Objects.requireNonNull(shares.take(source, NO_ROOM));
        Thread forgets = Thread.ofPlatform().unstarted(() -> shares.release(last));
        source.held = forgets;
        forgets.start();
        source.reached.await();
        Share fresh = Objects.requireNonNull(shares.take(source, NO_ROOM));
        assertThat(fresh).isNotSameAs(last);
        source.goesOn.countDown();
        forgets.join();
        assertThat(shares.sources()).isEqualTo(1);
        assertThat(fill(shares, source, NO_ROOM)).hasSize(Shares.LEAST - 1);
    }
}
