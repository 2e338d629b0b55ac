package dev.dunlin.dht.api;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What an operation finds, one after the other as it is found. Whoever takes them waits for the next; {@link #close()} stops the
 * operation, and what was found by then can still be taken. To be iterated once, from any one thread; at most as many wait to be taken
 * as the operation can find.
 *
 * @param <T> what is found
 */
public final class Results<T> implements Iterable<T>, AutoCloseable {

    private final Queue<T> found = new ArrayDeque<>();
    private final CompletableFuture<?> end;
    private boolean isTaken;

    Results(CompletableFuture<?> end) {
        this.end = end;
        end.whenComplete((done, failure) -> {
            synchronized (found) {
                found.notifyAll();
            }
        });
    }

    void found(T one) {
        synchronized (found) {
            found.add(one);
            found.notifyAll();
        }
    }

    /** Is completed when nothing else will be found: with a {@link DhtException} if the operation has failed. */
    public CompletableFuture<Void> end() {
        return end.thenAccept(done -> {});
    }

    /** Stops the operation. What was found by then can still be taken. */
    @Override
    public void close() {
        end.cancel(false);
    }

    /**
     * The results. {@link Iterator#hasNext} waits for the next one, and throws a {@link DhtException} if the operation has failed.
     *
     * @throws IllegalStateException if they are being taken already
     */
    @Override
    public Iterator<T> iterator() {
        synchronized (found) {
            if (isTaken) {
                throw new IllegalStateException("these results are taken once: ask again for others");
            }
            isTaken = true;
        }
        return new Iterator<>() {
            private Optional<T> next = Optional.empty();

            @Override
            public boolean hasNext() {
                if (next.isEmpty()) {
                    next = taken();
                }
                return next.isPresent();
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no more was found");
                }
                T one = next.orElseThrow();
                next = Optional.empty();
                return one;
            }
        };
    }

    /** The results as a stream, which stops the operation when it is closed. */
    public Stream<T> stream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
                        false)
                .onClose(this::close);
    }

    private Optional<T> taken() {
        synchronized (found) {
            while (found.isEmpty() && !end.isDone()) {
                try {
                    found.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    close();
                    throw new CancellationException("the thread that takes the results was interrupted");
                }
            }
            if (!found.isEmpty()) {
                return Optional.of(found.remove());
            }
        }
        try {
            end.join();
        } catch (CancellationException stopped) {
            return Optional.empty();
        } catch (CompletionException failed) {
            throw Dht.failure(failed);
        }
        return Optional.empty();
    }
}
