package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.Shelves.Shelf;
import dev.dunlin.core.log.Shelves.ShelfAction;
import dev.dunlin.core.log.Shelves.Side;
import dev.dunlin.core.log.Shelves.State;
import dev.dunlin.core.log.Shelves.Thing;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

final class SnapshotTest {

    private static final PeerId PEER = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");

    private final SimDisk disk = new SimDisk();

    private static Thing.Book book(int seed, int length) {
        byte[] cover = new byte[seed % 7];
        new Random(seed).nextBytes(cover);
        return new Thing.Book(
                ("book " + seed + " ").repeat(Math.max(1, length / 8)),
                seed % 3 == 0 ? OptionalLong.empty() : OptionalLong.of(seed),
                Bytes.of(cover));
    }

    private static <K extends Comparable<? super K>> Table<K, Thing> books(int count, int length, IntFunction<K> key) {
        Table<K, Thing> table = Table.empty();
        for (int i = 0; i < count; i++) {
            table = table.with(key.apply(i), book(i, length));
        }
        return table;
    }

    /** Writes a state, and reads it back. */
    private State again(State state) throws IOException {
        Store<Shelves.Root> store = Shelves.store(state);
        store.apply(Input.of(new ShelfAction.Filled(1)), 5);
        SnapshotWriter<Shelves.Root> writer =
                new SnapshotWriter<>(disk, Codec.of(store), store, "test", Schema.of(store), 1);
        writer.write(store.state());
        SnapshotReader<Shelves.Root> reader = new SnapshotReader<>(
                disk, Codec.of(store), store, Segments.snapshots(disk).getLast());
        assertThat(reader.fault()).isEmpty();
        return reader.read().orElseThrow().root().shelves();
    }

    private void comesBackEqual(State state) throws IOException {
        State read = again(state);
        assertThat(Content.digest(read)).isEqualTo(Content.digest(state));
        assertThat(read).isEqualTo(state);
    }

    private List<String> lines() throws IOException {
        return SnapshotFiles.lines(disk);
    }

    @Test
    void aSmallStateIsOneLineAMachine() throws IOException {
        comesBackEqual(State.EMPTY);
        assertThat(lines()).hasSize(4);
        comesBackEqual(new State(
                Table.of("a", new Shelf(Optional.of(book(1, 1)), Table.empty(), List.of(book(3, 2)))),
                Table.of(Side.LEFT, Table.of(PEER, book(2, 1))),
                Optional.empty(),
                7));
        assertThat(lines()).hasSize(4);
    }

    @Test
    void whatIsBigIsDividedAtAnyDepth() throws IOException {
        Thing.Box deep = new Thing.Box(
                Table.of(1L, new Thing.Box(books(20_000, 10, i -> (long) i), List.of("x"))), labels(50_000));
        State state = new State(
                Table.of("tall", new Shelf(Optional.of(deep), books(3_000, 500, i -> "k" + i), row(40_000)))
                        .with("flat", new Shelf(Optional.empty(), Table.empty(), List.of()))
                        .with(
                                "odd.\"é😀/",
                                new Shelf(Optional.empty(), books(2_000, 400, i -> "\"/.é" + i), List.of())),
                Table.of(Side.RIGHT, Table.<PeerId, Thing>of(PEER, deep)).with(Side.LEFT, Table.empty()),
                Optional.of(new Shelf(Optional.of(deep), Table.empty(), List.of())),
                3);
        comesBackEqual(state);
        assertThat(lines()).hasSizeGreaterThan(20).allMatch(line -> line.length() < SnapshotFormat.PART + 1_000);
    }

    private static List<String> labels(int count) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            labels.add("label " + i);
        }
        return labels;
    }

    private static List<Thing> row(int count) {
        List<Thing> row = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            row.add(book(i, 1));
        }
        return row;
    }

    @Test
    void manyLongValuesStandInManyLines() throws IOException {
        comesBackEqual(new State(
                Table.of("a", new Shelf(Optional.empty(), books(90, 60_000, i -> "k" + i), List.of())),
                Table.empty(),
                Optional.empty(),
                1));
        assertThat(lines()).hasSizeGreaterThan(20);
    }

    @Test
    void oneTextMayBeLongerThanAPart() throws IOException {
        comesBackEqual(new State(
                Table.of("a", new Shelf(Optional.of(book(1, 1_000_000)), books(3, 800_000, i -> "k" + i), List.of())),
                Table.empty(),
                Optional.empty(),
                1));
    }

    @Test
    void everyFlippedByteIsFound() throws IOException {
        State state = new State(
                Table.of("a", new Shelf(Optional.of(book(1, 1)), Table.empty(), List.of())),
                Table.empty(),
                Optional.empty(),
                1);
        again(state);
        Store<Shelves.Root> store = Shelves.store(state);
        Segments.Snapshot file = Segments.snapshots(disk).getLast();
        byte[] whole = disk.content(file.name());
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 4;
            disk.put(file.name(), flipped);
            SnapshotReader<Shelves.Root> reader = new SnapshotReader<>(disk, Codec.of(store), store, file);
            Optional<State> read = reader.read().map(one -> one.root().shelves());
            assertThat(read.filter(one -> !one.equals(state))).as("byte " + i).isEmpty();
            assertThat(read.isEmpty()).as("byte " + i).isEqualTo(reader.fault().isPresent());
        }
    }
}
