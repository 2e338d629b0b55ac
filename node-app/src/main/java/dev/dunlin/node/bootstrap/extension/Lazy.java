package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.node.bootstrap.DatabaseException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that is opened when it is asked for, and tried again if that fails. Thread-safe. */
final class Lazy<T extends AutoCloseable> implements AutoCloseable {

    private final Supplier<T> opens;
    private @Nullable T opened;
    private boolean isClosed;

    Lazy(Supplier<T> opens) {
        this.opens = opens;
    }

    /**
     * It.
     *
     * @throws RuntimeException if it cannot be opened, or was closed
     */
    synchronized T get() {
        T known = opened;
        if (known != null) {
            return known;
        }
        if (isClosed) {
            throw new DatabaseException("the node stops");
        }
        T fresh = opens.get();
        opened = fresh;
        return fresh;
    }

    synchronized boolean isOpen() {
        return opened != null;
    }

    @Override
    public synchronized void close() throws Exception {
        isClosed = true;
        T known = opened;
        if (known != null) {
            known.close();
        }
    }
}
