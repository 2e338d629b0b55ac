package dev.dunlin.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.TypeTable;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

final class CodecTest {

    private static final PeerId PEER = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");

    enum Hue {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "grass";
            }
        }
    }

    sealed interface Shape {
        record Dot() implements Shape {}

        sealed interface Round extends Shape {
            record Circle(long radius, Optional<Shape> inner) implements Round {}
        }
    }

    record Inner(String text, Shape shape) {}

    record Wait(long at) implements Due {}

    record All(
            long big,
            int number,
            boolean truth,
            double real,
            short small,
            byte tiny,
            char unit,
            String text,
            Hue hue,
            Shape shape,
            Inner inner,
            Optional<Inner> maybe,
            Optional<String> maybeText,
            OptionalLong maybeLong,
            OptionalInt maybeInt,
            List<Inner> inners,
            List<Optional<String>> gaps,
            Table<PeerId, Wait> waits)
            implements Action {}

    record Tables(
            Table<String, Inner> byText,
            Table<Long, Shape> byLong,
            Table<Integer, Hue> byInt,
            Table<Hue, Optional<String>> byHue,
            Table<PeerId, List<Shape>> byPeer,
            Table<Handle, Long> byHandle,
            Table<ActionId, Table<String, Shape>> byId,
            Table<Ticket, Boolean> byTicket,
            Table<Bytes, Bytes> byBytes,
            Table<Digest, Digest> byDigest)
            implements Action {}

    record Texts(
            PeerId peer,
            Multiaddr address,
            Multihash hash,
            Cid cid,
            Bytes bytes,
            Digest digest,
            ActionId id,
            Handle handle,
            Ticket ticket)
            implements Action {}

    record Checked(int even) implements Action {
        Checked {
            if (even % 2 != 0) {
                throw new IllegalArgumentException("the number is even, not " + even);
            }
        }
    }

    private static final Codec CODEC = Codec.of(List.of(TypeTable.of("test")
            .action("all", All.class)
            .action("tables", Tables.class)
            .action("texts", Texts.class)
            .action("checked", Checked.class)
            .variant(Shape.class, "dot", Shape.Dot.class)
            .variant(Shape.class, "circle", Shape.Round.Circle.class)
            .build()));

    private static final Shape CIRCLE = new Shape.Round.Circle(3, Optional.of(new Shape.Dot()));

    private static final All FULL = new All(
            Long.MIN_VALUE,
            Integer.MAX_VALUE,
            true,
            -0.1,
            Short.MIN_VALUE,
            Byte.MAX_VALUE,
            '\u00e9',
            "a \"quoted\"\n\u0000 \ud83d\ude00 text",
            Hue.GREEN,
            CIRCLE,
            new Inner("in", new Shape.Dot()),
            Optional.of(new Inner("", CIRCLE)),
            Optional.of(""),
            OptionalLong.of(Long.MAX_VALUE),
            OptionalInt.of(-1),
            List.of(new Inner("1", CIRCLE), new Inner("2", new Shape.Dot())),
            List.of(Optional.of("here"), Optional.empty()),
            Table.of(PEER, new Wait(17)));

    private static final All BARE = new All(
            0,
            0,
            false,
            0,
            (short) 0,
            (byte) 0,
            'x',
            "",
            Hue.RED,
            new Shape.Dot(),
            new Inner("", new Shape.Dot()),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            List.of(),
            List.of(),
            Table.empty());

    private static final Tables TABLES = new Tables(
            Table.of("", new Inner("x", CIRCLE)).with("k\u00e9y", new Inner("y", new Shape.Dot())),
            Table.of(Long.MIN_VALUE, CIRCLE).with(Long.MAX_VALUE, new Shape.Dot()),
            Table.of(-5, Hue.GREEN),
            Table.of(Hue.GREEN, Optional.of("g")).with(Hue.RED, Optional.empty()),
            Table.of(PEER, List.of(CIRCLE, new Shape.Dot())),
            Table.of(new Handle("line", 1, 2), 3L),
            Table.of(new ActionId(4, 5), Table.of("in", CIRCLE)),
            Table.of(new Ticket("api", -12), true),
            Table.of(Bytes.of((byte) 1, (byte) -1), Bytes.EMPTY),
            Table.of(new Digest(1, -1), Digest.ZERO));

    private static String json(Action action) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = CODEC.mapper().createGenerator(text)) {
            CODEC.write(action, out);
        }
        return text.toString();
    }

    private static Action read(String name, String json) {
        try (JsonParser in = CODEC.mapper().createParser(json)) {
            in.nextToken();
            return CODEC.read(name, in);
        }
    }

    private static void roundTrips(Action action) {
        String json = json(action);
        Action back = read(CODEC.nameOf(action), json);
        assertThat(back).isEqualTo(action);
        assertThat(Content.digest(back)).isEqualTo(Content.digest(action));
        JsonNode tree = CODEC.tree(action);
        assertThat(tree.toString()).isEqualTo(json);
        assertThat(CODEC.read(CODEC.nameOf(action), tree)).isEqualTo(action);
        assertThat((Object) CODEC.value(tree, action.getClass())).isEqualTo(action);
    }

    @Test
    void everyKindOfComponentComesBack() {
        roundTrips(FULL);
        roundTrips(BARE);
        roundTrips(TABLES);
    }

    @Test
    void constantsAreWrittenByNameAlsoAsKeys() {
        assertThat(json(TABLES)).contains("\"byHue\":{\"RED\":null,\"GREEN\":\"g\"}");
    }

    @Test
    void textTypesAreStrings() {
        Texts texts = new Texts(
                PEER,
                Multiaddr.parse("/ip4/127.0.0.1/tcp/4001/p2p/" + PEER),
                Multihash.parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"),
                Cid.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"),
                Bytes.of((byte) 0, (byte) 255),
                new Digest(1, 2),
                new ActionId(3, 4),
                new Handle("line", 5, 6),
                new Ticket("api", 7));
        roundTrips(texts);
        assertThat(json(texts))
                .isEqualTo("{\"peer\":\"12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA\","
                        + "\"address\":\"/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA\","
                        + "\"hash\":\"QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N\","
                        + "\"cid\":\"bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi\","
                        + "\"bytes\":\"AP8=\",\"digest\":\"00000000000000010000000000000002\","
                        + "\"id\":\"3.4\",\"handle\":\"line:5:6\",\"ticket\":\"api#7\"}");
    }

    @Test
    void readsAsTheContractSays() {
        assertThat(json(FULL))
                .isEqualTo("{\"big\":-9223372036854775808,\"number\":2147483647,\"truth\":true,\"real\":-0.1,"
                        + "\"small\":-32768,\"tiny\":127,\"unit\":\"\u00e9\","
                        + "\"text\":\"a \\\"quoted\\\"\\n\\u0000 \ud83d\ude00 text\",\"hue\":\"GREEN\","
                        + "\"shape\":{\"kind\":\"circle\",\"radius\":3,\"inner\":{\"kind\":\"dot\"}},"
                        + "\"inner\":{\"text\":\"in\",\"shape\":{\"kind\":\"dot\"}},"
                        + "\"maybe\":{\"text\":\"\",\"shape\":{\"kind\":\"circle\",\"radius\":3,\"inner\":{\"kind\":\"dot\"}}},"
                        + "\"maybeText\":\"\",\"maybeLong\":9223372036854775807,\"maybeInt\":-1,"
                        + "\"inners\":[{\"text\":\"1\",\"shape\":{\"kind\":\"circle\",\"radius\":3,\"inner\":{\"kind\":\"dot\"}}},"
                        + "{\"text\":\"2\",\"shape\":{\"kind\":\"dot\"}}],\"gaps\":[\"here\",null],"
                        + "\"waits\":{\"12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA\":{\"at\":17}}}");
    }

    @Property
    void anyNumbersAndTextsComeBack(@ForAll long big, @ForAll int number, @ForAll double real, @ForAll String text) {
        // A lone surrogate has no UTF-8 form: Java makes a question mark of it, in every encoder.
        String well = new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        roundTrips(new All(
                big,
                number,
                true,
                real,
                (short) number,
                (byte) number,
                'c',
                well,
                Hue.RED,
                new Shape.Round.Circle(big, Optional.empty()),
                new Inner(well, CIRCLE),
                Optional.empty(),
                Optional.of(well),
                OptionalLong.of(big),
                OptionalInt.of(number),
                List.of(),
                List.of(Optional.of(well)),
                Table.empty()));
    }

    @Test
    void listsReadBackCannotBeChanged() {
        All back = (All) read("test/all", json(FULL));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> back.inners().clear());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "an unknown field|\"big\":0|\"big\":0,\"more\":1",
                "a missing field|\"number\":0,|``",
                "a missing optional|\"maybe\":null,|``",
                "a null number|\"number\":0|\"number\":null",
                "a null text|\"text\":\"\"|\"text\":null",
                "a null record|\"inner\":{|\"inner\":null,\"x\":{",
                "a null enum|\"hue\":\"RED\"|\"hue\":null",
                "a null list|\"inners\":[]|\"inners\":null",
                "a null in a list|\"inners\":[]|\"inners\":[null]",
                "a null table|\"waits\":{}|\"waits\":null",
                "a null value in a table|\"waits\":{}|\"waits\":{\"12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA\":null}",
                "a float for a long|\"big\":0|\"big\":1.0",
                "a float for an int|\"number\":0|\"number\":0.5",
                "a text for a long|\"big\":0|\"big\":\"7\"",
                "a truth for an int|\"number\":0|\"number\":true",
                "a number for a truth|\"truth\":false|\"truth\":1",
                "a number for a text|\"text\":\"\"|\"text\":5",
                "a truth for a text|\"text\":\"\"|\"text\":true",
                "a number for an enum|\"hue\":\"RED\"|\"hue\":1",
                "an unknown constant|\"hue\":\"RED\"|\"hue\":\"grass\"",
                "an empty constant|\"hue\":\"RED\"|\"hue\":\"\"",
                "an unknown variant|\"kind\":\"dot\"|\"kind\":\"square\"",
                "a class name for a variant|\"kind\":\"dot\"|\"kind\":\"dev.dunlin.core.codec.CodecTest$Shape$Dot\"",
                "no variant|{\"kind\":\"dot\"}|{}",
                "an array for a record|\"inner\":{|\"inner\":[],\"x\":{",
                "an object for a list|\"inners\":[]|\"inners\":{}",
                "one value for a list|\"gaps\":[]|\"gaps\":\"x\"",
                "an empty text for a record|\"maybe\":null|\"maybe\":\"\"",
                "a big number for an int|\"number\":0|\"number\":2147483648",
                "a big number for a long|\"big\":0|\"big\":9223372036854775808",
                "a big number for a byte|\"tiny\":0|\"tiny\":300",
                "no peer id for a key|\"waits\":{}|\"waits\":{\"x\":1}",
            })
    void isStrict(String what, String from, String to) {
        String good = json(BARE);
        assertThat(read("test/all", good)).isEqualTo(BARE);
        String bad =
                good.replaceFirst(java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to));
        assertThat(bad).as(what).isNotEqualTo(good);
        assertThatExceptionOfType(CodecException.class)
                .as(what)
                .isThrownBy(() -> read("test/all", bad))
                .withMessageStartingWith("the payload is no test/all: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"byText", "byLong", "byInt", "byPeer", "byHandle", "byId", "byTicket", "byBytes", "byDigest"})
    void tablesHaveNoNullsAndNoStrangeKeys(String table) {
        JsonNode tree = CODEC.tree(TABLES);
        String key = tree.path(table).propertyNames().iterator().next();
        tools.jackson.databind.node.ObjectNode within = (tools.jackson.databind.node.ObjectNode) tree.get(table);
        JsonNode value = within.get(key);
        within.putNull(key);
        assertThatExceptionOfType(CodecException.class).isThrownBy(() -> CODEC.read("test/tables", tree));
        within.set(key, value);
        assertThat(CODEC.read("test/tables", tree)).isEqualTo(TABLES);
        if (!table.equals("byText")) {
            within.set("~ no key", value);
            assertThatExceptionOfType(CodecException.class).isThrownBy(() -> CODEC.read("test/tables", tree));
        }
    }

    @Test
    void sentences() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> read("test/gone", "{}"))
                .withMessage("test/gone: there is no such type in this build");
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> read("test/checked", "{\"even\":3}"))
                .withMessageContaining("the number is even, not 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CODEC.nameOf(new dev.dunlin.core.store.NodeEffect.CloseHandle(new Handle("x", 1, 1))))
                .withMessageEndingWith("is in no type table");
        assertThat(CODEC.typeOf("test/gone")).isEmpty();
        assertThat(CODEC.typeOf("test/all")).contains(All.class);
    }

    @Test
    void longTextsAndKeysComeBack() {
        String text = "x".repeat(25_000_000);
        roundTrips(new Tables(
                Table.of("k".repeat(100_000), new Inner(text, new Shape.Dot())),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty()));
    }

    sealed interface Half {
        record Named() implements Half {}

        record Unnamed() implements Half {}
    }

    sealed interface Kinded {
        record Of(String kind) implements Kinded {}
    }

    @Test
    void variantsWithoutANameOrWithAFieldOfThatNameAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.of(List.of(TypeTable.of("test")
                        .variant(Half.class, "named", Half.Named.class)
                        .build())))
                .withMessageContaining("Half$Unnamed, a Half, has no name in the type table of test");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.of(List.of(TypeTable.of("test")
                        .variant(Kinded.class, "of", Kinded.Of.class)
                        .build())))
                .withMessageContaining("has a component named kind");
        TypeTable table = TypeTable.of("test").action("checked", Checked.class).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codec.of(List.of(table, table)))
                .withMessage("two types are named test/checked");
    }
}
