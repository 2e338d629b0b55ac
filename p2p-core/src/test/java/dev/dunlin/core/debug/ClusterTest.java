package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.debug.Timeline.Event;
import dev.dunlin.core.debug.Timeline.Message;
import dev.dunlin.core.debug.Timeline.Reason;
import dev.dunlin.core.log.LogException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class ClusterTest {

    private static final long HOUR = 3_600_000_000L;

    private static List<Event> events(Timeline timeline) {
        List<Event> events = new ArrayList<>();
        timeline.read(events::add);
        return events;
    }

    private static List<String> steps(Timeline timeline) {
        return events(timeline).stream()
                .map(event -> event.node() + event.turn().number())
                .toList();
    }

    private static List<Reason> reasons(Timeline timeline) {
        return timeline.unmatched().stream()
                .map(message -> message.unmatched().orElseThrow())
                .toList();
    }

    @Example
    void aSendComesBeforeItsReceiptThoughTheReceiversClockIsAnHourBehind() {
        Timeline timeline = new Letters()
                .node("a", HOUR)
                .node("b", 0)
                .pass(10)
                .send("a", "b", "x")
                .pass(10)
                .get("b", "a", "x")
                .joined();
        assertThat(steps(timeline)).containsExactly("b1", "a1", "a2", "b2");
        assertThat(timeline.unmatched()).isEmpty();
        Event receipt = events(timeline).getLast();
        assertThat(receipt.early()).isFalse();
        assertThat(receipt.received().getFirst().sent().orElseThrow()).hasToString("Place[node=a, at=2.0]");
    }

    @Example
    void whatCausesLeaveOpenIsOrderedByTimeAndThenByNode() {
        Letters letters = new Letters().node("b", 0).node("a", 0);
        letters.pass(5).send("a", "z", "1").pass(5).send("b", "z", "2");
        assertThat(steps(letters.joined())).containsExactly("b1", "a1", "a2", "b2");
    }

    @Example
    void causesThatGoRoundInACircleAreSaidAndNothingIsLost() {
        Timeline timeline = new Letters()
                .node("a", 0)
                .node("b", 0)
                .get("a", "b", "2")
                .send("a", "b", "1")
                .get("b", "a", "1")
                .send("b", "a", "2")
                .joined();
        assertThat(events(timeline)).hasSize(6);
        assertThat(events(timeline).stream()
                        .filter(Event::early)
                        .map(event -> event.node() + event.turn().number()))
                .containsExactly("a2");
    }

    @Example
    void readingEndsWhenNoMoreIsWanted() {
        Timeline timeline = new Letters().node("a", 0).send("a", "b", "x").joined();
        List<Event> read = new ArrayList<>();
        timeline.read(event -> !read.add(event));
        assertThat(read).hasSize(1);
    }

    @Example
    void theOtherEndOfALetterToANodeWithoutALogIsNotThere() {
        assertThat(reasons(new Letters().node("a", 0).send("a", "b", "x").joined()))
                .containsExactly(Reason.NO_LOG);
    }

    @Example
    void aLetterOnAStreamThatHadEndedIsSaidToBe() {
        assertThat(reasons(new Letters()
                        .node("a", 0)
                        .node("b", 0)
                        .send("a", "b", "x")
                        .end("b", 1)
                        .joined()))
                .containsExactly(Reason.STREAM_ENDED);
    }

    @Example
    void aLetterOnAConnectionThatHadEndedIsSaidToBe() {
        assertThat(reasons(new Letters()
                        .node("a", 0)
                        .node("b", 0)
                        .send("a", "b", "x")
                        .end("b", 0)
                        .joined()))
                .containsExactly(Reason.CONNECTION_ENDED);
    }

    @Example
    void aLetterOnAConnectionThatTheOtherNodeNeverKnewAndThatEndedHereIsSaidToBe() {
        assertThat(reasons(new Letters()
                        .node("a", 0)
                        .node("b", 0)
                        .send("a", "b", "x")
                        .end("a", 0)
                        .joined()))
                .containsExactly(Reason.CONNECTION_ENDED);
    }

    @Example
    void lettersToAndFromANodeWhoseLogStopsAreInFlight() {
        Timeline timeline = new Letters()
                .node("a", 0)
                .node("b", 0)
                .send("b", "a", "known")
                .get("a", "b", "known")
                .send("a", "b", "lost")
                .get("a", "b", "not forced")
                .end("a", 0)
                .joined();
        assertThat(reasons(timeline)).containsExactly(Reason.NODE_STOPPED, Reason.NODE_STOPPED);
        assertThat(timeline.messages()).hasSize(3);
    }

    @Example
    void manyLettersOfAKindOnOneStreamAreToldApartByTheirOrdinals() {
        Letters letters = new Letters().node("a", HOUR).node("b", 0);
        for (int i = 0; i < 20; i++) {
            letters.pass(10).send("a", "b", "ball#" + i);
        }
        // The log of b lacks what it got last: it was killed before that was on the disk.
        for (int i = 0; i < 18; i++) {
            letters.pass(10).get("b", "a", "ball#" + i);
        }
        Timeline timeline = letters.joined();
        assertThat(timeline.messages()).hasSize(20);
        assertThat(timeline.messages().stream()
                        .filter(message -> message.received().isPresent()))
                .hasSize(18)
                .allMatch(message -> message.sent().orElseThrow().at().input()
                        == message.received().orElseThrow().at().input());
        assertThat(timeline.unmatched().stream().map(message -> message.key().ordinal()))
                .containsExactly(18, 19);
        assertThat(reasons(timeline)).containsExactly(Reason.NODE_STOPPED, Reason.NODE_STOPPED);
    }

    @Example
    void whatAServiceMayHaveSentOfItselfIsNotMissed() {
        Timeline timeline = new Letters()
                .node("a", 0)
                .node("b", 0)
                .getUnannounced("a", "b", "x")
                .send("b", "a", "y")
                .getUnannounced("a", "b", "y")
                .joined();
        assertThat(timeline.unmatched()).isEmpty();
        assertThat(timeline.messages()).hasSize(1);
    }

    @Example
    void twoLogsOfOneNodeAreRefused() {
        Letters letters = new Letters().node("a", 0);
        assertThatThrownBy(() -> letters.joinedTwice("one", "two"))
                .isInstanceOf(LogException.class)
                .hasMessage("one and two are logs of one node, a: give one of them");
    }

    @Example
    void moreThanIsKeptIsRefused() {
        Letters letters = new Letters().node("a", 0).send("a", "b", "x").send("a", "b", "y");
        assertThat(letters.joined(3).messages()).hasSize(2);
        assertThatThrownBy(() -> letters.joined(2))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("more than 2 messages");
    }

    /** A history that was: letters sent and got in some order of the world, by nodes whose clocks are wrong. */
    @Property(tries = 200)
    void everyHistoryIsToldInAnOrderThatCanHaveBeen(@ForAll @LongRange(min = 0, max = 1 << 30) long seed) {
        Random random = new Random(seed);
        List<String> names = List.of("a", "b", "c");
        Letters letters = new Letters();
        names.forEach(name -> letters.node(name, random.nextLong(HOUR)));
        List<List<String>> flying = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            letters.pass(random.nextLong(1_000));
            if (random.nextBoolean() || flying.isEmpty()) {
                String from = names.get(random.nextInt(3));
                String to = names.get(random.nextInt(3));
                letters.send(from, to, "m" + i);
                flying.add(List.of(to, from, "m" + i));
            } else {
                List<String> letter = flying.remove(random.nextInt(flying.size()));
                letters.get(letter.get(0), letter.get(1), letter.get(2));
            }
        }
        Timeline timeline = letters.joined();
        Map<String, Long> done = new HashMap<>();
        for (Event event : events(timeline)) {
            assertThat(event.early()).isFalse();
            assertThat(event.turn().number()).isEqualTo(done.getOrDefault(event.node(), 0L) + 1);
            for (Message message : event.received()) {
                Timeline.Place from = message.sent().orElseThrow();
                assertThat(done.getOrDefault(from.node(), 0L))
                        .isGreaterThanOrEqualTo(from.at().input());
            }
            done.put(event.node(), event.turn().number());
        }
        assertThat(timeline.unmatched()).hasSize(flying.size());
    }
}
