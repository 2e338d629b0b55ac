package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Ids, handles, tickets, subjects: what names things in logs. */
class NamesTest {

    @Property
    void idsReadBackAndOrder(
            @ForAll @LongRange(min = 0) long input,
            @ForAll @IntRange(min = 0) int index,
            @ForAll @LongRange(min = 0) long otherInput,
            @ForAll @IntRange(min = 0) int otherIndex) {
        ActionId id = new ActionId(input, index);
        assertThat(ActionId.parse(id.toString())).isEqualTo(id);
        int byInput = Long.compare(input, otherInput);
        assertThat(id.compareTo(new ActionId(otherInput, otherIndex)))
                .isEqualTo(byInput != 0 ? byInput : Integer.compare(index, otherIndex));
        assertThat(id.isNone()).isEqualTo(input == 0);
    }

    @Property
    void handlesReadBack(@ForAll long run, @ForAll long number) {
        Handle handle = new Handle("socket", run, number);
        assertThat(handle).hasToString("socket:" + run + ":" + number);
        assertThat(Handle.parse(handle.toString())).isEqualTo(handle);
    }

    @Example
    void handlesOrderByRunNumberKind() {
        List<Handle> ordered =
                List.of(new Handle("b", 1, 1), new Handle("a", 1, 2), new Handle("b", 1, 2), new Handle("a", 2, 1));
        assertThat(Stream.of(3, 1, 0, 2).map(ordered::get).sorted()).isEqualTo(ordered);
    }

    @Example
    void idsRefuseOtherTexts() {
        for (String bad : List.of("", "1", ".1", "1.", "a.1", "1.a", "1.1.1", "1.99999999999")) {
            assertThatThrownBy(() -> ActionId.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("an action id is INPUT.INDEX, not '" + bad + "'");
        }
        for (String bad : List.of("+1.1", "01.1", "1.01")) {
            assertThatThrownBy(() -> ActionId.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new ActionId(-1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an action id has no negative part: -1.0");
    }

    @Example
    void handlesRefuseOtherTexts() {
        for (String bad : List.of("", "a", "a:1", ":1:1", "a:1:b", "a:b:1", "a:1:1:1")) {
            assertThatThrownBy(() -> Handle.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a handle is KIND:RUN:NUMBER, not '" + bad + "'");
        }
        for (String bad : List.of("a:+1:1", "a:1:01")) {
            assertThatThrownBy(() -> Handle.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        for (String kind : List.of("", "a:b")) {
            assertThatThrownBy(() -> new Handle(kind, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a handle's kind is a word without colon, not '" + kind + "'");
        }
    }

    @Example
    void ticketsSayWhoAsked() {
        Ticket ticket = new Ticket("dht", 1);
        assertThat(ticket.isOf("dht")).isTrue();
        assertThat(ticket.isOf(Ticket.API)).isFalse();
        assertThat(Stream.of(new Ticket("b", 1), new Ticket("a", 2), new Ticket("a", -3))
                        .sorted())
                .containsExactly(new Ticket("a", -3), new Ticket("a", 2), new Ticket("b", 1));
        assertThat(Subject.of("peer", 5)).isEqualTo(new Subject("peer", "5"));
    }
}
