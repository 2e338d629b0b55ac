package dev.dunlin.dht.record;

import static dev.dunlin.dht.record.Shelf.HOUR;
import static dev.dunlin.dht.record.Shelf.content;
import static dev.dunlin.dht.record.Shelf.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.wire.ValueRecord;
import org.junit.jupiter.api.Test;

/** Ages when the node was off, and when the wall clock is wrong. */
class RecordsClockTest {

    private static final long MINUTE = HOUR / 60;
    private static final long YEAR = 365 * 24 * HOUR;
    private static final Bytes KEY = Marked.key("a");

    private static Shelf filled() {
        Shelf shelf = Shelf.with();
        shelf.put(1, KEY, Marked.value(1));
        shelf.provide(1, content(1));
        return shelf;
    }

    private static void isTold(Shelf shelf) {
        assertThat(shelf.value(KEY)).isPresent();
        assertThat(shelf.who(content(1))).contains(peer(1));
    }

    private static void isNotTold(Shelf shelf) {
        assertThat(shelf.value(KEY)).isEmpty();
        assertThat(shelf.who(content(1))).isEmpty();
    }

    private static void isThere(Shelf shelf) {
        assertThat(shelf.state().values().held().has(KEY)).isTrue();
        assertThat(shelf.state().providers().keys().has(content(1))).isTrue();
    }

    private static void isGone(Shelf shelf) {
        assertThat(shelf.state().values().held().has(KEY)).isFalse();
        assertThat(shelf.state().providers().keys().has(content(1))).isFalse();
    }

    @Test
    void aShortRestartLosesNothing() {
        Shelf shelf = filled();
        shelf.driver().advanceBy(HOUR);
        shelf.reboot(shelf.wall() + MINUTE);
        isTold(shelf);
        assertThat(shelf.get(KEY).flatMap(ValueRecord::timeReceived)).contains(StoreDriver.START);
        shelf.driver().advanceBy(40 * HOUR);
        isTold(shelf);
    }

    /** The node's time stands still while the node is off, and ages do not. */
    @Test
    void timeThatTheNodeWasOffCounts() {
        Shelf shelf = filled();
        shelf.driver().advanceBy(HOUR);
        shelf.reboot(shelf.wall() + 46 * HOUR);
        isTold(shelf);
        shelf.driver().advanceBy(HOUR - 1);
        isTold(shelf);
        shelf.driver().advanceBy(1);
        isNotTold(shelf);
        isGone(shelf);
    }

    @Test
    void whatExpiredWhileTheNodeWasOffIsNotToldAndGoesOnceTheClockIsBelieved() {
        Shelf shelf = filled();
        shelf.reboot(shelf.wall() + 72 * HOUR);
        isNotTold(shelf);
        isThere(shelf);
        shelf.driver().advanceBy(10 * MINUTE - 1);
        isThere(shelf);
        shelf.driver().advanceBy(1);
        isGone(shelf);
    }

    @Test
    void aBootWithAClockInTheFutureThrowsNothingAway() {
        Shelf shelf = filled();
        shelf.driver().advanceBy(HOUR);
        shelf.reboot(shelf.wall() + YEAR);
        isNotTold(shelf);
        shelf.driver().advanceBy(5 * MINUTE);
        shelf.step(-YEAR);
        isTold(shelf);
        shelf.driver().advanceBy(30 * HOUR);
        isTold(shelf);
        shelf.driver().advanceBy(17 * HOUR);
        isGone(shelf);
    }

    /** What came while the clock was ahead has times of the future. It is kept as long as all else. */
    @Test
    void aCorrectedClockKeepsNothingForEver() {
        Shelf shelf = Shelf.with();
        shelf.reboot(shelf.wall() + YEAR);
        shelf.put(1, KEY, Marked.value(1));
        shelf.provide(1, content(1));
        isTold(shelf);
        shelf.driver().advanceBy(HOUR);
        shelf.step(-YEAR);
        isTold(shelf);
        assertThat(shelf.get(KEY).flatMap(ValueRecord::timeReceived))
                .as("and others are not told of the future")
                .contains(StoreDriver.START);
        shelf.driver().advanceBy(47 * HOUR - 1);
        isTold(shelf);
        // The one came before the other.
        shelf.driver().advanceBy(2);
        isGone(shelf);
    }

