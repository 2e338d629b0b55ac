package dev.dunlin.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.state.Named;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.TypeTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class SchemaTest {

    private static final TypeTable TABLE = TypeTable.of("door")
            .defaulted("door/open", "wide", "true")
            .defaulted("Hinge", "oiled", "false")
            .defaulted("door", "count", "0")
            .renamed("unlock", "open")
            .renamed("peep", "ring")
            .build();

    private static Map<String, String> fields(String... namesAndTypes) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.put(namesAndTypes[i], namesAndTypes[i + 1]);
        }
        return fields;
    }

    private static final Schema MINE = new Schema(Map.of(
            "door/open", fields("who", "string", "wide", "boolean"),
            "!door/ring", fields("loud", "int"),
            "door", fields("hinges", "table<string,#door.Hinge>", "count", "long"),
            "#door.Hinge", fields("side", "#door.Side", "oiled", "boolean"),
            "#door.Side", fields("LEFT", "constant", "RIGHT", "constant"),
            "#door.Look", fields("plain", "variant #door.Plain")));

    private static Schema.Report with(String type, Map<String, String> theirs) {
        Map<String, Map<String, String>> types = new LinkedHashMap<>(MINE.types());
        types.put(type, theirs);
        return MINE.compare(new Schema(types), List.of(TABLE));
    }

    @Test
    void theSameIsFine() {
        assertThat(MINE.compare(MINE, List.of(TABLE)))
                .isEqualTo(new Schema.Report(Schema.Fit.FINE, false, List.of(), List.of()));
        assertThat(MINE.incomparable(MINE)).isEmpty();
    }

    @Test
    void fine() {
        assertThat(with("door/open", fields("who", "string")).text())
                .isEqualTo("FINE: door/open.wide was added; older logs get true");
        assertThat(with("#door.Hinge", fields("side", "#door.Side")).text())
                .isEqualTo("FINE: door.Hinge.oiled was added; older logs get false");
        assertThat(with("door", fields("hinges", "table<string,#door.Hinge>")).text())
                .isEqualTo("FINE: door.count was added; older logs get 0");
        assertThat(with("!door/ring", fields()).text()).isEqualTo("FINE: door/ring.loud was added");
        assertThat(with("#door.Side", fields("LEFT", "constant")).text()).isEqualTo("FINE: door.Side.RIGHT was added");
        assertThat(with("#door.Look", fields()).text()).isEqualTo("FINE: door.Look.plain was added");
        assertThat(with("door/open", fields("wide", "boolean", "who", "string")).text())
                .isEqualTo("FINE: the fields of door/open stand in another order");
        Map<String, Map<String, String>> fewer = new LinkedHashMap<>(MINE.types());
        fewer.remove("!door/ring");
        fewer.put("!door/peep", fields("loud", "int"));
        fewer.remove("door/open");
        fewer.put("door/unlock", fields("who", "string", "wide", "boolean"));
        fewer.remove("#door.Look");
        Schema.Report report = MINE.compare(new Schema(fewer), List.of(TABLE));
        assertThat(report.fit()).isEqualTo(Schema.Fit.FINE);
        assertThat(report.text().lines())
                .containsExactlyInAnyOrder(
                        "FINE: type door/peep is now door/ring",
                        "FINE: type door/unlock is now door/open",
                        "FINE: type door.Look was added");
    }

    @Test
    void risky() {
        assertThat(with("door/open", fields("who", "string", "wide", "boolean", "why", "string"))
                        .text())
                .isEqualTo("RISKY: door/open.why was removed");
        assertThat(with("!door/gone", fields()).text()).isEqualTo("RISKY: type door/gone was removed");
        assertThat(with("!door/ring", fields("loud", "long")).text())
                .isEqualTo("RISKY: door/ring.loud was long and is int");
    }

    @Test
    void impossible() {
        assertThat(with("door/gone", fields()).text()).isEqualTo("IMPOSSIBLE: type door/gone was removed");
        assertThat(with("door/open", fields("who", "PeerId", "wide", "boolean")).text())
                .isEqualTo("IMPOSSIBLE: door/open.who was PeerId and is string");
        assertThat(with("door/open", fields("wide", "boolean")).text())
                .isEqualTo("IMPOSSIBLE: door/open.who was added and has no default");
        assertThat(with("#door.Side", fields("LEFT", "constant", "RIGHT", "constant", "TOP", "constant"))
                        .text())
                .isEqualTo("IMPOSSIBLE: door.Side.TOP was removed");
        assertThat(with("#door.Look", fields("plain", "variant #door.Plain", "odd", "variant #door.Odd"))
                        .text())
                .isEqualTo("IMPOSSIBLE: door.Look.odd was removed");
    }

    @Test
    void theWorstDecidesAndStandsFirst() {
        Schema.Report report = with("door/open", fields("wide", "int", "who", "string", "why", "string"));
        assertThat(report.fit()).isEqualTo(Schema.Fit.IMPOSSIBLE);
        assertThat(report.text())
                .isEqualTo("IMPOSSIBLE: door/open.wide was int and is boolean\nRISKY: door/open.why was removed");
    }

    @Test
    void aMachineThatComesOrGoesIsOneDifference() {
        assertThat(with("yard/sweep", fields("who", "string")).text())
                .isEqualTo("IMPOSSIBLE: the machine yard was removed");
        Map<String, Map<String, String>> more = new LinkedHashMap<>(MINE.types());
        more.put("yard", fields());
        more.put("!yard/water", fields("litres", "int"));
        more.put("#yard.Tree", fields("height", "int"));
        assertThat(new Schema(more).compare(MINE, List.of(TABLE)).text()).isEqualTo("FINE: the machine yard was added");
    }

    @Test
    void aLogOfOtherMachinesIsSaidToBeOne() {
        Schema log = new Schema(Map.of(
                "node", fields(), "node/tick", fields(), "yard", fields(), "yard/sweep", fields(), "pond", fields()));
        Schema.Report report = MINE.compare(log, List.of(TABLE));
        assertThat(report.foreign()).isTrue();
        assertThat(report.fit()).isEqualTo(Schema.Fit.IMPOSSIBLE);
        assertThat(report.advice("seal it"))
                .isEqualTo("the log is of other machines (pond, yard) than this program's (door): it is for the program"
                        + " that wrote it");
        assertThat(MINE.compare(new Schema(Map.of("node", fields())), List.of(TABLE))
                        .foreign())
                .isFalse();
    }

    @Test
    void aSentenceHasTheWorstFewOfThem() {
        Schema.Report report = with("door/open", fields("a", "int", "b", "int", "c", "int"));
        assertThat(report.differences()).hasSize(5);
        assertThat(report.brief()).endsWith("; and 2 differences more").doesNotContain("\n");
        assertThat(report.advice("seal it")).contains("renamedField, defaulted").endsWith(", or seal it");
    }

    @Test
    void digestsOfChangedShapesAreNotComparable() {
        Map<String, Map<String, String>> types = new LinkedHashMap<>(MINE.types());
        types.put("door/open", fields("wide", "boolean", "who", "string"));
        assertThat(MINE.incomparable(new Schema(types))).isEqualTo(Set.of(Schema.DERIVED));
        types.putAll(MINE.types());
        types.put("#door.Hinge", fields("side", "#door.Side"));
        assertThat(MINE.incomparable(new Schema(types))).isEqualTo(Set.of(Schema.DERIVED, "door"));
        types.putAll(MINE.types());
        types.put("door", fields());
        assertThat(MINE.incomparable(new Schema(types))).isEqualTo(Set.of("door"));
        Map<String, Map<String, String>> fewer = new LinkedHashMap<>(MINE.types());
        fewer.remove("!door/ring");
        assertThat(MINE.incomparable(new Schema(fewer))).isEmpty();
    }

    @Test
    void ofAStore() {
        Schema schema = Schema.of(Lamps.store());
        assertThat(schema.types().keySet())
                .containsExactly(
                        "!lamp/count",
                        "!lamp/measure",
                        "!lamp/ring",
                        "!node/closeHandle",
                        "#lamp.colour",
                        "#lamp.dark",
                        "#lamp.lamp",
                        "#lamp.lit",
                        "#lamp.phase",
                        "#node.holding",
                        "#node.operand",
                        "#node.subject",
                        "lamp",
                        "lamp/burst",
                        "lamp/cut",
                        "lamp/faded",
                        "lamp/glow",
                        "lamp/measured",
                        "lamp/nudge",
                        "lamp/switchOff",
                        "lamp/switchOn",
                        "lamp/switchedOn",
                        "lamp/wired",
                        "node",
                        "node/booted",
                        "node/clockStepped",
                        "node/configure",
                        "node/configured",
                        "node/refused",
                        "node/tick");
        assertThat(String.valueOf(schema.types().get("lamp")))
                .isEqualTo("{lamps=table<string,#lamp.lamp>, before=table<string,#lamp.phase>, "
                        + "lines=table<Handle,string>, colours=table<long,#lamp.colour>, asked=table<ActionId,string>, "
                        + "counted=long}");
        assertThat(String.valueOf(schema.types().get("#lamp.lamp")))
                .isEqualTo("{phase=#lamp.phase, brightness=int, tags=list<string>, owner=optional<string>, "
                        + "watts=optional<long>, at=long}");
        assertThat(String.valueOf(schema.types().get("#lamp.phase")))
                .isEqualTo("{dark=variant #lamp.dark, lit=variant #lamp.lit}");
        assertThat(String.valueOf(schema.types().get("#lamp.colour"))).isEqualTo("{RED=constant, GREEN=constant}");
        assertThat(String.valueOf(schema.types().get("lamp/switchOn")))
                .isEqualTo("{lamp=string, brightness=int, ticket=Ticket}");
        assertThat(String.valueOf(schema.types().get("node/booted")))
                .isEqualTo("{run=long, build=string, config=table<string,string>, wallTime=long, seed=long}");
    }

    /** The only action of a machine of what cannot be written. */
    record Go() implements Action {}

    private static <T> void refused(T state, String sentence) {
        Machine<Object, T, Go> odd = Machine.of("odd", state)
                .actions(Go.class)
                .guards(Guards.<Object, T, Go>of().always(Go.class).build())
                .budget(100);
        Store<Object> store = Store.<Object>of("root")
                .mount(odd, root -> state, (root, own) -> root)
                .build();
        assertThatIllegalArgumentException().isThrownBy(() -> Schema.of(store)).withMessageContaining(sentence);
    }

    @Test
    void theSameShapeUnderAnotherClassNameIsFine() {
        Schema old = Schema.of(door(Old.INITIAL, Old.Ring.class));
        Schema present = Schema.of(door(Present.INITIAL, Present.Buzz.class));
        assertThat(present.compare(old, List.of()).fit()).isEqualTo(Schema.Fit.FINE);
        assertThat(present.types()).isEqualTo(old.types());
    }

    private static <T, D extends Action> Store<Object> door(T state, Class<D> action) {
        return Store.<Object>of("root")
                .mount(
                        Machine.of("door", state)
                                .actions(action)
                                .guards(Guards.<Object, T, D>of().always(action).build())
                                .budget(100),
                        root -> state,
                        (root, own) -> root)
                .build();
    }

    private static final class Old {
        static final Whole INITIAL = new Whole(new Bell(1));

        record Bell(long loud) {}

        record Whole(Bell bell) {}

        record Ring(Bell bell) implements Action {}
    }

    // Classes were renamed, and the names stayed.
    private static final class Present {
        static final Whole INITIAL = new Whole(new Gong(1));

        @Named("bell")
        record Gong(long loud) {}

        record Whole(Gong bell) {}

        @Named("ring")
        record Buzz(Gong bell) implements Action {}
    }

    interface Open {}

    record RecordKey(int number) implements Comparable<RecordKey> {
        @Override
        public int compareTo(RecordKey other) {
            return Integer.compare(number, other.number);
        }
    }

    record Bad1(Table<RecordKey, String> table) {}

    record Bad2(Optional<Open> open) {}

    record Bad3(float number) {}

    record Bad4(Map<String, String> map) {}

    static final class A {
        record Same(int a) {}
    }

    static final class B {
        record Same(int b) {}
    }

    record Bad5(A.Same a, B.Same b) {}

    record Bad6(Optional<Optional<String>> twice) {}

    record Bad8(Optional<OptionalLong> twice) {}

    record Bad7(Table<String, List<Optional<Optional<Long>>>> deep) {}

    /** An empty one in a present one would be read back as an empty one. */
    @Test
    void anOptionalOfAnOptionalIsRefusedAtTheStart() {
        refused(new Bad6(Optional.empty()), "ptional");
        refused(new Bad8(Optional.empty()), "an optional of an optional");
        refused(new Bad7(Table.empty()), "ptional");
        record Said(Optional<Optional<String>> twice) implements Action {}
        Store<Object> store = door(Old.INITIAL, Said.class);
        assertThatIllegalArgumentException().isThrownBy(() -> Schema.of(store)).withMessageContaining("ptional");
    }

    @Test
    void whatCannotBeReadBackIsRefusedAtTheStart() {
        refused(new Bad1(Table.empty()), "RecordKey cannot be the key of a table");
        refused(
                new Bad2(Optional.empty()),
                "odd.open: Open cannot be written: make it sealed, with records, or give it as an open union");
        refused(new Bad3(1), "odd.number: float cannot be written: use a record");
        refused(new Bad4(Map.of()), "Map<java.lang.String, java.lang.String> cannot be written");
        refused(new Bad5(new A.Same(1), new B.Same(2)), "under one name: give one of them another");
    }

    // The upcaster, over the same small world.

    record Plain(int width) implements Look {}

    sealed interface Look permits Plain {}

    record Hinge(String side, boolean oiled, Look look) {}

    record Open2(
            String who, boolean wide, List<Hinge> all, Table<String, Hinge> named, Optional<Hinge> one, Hinge hinge)
            implements Action {}

    private static final Codec CODEC = Codec.of(List.of(TypeTable.of("door")
            .action("open", Open2.class)
            .variant(Look.class, "plain", Plain.class)
            .defaulted("door/open", "wide", "true")
            .defaulted("hinge", "oiled", "true")
            .defaulted("plain", "width", "7")
            .renamed("unlock", "open")
            .build()));

    @ParameterizedTest
    @ValueSource(strings = {"\"one\":null,", "\"one\":{\"side\":\"o\",\"look\":{\"kind\":\"plain\"}},"})
    void theUpcasterFillsDropsAndRenames(String one) {
        Upcaster upcaster = new Upcaster(CODEC);
        String hinge = "{\"side\":\"s\",\"rust\":3,\"look\":{\"kind\":\"plain\",\"gone\":[]}}";
        JsonNode old = CODEC.mapper()
                .readTree("{\"who\":\"w\",\"gone\":{\"x\":1}," + one + "\"all\":[" + hinge + "],\"named\":{\"n\":"
                        + hinge + "},\"hinge\":" + hinge + "}");
        assertThat(upcaster.name("door/unlock")).isEqualTo("door/open");
        assertThat(upcaster.name("door/open")).isEqualTo("door/open");
        Hinge made = new Hinge("s", true, new Plain(7));
        assertThat(CODEC.read("door/open", upcaster.payload("door/open", old)))
                .isEqualTo(new Open2(
                        "w",
                        true,
                        List.of(made),
                        Table.of("n", made),
                        one.contains("null") ? Optional.empty() : Optional.of(new Hinge("o", true, new Plain(7))),
                        made));
    }

    @Test
    void theUpcasterLeavesThePresentShapeAlone() {
        Hinge hinge = new Hinge("s", false, new Plain(1));
        Open2 open = new Open2("w", false, List.of(hinge), Table.of("n", hinge), Optional.of(hinge), hinge);
        JsonNode tree = CODEC.tree(open);
        assertThat(new Upcaster(CODEC).payload("door/open", tree)).isEqualTo(tree);
        assertThat(new Upcaster(CODEC).payload("door/none", tree)).isEqualTo(tree);
    }
}
