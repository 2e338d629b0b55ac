package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Settings that change while the node runs: all machines are asked first, and told together. */
class ConfigureTest {

    /** What is in a room, with what it may hold. */
    record Room(long most, long least, long guests) {}

    record House(Room room, Room cellar) {}

    /** What happens in a room. */
    sealed interface RoomAction extends Action {
        /** Somebody comes. */
        record Came() implements RoomAction {}
    }

    /** What happens in the cellar. */
    sealed interface CellarAction extends Action {
        /** Something is stored. */
        record Stored() implements CellarAction {}
    }

    private static final Setting MOST =
            Setting.count("room.most", 3, 0, 10, "most guests").alive();
    private static final Setting LEAST =
            Setting.count("room.least", 0, 0, 10, "fewest guests").alive();
    private static final Setting FIXED = Setting.count("room.fixed", 1, 0, 10, "walls");
    private static final Settings SETTINGS = Settings.of(MOST, LEAST, FIXED).atMost(LEAST, MOST, "no room would do");
    private static final Ticket ME = new Ticket(Ticket.API, 7);

    private static Room with(Room own, Table<String, String> config) {
        return new Room(MOST.number(config), LEAST.number(config), own.guests());
    }

    private static Optional<String> crowded(Room own) {
        return own.guests() > own.most() ? Optional.of(own.guests() + " guests") : Optional.empty();
    }

    private static Machine.Draft<Object, Room, RoomAction> room() {
        return Machine.of("room", new Room(3, 0, 0))
                .actions(RoomAction.class)
                .settings(SETTINGS)
                .boots((own, booted, ctx) -> with(new Room(0, 0, 0), booted.config()))
                .guards(Guards.<Object, Room, RoomAction>of()
                        .on(
                                RoomAction.Came.class,
                                Guards.clause("not-full", (view, own, action, now) -> own.guests() < own.most()))
                        .build())
                .reduces((own, action, ctx) -> new Room(own.most(), own.least(), own.guests() + 1))
                .invariants(List.of(new Invariant<>("not-crowded", ConfigureTest::crowded)));
    }

    private static Machine<Object, Room, CellarAction> cellar() {
        Setting depth =
                Setting.count("cellar.depth", 1, 0, 10, "how deep it is").alive();
        return Machine.of("cellar", new Room(1, 0, 0))
                .actions(CellarAction.class)
                .settings(Settings.of(depth))
                .configures((own, config, now) -> new Room(depth.number(config), now, own.guests()))
                .guards(Guards.<Object, Room, CellarAction>of()
                        .always(CellarAction.Stored.class)
                        .build())
                .budget(1 << 10);
    }

    private static Store<House> booted() {
        Store<House> store = Store.of(new House(new Room(3, 0, 0), new Room(1, 0, 0)))
                .mount(
                        room().configures((own, config, now) -> with(own, config))
                                .budget(1 << 10),
                        House::room,
                        (house, changed) -> new House(changed, house.cellar()))
                .mount(cellar(), House::cellar, (house, changed) -> new House(house.room(), changed))
                .build();
        store.apply(Input.of(new NodeAction.Booted(1, "b", Table.of("room.most", "5"), 1_000, 1)), 10);
        return store;
    }

    private static Turn configure(Store<House> store, String... keysAndValues) {
        Table<String, String> changes = Table.empty();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            changes = changes.with(keysAndValues[i], keysAndValues[i + 1]);
        }
        return store.apply(Input.of(new NodeAction.Configure(changes, ME)), 20);
    }

    private static void refused(Turn turn, String clause, String operand) {
        Verdict.Disabled rejected = Objects.requireNonNull(turn.rejection(0));
        assertThat(rejected.clause()).isEqualTo(clause);
        assertThat(rejected.operands().toString()).contains(operand);
        assertThat(turn.entry(1)).isInstanceOf(NodeOutcome.Refused.class);
        assertThat(turn.changed()).isEmpty();
    }

    @Test
    void allMachinesAreToldAndTheAskerToo() {
        Store<House> store = booted();
        assertThat(store.state().root().room().most()).isEqualTo(5);
        Turn turn = configure(store, "room.most", "7", "cellar.depth", "4", "log.something", "x");
        assertThat(store.state().root()).isEqualTo(new House(new Room(7, 0, 0), new Room(4, 20, 0)));
        assertThat(store.state().node().config())
                .isEqualTo(Table.copyOf(Map.of("room.most", "7", "cellar.depth", "4", "log.something", "x")));
        assertThat(turn.entry(1))
                .isEqualTo(new NodeOutcome.Configured(
                        ME, Table.copyOf(Map.of("room.most", "7", "cellar.depth", "4", "log.something", "x"))));
    }

    @Test
    void theNextBootSaysItsOwn() {
        Store<House> store = booted();
        configure(store, "room.most", "7");
        store.apply(Input.of(new NodeAction.Booted(2, "b", Table.empty(), 1_000, 1)), 30);
        assertThat(store.state().root().room().most()).isEqualTo(3);
        assertThat(store.state().node().config()).isEqualTo(Table.empty());
    }

    @Test
    void whatMachinesCannotBearIsRefusedWhole() {
        Store<House> store = booted();
        for (int i = 0; i < 4; i++) {
            store.apply(Input.of(new RoomAction.Came()), 10);
        }
        refused(configure(store, "room.fixed", "2"), Reconfiguring.CHANGES_LIVE, "room.fixed");
        refused(configure(store, "room.most", "11"), Reconfiguring.IS_A_VALUE, "room.most");
        refused(configure(store, "room.most", "many"), Reconfiguring.IS_A_VALUE, "room.most");
        refused(configure(store, "room.least", "6"), Reconfiguring.FITS_OTHERS, "no room would do");
        refused(configure(store, "cellar.depth", "2", "room.most", "3"), Reconfiguring.FITS_WHAT_IS, "4 guests");
        assertThat(store.state().root().cellar().most()).isEqualTo(1);
        assertThat(configure(store, "room.most", "4").rejection(0)).isNull();
    }

    @Test
    void beforeTheBootThereIsNothingToChange() {
        Store<House> store = booted().another();
        refused(configure(store, "room.most", "4"), "has-booted", "");
    }

    @Test
    void aMachineThatCannotFollowMustNotSayItCan() {
        Machine<Object, Room, RoomAction> deaf = room().budget(1 << 10);
        assertThatThrownBy(() -> Store.of(new Room(1, 0, 0)).mount(deaf, own -> own, (own, changed) -> changed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("room.most")
                .hasMessageContaining("configures(…)");
    }

    @Test
    void itsBoundsAreKept() {
        assertThatThrownBy(() -> new NodeAction.Configure(Table.empty(), ME)).hasMessageContaining("1 to 256");
        assertThatThrownBy(() ->
                        new NodeAction.Configure(Table.of("a", "x".repeat(NodeAction.Configure.MAX_TEXT + 1)), ME))
                .hasMessageContaining("16384");
    }
}