    @Test
    void aClockInThePastKeepsNothingLonger() {
        Shelf shelf = filled();
        shelf.driver().advanceBy(HOUR);
        shelf.reboot(shelf.wall() - YEAR);
        isTold(shelf);
        shelf.driver().advanceBy(47 * HOUR);
        isGone(shelf);
    }

    @Test
    void addressesGoByBothClocks() {
        Shelf slept = filled();
        slept.step(24 * HOUR);
        assertThat(slept.providers(content(1))).containsExactly(Shelf.info(1));
        Shelf corrected = Shelf.with();
        corrected.step(YEAR);
        corrected.provide(1, content(1));
        corrected.step(-YEAR);
        corrected.driver().advanceBy(24 * HOUR - 1);
        assertThat(corrected.providers(content(1))).containsExactly(Shelf.provider(1));
        corrected.driver().advanceBy(1);
        assertThat(corrected.providers(content(1))).containsExactly(Shelf.info(1));
    }

    /** A clock without a battery begins in 1970; it is set right soon. What came meanwhile is lost, what came before is not. */
    @Test
    void aClockThatBeginsInThePastAndIsSetRight() {
        Shelf shelf = filled();
        shelf.reboot(0);
        isTold(shelf);
        shelf.put(2, Marked.key("b"), Marked.value(1));
        assertThat(shelf.value(Marked.key("b"))).isPresent();
        shelf.driver().advanceBy(MINUTE);
        shelf.step(shelf.driver().now() - shelf.wall());
        isTold(shelf);
        assertThat(shelf.value(Marked.key("b"))).isEmpty();
        shelf.driver().advanceBy(HOUR);
        isTold(shelf);
    }

    /** A machine that slept: its time stood still, and the wall clock was stepped. */
    @Test
    void timeThatTheMachineSleptCounts() {
        Shelf shelf = filled();
        shelf.driver().advanceBy(HOUR);
        shelf.step(47 * HOUR);
        isNotTold(shelf);
        isThere(shelf);
        shelf.put(2, KEY, Marked.value(1));
        assertThat(shelf.value(KEY)).as("stored again").isPresent();
        shelf.driver().advanceBy(10 * MINUTE);
        assertThat(shelf.state().values().held().has(KEY)).isTrue();
        assertThat(shelf.state().providers().keys().has(content(1))).isFalse();
    }

    @Test
    void whileTheClockIsNotBelievedNothingMakesRoomForWhatItSays() {
        Shelf shelf = Shelf.with("maxValues", "1", "maxProviders", "1");
        shelf.put(1, KEY, Marked.value(1));
        shelf.provide(1, content(1));
        shelf.driver().advanceBy(HOUR);
        shelf.step(YEAR);
        assertThat(shelf.put(2, Marked.key("b"), Marked.value(1))).isFalse();
        assertThat(shelf.provide(2, content(2))).isFalse();
        isThere(shelf);
    }

    @Test
    void manyThatExpiredWhileTheNodeWasOffGoInSteps() {
        Shelf shelf = Shelf.with();
        for (int i = 0; i < 500; i++) {
            shelf.put(1, Marked.key(i), Marked.value(1));
            shelf.provide(1, content(i));
        }
        shelf.reboot(shelf.wall() + 100 * HOUR);
        assertThat(shelf.driver().turns().getLast().size())
                .as("the boot itself does nothing")
                .isEqualTo(1);
        shelf.driver().advanceBy(11 * MINUTE);
        assertThat(shelf.state().values().held().isEmpty()).isTrue();
        assertThat(shelf.state().providers().keys().isEmpty()).isTrue();
    }

    @Test
    void clocksBeyondAllYearsAreBorne() {
        for (long wall : new long[] {Long.MAX_VALUE / 2, Long.MIN_VALUE / 2, 0, -YEAR}) {
            Shelf shelf = filled();
            shelf.reboot(wall);
            shelf.put(1, Marked.key("b"), Marked.value(1));
            assertThat(shelf.value(Marked.key("b"))).isPresent();
            shelf.driver().advanceBy(49 * HOUR);
            isGone(shelf);
        }
    }
}
