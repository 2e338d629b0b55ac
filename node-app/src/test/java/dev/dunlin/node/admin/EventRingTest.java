package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EventRingTest {

    private static EventRing.Line line(long input, int bytes) {
        return new EventRing.Line(input, new byte[bytes], "a/b");
    }

    private static List<Long> inputs(EventRing.Batch batch) {
        return batch.lines().stream().map(EventRing.Line::input).toList();
    }

    @Test
    void itHasNoMoreBytesAndLinesThanItMay() throws InterruptedException {
        EventRing ring = new EventRing(1000);
        for (int i = 1; i <= 50; i++) {
            ring.add(line(i, 100));
            assertThat(ring.bytes()).isLessThanOrEqualTo(1000);
        }
        assertThat(ring.first()).isEqualTo(41);
        assertThat(ring.last()).isEqualTo(50);
        EventRing many = new EventRing(Long.MAX_VALUE);
        for (int i = 1; i <= EventRing.MAX_LINES + 10; i++) {
            many.add(line(i, 1));
        }
        assertThat(many.first()).isEqualTo(11);
        assertThat(inputs(many.next(EventRing.MAX_LINES + 8, 10, 0, () -> false)))
                .containsExactly(EventRing.MAX_LINES + 9L, EventRing.MAX_LINES + 10L);
    }

    @Test
    void whoFallsBehindIsToldHowMuchHeMissed() throws InterruptedException {
        EventRing ring = new EventRing(500);
        for (int i = 1; i <= 20; i++) {
            ring.add(line(i, 100));
        }
        EventRing.Batch batch = ring.next(3, 100, 0, () -> false);
        assertThat(batch.missed()).isEqualTo(12);
        assertThat(inputs(batch)).containsExactly(16L, 17L, 18L, 19L, 20L);
        assertThat(ring.next(18, 100, 0, () -> false).missed()).isZero();
        assertThat(inputs(ring.next(15, 2, 0, () -> false))).containsExactly(16L, 17L);
    }

    @Test
    void aLineThatIsLongerThanTheRingIsThereAlone() throws InterruptedException {
        EventRing ring = new EventRing(100);
        ring.add(line(1, 50));
        ring.add(line(2, 500));
        assertThat(inputs(ring.next(0, 10, 0, () -> false))).containsExactly(2L);
        ring.add(line(3, 10));
        assertThat(inputs(ring.next(0, 10, 0, () -> false))).containsExactly(3L);
    }

    @Test
    void whatCameBeforeAPauseIsNoBeginningOfWhatComesAfterIt() throws InterruptedException {
        EventRing ring = new EventRing(1000);
        ring.add(line(7, 10));
        ring.add(line(100, 10));
        EventRing.Batch batch = ring.next(7, 10, 0, () -> false);
        assertThat(inputs(batch)).containsExactly(100L);
        assertThat(batch.missed()).isEqualTo(92);
    }

    @Test
    void whoWaitsIsWokenByTheNextLineAndByTheEnd() throws Exception {
        EventRing ring = new EventRing(1000);
        CompletableFuture<EventRing.Batch> waiting = CompletableFuture.supplyAsync(() -> next(ring, 0));
        ring.add(line(1, 1));
        assertThat(inputs(waiting.get())).containsExactly(1L);
        CompletableFuture<EventRing.Batch> last = CompletableFuture.supplyAsync(() -> next(ring, 1));
        ring.close();
        assertThat(last.get().lines()).isEmpty();
        assertThat(ring.isClosed()).isTrue();
    }

    @Test
    void whoIsGoneIsLetGoAtOnce() throws Exception {
        EventRing ring = new EventRing(1000);
        AtomicBoolean gone = new AtomicBoolean();
        CompletableFuture<EventRing.Batch> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return ring.next(0, 10, 50_000, gone::get);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        gone.set(true);
        ring.wake();
        assertThat(waiting.get().lines()).isEmpty();
    }

    private static EventRing.Batch next(EventRing ring, long after) {
        try {
            return ring.next(after, 10, 50_000, () -> false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** However long the lines and the ring, a reader sees each input once or in a gap, in order. */
    @Property
    void nothingIsSeenTwiceOrLostUntold(
            @ForAll @IntRange(min = 1, max = 400) int width,
            @ForAll List<@IntRange(min = 1, max = 90) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 7) int pace)
            throws InterruptedException {
        EventRing ring = new EventRing(width);
        long seen = 0;
        long told = 0;
        for (int i = 0; i < lengths.size(); i++) {
            ring.add(line(i + 1, lengths.get(i)));
            if (i % pace == 0) {
                EventRing.Batch batch = ring.next(seen, 3, 0, () -> false);
                told += batch.missed() + batch.lines().size();
                long expected = seen + batch.missed();
                for (EventRing.Line line : batch.lines()) {
                    assertThat(line.input()).isEqualTo(++expected);
                }
                seen = expected;
                assertThat(told).isEqualTo(seen);
            }
        }
    }
}
