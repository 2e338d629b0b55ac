package dev.dunlin.node.top;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.operations.PeerOperations.PeerRow;
import dev.dunlin.node.screen.Key;
import dev.dunlin.node.screen.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopViewTest {

    private static final String FIRST = """
            # HELP dunlin_inputs_total inputs taken
            # TYPE dunlin_inputs_total counter
            dunlin_inputs_total 100.0
            dunlin_actions_total{type="connection/connect"} 10.0
            dunlin_actions_total{type="ping/ping"} 90.0
            dunlin_rejections_total{type="connection/accepted",clause="inbound-not-full"} 5.0
            dunlin_refused_total{full="queue"} 0.0
            dunlin_connection_peers{phase="connected"} 2.0
            jvm_memory_used_bytes{area="heap"} 1.048576E8
            process_cpu_seconds_total 1.0
            """;

    private static final String SECOND = FIRST.replace("total 100.0", "total 300.0")
            .replace("connect\"} 10.0", "connect\"} 250.0")
            .replace("full\"} 5.0", "full\"} 25.0")
            .replace("queue\"} 0.0", "queue\"} 8.0")
            .replace("seconds_total 1.0", "seconds_total 2.0");

    private static PeerRow peer(int number, String state, List<String> keptBy, double millis) {
        return new PeerRow(
                "12D3KooW" + number,
                state,
                keptBy,
                Optional.of("/ip4/192.0.2." + number + "/tcp/4001"),
                Optional.of("agent/" + (9 - number % 9)),
                millis < 0 ? Optional.empty() : Optional.of(millis),
                "");
    }

    private static Moment moment(long seconds, String metrics, List<PeerRow> peers, String... problems) {
        return Moment.of(
                seconds * 1_000_000_000,
                "me   running for 1 s   input 7",
                List.of(problems),
                metrics,
                peers,
                peers.size());
    }

    private static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::text).toList();
    }

    private static String drawn(TopView view, int width, int height) {
        List<Line> lines = view.draw(width, height, false);
        assertThat(lines).hasSize(height);
        assertThat(lines)
                .allSatisfy(line -> assertThat(
                                line.text().codePointCount(0, line.text().length()))
                        .isLessThanOrEqualTo(width));
        return String.join("\n", texts(lines));
    }

    @Test
    void aMetricsPageIsRead() {
        Metrics metrics = Metrics.parse("""
                # TYPE a counter
                a 1
                b{x="1",y="a \\"quoted\\" \\\\ one\\n"} +Inf
                b{x="2"} NaN
                no line of it at all
                c{le="0.5"} 3 1700000000
                """);
        assertThat(metrics.sum("a")).isEqualTo(1);
        assertThat(metrics.series().get("b"))
                .containsEntry(Map.of("x", "1", "y", "a \"quoted\" \\ one\n"), Double.POSITIVE_INFINITY);
        assertThat(metrics.of("c", "le", "0.5")).isEqualTo(3);
        assertThat(metrics.sum("none")).isZero();
    }

    @Test
    void whatHappensIsToldASecondAndWhatIsRefusedWithItsReason() {
        TopView view = new TopView();
        view.show(moment(1, FIRST, List.of()));
        assertThat(drawn(view, 160, 40)).contains("inputs –").contains("me   running for 1 s");
        view.show(moment(3, SECOND, List.of(), "the disk is full; make room"));
        String shown = drawn(view, 160, 40);
        assertThat(shown)
                .contains("inputs 100 ")
                .contains("CPU 50.0 % of a core")
                .contains("heap 100 MiB")
                .contains("connected 2 ")
                .contains("! the disk is full; make room")
                .containsPattern(" 120 +250  connection/connect")
                .contains(
                        "      10       25  connection/accepted: as many connections that others opened are there as there may be")
                .contains("       4        8  new work: the queue has no room");
        assertThat(shown.indexOf("connection/connect")).isLessThan(shown.indexOf("ping/ping"));
    }

    @Test
    void peersAreScrolledAndSorted() {
        List<PeerRow> peers = new ArrayList<>(List.of(peer(99, "failed", List.of("an operator"), -1)));
        IntStream.range(0, 60).forEach(i -> peers.add(peer(i, "connected", List.of(), i)));
        TopView view = new TopView();
        view.show(moment(1, FIRST, peers));
        assertThat(drawn(view, 140, 30))
                .contains("12D3KooW99 ")
                .contains("kept")
                .doesNotContain("12D3KooW59 ");
        view.press(Key.Named.END, 30);
        assertThat(drawn(view, 140, 30)).contains("12D3KooW59 ").doesNotContain("12D3KooW99 ");
        view.press(Key.Named.HOME, 30);
        view.press(new Key.Letter('s'), 30);
        assertThat(drawn(view, 140, 30))
                .contains("peers, by round trip")
                .contains("12D3KooW59 ")
                .contains("59.0 ms");
        view.press(Key.Named.UP, 30);
        assertThat(drawn(view, 140, 30)).contains("12D3KooW59 ");
        view.press(Key.Named.PAGE_DOWN, 30);
        assertThat(drawn(view, 140, 30)).doesNotContain("12D3KooW59 ");
    }

    @Test
    void itPausesSaysWhatIsWrongAndEnds() {
        TopView view = new TopView();
        assertThat(drawn(view, 80, 24)).contains("asking the node");
        view.show(moment(1, FIRST, List.of()));
        assertThat(view.isNew()).isTrue();
        assertThat(view.isNew()).isFalse();
        view.press(new Key.Letter(' '), 24);
        view.show(moment(2, SECOND, List.of()));
        assertThat(view.isNew()).isFalse();
        assertThat(drawn(view, 80, 24)).contains("paused").contains("inputs –");
        view.fail("the node does not answer");
        assertThat(view.isNew()).isTrue();
        assertThat(drawn(view, 80, 24)).contains("the node does not answer").contains("connected 2");
        view.press(new Key.Letter('q'), 24);
        assertThat(view.isDone()).isTrue();
    }

    @Test
    void anySizeCanBeDrawnAndAPlainTerminalHasNoOtherCharacters() {
        TopView view = new TopView();
        view.show(moment(1, FIRST, List.of(peer(1, "connected", List.of(), 1))));
        view.show(moment(2, SECOND, List.of(peer(1, "connected", List.of(), 1))));
        for (int width = 1; width < 200; width += 7) {
            for (int height = 1; height < 50; height += 5) {
                drawn(view, width, height);
                assertThat(view.draw(width, height, true))
                        .allSatisfy(line -> assertThat(line.text()).matches("\\p{ASCII}*"));
            }
        }
    }
}
