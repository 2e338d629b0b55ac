package dev.dunlin.connection.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The bounds of an account, alone and with many threads. */
class ByteAccountTest {

    @Test
    void grantsWhatIsThere() {
        ByteAccount account = new ByteAccount(1000, 700);
        ByteAccount.Share one = account.share();
        assertThat(one.reserve(300)).isEqualTo(300);
        assertThat(one.reserve(0)).isZero();
        assertThat(account.refused()).isZero();
        assertThat(one.reserve(500)).isEqualTo(400);
        assertThat(one.reserve(1)).isZero();
        assertThat(account.refused()).isEqualTo(2);
        assertThat(one.used()).isEqualTo(700);
        // One source cannot take all.
        ByteAccount.Share other = account.share();
        assertThat(other.reserve(Long.MAX_VALUE)).isEqualTo(300);
        assertThat(account.used()).isEqualTo(1000);
        one.release(100);
        assertThat(other.reserve(200)).isEqualTo(100);
        assertThat(other.used()).isEqualTo(400);
    }

    @Test
    void whatCanWaitLeavesAQuarter() {
        ByteAccount account = new ByteAccount(1000, 400);
        ByteAccount.Share one = account.share();
        assertThat(one.spare()).isEqualTo(300);
        assertThat(one.reserveSpare(1000)).isEqualTo(300);
        assertThat(one.spare()).isZero();
        assertThat(one.reserve(1000)).isEqualTo(100);
        ByteAccount.Share two = account.share();
        assertThat(two.reserveSpare(1000)).isEqualTo(300);
        ByteAccount.Share three = account.share();
        assertThat(three.spare()).isEqualTo(50);
        assertThat(three.reserveSpare(1000)).isEqualTo(50);
        assertThat(three.reserve(1000)).isEqualTo(250);
        assertThat(account.used()).isEqualTo(1000);
        assertThat(account.share().spare()).isZero();
    }

    @Test
    void thePeakStays() {
        ByteAccount account = new ByteAccount(1000, 1000);
        ByteAccount.Share share = account.share();
        share.reserve(600);
        share.release(500);
        share.reserve(200);
        assertThat(account.used()).isEqualTo(300);
        assertThat(account.peak()).isEqualTo(600);
    }

    @Test
    void nobodyReleasesWhatIsNotReserved() {
        ByteAccount account = new ByteAccount(1000, 1000);
        account.share().reserve(500);
        ByteAccount.Share share = account.share();
        share.reserve(10);
        assertThatIllegalArgumentException().isThrownBy(() -> share.release(11)).withMessageContaining("11");
        assertThatIllegalArgumentException().isThrownBy(() -> share.release(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> share.reserve(-1));
        assertThat(share.used()).isEqualTo(10);
        assertThat(account.used()).isEqualTo(510);
    }

    @Test
    void boundsAreAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteAccount(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteAccount(1, 0));
        ByteAccount unbounded = new ByteAccount(Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(unbounded.share().reserve(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(unbounded.share().reserve(1)).isZero();
    }

    @Test
    void theLastByteIsGrantedToOneThreadOnly() throws InterruptedException, ExecutionException {
        ByteAccount ofAll = new ByteAccount(1, 1);
        together(4, ofAll::share);
        ByteAccount.Share ofOne = new ByteAccount(1000, 1).share();
        together(4, () -> ofOne);
    }

    /** Lets threads reserve a byte, of which there is one, and release it. */
    private static void together(int threads, Supplier<ByteAccount.Share> shares)
            throws InterruptedException, ExecutionException {
        AtomicInteger holders = new AtomicInteger();
        CyclicBarrier begin = new CyclicBarrier(threads);
        List<Future<Long>> granted = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                ByteAccount.Share share = shares.get();
                granted.add(pool.submit(() -> {
                    begin.await();
                    long times = 0;
                    for (int round = 0; round < 50_000; round++) {
                        if (share.reserve(1) == 1) {
                            times++;
                            if (holders.incrementAndGet() > 1) {
                                throw new AssertionError("two hold the last byte");
                            }
                            holders.decrementAndGet();
                            share.release(1);
                        }
                    }
                    return times;
                }));
            }
            long times = 0;
            for (Future<Long> each : granted) {
                times += each.get();
            }
            assertThat(times).isPositive();
        }
    }

    @Test
    void theBoundsHoldWithManyThreads() throws InterruptedException, ExecutionException {
        int threads = 8;
        int rounds = 20_000;
        long perSource = 300;
        ByteAccount account = new ByteAccount(1000, perSource);
        AtomicLong held = new AtomicLong();
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<Long>> most = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                SplittableRandom random = new SplittableRandom(i);
                most.add(pool.submit(() -> {
                    together.await();
                    ByteAccount.Share share = account.share();
                    long max = 0;
                    for (int round = 0; round < rounds; round++) {
                        long wanted = random.nextInt(400);
                        long granted = random.nextBoolean() ? share.reserve(wanted) : share.reserveSpare(wanted);
                        // Counted after the grant and uncounted before the release: never more than is reserved.
                        max = Math.max(max, held.addAndGet(granted));
                        if (granted > wanted || share.used() > perSource) {
                            throw new AssertionError("granted " + granted + " of " + wanted);
                        }
                        if (random.nextInt(3) > 0) {
                            long back = share.used() == 0 ? 0 : random.nextLong(share.used() + 1);
                            held.addAndGet(-back);
                            share.release(back);
                        }
                    }
                    held.addAndGet(-share.used());
                    share.release(share.used());
                    return max;
                }));
            }
            for (Future<Long> each : most) {
                assertThat(each.get()).isBetween(1L, 1000L);
            }
        }
        assertThat(account.used()).isZero();
        assertThat(account.peak()).isBetween(perSource + 1, 1000L);
        assertThat(account.refused()).isPositive();
    }
}
