package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Due;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PoolTest {

    private record Job(String owner, int left, long at) implements Pool.Member {
        @Override
        public boolean isOver() {
            return left == 0;
        }
    }

    private record Move(int what, long key, String owner, int left, long at) {}

    @Provide
    Arbitrary<List<Move>> moves() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.longs().between(0, 9),
                        Arbitraries.of("", "a", "b"),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.longs().between(0, 5))
                .as(Move::new)
                .list()
                .ofMaxSize(60);
    }

    @Property
    void staysWithinItsBoundsAndCountsRight(@ForAll("moves") List<Move> moves) {
        Pool<Long, Job> pool = Pool.of(4, 2);
        TreeMap<Long, Job> model = new TreeMap<>();
        for (Move move : moves) {
            Job job = new Job(move.owner(), move.left(), move.at());
            long ofOwner = model.values().stream()
                    .filter(other -> other.owner().equals(move.owner()))
                    .count();
            if (move.what() == 0) {
                Pool.Refusal expected = model.containsKey(move.key())
                        ? Pool.Refusal.RUNS
                        : model.size() >= 4
                                ? Pool.Refusal.FULL
                                : !move.owner().isEmpty() && ofOwner >= 2 ? Pool.Refusal.SHARE : null;
                assertThat(pool.refusal(move.key(), move.owner()).orElse(null)).isEqualTo(expected);
                if (expected == null) {
                    pool = pool.start(move.key(), job);
                    model.put(move.key(), job);
                }
            } else if (model.containsKey(move.key())) {
                Job next = new Job(model.get(move.key()).owner(), move.left(), move.at());
                pool = move.what() == 1 ? pool.next(move.key(), next) : pool.end(move.key());
                model.put(move.key(), move.what() == 1 ? next : new Job("", 0, 0));
            }
            model.values().removeIf(Job::isOver);
            assertThat(pool.violation()).isEmpty();
            assertThat(pool.running().keys()).containsExactlyElementsOf(model.keySet());
            assertThat(pool.running().nextDue())
                    .isEqualTo(model.values().stream().mapToLong(Job::at).min().orElse(Due.NEVER));
        }
    }

    @Example
    void theClauseSaysWhyItRefused() {
        record Start(long key, String owner) implements Action {}
        Guards.Clause<Object, Pool<Long, Job>, Start> clause =
                Pool.hasRoom("jobs-have-room", own -> own, Start::key, Start::owner);
        Pool<Long, Job> pool = Pool.<Long, Job>of(3, 1).start(1L, new Job("a", 1, 5));
        assertThat(clause.test().holds("", pool, new Start(2, "b"), 0)).isTrue();
        assertThat(clause.test().holds("", pool, new Start(2, "a"), 0)).isFalse();
        assertThat(clause.operands().of("", pool, new Start(2, "a"), 0))
                .isEqualTo(List.of(
                        new Operand("why", "SHARE"),
                        new Operand("running", "1"),
                        new Operand("max", "3"),
                        new Operand("owners", "1"),
                        new Operand("share", "1")));
        assertThat(clause.operands().of("", pool, new Start(1, "c"), 0)).contains(new Operand("why", "RUNS"));
        Pool<Long, Job> less = pool.bounded(1, 1);
        assertThat(clause.operands().of("", less, new Start(9, "c"), 0)).contains(new Operand("why", "FULL"));
        assertThat(less.end(1L).refusal(9L, "c")).isEmpty();
        assertThat(less.end(7L)).isSameAs(less);
        assertThat(List.of(less.started(), less.ended())).isEqualTo(List.of(1L, 0L));
    }
}
