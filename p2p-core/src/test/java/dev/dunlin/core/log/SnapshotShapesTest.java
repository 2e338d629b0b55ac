package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** States of every shape, big enough to be divided: what is written is read back equal, also by a build that was made later. */
final class SnapshotShapesTest {

    /** One text of these, a name or a path, and what stands around it. */
    private static final int BESIDE = 1_000;

    private final SimDisk disk = new SimDisk();

    private static Table<String, String> entries(int count) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < count; i++) {
            table = table.with("k" + i, "v".repeat(100) + i);
        }
        return table;
    }

    private static final Table<String, String> BIG = entries(4_000);
    private static final List<String> LONG = Probes.texts(4_000, 100);

    /** Writes a state, and reads it back by this build and by a later one. */
    private <S> void comesBackEqual(S state) throws IOException {
        Probes.write(disk, Probes.store(state));
        S read = Probes.read(disk, Probes.store(state)).orElseThrow();
        assertThat(read.equals(state)).isTrue();
        assertThat(Content.digest(read)).isEqualTo(Content.digest(state));
        assertThat(Probes.read(disk, Probes.later(state, (own, where) -> own)).equals(Optional.of(state)))
                .as("by a later build")
                .isTrue();
    }

    private void linesAreBounded(int longest) throws IOException {
        assertThat(SnapshotFiles.lines(disk).stream().map(line -> line.getBytes(StandardCharsets.UTF_8).length))
                .hasSizeGreaterThan(3)
                .allMatch(length -> length < longest);
    }

    private static List<Named<Object>> numbered(Object... states) {
        List<Named<Object>> named = new ArrayList<>();
        for (Object state : states) {
            named.add(Named.of(state.getClass().getSimpleName() + " " + named.size(), state));
        }
        return named;
    }

    // Optionals of tables and lists

    record OfTable(Optional<Table<String, String>> whole, long count) {}

    record OfList(Optional<List<String>> whole) {}

    record TablesOfTables(Table<String, Optional<Table<String, String>>> all) {}

    record TablesOfLists(Table<Long, Optional<List<String>>> all) {}

    record ListsOfOptionals(List<Optional<String>> all) {}

    record ListsOfTables(List<Optional<Table<String, String>>> all) {}

    record Nest(Optional<Table<String, String>> table, Optional<List<Optional<String>>> list, Optional<Egg> egg) {}

    record Egg(Optional<Table<String, Optional<List<String>>>> inside) {}

    record Deep(Optional<Nest> nest, Table<String, Optional<Nest>> nests) {}

    record Numbers(Table<String, OptionalLong> longs, List<OptionalInt> ints, OptionalLong one) {}

    record Doubles(List<Double> list, Table<String, Optional<Double>> table, double one) {}

    static List<Named<Object>> optionals() {
        Nest nest = new Nest(
                Optional.of(BIG),
                Optional.of(LONG.stream()
                        .map(text -> text.length() % 3 == 0 ? Optional.<String>empty() : Optional.of(text))
                        .toList()),
                Optional.of(new Egg(Optional.of(Table.of("a", Optional.of(LONG)).with("none", Optional.empty())))));
        Table<String, OptionalLong> longs = Table.empty();
        List<OptionalInt> ints = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            longs = longs.with("k" + i, i % 2 == 0 ? OptionalLong.empty() : OptionalLong.of(i));
            ints.add(i % 3 == 0 ? OptionalInt.empty() : OptionalInt.of(i));
        }
        List<Optional<String>> some = new ArrayList<>();
        LONG.forEach(text -> {
            some.add(Optional.of(text));
            some.add(Optional.empty());
        });
        return numbered(
                new OfTable(Optional.of(BIG), 7),
                new OfTable(Optional.of(Table.empty()), 7),
                new OfTable(Optional.empty(), 7),
                new OfList(Optional.of(LONG)),
                new OfList(Optional.of(List.of())),
                new OfList(Optional.of(List.of("x".repeat(400_000)))),
                new TablesOfTables(Table.of("a", Optional.of(BIG))),
                new TablesOfTables(Table.of("a", Optional.of(BIG))
                        .with("b", Optional.empty())
                        .with("c", Optional.of(Table.empty()))
                        .with("d", Optional.of(BIG))),
                new TablesOfLists(Table.of(1L, Optional.of(LONG)).with(2L, Optional.empty())),
                new ListsOfOptionals(List.copyOf(some)),
                new ListsOfTables(List.of(
                        Optional.of(BIG), Optional.empty(), Optional.of(Table.empty()), Optional.of(entries(3)))),
                nest,
                new Deep(Optional.of(nest), Table.of("a", Optional.of(nest)).with("b", Optional.empty())),
                new Numbers(longs, List.copyOf(ints), OptionalLong.empty()),
                new Doubles(
                        List.of(0.0, 5.0, 1e300, 1e-300, Double.MIN_VALUE, Double.MAX_VALUE, 0.1, -1.0 / 3),
                        Table.of("a", Optional.of(5.0)).with("b", Optional.empty()),
                        1e22));
    }

    @ParameterizedTest
    @MethodSource("optionals")
    void optionalsOfTablesAndListsComeBackEqual(Object state) throws IOException {
        comesBackEqual(state);
    }

    @Test
    void aNodeStartsAgainFromAnOptionalTableWhenTheRingHasDroppedTheBeginning() throws IOException {
        LogOptions small = new LogOptions(1 << 14, 1 << 14, 1L << 60, 1 << 14, Long.MAX_VALUE / 4, 1);
        Probes.Step<OfTable> step = (own, where) ->
                new OfTable(Optional.of(own.whole().orElse(Table.empty()).with(where, where)), own.count() + 1);
        OfTable empty = new OfTable(Optional.empty(), 0);
        var store = Probes.store(empty, step);
        try (LogWriter writer = ActionLog.open(disk, store, small, "test").writer()) {
            for (int i = 0; i < 3_000; i++) {
                writer.append(store.apply(Probes.went("w" + i + "x".repeat(100)), i));
            }
            writer.force();
            writer.snapshot(store, store.state());
            assertThat(writer.keepHouse(0)).isPositive();
        }
        var again = Probes.store(empty, step);
        assertThat(ActionLog.open(disk, again, small, "test").lastInput()).isEqualTo(3_000);
        assertThat(again.state().root().equals(store.state().root())).isTrue();
    }

    // Names

    record Own(Table<String, String> probe, long count) {}

    record Inner(Table<String, String> probe, List<String> other) {}

    record Keyed(Table<String, Inner> all, Inner probe) {}

    static List<Named<Object>> named() {
        return numbered(
                new Own(BIG, 1),
                new Keyed(Table.of(Probes.NAME, new Inner(BIG, LONG)), new Inner(BIG, List.of())),
                new Keyed(Table.of("other", new Inner(BIG, LONG)), new Inner(Table.empty(), LONG)));
    }

    @ParameterizedTest
    @MethodSource("named")
    void whatIsNamedAsItsMachineIsNotTakenForItsState(Object state) throws IOException {
        comesBackEqual(state);
        linesAreBounded(SnapshotFormat.PART + BESIDE);
    }

    @Test
    void aLaterBuildStartsFromAStateWithAFieldNamedAsItsMachine() throws IOException {
        Probes.Step<Own> step = (own, where) -> new Own(own.probe().with(where, where), own.count() + 1);
        Own empty = new Own(Table.empty(), 0);
        var store = Probes.store(empty, step);
        try (LogWriter writer =
                ActionLog.open(disk, store, LogOptions.DEFAULT, "old").writer()) {
            for (int i = 0; i < 3_000; i++) {
                writer.append(store.apply(Probes.went("w" + i + "x".repeat(100)), i));
            }
            writer.force();
            writer.snapshot(store, store.state());
        }
        var later = Probes.later(empty, step);
        assertThat(ActionLog.open(disk, later, LogOptions.DEFAULT, "new").lastInput())
                .isEqualTo(3_000);
        assertThat(later.state().root().equals(store.state().root())).isTrue();
    }

    record Before(Table<String, String> probe, long count) {}

    record After(Table<String, String> probe, long total, boolean open) {}

    @Test
    void aLaterBuildFillsUpTheStateAndNotTheFieldThatIsNamedAsItsMachine() throws IOException {
        Probes.write(disk, Probes.store(new Before(BIG, 7)));
        var later = Probes.later(
                new After(Table.empty(), 0, false),
                (own, where) -> own,
                draft -> draft.defaulted(Probes.NAME, "open", "true").renamedField(Probes.NAME, "count", "total"));
        assertThat(Probes.read(disk, later).equals(Optional.of(new After(BIG, 7, true))))
                .isTrue();
    }

    // Alternatives

    sealed interface Way {
        record Road(Table<String, String> signs, long length) implements Way {}

        record Ferry(Optional<Way> then) implements Way {}

        record Air() implements Way {}
    }

    record Declared(Way.Road road, Optional<Way> other) {}

    record DeclaredDeep(Table<String, Way.Road> roads, Optional<Way.Road> one, List<Way.Road> row, Way any) {}

    static List<Named<Object>> alternatives() {
        Way.Road road = new Way.Road(BIG, 3);
        return numbered(
                new Declared(road, Optional.empty()),
                new Declared(road, Optional.of(new Way.Air())),
                new Declared(new Way.Road(Table.empty(), 1), Optional.of(road)),
                new Declared(road, Optional.of(new Way.Ferry(Optional.of(new Way.Ferry(Optional.of(road)))))),
                new DeclaredDeep(
                        Table.of("a", road).with("b", new Way.Road(Table.empty(), 0)),
                        Optional.of(road),
                        List.of(road, road),
                        new Way.Ferry(Optional.of(road))));
    }

    @ParameterizedTest
    @MethodSource("alternatives")
    void anAlternativeThatIsDeclaredByItsOwnClassComesBackEqual(Object state) throws IOException {
        comesBackEqual(state);
        linesAreBounded(SnapshotFormat.PART + BESIDE);
    }

    sealed interface Mood {
        record Calm(Table<String, String> thoughts, long since) implements Mood {}

        record Angry() implements Mood {}
    }

    sealed interface Seen {
        record Some(Table<String, String> things, Optional<Seen> before) implements Seen {}

        record Nothing() implements Seen {}
    }

    static List<Named<Object>> states() {
        return numbered(
                new Mood.Calm(BIG, 1),
                new Mood.Calm(entries(3), 1),
                new Seen.Some(BIG, Optional.empty()),
                new Seen.Some(BIG, Optional.of(new Seen.Some(BIG, Optional.of(new Seen.Nothing())))));
    }

    @ParameterizedTest
    @MethodSource("states")
    void aMachinesStateThatIsOneOfSeveralComesBackEqual(Object state) throws IOException {
        comesBackEqual(state);
    }

    // Long elements

    record Fat(Table<String, String> table, String name) {}

    record Row(List<Fat> row) {}

    record Rows(List<List<Fat>> rows, List<Table<String, String>> tables, List<List<String>> texts) {}

    record Ways(List<Way> ways) {}

    static List<Named<Object>> rows() {
        Fat fat = new Fat(entries(18_000), "two megabytes");
        Fat slim = new Fat(entries(2), "slim");
        Fat half = new Fat(entries(1_500), "half a part");
        return numbered(
                new Row(List.of(fat)),
                new Row(List.of(slim, fat, slim, slim, half, half, half, fat, fat, slim)),
                new Rows(List.of(List.of(fat), List.of(), List.of(slim, fat, slim)), List.of(), List.of()),
                new Rows(
                        List.of(),
                        List.of(entries(3), entries(18_000), Table.empty(), entries(18_000)),
                        List.of(List.of("x"), Probes.texts(20_000, 100), List.of(), Probes.texts(2, 1))),
                new ListsOfTables(List.of(
                        Optional.of(entries(18_000)),
                        Optional.empty(),
                        Optional.of(Table.empty()),
                        Optional.of(entries(18_000)))),
                new Ways(List.of(
                        new Way.Air(),
                        new Way.Road(entries(18_000), 2),
                        new Way.Ferry(Optional.of(new Way.Road(entries(18_000), 4))),
                        new Way.Air())));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void elementsOfAListThatAreLongerThanAPartAreDivided(Object state) throws IOException {
        comesBackEqual(state);
        linesAreBounded(SnapshotFormat.PART + BESIDE);
    }

    @Test
    void aLineIsLongerThanAPartByOneTextAtMost() throws IOException {
        String text = "t".repeat(700_000);
        comesBackEqual(new Row(List.of(
                new Fat(Table.of("a", text).with("b", text).with("c", "short"), text),
                new Fat(Table.of(text, text), "x"))));
        linesAreBounded(SnapshotFormat.PART + 2 * text.length() + BESIDE);
        comesBackEqual(new OfList(Optional.of(List.of("a", text, text, "b"))));
        linesAreBounded(SnapshotFormat.PART + text.length() + BESIDE);
    }

    // Half of a surrogate pair, as a reducer makes it that cuts a text

    private static final Pattern ESCAPED = Pattern.compile("\\\\u[dD][89a-fA-F]");

    record Halves(Table<String, String> table, List<String> list, String text, Optional<String> other) {}

    record Letters(List<Character> all, Table<String, Character> some, char one) {}

    record HalfKeyed(Table<String, Fat> all) {}

    static List<Named<Object>> halves() {
        Halves few = new Halves(
                Table.of("k\ud800", "v\udc00x").with("\udc00\ud800", "😀"),
                List.of("\ud83d", "a\ude00"),
                "\ud800\ud800",
                Optional.of("\udfff"));
        return numbered(
                few,
                new Halves(
                        BIG.with("k\ud800", "v\udc00x".repeat(1_000)),
                        Stream.concat(LONG.stream(), Stream.of("\ud83d", "é\ud83d\ud83d\ude00"))
                                .toList(),
                        "😀".repeat(100_000).substring(1),
                        Optional.of("\udfff")),
                new HalfKeyed(Table.of("\ud800", new Fat(BIG, "\udbff")).with("?", new Fat(BIG, "?"))),
                new HalfKeyed(Table.of("\ud800", new Fat(Table.empty(), "a"))
                        .with("\ud801", new Fat(Table.empty(), "b"))
                        .with("�", new Fat(Table.empty(), "c"))
                        .with("?", new Fat(Table.empty(), "d"))),
                new Letters(List.of('\ud800', 'a', '\udc00'), Table.of("x", '\udfff'), '\ud83d'));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void halfASurrogatePairIsWrittenAsAnEscapeAndComesBackEqual(Object state) throws IOException {
        comesBackEqual(state);
        assertThat(SnapshotFiles.lines(disk))
                .anyMatch(line -> ESCAPED.matcher(line).find());
    }

    @Test
    void aNodeGoesOnBehindAReducerThatCutsATextInTheMidstOfAPair() throws IOException {
        Probes.Step<Halves> step = (own, where) ->
                new Halves(own.table().with(where.substring(0, 1), where.substring(1)), own.list(), where, own.other());
        Halves empty = new Halves(Table.empty(), List.of(), "", Optional.empty());
        var store = Probes.store(empty, step);
        try (LogWriter writer =
                ActionLog.open(disk, store, LogOptions.DEFAULT, "test").writer()) {
            Input pair = Probes.went("😀");
            writer.append(store.apply(pair, 1));
            writer.force();
            writer.snapshot(store, store.state());
            writer.append(store.apply(pair, 2));
        }
        var again = Probes.store(empty, step);
        assertThat(LogReader.open(disk, again).snapshotAt(1)).isPresent();
        assertThat(ActionLog.open(disk, again, LogOptions.DEFAULT, "test").lastInput())
                .isEqualTo(2);
        assertThat(again.state().root().equals(store.state().root())).isTrue();
    }

    // Anything

    /** A state of which everything that can stand inside of something does. */
    record Any(
            Table<String, Any> table,
            List<Any> list,
            Optional<Any> one,
            Optional<Table<Long, Any>> maybe,
            Table<String, Optional<List<Any>>> lists,
            Optional<Way> way,
            String text) {}

    @Property(tries = 60)
    void anyStateComesBackEqual(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Any state = any(random, 4, random.nextInt(4) == 0 ? 10 : 60_000);
        SimDisk fresh = new SimDisk();
        Probes.write(fresh, Probes.store(state));
        assertThat(Probes.read(fresh, Probes.store(state)).equals(Optional.of(state)))
                .isTrue();
        assertThat(Probes.read(fresh, Probes.later(state, (own, where) -> own)).equals(Optional.of(state)))
                .as("by a later build")
                .isTrue();
    }

    private static final String LETTERS = "abé\"\\/.\n\u2028probe\0?";

    private static String text(Random random, int longest) {
        String seed = "" + LETTERS.charAt(random.nextInt(LETTERS.length())) + random.nextInt(100);
        return seed.repeat(1 + random.nextInt(1 + random.nextInt(longest) / seed.length()));
    }

    private static Any any(Random random, int depth, int longest) {
        int width = depth == 0 ? 1 : 4;
        Table<String, Any> table = Table.empty();
        List<Any> list = new ArrayList<>();
        Table<Long, Any> maybe = Table.empty();
        Table<String, Optional<List<Any>>> lists = Table.empty();
        for (int i = random.nextInt(width); i > 0; i--) {
            table = table.with(text(random, 20), any(random, depth - 1, longest));
        }
        for (int i = random.nextInt(width); i > 0; i--) {
            list.add(any(random, depth - 1, longest));
        }
        for (int i = random.nextInt(width); i > 0; i--) {
            maybe = maybe.with(random.nextLong(), any(random, depth - 1, longest));
        }
        for (int i = random.nextInt(width); i > 0; i--) {
            lists = lists.with(
                    text(random, 20),
                    random.nextInt(3) == 0
                            ? Optional.empty()
                            : Optional.of(random.nextBoolean() ? List.of() : List.of(any(random, depth - 1, longest))));
        }
        Way road = new Way.Road(Table.of(text(random, 20), text(random, longest)), random.nextLong());
        return new Any(
                table,
                List.copyOf(list),
                depth > 0 && random.nextBoolean() ? Optional.of(any(random, depth - 1, longest)) : Optional.empty(),
                random.nextBoolean() ? Optional.of(maybe) : Optional.empty(),
                lists,
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(random.nextBoolean() ? road : new Way.Ferry(Optional.of(road))),
                text(random, longest));
    }
}
