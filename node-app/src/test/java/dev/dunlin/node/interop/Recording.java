package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.NodeBuilder;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The log of one node of a test, in a folder of its own, which is verified when the node has stopped, and deleted.
 *
 * @param <R> the root of the state tree
 */
final class Recording<R> {

    private static final AtomicLong VERIFIED = new AtomicLong();
    private static final AtomicLong INPUTS = new AtomicLong();

    private final Supplier<Store<R>> stores;
    private final Path folder;

    /** An empty one, for a node with such a store. */
    Recording(Supplier<Store<R>> stores) {
        this.stores = stores;
        try {
            folder = Files.createTempDirectory("dunlin-interop");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the log is. */
    Path folder() {
        return folder;
    }

    /** How many logs were verified in this process. */
    static long verified() {
        return VERIFIED.get();
    }

    /** How many inputs they had. */
    static long inputs() {
        return INPUTS.get();
    }

    /** Lets a node be recorded that is about to start with this store, which is empty. */
    void record(NodeBuilder<R> node, Store<R> store) {
        try {
            DirectoryStorage storage = DirectoryStorage.open(folder);
            node.log(
                    ActionLog.open(storage, store, LogOptions.DEFAULT, "interop")
                            .writer(),
                    LogOptions.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replays the whole log of a node that has stopped, and each step leads to what it led to then; the state at its end. */
    StoreState<R> verify() {
        Store<R> store = stores.get();
        Replayer<R> replayer = new Replayer<>(LogReader.open(DirectoryStorage.readOnly(folder), store), store, false);
        Replayer.Verified verified = replayer.verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        assertThat(verified.first()).isOne();
        assertThat(verified.inputs()).isPositive().isEqualTo(verified.last());
        StoreState<R> end = replayer.state();
        replayer.close();
        delete();
        VERIFIED.incrementAndGet();
        INPUTS.addAndGet(verified.inputs());
        return end;
    }

    private void delete() {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
