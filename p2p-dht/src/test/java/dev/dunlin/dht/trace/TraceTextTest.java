package dev.dunlin.dht.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.table.Contacts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A small trace, drawn by hand. */
final class TraceTextTest {

    private static final Bytes KEY = Bytes.of((byte) 7);

    private static String name(PeerId peer) {
        for (int i = 1; i < 9; i++) {
            if (peer(i).equals(peer)) {
                return "node" + i;
            }
        }
        return "nobody";
    }

    private static PeerId peer(int number) {
        return Contacts.contact(number).peer();
    }

    private static Part part(int number, Optional<Integer> by, int hops, Part.Fate fate) {
        return new Part(peer(number), by.map(TraceTextTest::peer), hops, fate);
    }

    private static String bits(int number) {
        int shared = Key.ofPreimage(KEY).commonPrefix(Key.of(peer(number)));
        return "  " + shared + (shared == 1 ? " bit  " : " bits  ");
    }

    private static final LookupTrace TRACE = new LookupTrace(
            "kad",
            KEY,
            Optional.of(QueryOutcome.End.CONVERGED),
            412_300,
            List.of(
                    part(1, Optional.empty(), 1, new Part.Fate.Replied(0, 52_100, 3)),
                    part(2, Optional.empty(), 1, new Part.Fate.NotReplied(0, 10_000_000, AskFailure.TIMED_OUT)),
                    part(3, Optional.of(1), 2, new Part.Fate.Replied(52_100, 120_000, 1)),
                    part(4, Optional.of(3), 3, new Part.Fate.Awaited(120_000)),
                    part(5, Optional.of(1), 2, new Part.Fate.NotAsked()),
                    part(6, Optional.empty(), 1, new Part.Fate.NotAsked())));

    @Test
    void theTreeIsDrawn() {
        assertThat(TraceText.tree(TRACE, TraceTextTest::name))
                .containsExactly(
                        "converged after 412.3 ms: 4 asked, 2 answered, 1 failed, 1 not awaited to the end, 2 more named",
                        "├─ node1" + bits(1) + "asked at 0.0 ms, answered after 52.1 ms, named 3",
                        "│  ├─ node3" + bits(3) + "asked at 52.1 ms, answered after 67.9 ms, named 1",
                        "│  │  └─ node4" + bits(4) + "asked at 120.0 ms, and not awaited to the end",
                        "│  └─ 1 more, not asked",
                        "├─ node2" + bits(2) + "asked at 0.0 ms, failed after 10000.0 ms: no answer came in time",
                        "└─ 1 more, not asked");
    }

    @Test
    void eachPartIsToldInWords() {
        assertThat(TraceText.words(TRACE.of(peer(3)).orElseThrow(), TraceTextTest::name))
                .isEqualTo("named by node1, 2 hops away; asked at 52.1 ms, answered after 67.9 ms, named 1");
        assertThat(TraceText.words(TRACE.of(peer(6)).orElseThrow(), TraceTextTest::name))
                .isEqualTo("known to this node; not asked before the lookup was over");
        assertThat(TRACE.of(peer(8))).isEmpty();
    }

    /** Whatever a trace says, each part stands in the tree once: also where nodes name one another, or somebody who has no part. */
    @Test
    void everybodyStandsInTheTreeOnce() {
        LookupTrace odd = new LookupTrace(
                "kad",
                KEY,
                Optional.empty(),
                0,
                List.of(
                        part(1, Optional.of(8), 1, new Part.Fate.Awaited(0)),
                        part(2, Optional.of(1), 2, new Part.Fate.Awaited(0)),
                        part(2, Optional.of(1), 2, new Part.Fate.Awaited(0))));
        assertThat(odd.tree()).singleElement().satisfies(root -> {
            assertThat(root.part().peer()).isEqualTo(peer(1));
            assertThat(root.named()).hasSize(1);
        });
        assertThat(TraceText.summary(odd)).startsWith("goes on after 0.0 ms");
    }
}
