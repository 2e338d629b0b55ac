package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;

class TypeArbitrariesTest {

    enum Mode {
        SLOW,
        FAST
    }

    sealed interface Thing {
        sealed interface Small extends Thing {
            record Dot() implements Small {}

            record Line(long length) implements Small {}
        }

        record Pair<T>(T one, Optional<T> other) implements Thing {}

        enum Fixed implements Thing {
            SUN
        }
    }

    record All(
            long number,
            int small,
            short less,
            byte least,
            boolean truth,
            char unit,
            double real,
            String text,
            Mode mode,
            Optional<String> maybe,
            OptionalLong maybeNumber,
            OptionalInt maybeSmall,
            List<Thing.Small> things,
            Table<PeerId, Thing.Pair<Mode>> table,
            Table<PeerId, Wait> waits,
            Bytes bytes,
            PeerId peer,
            Multiaddr address,
            Multihash hash,
            Cid cid,
            Digest digest,
            Handle handle,
            Ticket ticket,
            ActionId id,
            Thing.Pair<Long> pair) {}

    record Wait(long at) implements Due {}

    record Positive(long number) {
        Positive {
            if (number < 1) {
                throw new IllegalArgumentException("positive, not " + number);
            }
        }
    }

    record Tree(List<Tree> branches, Optional<Tree> root) {}

    record Endless(Endless more) {}

    record Unknown(Random random) {}

    private static <T> Set<T> drawn(Arbitrary<T> arbitrary, int times) {
        Random random = new Random(5);
        RandomGenerator<T> generator = arbitrary.generator(1_000);
        Set<T> drawn = new HashSet<>();
        for (int i = 0; i < times; i++) {
            drawn.add(generator.next(random).value());
        }
        return drawn;
    }

    private static <T> void sees(Set<T> drawn, Predicate<T> what) {
        assertThat(drawn).anyMatch(what);
    }

    @Example
    void makesEveryKindOfComponent() {
        for (TypeArbitraries types : List.of(TypeArbitraries.small(), TypeArbitraries.wide())) {
            Set<All> all = drawn(types.of(All.class), 300);
            assertThat(all)
                    .hasSizeGreaterThan(290)
                    .allSatisfy(one -> assertThat(Content.digest(one)).isNotNull());
            sees(all, one -> one.table().size() > 1);
            sees(all, one -> one.maybe().isEmpty());
            sees(all, one -> one.maybe().isPresent());
            sees(all, one -> one.things().size() > 1);
            sees(all, one -> one.waits().size() > 1);
            sees(all, one -> one.mode() == Mode.FAST && one.truth());
            sees(all, one -> one.pair().other().isPresent());
        }
    }

    @Example
    void smallPoolsMeetOften() {
        assertThat(drawn(TypeArbitraries.small().of(PeerId.class), 500))
                .hasSize(4)
                .contains(TypeArbitraries.peer(0));
        assertThat(drawn(TypeArbitraries.small().of(Ticket.class), 500))
                .hasSize(4)
                .contains(Ticket.NONE);
        assertThat(drawn(TypeArbitraries.small().of(Handle.class), 500)).hasSize(8);
        assertThat(drawn(TypeArbitraries.small().of(Multiaddr.class), 500)).hasSize(12);
        assertThat(drawn(TypeArbitraries.small().of(Long.class), 500))
                .contains(0L, 4L, Long.MAX_VALUE, Long.MIN_VALUE)
                .anyMatch(time -> time != StoreDriver.START && Math.abs(time - StoreDriver.START) <= 3_600_000_000L);
    }

    @Example
    void dueValuesHaveTimesThatCanBeMetOrNone() {
        for (TypeArbitraries types : List.of(TypeArbitraries.small(), TypeArbitraries.wide())) {
            assertThat(drawn(types.of(Wait.class), 500))
                    .hasSizeGreaterThan(300)
                    .contains(new Wait(Due.NEVER))
                    .allMatch(wait ->
                            wait.at() == Due.NEVER || Math.abs(wait.at() - StoreDriver.START) <= 3_600_000_000L);
        }
    }

