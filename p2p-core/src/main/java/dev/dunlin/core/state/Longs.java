package dev.dunlin.core.state;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * A list of numbers for state that is held many times: it takes eight bytes for each, a third of what a list of boxes takes.
 * To whoever reads, compares, digests or writes it, it is the list of the same numbers. Immutable.
 */
public final class Longs extends AbstractList<Long> implements RandomAccess {

    private static final Longs EMPTY = new Longs(new long[0]);

    private final long[] numbers;

    private Longs(long[] numbers) {
        this.numbers = numbers;
    }

    /** The same numbers; the list itself if it is one of these. */
    public static Longs copyOf(List<Long> numbers) {
        if (numbers instanceof Longs already) {
            return already;
        }
        if (numbers.isEmpty()) {
            return EMPTY;
        }
        long[] copy = new long[numbers.size()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = numbers.get(i);
        }
        return new Longs(copy);
    }

    /** The last numbers of some followed by more, at most as many as given. */
    public static Longs last(int most, List<Long> some, List<Long> more) {
        long[] before = copyOf(some).numbers;
        long[] after = copyOf(more).numbers;
        long[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return new Longs(all.length <= most ? all : Arrays.copyOfRange(all, all.length - most, all.length));
    }

    @Override
    public Long get(int index) {
        return numbers[index];
    }

    @Override
    public int size() {
        return numbers.length;
    }
}
