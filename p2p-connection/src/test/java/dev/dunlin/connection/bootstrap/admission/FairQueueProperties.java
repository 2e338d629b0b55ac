package dev.dunlin.connection.bootstrap.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Networks have their turns, whatever comes, goes and is displaced. */
class FairQueueProperties {

    private static final int MOST = 6;

    /** Of each network the earlier is served first, places are only taken from who has more of them, and nobody is lost. */
    @Property
    void isOfOnePieceAndServesEachNetworkInItsOrder(@ForAll @Size(max = 60) List<@IntRange(max = 59) Integer> draws) {
        FairQueue queue = FairQueue.EMPTY;
        Map<Long, String> waiting = new HashMap<>();
        long number = 0;
        boolean isGone = false;
        for (int draw : draws) {
            String network = "n" + draw % 5;
            if (draw < 35) {
                number++;
                if (queue.size() < MOST) {
                    queue = queue.with(number, network);
                    waiting.put(number, network);
                } else {
                    Optional<Long> displaced = queue.displaced(network);
                    if (displaced.isPresent()) {
                        String other = Objects.requireNonNull(waiting.remove(displaced.get()));
                        // A place is only taken from who waits with more; of who has gone the turn stays empty.
                        assertThat(isGone || count(waiting, other) >= count(waiting, network))
                                .isTrue();
                        queue = queue.without(displaced.get()).with(number, network);
                        waiting.put(number, network);
                    }
                }
            } else if (draw < 50) {
                Optional<Long> first = queue.first();
                assertThat(first.isPresent()).isEqualTo(!waiting.isEmpty());
                if (first.isPresent()) {
                    String served = Objects.requireNonNull(waiting.get(first.get()));
                    assertThat(waiting).allSatisfy((other, its) -> {
                        if (its.equals(served)) {
                            assertThat(other).isGreaterThanOrEqualTo(first.get());
                        }
                    });
                    queue = queue.served();
                    waiting.remove(first.get());
                }
            } else if (!waiting.isEmpty()) {
                isGone = true;
                long gone = new ArrayList<>(waiting.keySet()).get(draw % waiting.size());
                queue = queue.without(gone);
                waiting.remove(gone);
            }
            assertThat(queue.violation()).isEmpty();
            assertThat(queue.size()).isEqualTo(waiting.size());
            for (long one : waiting.keySet()) {
                assertThat(queue.has(one)).isTrue();
            }
        }
    }

    private static long count(Map<Long, String> waiting, String network) {
        return waiting.values().stream().filter(network::equals).count();
    }

    /** One that comes is served behind what is left of this turn and what is before it in the next: at most two of each other network. */
    @Property
    void aNewNetworkWaitsForTwoOfEachOther(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 4) Integer> others,
            @ForAll @IntRange(max = 20) int served) {
        FairQueue queue = FairQueue.EMPTY;
        long number = 0;
        for (int other : others) {
            queue = queue.with(++number, "n" + other);
        }
        for (int i = 0; i < served; i++) {
            queue = queue.served();
        }
        long own = ++number;
        queue = queue.with(own, "new");
        int before = 0;
        while (!queue.first().equals(Optional.of(own))) {
            before++;
            queue = queue.served();
        }
        assertThat(before).isLessThanOrEqualTo(2 * 5);
    }

    @Example
    void whatWaitsTwiceWaitsOnceAndWhoDoesNotIsNotMissed() {
        FairQueue queue = FairQueue.EMPTY.with(1, "a").with(1, "b");
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.without(2)).isEqualTo(queue);
        assertThat(FairQueue.EMPTY.served()).isEqualTo(FairQueue.EMPTY);
    }
}
