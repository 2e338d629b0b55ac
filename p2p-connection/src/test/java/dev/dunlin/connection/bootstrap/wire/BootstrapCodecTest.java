package dev.dunlin.connection.bootstrap.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.bootstrap.wire.BootstrapCodec.Form;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapCodecTest {

    private static final String TOKEN = "s3cret-t0ken-of-the-canary";
    private static final String KEY = "0123456789abcdef";
    private static final Bytes SESSION = Bytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    private final Chest vault = new Chest();

    /** Keeps all. */
    private static final class Chest implements Vault {

        private final Map<Bytes, String> tokens = new HashMap<>();
        private final Map<Bytes, String> identities = new HashMap<>();

        @Override
        public Bytes keep(Kind kind, String content) {
            Bytes hash = Hashes.sha256(content);
            of(kind).put(hash, content);
            return hash;
        }

        @Override
        public Optional<String> find(Kind kind, Bytes hash) {
            return Optional.ofNullable(of(kind).get(hash));
        }

        private Map<Bytes, String> of(Kind kind) {
            return kind == Kind.TOKEN ? tokens : identities;
        }
    }

    private static Bytes utf8(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Bytes body) {
        return new String(body.toArray(), StandardCharsets.UTF_8);
    }

    private BootstrapQuestion question(Form form, String json) throws MalformedMessage {
        return BootstrapCodec.questions(vault, form).decode(utf8(json));
    }

    private void assertMalformed(Form form, String json, String why) throws MalformedMessage {
        assertThat(question(form, json)).isInstanceOfSatisfying(BootstrapQuestion.Malformed.class, malformed -> {
            assertThat(malformed.reason()).isEqualTo(Reason.MALFORMED_REQUEST);
            assertThat(malformed.why()).contains(why);
        });
    }

    /** The messages of Taleus as its code writes them (gotchoices/taleus be85265, src/tallyBootstrap.ts). */
    @Test
    void theMessagesOfTaleusAreRead() throws MalformedMessage {
        BootstrapQuestion contact = question(Form.COMPATIBLE, """
                {"token":"%s","partyId":"B","identityBundle":{"partyId":"B","name":"Bob"},
                 "cadrePeerAddrs":["/ip4/127.0.0.1/tcp/9001"]}""".formatted(TOKEN));
        assertThat(contact).isInstanceOfSatisfying(BootstrapQuestion.Contact.class, read -> {
            assertThat(read.token()).isEqualTo(Hashes.sha256(TOKEN));
            assertThat(read.partyId()).isEqualTo("B");
            assertThat(vault.find(Vault.Kind.IDENTITY, read.identity()))
                    .contains("{\"partyId\":\"B\",\"name\":\"Bob\"}");
            assertThat(read.cadre()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9001"));
            assertThat(read.key()).isEmpty();
        });
        assertThat(question(Form.COMPATIBLE, """
                {"tally":{"tallyId":"tally-1","createdBy":"foil"},
                 "dbConnectionInfo":{"endpoint":"wss://b.example/db","credentialsRef":"creds"}}"""))
                .isEqualTo(new BootstrapQuestion.DatabaseResult(
                        new Tally("tally-1", Role.FOIL, "wss://b.example/db", "creds"), Optional.empty()));
        assertThat(BootstrapCodec.answers(vault, Form.COMPATIBLE).decode(utf8("""
                {"approved":true,"partyId":"A","cadrePeerAddrs":["/ip4/10.0.0.1/tcp/1"],
                 "provisionResult":{"tally":{"tallyId":"t","createdBy":"stock"},
                 "dbConnectionInfo":{"endpoint":"wss://a.example","credentialsRef":"c"}}}""")))
                .isEqualTo(new BootstrapAnswer.Approved(
                        "A",
                        List.of(Multiaddr.parse("/ip4/10.0.0.1/tcp/1")),
                        Optional.of(new Tally("t", Role.STOCK, "wss://a.example", "c")),
                        Optional.empty()));
        assertThat(BootstrapCodec.answers(vault, Form.COMPATIBLE)
                        .decode(utf8("{\"approved\":false,\"reason\":\"Invalid token\"}")))
                .isEqualTo(new BootstrapAnswer.Rejected(Optional.empty(), Optional.empty()));
    }

    /** What a node writes it reads, in either form; the token is in the bytes, and its hash in the message. */
    @Property(tries = 1000)
    void whatIsWrittenIsRead(@ForAll("questions") BootstrapQuestion question, @ForAll Form form)
            throws MalformedMessage {
        vault.keep(Vault.Kind.TOKEN, TOKEN);
        vault.keep(Vault.Kind.IDENTITY, "{\"a\": [1, 2.50, null]}");
        BootstrapQuestion sent = in(form, question);
        Bytes body = BootstrapCodec.questions(vault, form).encode(sent);
        assertThat(BootstrapCodec.questions(vault, form).decode(body)).isEqualTo(sent);
        assertThat(text(body).contains(TOKEN)).isEqualTo(question instanceof BootstrapQuestion.Contact);
        assertThat(question.toString()).doesNotContain(TOKEN);
    }

    @Example
    void thatADatabaseIsTakenTheEndOfTheStreamSaysInTheCompatibleForm() throws MalformedMessage {
        BootstrapAnswer taken = new BootstrapAnswer.Taken();
        for (Form form : Form.values()) {
            Bytes body = BootstrapCodec.answers(vault, form).encode(taken);
            assertThat(body.size() == 0).isEqualTo(form == Form.COMPATIBLE);
            assertThat(BootstrapCodec.answers(vault, form).decode(body)).isEqualTo(taken);
        }
        assertThatThrownBy(() -> BootstrapCodec.answers(vault, Form.FRAMED).decode(Bytes.EMPTY))
                .isInstanceOf(MalformedMessage.class);
        // Either form has an answer to each question.
        for (Protocol<BootstrapQuestion, BootstrapAnswer> protocol : BootstrapProtocols.of(vault)) {
            assertThat(protocol.assumed(new BootstrapQuestion.DatabaseResult(
                            new Tally("t", Role.FOIL, "postgres://db", ""), Optional.empty())))
                    .isEmpty();
        }
    }

    private static final String CONTACT_FIELDS =
            "\"token\":\"" + TOKEN + "\",\"partyId\":\"B\",\"identityBundle\":{},\"cadrePeerAddrs\":[]";
    private static final String DATABASE_FIELDS =
            "\"tally\":{\"tallyId\":\"t\",\"createdBy\":\"foil\"},\"dbConnectionInfo\":{\"endpoint\":\"x://y\"}";
    private static final String APPROVAL_FIELDS =
            "\"approved\":true,\"partyId\":\"A\",\"cadrePeerAddrs\":[],\"provisionResult\":{" + DATABASE_FIELDS + "}";

    /** Names that Taleus does not know are passed over, and so are those of its other messages, whatever they have. */
    @ParameterizedTest
    @ValueSource(
            strings = {"null", "1", "-1.5e9", "true", "\"x\"", "\"\"", "[]", "[[1],{\"a\":2}]", "{}", "{\"tallyId\":7}"
            })
    void fieldsOfOtherMessagesArePassedOverInTheCompatibleForm(String value) throws MalformedMessage {
        Optional<String> none = Optional.empty();
        for (String name : List.of(
                "type",
                "v",
                "sessionRef",
                "deadlineMs",
                "retryAfterMs",
                "idempotencyKey",
                "approved",
                "reason",
                "provisionResult",
                "tally",
                "dbConnectionInfo",
                "tallyId",
                "createdBy",
                "endpoint",
                "credentialsRef")) {
            String more = ",\"" + name + "\":" + value;
            for (String json :
                    List.of("{" + CONTACT_FIELDS + more + "}", "{" + more.substring(1) + "," + CONTACT_FIELDS + "}")) {
                assertThat(question(Form.COMPATIBLE, json))
                        .as(json)
                        .isInstanceOfSatisfying(BootstrapQuestion.Contact.class, contact -> {
                            assertThat(contact.key()).isEqualTo(none);
                            assertThat(contact.patience()).isEmpty();
                        });
            }
            if (!List.of("tally", "dbConnectionInfo").contains(name)) {
                assertThat(question(Form.COMPATIBLE, "{" + DATABASE_FIELDS + more + "}"))
                        .as(more)
                        .isEqualTo(new BootstrapQuestion.DatabaseResult(
                                new Tally("t", Role.FOIL, "x://y", ""), Optional.empty()));
            }
            if (!List.of("approved", "provisionResult").contains(name)) {
                assertThat(BootstrapCodec.answers(vault, Form.COMPATIBLE)
                                .decode(utf8("{" + APPROVAL_FIELDS + more + "}")))
                        .as(more)
                        .isEqualTo(new BootstrapAnswer.Approved(
                                "A", List.of(), Optional.of(new Tally("t", Role.FOIL, "x://y", "")), Optional.empty()));
            }
            if (!List.of("approved", "reason").contains(name)) {
                assertThat(BootstrapCodec.answers(vault, Form.COMPATIBLE)
                                .decode(utf8("{\"approved\":false,\"reason\":\"timeout\"" + more + "}")))
                        .as(more)
                        .isEqualTo(new BootstrapAnswer.Rejected(Optional.of(Reason.TIMEOUT), Optional.empty()));
            }
        }
        for (String name : List.of("partyId", "identityBundle", "cadrePeerAddrs")) {
            assertThat(question(Form.COMPATIBLE, "{" + DATABASE_FIELDS + ",\"" + name + "\":" + value + "}"))
                    .isInstanceOf(BootstrapQuestion.DatabaseResult.class);
        }
    }

    @Test
    void aProperKeyIsUsedInTheCompatibleFormToo() throws MalformedMessage {
        assertThat(question(Form.COMPATIBLE, "{" + CONTACT_FIELDS + ",\"idempotencyKey\":\"" + KEY + "\"}"))
                .isInstanceOfSatisfying(
                        BootstrapQuestion.Contact.class,
                        contact -> assertThat(contact.key()).contains(KEY));
    }

    /** A token makes a contact, a good one or none; what is left is a database with both its fields on top. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token\":1,%s}",
                "{\"token\":null,%s}",
                "{\"token\":{},%s}",
                "{%s,\"token\":\"t\"}",
                "{\"provisionResult\":{%s}}",
                "{\"provisionResult\":{%s},\"tally\":{\"tallyId\":\"t\",\"createdBy\":\"foil\"}}",
                "{\"tally\":{%s}}",
                "{\"dbConnectionInfo\":{%s},\"tally\":{}}"
            })
    void aMessageHasOneReading(String json) throws MalformedMessage {
        assertMalformed(Form.COMPATIBLE, json.replace("%s", DATABASE_FIELDS), "");
    }

    /** What the framed form takes, the compatible one takes alike, as far as it has its fields. */
    @Property(tries = 1000)
    void theFormsAgree(@ForAll("questions") BootstrapQuestion question, @ForAll("answers") BootstrapAnswer answer)
            throws MalformedMessage {
        vault.keep(Vault.Kind.TOKEN, TOKEN);
        vault.keep(Vault.Kind.IDENTITY, "{\"a\": [1, 2.50, null]}");
        Bytes asked = BootstrapCodec.questions(vault, Form.FRAMED).encode(question);
        assertThat(BootstrapCodec.questions(vault, Form.COMPATIBLE).decode(asked))
                .isEqualTo(in(Form.COMPATIBLE, question));
        Bytes answered = BootstrapCodec.answers(vault, Form.FRAMED).encode(answer);
        assertThat(BootstrapCodec.answers(vault, Form.COMPATIBLE).decode(answered))
                .isEqualTo(in(Form.COMPATIBLE, answer));
    }

    @Property(tries = 1000)
    void answersToo(@ForAll("answers") BootstrapAnswer answer, @ForAll Form form) throws MalformedMessage {
        BootstrapAnswer sent = in(form, answer);
        Bytes body = BootstrapCodec.answers(vault, form).encode(sent);
        assertThat(BootstrapCodec.answers(vault, form).decode(body)).isEqualTo(sent);
        // Method 6: a rejection tells nothing of the listener's party.
        if (answer instanceof BootstrapAnswer.Rejected) {
            assertThat(text(body)).doesNotContain("cadre").doesNotContain("partyId");
        }
    }

    /** The same message in a form: the compatible one has fewer fields. */
    private static BootstrapQuestion in(Form form, BootstrapQuestion question) {
        return switch (question) {
            case BootstrapQuestion.Contact contact
            when form == Form.COMPATIBLE ->
                new BootstrapQuestion.Contact(
                        contact.token(),
                        contact.partyId(),
                        contact.identity(),
                        contact.cadre(),
                        contact.key(),
                        Optional.empty());
            case BootstrapQuestion.DatabaseResult(Tally tally, Optional<Bytes> _)
            when form == Form.COMPATIBLE -> new BootstrapQuestion.DatabaseResult(tally, Optional.empty());
            case BootstrapQuestion other -> other;
        };
    }

    private static BootstrapAnswer in(Form form, BootstrapAnswer answer) {
        return switch (answer) {
            case BootstrapAnswer.Approved approved
            when form == Form.COMPATIBLE ->
                new BootstrapAnswer.Approved(approved.partyId(), approved.cadre(), approved.tally(), Optional.empty());
            case BootstrapAnswer.Rejected rejected
            when form == Form.COMPATIBLE -> new BootstrapAnswer.Rejected(rejected.reason(), Optional.empty());
            case BootstrapAnswer other -> other;
        };
    }

    @Provide
    Arbitrary<BootstrapQuestion> questions() {
        Arbitrary<BootstrapQuestion> contacts = Combinators.combine(
                        Arbitraries.strings()
                                .withCharRange('!', '~')
                                .ofMinLength(1)
                                .ofMaxLength(256),
                        cadres(),
                        Arbitraries.longs().greaterOrEqual(0).optional())
                .as((party, cadre, patience) -> new BootstrapQuestion.Contact(
                        Hashes.sha256(TOKEN),
                        party,
                        Hashes.sha256("{\"a\": [1, 2.50, null]}"),
                        cadre,
                        Optional.of(KEY),
                        patience));
        return Arbitraries.oneOf(
                contacts, tallies().map(tally -> new BootstrapQuestion.DatabaseResult(tally, Optional.of(SESSION))));
    }

    @Provide
    Arbitrary<BootstrapAnswer> answers() {
        Arbitrary<BootstrapAnswer> approved = Combinators.combine(
                        cadres(), tallies().optional())
                .as((cadre, tally) -> new BootstrapAnswer.Approved("party", cadre, tally, Optional.of(SESSION)));
        Arbitrary<BootstrapAnswer> rejected = Combinators.combine(
                        Arbitraries.of(Reason.class).optional(),
                        Arbitraries.longs().greaterOrEqual(0).optional())
                .as(BootstrapAnswer.Rejected::new);
        return Arbitraries.oneOf(approved, rejected);
    }

    private static Arbitrary<List<Multiaddr>> cadres() {
        return Arbitraries.integers()
                .between(1, 65535)
                .map(port -> Multiaddr.parse("/dns4/a.example/tcp/" + port))
                .list()
                .ofMaxSize(WireLimits.ADDRESSES);
    }

    private static Arbitrary<Tally> tallies() {
        return Combinators.combine(
                        Arbitraries.strings()
                                .withChars("abcXYZ019._:-")
                                .ofMinLength(1)
                                .ofMaxLength(128),
                        Arbitraries.of(Role.class),
                        Arbitraries.strings()
                                .withCharRange('!', '~')
                                .ofMinLength(1)
                                .ofMaxLength(100),
                        Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(512))
                .as((id, role, rest, reference) -> new Tally(id, role, "db://" + rest, reference));
    }

    /** Whatever comes, it is read as something: nothing is thrown, and nothing takes long. */
    @Property(tries = 2000)
    void anythingIsReadAsSomething(@ForAll("bodies") byte[] body, @ForAll Form form) throws MalformedMessage {
        assertThat(BootstrapCodec.questions(vault, form).decode(Bytes.of(body))).isNotNull();
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<String> fields = Arbitraries.of(
                "\"token\":\"t\"",
                "\"token\":null",
                "\"token\":{}",
                "\"partyId\":\"p\"",
                "\"identityBundle\":[[]]",
                "\"identityBundle\":-1e9",
                "\"cadrePeerAddrs\":[]",
                "\"cadrePeerAddrs\":[\"/ip4/1.2.3.4\",7]",
                "\"type\":\"inboundContact\"",
                "\"type\":\"\\u0000\"",
                "\"sessionRef\":\"00\"",
                "\"tally\":{\"tallyId\":\"a\",\"createdBy\":\"stock\"}",
                "\"tally\":[]",
                "\"dbConnectionInfo\":{\"endpoint\":\"x:y\"}",
                "\"deadlineMs\":1.5",
                "\"deadlineMs\":99999999999999999999",
                "\"other\":{\"a\":{\"b\":[1,2,{}]}}");
        Arbitrary<byte[]> objects = fields.list()
                .ofMaxSize(6)
                .map(list -> ("{" + String.join(",", list) + "}").getBytes(StandardCharsets.UTF_8));
        return Arbitraries.oneOf(Arbitraries.bytes().array(byte[].class).ofMaxSize(200), objects);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatIsOutOfItsBoundsIsRefused(Form form) throws MalformedMessage {
        String rest = ",\"type\":\"inboundContact\",\"partyId\":\"B\",\"cadrePeerAddrs\":[],\"idempotencyKey\":\"" + KEY
                + "\"";
        String start = "{\"token\":\"t\"" + rest + ",\"identityBundle\":";
        assertThat(question(form, start + "{}}")).isInstanceOf(BootstrapQuestion.Contact.class);
        assertMalformed(form, start + "[".repeat(20) + "]".repeat(20) + "}", "16 deep");
        assertMalformed(form, start + "\"" + "x".repeat(9000) + "\"}", "more than 8192 characters");
        assertMalformed(form, start + "[" + ("\"" + "y".repeat(8000) + "\",").repeat(5) + "1]}", "longer than 32768");
        assertMalformed(form, start + "{},\"z\":[" + "1,".repeat(40_000) + "1]}", "longer than 65536");
        assertMalformed(form, start + "{},\"z\":[\"" + "x".repeat(9000) + "\"]}", "more than 8192 characters");
        assertMalformed(form, start + "{}}x", "it is no JSON");
        assertMalformed(form, start + "{}}{}", "behind its end");
        assertMalformed(form, start + "{},\"token\":\"u\"}", "each name once");
        assertMalformed(form, start + "{\"a\":1,\"a\":2}}", "each name once");
        assertMalformed(form, "[]", "no object");
        assertMalformed(form, "", "no object");
        String addresses = "\"/ip4/1.2.3.4/tcp/1\",".repeat(64) + "\"/ip4/1.2.3.4/tcp/1\"";
        assertMalformed(
                form,
                start.replace("\"cadrePeerAddrs\":[]", "\"cadrePeerAddrs\":[" + addresses + "]") + "{}}",
                "more than 64");
        assertMalformed(
                form,
                start.replace("\"cadrePeerAddrs\":[]", "\"cadrePeerAddrs\":[\"/dns4/" + "a".repeat(600) + "\"]")
                        + "{}}",
                "512 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "c0af", "eda080", "ff"})
    void whatIsNoUtf8IsRefused(String hex) throws MalformedMessage {
        byte[] bad = HexFormat.of().parseHex(hex);
        byte[] head = "{\"token\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, head.length + bad.length);
        System.arraycopy(bad, 0, body, head.length, bad.length);
        assertThat(BootstrapCodec.questions(vault, Form.COMPATIBLE).decode(Bytes.of(body)))
                .isEqualTo(new BootstrapQuestion.Malformed(Reason.MALFORMED_REQUEST, "it is no UTF-8"));
    }

    /** Where the database is, is no place of this machine's files. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "sqlite:/etc/shadow",
                "jar:file:/x!/y",
                "javascript:alert(1)",
                "file:x",
                "/etc/passwd",
                "../x",
                "",
                "http",
                "a b:c",
                "x:\\u0007"
            })
    void anEndpointIsAUri(String endpoint) throws MalformedMessage {
        assertMalformed(
                Form.COMPATIBLE,
                "{\"tally\":{\"tallyId\":\"t\",\"createdBy\":\"foil\"},\"dbConnectionInfo\":{\"endpoint\":\"" + endpoint
                        + "\"}}",
                "endpoint");
    }

    @Test
    void theFramedFormTellsOfUnknownTypes() throws MalformedMessage {
        assertThat(question(Form.FRAMED, "{\"type\":\"hello\"}"))
                .isInstanceOfSatisfying(
                        BootstrapQuestion.Malformed.class,
                        malformed -> assertThat(malformed.reason()).isEqualTo(Reason.UNKNOWN_TYPE));
        assertMalformed(Form.FRAMED, "{}", "it has no type");
        assertMalformed(Form.COMPATIBLE, "{}", "neither a token");
    }

    @Test
    void whatIsNotKeptIsNotSent() {
        BootstrapQuestion.Contact contact = new BootstrapQuestion.Contact(
                Hashes.sha256("gone"), "B", Hashes.sha256("{}"), List.of(), Optional.of(KEY), Optional.empty());
        assertThatThrownBy(() -> BootstrapCodec.questions(vault, Form.FRAMED).encode(contact))
                .hasMessageContaining("not kept any more");
    }
}
