package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EventQueueTest {

    private record Named(int time, int order, List<Named> seen) implements Runnable {
        @Override
        public void run() {
            seen.add(this);
        }
    }

    @Property
    void givesByTimeAndThenInTheOrderOfAdding(
            @ForAll @Size(max = 300) List<@IntRange(min = -1, max = 20) Integer> moves) {
        EventQueue queue = new EventQueue();
        List<Named> waiting = new ArrayList<>();
        List<Named> seen = new ArrayList<>();
        int order = 0;
        for (int move : moves) {
            if (move < 0) {
                happens(queue, waiting, seen);
            } else {
                Named event = new Named(move, order++, seen);
                queue.add(move, event);
                waiting.add(event);
            }
            assertThat(queue.isEmpty()).isEqualTo(waiting.isEmpty());
        }
        while (!waiting.isEmpty()) {
            happens(queue, waiting, seen);
        }
        assertThat(queue.isEmpty()).isTrue();
    }

    private static void happens(EventQueue queue, List<Named> waiting, List<Named> seen) {
        if (waiting.isEmpty()) {
            assertThat(queue.isEmpty()).isTrue();
            return;
        }
        waiting.sort(Comparator.comparingInt(Named::time).thenComparingInt(Named::order));
        Named expected = waiting.removeFirst();
        assertThat(queue.time()).isEqualTo(expected.time());
        queue.remove().run();
        assertThat(seen.getLast()).isSameAs(expected);
    }

    @Example
    void growsAndIsEmptyAgain() {
        EventQueue queue = new EventQueue();
        List<Named> seen = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            queue.add(i * 7919L % 10_000, new Named(i, i, seen));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(queue.time()).isEqualTo(i);
            queue.remove();
        }
        assertThatThrownBy(queue::remove).isInstanceOf(IllegalStateException.class);
    }
}
