package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ContentTest {

    private enum Colour {
        RED {
            @Override
            public String toString() {
                return "not this";
            }
        },
        GREEN
    }

    private sealed interface Shape {
        record Round(long radius) implements Shape {}

        record Square(long radius) implements Shape {}
    }

    private record Wait(long at) implements Due {}

    private record All(
            long number,
            int small,
            short less,
            byte least,
            boolean truth,
            char unit,
            double real,
            String text,
            Colour colour,
            Optional<String> maybe,
            OptionalLong maybeNumber,
            OptionalInt maybeSmall,
            List<Shape> shapes,
            Table<String, Long> table,
            Table<String, Wait> waits,
            Bytes bytes,
            Shape shape) {}

    private record Empty() {}

    private record Label(String text) implements Canonical {
        @Override
        public void feed(Hasher sink) {
            sink.putLong(42);
        }
    }

    private record Labelled(Label label) {}

    private record LabelList(List<Label> labels) {}

    private static All all() {
        return new All(
                -1,
                2,
                (short) 3,
                (byte) 4,
                true,
                'x',
                0.5,
                "text",
                Colour.RED,
                Optional.of("maybe"),
                OptionalLong.of(5),
                OptionalInt.of(6),
                List.of(new Shape.Round(7), new Shape.Square(8)),
                Table.of("a", 9L),
                Table.of("b", new Wait(10)),
                Bytes.of((byte) 11),
                new Shape.Round(12));
    }

    // Calculated from the definition in another language. Logs hold such digests: a change here makes all of them
    // differ.
    @Example
    void goldenValues() {
        assertThat(new Hasher().finish()).hasToString(GOLDEN_NOTHING);
        assertThat(Content.digest(1L)).hasToString(GOLDEN_ONE);
        assertThat(Content.digest("dunlin")).hasToString(GOLDEN_TEXT);
        assertThat(Content.digest(Bytes.of("dunlin-flock".getBytes(StandardCharsets.US_ASCII))))
                .hasToString(GOLDEN_BYTES);
        assertThat(Content.digest(new Empty())).hasToString(GOLDEN_EMPTY);
        assertThat(Content.digest(all())).hasToString(GOLDEN_ALL);
    }

    private static final String GOLDEN_NOTHING = "b729160601f37bd5def4994d7608cf24";
    private static final String GOLDEN_ONE = "570f88e0b39c6510528d741f4a2ae559";
    private static final String GOLDEN_TEXT = "98faa76614aedc461b6dcace2aa186c5";
    private static final String GOLDEN_BYTES = "f18ca3a5457e172f050fe0dbed95681d";
    private static final String GOLDEN_EMPTY = "b729160601f37bd5def4994d7608cf24";
    private static final String GOLDEN_ALL = "a93ed77d2c6648b251cef5d33880b01b";

    @Example
    void eachComponentCounts() {
        All all = all();
        List<Digest> digests = new ArrayList<>();
        digests.add(Content.digest(all));
        for (int i = 0; i < All.class.getRecordComponents().length; i++) {
            digests.add(Content.digest(changed(all, i)));
        }
        assertThat(digests).doesNotHaveDuplicates().hasSize(18);
    }

    private static All changed(All a, int which) {
        return new All(
                which == 0 ? 0 : a.number,
                which == 1 ? 0 : a.small,
                which == 2 ? 0 : a.less,
                which == 3 ? 0 : a.least,
                which != 4 && a.truth,
                which == 5 ? 'y' : a.unit,
                which == 6 ? -0.5 : a.real,
                which == 7 ? "Text" : a.text,
                which == 8 ? Colour.GREEN : a.colour,
                which == 9 ? Optional.empty() : a.maybe,
                which == 10 ? OptionalLong.empty() : a.maybeNumber,
                which == 11 ? OptionalInt.of(0) : a.maybeSmall,
                which == 12 ? List.of() : a.shapes,
                which == 13 ? Table.empty() : a.table,
                which == 14 ? Table.empty() : a.waits,
                which == 15 ? Bytes.EMPTY : a.bytes,
                which == 16 ? new Shape.Square(12) : a.shape);
    }

    @Example
    void namesOfRecordsAndConstantsCount() {
        assertThat(Content.digest(new Shape.Round(1))).isNotEqualTo(Content.digest(new Shape.Square(1)));
        assertThat(Content.digest(Colour.RED))
                .isEqualTo(Content.digest("RED"))
                .isNotEqualTo(Content.digest(Colour.GREEN));
    }

    private record Before(Shape shape, List<Labelled> labels) {}

    private record After(Form shape, List<Sticker> labels) {}

    private record Sticker(Label label) {}

    private sealed interface Form {
        @Named("round")
        record Circle(long radius) implements Form {}

        record Square(long radius) implements Form {}
    }

    @Example
    void aRenamedClassChangesNoDigest() {
        Before before = new Before(new Shape.Round(1), List.of(new Labelled(new Label("a"))));
        After after = new After(new Form.Circle(1), List.of(new Sticker(new Label("a"))));
        assertThat(Content.digest(after)).isEqualTo(Content.digest(before));
        assertThat(Content.digest(new After(new Form.Square(1), after.labels())))
                .isEqualTo(Content.digest(new Before(new Shape.Square(1), before.labels())))
                .isNotEqualTo(Content.digest(after));
    }

    @Example
    void emptyIsNotZero() {
        assertThat(Content.digest(Optional.empty())).isNotEqualTo(Content.digest(Optional.of(0L)));
        assertThat(Content.digest(OptionalLong.empty())).isNotEqualTo(Content.digest(OptionalLong.of(0)));
        assertThat(Content.digest(OptionalInt.empty())).isNotEqualTo(Content.digest(OptionalInt.of(0)));
        assertThat(Content.digest(List.of())).isNotEqualTo(Content.digest(List.of(List.of())));
    }

    @Example
    void lengthsCount() {
        assertThat(Content.digest(List.of("a", "bc"))).isNotEqualTo(Content.digest(List.of("ab", "c")));
        assertThat(Content.digest("a")).isNotEqualTo(Content.digest("\0a"));
        assertThat(Content.digest("a")).isNotEqualTo(Content.digest("a\0"));
        assertThat(Content.digest(Bytes.of((byte) 0))).isNotEqualTo(Content.digest(Bytes.of((byte) 0, (byte) 0)));
        assertThat(Content.digest(Bytes.EMPTY)).isNotEqualTo(Content.digest(Bytes.of((byte) 0)));
    }

    @Property
    void distinctTextsHaveDistinctDigests(@ForAll String one, @ForAll String other) {
        assertThat(Content.digest(one).equals(Content.digest(other))).isEqualTo(one.equals(other));
    }

    @Property
    void distinctNumbersHaveDistinctDigests(@ForAll long one, @ForAll long other) {
        assertThat(Content.digest(one).equals(Content.digest(other))).isEqualTo(one == other);
        assertThat(Content.digest((int) one)).isEqualTo(Content.digest((long) (int) one));
    }

    @Property
    void distinctBytesHaveDistinctDigests(@ForAll byte[] one, @ForAll byte[] other) {
        assertThat(Content.digest(Bytes.of(one)).equals(Content.digest(Bytes.of(other))))
                .isEqualTo(Bytes.of(one).equals(Bytes.of(other)));
    }

    @Property
    void orderCounts(@ForAll long one, @ForAll long other) {
        assertThat(Content.digest(List.of(one, other)).equals(Content.digest(List.of(other, one))))
                .isEqualTo(one == other);
    }

    @Example
    void allNansAreOne() {
        double other = Double.longBitsToDouble(0x7ff8000000000001L);
        assertThat(Content.digest(other)).isEqualTo(Content.digest(Double.NaN));
        assertThat(Content.digest(0.0)).isNotEqualTo(Content.digest(-0.0));
    }

    @Example
    void whatIsCanonicalSpeaksForItselfWhereverItStands() {
        Digest said = new Hasher().putLong(42).finish();
        assertThat(Content.digest(new Label("a"))).isEqualTo(said);
        assertThat(Content.digest(new Labelled(new Label("a"))))
                .isEqualTo(Content.digest(new Labelled(new Label("b"))));
        assertThat(Content.digest(new LabelList(List.of(new Label("a")))))
                .isEqualTo(Content.digest(new LabelList(List.of(new Label("b")))));
    }

    @Example
    void bytesAreWords() {
        assertThat(Content.bytes(1L)).isEqualTo(8);
        assertThat(Content.bytes("abcde")).isEqualTo(8 + 16);
        assertThat(Content.bytes(Bytes.of(new byte[9]))).isEqualTo(8 + 16);
        assertThat(Content.bytes(new Shape.Round(1))).isEqualTo(16);
    }

    @Example
    void refusesWhatHasNoContent() {
        assertThatThrownBy(() -> Content.digest(Map.of("a", 1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "has no canonical content: use a record, Table, List, Optional, enum, string or number,"
                                + " or implement Canonical");
        record Holder(Object inside) {}
        assertThatThrownBy(() -> Content.digest(new Holder(new int[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("[I has no canonical content");
        assertThatThrownBy(() -> Content.digest(1f)).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void aHasherIsFitAgainAfterReset() {
        Hasher hasher = new Hasher().putString("something");
        assertThat(hasher.reset().words()).isZero();
        assertThat(hasher.putLong(1).finish()).isEqualTo(new Hasher().putLong(1).finish());
        assertThat(new Hasher().putDigest(new Digest(1, 2)).finish())
                .isEqualTo(new Hasher().putLong(1).putLong(2).finish());
        assertThat(new Hasher().account(5).putLong(1).words()).isEqualTo(6);
        assertThat(new Hasher().account(5).finish()).isEqualTo(new Hasher().finish());
    }
}
