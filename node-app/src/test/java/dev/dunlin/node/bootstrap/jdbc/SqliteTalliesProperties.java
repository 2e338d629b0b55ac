package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.Provisioner.Usage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** A directory of files is a map of names: whatever is asked, it says and keeps the same, also after it was opened anew. */
class SqliteTalliesProperties {

    private static final int NAMES = 6;

    private Path folder = Path.of("");

    @BeforeTry
    void folder() throws IOException {
        folder = Files.createTempDirectory("dunlin-tallies");
    }

    @AfterTry
    void clear() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Path directory() {
        return folder.resolve(SqliteTallies.DIRECTORY);
    }

    private SqliteTallies open() {
        return SqliteTallies.open(directory(), HaltingTallies.AMPLE);
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    @Property(tries = 50)
    void isAMap(@ForAll @Size(max = 40) List<@IntRange(max = 41) Integer> draws)
            throws IOException, InterruptedException {
        TreeMap<String, Tally> whole = new TreeMap<>();
        TreeSet<String> parts = new TreeSet<>();
        SqliteTallies tallies = open();
        for (int draw : draws) {
            String name = HaltingTallies.name(draw % NAMES);
            switch (draw / NAMES) {
                case 0, 1 -> {
                    Role role = draw / NAMES == 0 ? Role.STOCK : Role.FOIL;
                    whole.computeIfAbsent(name, any -> new Tally(name, role, "sqlite:" + name, ""));
                    assertThat(tallies.make(name, role)).isEqualTo(whole.get(name));
                    parts.remove(name);
                }
                case 2 -> {
                    tallies.remove(name);
                    whole.remove(name);
                    parts.remove(name);
                }
                case 3 -> {
                    Path part = directory().resolve(TallyDirectory.PARTS).resolve(name + ".db");
                    Files.writeString(part, "x".repeat(draw));
                    parts.add(name);
                }
                case 4 -> {
                    if (whole.remove(name) != null) {
                        cut(directory().resolve(name + ".db"), 100L * draw);
                        parts.add(name);
                    }
                }
                case 5 -> tallies = open();
                default ->
                    assertThat(tallies.names(name, draw % 4))
                            .isEqualTo(union(whole, parts).tailSet(name, false).stream()
                                    .limit(draw % 4)
                                    .toList());
            }
            assertThat(tallies.find(name)).isEqualTo(Optional.ofNullable(whole.get(name)));
        }
        assertThat(tallies.names("", 100)).isEqualTo(List.copyOf(union(whole, parts)));
        union(whole, parts).stream().filter(name -> !whole.containsKey(name)).forEach(tallies::remove);
        assertThat(tallies.usage()).isEqualTo(new Usage(whole.size(), whole.size() * SqliteTallies.FRESH_BYTES));
    }

    private static TreeSet<String> union(TreeMap<String, Tally> whole, TreeSet<String> parts) {
        TreeSet<String> all = new TreeSet<>(whole.keySet());
        all.addAll(parts);
        return all;
    }

    /** Wherever a file is cut, be it a byte short, it is none. */
    @Property(tries = 200)
    void oneThatIsCutShortIsNone(@ForAll @IntRange(max = 8191) int size) throws IOException, InterruptedException {
        SqliteTallies tallies = open();
        String name = HaltingTallies.name(0);
        tallies.make(name, Role.STOCK);
        cut(directory().resolve(name + ".db"), size);
        assertThat(tallies.find(name)).isEmpty();
        assertThat(tallies.names("", 10)).containsExactly(name);
        tallies.remove(name);
        assertThat(tallies.names("", 10)).isEmpty();
    }

    @Property(tries = 100)
    void namesComeInTheirOrderPageByPage(
            @ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> numbers,
            @ForAll @IntRange(min = 1, max = 9) int most)
            throws IOException {
        SqliteTallies tallies = open();
        TreeSet<String> expected = new TreeSet<>();
        String[] places = {".db", ".db-wal", ".db-shm", ".db-journal", "tmp"};
        for (int number : numbers) {
            String name = HaltingTallies.name(number);
            String place = places[number % places.length];
            Files.writeString(
                    place.equals("tmp")
                            ? directory().resolve(TallyDirectory.PARTS).resolve(name + ".db")
                            : directory().resolve(name + place),
                    "");
            expected.add(name);
        }
        List<String> all = new ArrayList<>();
        List<String> page;
        do {
            page = tallies.names(all.isEmpty() ? "" : all.getLast(), most);
            assertThat(page).hasSizeLessThanOrEqualTo(most);
            all.addAll(page);
        } while (page.size() == most);
        assertThat(all).isEqualTo(List.copyOf(expected));
    }

    @Example
    void noNamesAreWanted() throws InterruptedException {
        SqliteTallies tallies = open();
        tallies.make(HaltingTallies.name(0), Role.STOCK);
        assertThat(tallies.names("", 0)).isEmpty();
        assertThat(tallies.names("", -1)).isEmpty();
        assertThat(tallies.names("z".repeat(26), 10)).isEmpty();
    }
}