    @Example
    void wideValuesHardlyMeet() {
        assertThat(drawn(TypeArbitraries.wide().of(PeerId.class), 500)).hasSizeGreaterThan(450);
        assertThat(drawn(TypeArbitraries.wide().of(String.class), 500))
                .hasSizeGreaterThan(450)
                .anyMatch(text -> text.length() > 200);
        assertThat(drawn(TypeArbitraries.wide().of(Bytes.class), 500)).hasSizeGreaterThan(450);
    }

    @Example
    void aSealedTypeGivesAllItsLeaves() {
        Set<Thing> things = drawn(
                TypeArbitraries.small()
                        .with(Object.class, Arbitraries.of("thing"))
                        .of(Thing.class),
                300);
        assertThat(things)
                .hasAtLeastOneElementOfType(Thing.Small.Dot.class)
                .hasAtLeastOneElementOfType(Thing.Small.Line.class)
                .hasAtLeastOneElementOfType(Thing.Pair.class)
                .contains(Thing.Fixed.SUN);
    }

    @Example
    void leavesCanBeWeighedAndLeftOut() {
        TypeArbitraries types = TypeArbitraries.small();
        assertThat(drawn(types.without(Thing.Small.Line.class).of(Thing.Small.class), 100))
                .containsExactly(new Thing.Small.Dot());
        Random random = new Random(5);
        var generator =
                types.weighing(Thing.Small.Dot.class, 9).of(Thing.Small.class).generator(1_000);
        int dots = 0;
        for (int i = 0; i < 1_000; i++) {
            dots += generator.next(random).value() instanceof Thing.Small.Dot ? 1 : 0;
        }
        assertThat(dots).isBetween(850, 950);
        assertThatThrownBy(() -> types.without(Thing.Small.Line.class)
                        .without(Thing.Small.Dot.class)
                        .of(Thing.Small.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing is left of")
                .hasMessageContaining("Small");
    }

    @Example
    void typesAndComponentsCanBeGiven() {
        assertThat(drawn(
                        TypeArbitraries.small()
                                .with(Mode.class, Arbitraries.of(Mode.FAST))
                                .with(All.class, "number", Arbitraries.of(77L))
                                .of(All.class),
                        50))
                .allSatisfy(all -> {
                    assertThat(all.mode()).isEqualTo(Mode.FAST);
                    assertThat(all.number()).isEqualTo(77);
                });
        assertThatThrownBy(() -> TypeArbitraries.small().with(All.class, "nothing", Arbitraries.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("All has no component nothing");
    }

    @Example
    void valuesThatAConstructorRefusesAreNotMade() {
        assertThat(drawn(TypeArbitraries.small().of(Positive.class), 200))
                .hasSizeGreaterThan(4)
                .allSatisfy(positive -> assertThat(positive.number()).isPositive());
    }

    @Example
    void aRecordInsideItselfEnds() {
        assertThat(drawn(TypeArbitraries.small().of(Tree.class), 200))
                .anyMatch(tree -> tree.branches().size() > 1 && tree.root().isPresent());
        assertThatThrownBy(() -> TypeArbitraries.small().of(Endless.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds itself without end");
    }

    @Example
    void saysWhatItCannotMake() {
        assertThatThrownBy(() -> TypeArbitraries.small().of(Unknown.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no arbitrary of java.util.Random: give one by with()");
        assertThatThrownBy(() -> TypeArbitraries.small().of(Map.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no arbitrary of java.util.Map: give one by with()");
    }

    @Example
    void placeholdersAreKnownAsSuch() {
        assertThat(drawn(TypeArbitraries.handles("socket"), 100)).allSatisfy(handle -> {
            assertThat(handle.kind()).isEqualTo("socket");
            assertThat(TypeArbitraries.isPlaceholder(handle)).isTrue();
        });
        assertThat(drawn(TypeArbitraries.small().of(ActionId.class), 100)).allMatch(TypeArbitraries::isPlaceholder);
        assertThat(TypeArbitraries.isPlaceholder(new Handle("socket", 1, 1))).isFalse();
        assertThat(TypeArbitraries.isPlaceholder(ActionId.NONE)).isFalse();
    }
}
