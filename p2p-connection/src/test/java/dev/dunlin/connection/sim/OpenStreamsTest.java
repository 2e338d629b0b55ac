package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.sim.Stream.End;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OpenStreamsTest {

    private final Link.Side side = Played.of(
                    Played.plan(2, Played.SECOND, Played.listen(1), Played.connect(2, 0, 1, Ticket.NONE)))
            .sides(0)
            .getFirst();

    private End end(long run, long number) {
        return new End(new Stream(side), side, 0, new Handle(StreamService.STREAM, run, number), "protocol");
    }

    @Test
    void findsWhatStandsWhereOthersWouldStand() {
        OpenStreams open = new OpenStreams();
        List<End> alike = List.of(end(1, 7), end(1, 15), end(2, 7), end(1, 8));
        alike.forEach(open::add);
        assertThat(alike).allMatch(end -> open.find(end.handle) == end);
        open.remove(alike.getFirst());
        assertThat(open.find(alike.getFirst().handle)).isNull();
        assertThat(alike.subList(1, 4)).allMatch(end -> open.find(end.handle) == end);
    }

    @Test
    void findsWhatWasAddedAndNotRemoved() {
        SimRandom random = SimRandom.of(1);
        OpenStreams open = new OpenStreams();
        TreeMap<Handle, End> expected = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            End end = end(1, random.below(600));
            End known = expected.get(end.handle);
            assertThat(open.find(end.handle)).isSameAs(known);
            // Mostly ends that are added at first, and mostly ends that are removed at last.
            boolean adds = random.below(20_000) >= step;
            if (known == null && adds) {
                open.add(end);
                expected.put(end.handle, end);
            } else if (known != null && !adds) {
                open.remove(known);
                expected.remove(known.handle);
            } else if (known == null) {
                open.remove(end);
            }
            side.remove(end);
        }
        assertThat(open.all()).containsExactlyInAnyOrderElementsOf(expected.values());
    }
}
