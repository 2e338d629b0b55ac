package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Like sub-machines in one state: queries, sessions, rounds, exchanges. Bounded as a whole and for each owner; what is due is in
 * the table ({@link Machine.Draft#due} of {@link #running}); what is over leaves it; and it says why it refused the next.
 *
 * @param max the most that may run
 * @param share the most of one owner that may run
 * @param running the running ones
 * @param owners how many each owner has running
 * @param started how many were ever started
 * @param ended how many of them are over
 */
public record Pool<K extends Comparable<? super K>, M extends Pool.Member>(
        int max, int share, Table<K, M> running, Table<String, Integer> owners, long started, long ended) {

    /** One sub-machine's state. */
    public interface Member extends Due {

        /** Whether it has come to its end: it leaves the pool then. */
        boolean isOver();

        /** Whose it is, such as the peer that asked for it; empty if nobody's, who has no share. */
        default String owner() {
            return "";
        }
    }

    /** Why another may not be started. */
    public enum Refusal {
        /** As many run as may. */
        FULL,
        /** Its owner has its share. */
        SHARE,
        /** One of this key runs already. */
        RUNS
    }

    /** Refuses bounds that leave no room. */
    public Pool {
        if (max < 0 || share < 0) {
            throw new IllegalArgumentException("a pool has no negative bounds");
        }
    }

    /** A pool in which nothing runs. */
    public static <K extends Comparable<? super K>, M extends Member> Pool<K, M> of(int max, int share) {
        return new Pool<>(max, share, Table.<K, M>empty(), Table.empty(), 0, 0);
    }

    /** This with other bounds; what runs beyond them goes on to its end. */
    public Pool<K, M> bounded(int most, int mostOfOne) {
        return new Pool<>(most, mostOfOne, running, owners, started, ended);
    }

    /** Why one may not be started; empty if it may. */
    public Optional<Refusal> refusal(K key, String owner) {
        if (running.has(key)) {
            return Optional.of(Refusal.RUNS);
        }
        if (running.size() >= max) {
            return Optional.of(Refusal.FULL);
        }
        return !owner.isEmpty() && owners.or(owner, 0) >= share ? Optional.of(Refusal.SHARE) : Optional.empty();
    }

    /** The clause of a guard that holds where one may be started; its operands say how full the pool is. */
    public static <V, S, A, K extends Comparable<? super K>> Guards.Clause<V, S, A> hasRoom(
            String name, Function<S, Pool<K, ?>> pool, Function<A, K> key, Function<A, String> owner) {
        return Clauses.when(
                name,
                (own, action) -> pool.apply(own)
                        .refusal(key.apply(action), owner.apply(action))
                        .isEmpty(),
                (own, action) -> {
                    Pool<K, ?> full = pool.apply(own);
                    return List.of(
                            Operand.of(
                                    "why",
                                    full.refusal(key.apply(action), owner.apply(action))
                                            .map(Enum::name)
                                            .orElse("")),
                            Operand.of("running", full.running().size()),
                            Operand.of("max", full.max()),
                            Operand.of("owners", full.owners().or(owner.apply(action), 0)),
                            Operand.of("share", full.share()));
                });
    }

    /** With one more, as a guard has asked; it may be over at once. */
    public Pool<K, M> start(K key, M member) {
        Pool<K, M> begun = new Pool<>(max, share, running, owners, started + 1, ended);
        return member.isOver()
                ? new Pool<>(max, share, running, owners, started + 1, ended + 1)
                : begun.put(key, member, 1);
    }

    /** With the next state of one that runs: out of the pool if it is over. The owner stays the same. */
    public Pool<K, M> next(K key, M member) {
        return member.isOver() ? end(key) : put(key, member, 0);
    }

    /** Without one, whatever its state. */
    public Pool<K, M> end(K key) {
        Optional<M> was = running.find(key);
        return was.isEmpty()
                ? this
                : new Pool<>(max, share, running.without(key), counted(was.get().owner(), -1), started, ended + 1);
    }

    private Pool<K, M> put(K key, M member, int more) {
        return new Pool<>(max, share, running.with(key, member), counted(member.owner(), more), started, ended);
    }

    private Table<String, Integer> counted(String owner, int more) {
        if (owner.isEmpty() || more == 0) {
            return owners;
        }
        int count = owners.or(owner, 0) + more;
        return count > 0 ? owners.with(owner, count) : owners.without(owner);
    }

    /** The sentence that says how the counts differ from what runs; empty if they do not. */
    public Optional<String> violation() {
        Table<String, Integer> counts = Table.empty();
        for (M member : running.values()) {
            if (member.isOver()) {
                return Optional.of("one that is over still runs: " + member);
            }
            if (!member.owner().isEmpty()) {
                counts = counts.with(member.owner(), counts.or(member.owner(), 0) + 1);
            }
        }
        return counts.equals(owners) && started - ended == running.size()
                ? Optional.empty()
                : Optional.of("owners have " + counts + " where " + owners + " is told; " + started + " started and "
                        + ended + " ended where " + running.size() + " run");
    }
}
