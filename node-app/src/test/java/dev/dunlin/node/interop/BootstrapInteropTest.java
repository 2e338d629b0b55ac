package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.dialer.DialerCode;
import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Head;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.RedemptionKey;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Past;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.node.bootstrap.BootstrapNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bootstraps between a node of ours and a js-libp2p peer that speaks the compatible form as Taleus's tables of messages have it, in both roles.
 * The js peer judges each message of ours by the tables.
 */
@ExtendWith(Matrix.class)
@Timeout(180)
final class BootstrapInteropTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, Object> IDENTITY = Map.of("name", "Anna", "of", List.of(1, true));
    private static final String IDENTITY_TEXT = "{\"name\": \"Anna\", \"of\": [1, true]}";
    private static final String MALFORMED = "{\"approved\":false,\"reason\":\"malformed_request\"}";
    private static final String INVALID_TOKEN = "{\"approved\":false,\"reason\":\"invalid_token\"}";
    private static final String IDENTITY_INSUFFICIENT = "{\"approved\":false,\"reason\":\"identity_insufficient\"}";

    private static final AtomicInteger TOKENS = new AtomicInteger();

    private static Optional<Counterpart> started = Optional.empty();

    @BeforeAll
    static void start() {
        Optional<String> missing = Implementation.JS.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> "bootstraps with js are skipped: " + missing.orElse(""));
        Counterpart js = Counterpart.start(Implementation.JS, Counterpart.Key.ED25519, true);
        started = Optional.of(js);
        js.ask("bootstrap.serve", Map.of());
    }

    @AfterAll
    static void stop() {
        started.ifPresent(Counterpart::close);
    }

    private static Counterpart js() {
        return started.orElseThrow();
    }

    /** One that no other test has. */
    private static String newToken() {
        return "token-" + TOKENS.incrementAndGet();
    }

    /** Where one that comes often and wrongly is answered all the same. */
    private static BootstrapNode ours() {
        return new BootstrapNode(false, "session.penaltyMost", "0", "dialer.rounds", "1");
    }

    private static List<String> at(BootstrapNode node) {
        return List.of(node.address.withPeer(node.self).toString());
    }

    private static Optional<Integer> uses(boolean multiUse) {
        return multiUse ? Optional.empty() : Optional.of(1);
    }

    // js as who asks

    private static JsonNode redeem(BootstrapNode listener, String token, Role role, Map<String, Object> more) {
        Map<String, Object> wish =
                new TreeMap<>(Map.of("addrs", at(listener), "token", token, "role", role.word(), "identity", IDENTITY));
        wish.putAll(more);
        return js().ask("bootstrap.redeem", wish);
    }

    private static JsonNode raw(BootstrapNode listener, byte[] bytes) {
        return js().ask("bootstrap.raw", Map.of("addrs", at(listener), "bytes", HEX.formatHex(bytes)));
    }

    private static String said(JsonNode result) {
        assertThat(result.path("answer").path("end").asString()).isEqualTo("closed");
        return result.path("answer").path("text").asString();
    }

    /** What the tables say that an approval has, and nothing else. */
    private static void assertApproved(JsonNode result, BootstrapNode listener, Role role) {
        assertThat(result.path("approved").asBoolean()).as(result.toString()).isTrue();
        assertThat(result.path("answer").path("problems")).isEmpty();
        Map<String, Object> wished = new TreeMap<>();
        wished.put("approved", true);
        wished.put("partyId", listener.self.toString());
        wished.put("cadrePeerAddrs", at(listener));
        if (role == Role.STOCK) {
            Tally tally = listener.databases.values().iterator().next();
            wished.put("provisionResult", json(tally));
            assertThat(tally.createdBy()).isEqualTo(Role.STOCK);
        }
        assertThat(JSON.readTree(said(result))).isEqualTo(JSON.valueToTree(wished));
    }

    private static Map<String, Object> json(Tally tally) {
        return Map.of(
                "tally",
                        Map.of(
                                "tallyId",
                                tally.tallyId(),
                                "createdBy",
                                tally.createdBy().word()),
                "dbConnectionInfo", Map.of("endpoint", tally.endpoint(), "credentialsRef", tally.credentialsRef()));
    }

    private static Tally tally(JsonNode database) {
        return new Tally(
                database.path("tally").path("tallyId").asString(),
                Role.of(database.path("tally").path("createdBy").asString()).orElseThrow(),
                database.path("dbConnectionInfo").path("endpoint").asString(),
                database.path("dbConnectionInfo").path("credentialsRef").asString());
    }

    // What our ledger holds

    private static Token held(BootstrapNode node, String token) {
        return node.ledger
                .inTransaction(store -> store.token(Hashes.sha256(token)))
                .orElseThrow();
    }

    private static Optional<Redemption> redemption(BootstrapNode node, String token, PeerId peer, String key) {
        return node.ledger.inTransaction(store -> store.redemption(new RedemptionKey(Hashes.sha256(token), peer, key)));
    }

    private static void awaitDelivered(BootstrapNode node, String token, PeerId peer, String key) {
        BootstrapNode.await(() -> redemption(node, token, peer, key)
                .filter(one -> one.phase() == Phase.DELIVERED)
                .isPresent());
    }

    private static void assertUses(BootstrapNode node, String token, int used, int reserved) {
        assertThat(held(node, token)).satisfies(one -> {
            assertThat(one.uses()).isEqualTo(used);
            assertThat(one.reserved()).isEqualTo(reserved);
        });
    }

    private static List<Code> ends(BootstrapNode node) {
        List<Code> codes = new ArrayList<>();
        for (Past past : node.runtime.state().root().session().past().values()) {
            codes.add(past.code());
        }
        return codes;
    }

    /** The whole trail, each entry of which is behind the one before: what is told of each, and how it ended. */
    private static List<String> trail(BootstrapNode node) {
        List<String> told = new ArrayList<>();
        Head head = Head.NONE;
        for (Entry entry : node.ledger.inTransaction(store -> store.entries(0, 10_000))) {
            assertThat(entry.isBehind(head)).isTrue();
            head = entry.head();
            told.add((entry.event().kind() + " " + entry.event().code()).strip());
        }
        return told;
    }

    private static void awaitTold(BootstrapNode node, Code code, int count) {
        BootstrapNode.await(() ->
                trail(node).stream().filter(told -> told.endsWith(" " + code)).count() == count);
    }

    @ParameterizedTest
    @CsvSource({"JS, STOCK, false", "JS, STOCK, true", "JS, FOIL, false", "JS, FOIL, true"})
    @Cell("bootstraps, answered by Dunlin: stock and foil")
    void jsAsks(Implementation implementation, Role role, boolean multiUse) {
        String token = newToken();
        try (BootstrapNode listener = ours();
                BootstrapNode other = ours()) {
            listener.token(token, role, uses(multiUse));

            JsonNode result = redeem(listener, token, role, Map.of());

            assertApproved(result, listener, role);
            if (role == Role.FOIL) {
                // It has no name of a session to say, and nothing is said to it.
                assertThat(result.path("third").path("sent").has("sessionRef")).isFalse();
                assertThat(result.path("third").path("text").asString()).isEmpty();
                assertThat(result.path("third").path("end").asString()).isEqualTo("closed");
            }
            awaitDelivered(listener, token, js().id(), "");
            BootstrapNode.await(() -> ends(listener).equals(List.of(Code.SUCCESS)));
            assertThat(redemption(listener, token, js().id(), "").orElseThrow().tally())
                    .contains(tally(result.path("database")));
            assertUses(listener, token, 1, 0);
            assertThat(listener.databases).hasSize(role == Role.STOCK ? 1 : 0);

            Action second = other.redeem(listener.address.withPeer(listener.self), token, role, "{}");

            if (multiUse) {
                assertThat(second)
                        .isInstanceOfSatisfying(
                                DialerOutcome.Redeemed.class,
                                redeemed -> assertThat(redeemed.tally()).isNotEqualTo(tally(result.path("database"))));
            } else {
                assertRejected(second, Reason.INVALID_TOKEN);
            }
            BootstrapNode.await(() -> ends(listener).size() == 2);
            assertUses(listener, token, multiUse ? 2 : 1, 0);
            assertThat(trail(listener))
                    .startsWith("created", "reserved")
                    .contains("provisioned", "delivered", multiUse ? "ended SUCCESS" : "refused INVALID_TOKEN");
        }
    }

    private static void assertRejected(Action outcome, Reason reason) {
        assertThat(outcome).isInstanceOfSatisfying(DialerOutcome.RedeemFailed.class, failed -> {
            assertThat(failed.code()).isEqualTo(DialerCode.REJECTED);
            assertThat(failed.reason()).contains(reason);
        });
    }

    @ParameterizedTest
    @CsvSource({"JS, STOCK, false", "JS, STOCK, true", "JS, FOIL, false", "JS, FOIL, true"})
    @Cell("bootstraps, asked for by Dunlin: stock and foil")
    void jsAnswers(Implementation implementation, Role role, boolean multiUse) {
        String token = newToken();
        try (BootstrapNode dialer = ours();
                BootstrapNode other = ours()) {
            js().ask("bootstrap.token", Map.of("token", token, "role", role.word(), "multiUse", multiUse));

            Action outcome = dialer.redeem(js().address(), token, role, IDENTITY_TEXT);

            assertThat(outcome).isInstanceOf(DialerOutcome.Redeemed.class);
            DialerOutcome.Redeemed redeemed = (DialerOutcome.Redeemed) outcome;
            assertThat(redeemed.peer()).isEqualTo(js().id());
            assertThat(redeemed.partyId()).isEqualTo(js().id().toString());
            assertThat(redeemed.cadre()).containsExactly(js().address());
            assertThat(redeemed.tally().createdBy()).isEqualTo(role);
            if (role == Role.FOIL) {
                assertThat(dialer.databases.values()).containsExactly(redeemed.tally());
                js().event(event -> isOf(event, dialer, "database"));
            } else {
                assertThat(dialer.databases).isEmpty();
            }
            JsonNode state = js().ask("bootstrap.state", Map.of());
            assertThat(state.path("databases").valueStream().map(BootstrapInteropTest::tally))
                    .contains(redeemed.tally());
            List<JsonNode> seen = seen(state, dialer);
            assertThat(seen)
                    .hasSize(role == Role.STOCK ? 1 : 2)
                    .allSatisfy(message -> assertThat(message.path("problems"))
                            .as(message.toString())
                            .isEmpty());
            assertContact(seen.getFirst().path("value"), dialer, token);
            if (role == Role.FOIL) {
                assertThat(seen.get(1).path("value")).isEqualTo(JSON.valueToTree(json(redeemed.tally())));
            }
            assertThat(redemptions(state, token)).containsExactly(dialer.self + " done");

            Action second = other.redeem(js().address(), token, role, IDENTITY_TEXT);

            if (multiUse) {
                assertThat(second).isInstanceOf(DialerOutcome.Redeemed.class);
            } else {
                assertRejected(second, Reason.INVALID_TOKEN);
            }
            // Who asks has no use of a token of its own.
            assertThat(trail(dialer)).isEmpty();
        }
    }

    private static boolean isOf(JsonNode event, BootstrapNode node, String kind) {
        return event.path("event").asString("").equals("bootstrap")
                && event.path("peer").asString("").equals(node.self.toString())
                && event.path("kind").asString("").equals(kind);
    }

    private static List<JsonNode> seen(JsonNode state, BootstrapNode of) {
        return state.path("seen")
                .valueStream()
                .filter(message -> message.path("peer").asString().equals(of.self.toString()))
                .toList();
    }

    private static List<String> redemptions(JsonNode state, String token) {
        return state.path("redemptions")
                .valueStream()
                .filter(one -> one.path("token").asString().equals(token))
                .map(one ->
                        one.path("peer").asString() + " " + one.path("phase").asString())
                .toList();
    }

    private static void assertContact(JsonNode contact, BootstrapNode dialer, String token) {
        assertThat(contact.path("token").asString()).isEqualTo(token);
        assertThat(contact.path("partyId").asString()).isEqualTo(dialer.self.toString());
        assertThat(contact.path("identityBundle")).isEqualTo(JSON.valueToTree(IDENTITY));
        assertThat(contact.path("cadrePeerAddrs")).isEqualTo(JSON.valueToTree(List.of(dialer.address.toString())));
    }

    @Test
    void theSamePeerIsAnsweredAlike() {
        String once = newToken();
        String often = newToken();
        try (BootstrapNode ours = ours()) {
            ours.token(once, Role.STOCK, uses(false));
            ours.token(often, Role.STOCK, uses(true));
            String first = said(redeem(ours, once, Role.STOCK, Map.of()));
            awaitDelivered(ours, once, js().id(), "");
            // Of a token that can be used once the key says nothing.
            for (Map<String, Object> more : List.of(Map.<String, Object>of(), keyed("1"), keyed("2"))) {
                assertThat(said(redeem(ours, once, Role.STOCK, more))).isEqualTo(first);
            }
            assertUses(ours, once, 1, 0);
            assertThat(ours.databases).hasSize(1);

            String one = said(redeem(ours, often, Role.STOCK, keyed("1")));
            assertThat(said(redeem(ours, often, Role.STOCK, keyed("1")))).isEqualTo(one);
            assertThat(said(redeem(ours, often, Role.STOCK, keyed("2")))).isNotEqualTo(one);
            awaitDelivered(ours, often, js().id(), key("2"));
            assertUses(ours, often, 2, 0);
            assertThat(ours.databases).hasSize(3);
            assertThat(trail(ours)).contains("replayed");

            js().ask("bootstrap.token", Map.of("token", once, "role", "stock"));
            DialerOutcome.Redeemed answered =
                    (DialerOutcome.Redeemed) ours.redeem(js().address(), once, Role.STOCK, "{}");
            assertThat(ours.redeem(js().address(), once, Role.STOCK, "{}"))
                    .isInstanceOfSatisfying(
                            DialerOutcome.Redeemed.class,
                            again -> assertThat(again.tally()).isEqualTo(answered.tally()));
        }
    }

    private static String key(String which) {
        return "a-key-of-16-or-more-" + which;
    }

    private static Map<String, Object> keyed(String which) {
        return Map.of("more", Map.of("idempotencyKey", key(which)));
    }

    /** Unknown, used by another, revoked: js sees one and the same, in which there is nothing of the party. */
    @Test
    void aRefusalTellsNothing() {
        String used = newToken();
        String revoked = newToken();
        try (BootstrapNode listener = ours();
                BootstrapNode other = ours()) {
            listener.token(used, Role.STOCK, uses(false));
            listener.token(revoked, Role.STOCK, uses(true));
            listener.ledger.inTransaction(store -> new Ledger(store, 1).revoke(Hashes.sha256(revoked)));
            assertThat(other.redeem(listener.address.withPeer(listener.self), used, Role.STOCK, "{}"))
                    .isInstanceOf(DialerOutcome.Redeemed.class);
            for (String token : List.of(newToken(), used, revoked)) {
                assertThat(said(redeem(listener, token, Role.STOCK, Map.of()))).isEqualTo(INVALID_TOKEN);
            }
            awaitTold(listener, Code.INVALID_TOKEN, 6);
            assertUses(listener, used, 1, 0);
            assertUses(listener, revoked, 0, 0);
            assertThat(listener.databases).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"STOCK", "FOIL"})
    void aWrongIdentityIsRefusedAndTheTokenIsGoodStill(Role role) {
        String token = newToken();
        try (BootstrapNode ours = ours()) {
            ours.token(token, role, uses(false));
            for (Map<String, Object> wrong : List.of(
                    Map.<String, Object>of("identity", "bad"),
                    Map.<String, Object>of("partyId", ours.self.toString()),
                    Map.<String, Object>of("partyId", "session-1-1"))) {
                assertThat(said(redeem(ours, token, role, wrong))).isEqualTo(IDENTITY_INSUFFICIENT);
            }
            BootstrapNode.await(() -> held(ours, token).rejections() == 3);
            assertUses(ours, token, 0, 0);
            assertThat(ours.databases).isEmpty();
            assertApproved(redeem(ours, token, role, Map.of()), ours, role);
            awaitDelivered(ours, token, js().id(), "");
            assertUses(ours, token, 1, 0);
            assertThat(trail(ours)).contains("released IDENTITY_INSUFFICIENT");

            js().ask("bootstrap.token", Map.of("token", token, "role", role.word(), "identity", IDENTITY));
            assertRejected(
                    ours.redeem(js().address(), token, role, "{\"name\": \"Berta\"}"), Reason.IDENTITY_INSUFFICIENT);
            assertThat(ours.redeem(js().address(), token, role, IDENTITY_TEXT))
                    .isInstanceOf(DialerOutcome.Redeemed.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A contact of js, as it would be taken, with one more field. */
    private static String contact(String token, String more) {
        return "{\"token\":\"" + token + "\",\"partyId\":\"" + js().id() + "\",\"identityBundle\":{\"name\":\"A\"},"
                + "\"cadrePeerAddrs\":[\"" + js().address() + "\"]" + more + "}";
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    /** As a contact, with so many bytes, and no text too long. */
    private static byte[] filled(String token, int bytes) {
        StringBuilder more = new StringBuilder();
        int left = bytes - contact(token, "").length();
        while (left > 0) {
            int name = ",\"m00\":\"\"".length();
            int fill = Math.min(left - name, 4_000);
            // What is left behind it is nothing, or enough for one more.
            if (left - name - fill > 0 && left - name - fill < 100) {
                fill -= 100;
            }
            more.append(String.format(",\"m%02d\":\"%s\"", left % 97, "x".repeat(fill)));
            left -= name + fill;
        }
        byte[] message = bytes(contact(token, more.toString()));
        assertThat(message).hasSize(bytes);
        return message;
    }

    private static Map<String, byte[]> malformed(String token) {
        String good = contact(token, "");
        byte[] notUtf8 = bytes(good.replace("\"A\"", "\"~\""));
        for (int i = 0; i < notUtf8.length; i++) {
            if (notUtf8[i] == '~') {
                notUtf8[i] = (byte) 0xff;
            }
        }
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put(
                "the result of message 2 alone",
                bytes("{\"provisionResult\":"
                        + JSON.writeValueAsString(json(new Tally("a", Role.FOIL, "pg://a/b", "c"))) + "}"));
        all.put("nothing", new byte[0]);
        all.put("no JSON", bytes("nonsense"));
        all.put("zero bytes", new byte[100]);
        all.put("cut off", bytes(good.substring(0, good.length() - 1)));
        all.put("a list", bytes("[" + good + "]"));
        all.put("nothing that is known", bytes("{}"));
        all.put("an answer", bytes("{\"approved\":true}"));
        all.put("a name twice", bytes(contact(token, ",\"token\":\"" + token + "\"")));
        all.put("an unknown name twice", bytes(contact(token, ",\"x\":1,\"x\":1")));
        all.put("a name twice, once with an escape", bytes(contact(token, ",\"\\u0074oken\":\"" + token + "\"")));
        all.put("a name twice deep within", bytes(good.replace("\"A\"", "[{\"x\":1,\"x\":1}]")));
        all.put("no UTF-8", notUtf8);
        all.put("a mark of byte order", bytes("\ufeff" + good));
        all.put("a letter behind it", bytes(good + "x"));
        all.put("a zero byte behind it", bytes(good + "\0"));
        all.put("twice", bytes(good + good));
        all.put("too deep", bytes(contact(token, ",\"x\":" + nested(16))));
        all.put("too long a text", bytes(contact(token, ",\"x\":\"" + "x".repeat((8 << 10) + 1) + "\"")));
        all.put("too large an identity", bytes(good.replace("\"A\"", "[" + "1,".repeat(16 << 10) + "1]")));
        all.put("no address", bytes(good.replace("/ip4/", "/nonsense/")));
        all.put("65 addresses", bytes(good.replace("[\"/ip4/", "[" + "\"/ip4/1.2.3.4\",".repeat(64) + "\"/ip4/")));
        all.put("no token but a number", bytes(good.replace("\"" + token + "\"", "1")));
        all.put("an empty token", bytes(good.replace("\"" + token + "\"", "\"\"")));
        all.put("no party", bytes(good.replace("partyId", "party")));
        all.put("no cadre", bytes(good.replace("cadrePeerAddrs", "cadre")));
        all.put("a byte more than 64 KiB", filled(token, (64 << 10) + 1));
        return all;
    }

    @Test
    void whatIsNoMessageIsToldSoAndTheNodeGoesOn() {
        String token = newToken();
        try (BootstrapNode listener = ours()) {
            listener.token(token, Role.STOCK, uses(false));
            Map<String, byte[]> malformed = malformed(token);
            malformed.forEach((what, bytes) -> {
                JsonNode answer = raw(listener, bytes);
                assertThat(answer.path("text").asString()).as(what).isEqualTo(MALFORMED);
                assertThat(answer.path("end").asString()).as(what).isEqualTo("closed");
            });
            awaitTold(listener, Code.MALFORMED_REQUEST, malformed.size());
            // Far more than there may be is not read to its end.
            assertThat(raw(listener, filled(token, 1 << 20)).path("end").asString())
                    .isEqualTo("reset");
            assertUses(listener, token, 0, 0);
            assertThat(listener.databases).isEmpty();
            assertThat(listener.runtime
                            .state()
                            .root()
                            .session()
                            .sessions()
                            .running()
                            .size())
                    .isZero();

            // What is of other messages, or of the framed form, is passed over whatever it has.
            String other = newToken();
            listener.token(other, Role.STOCK, uses(false));
            JsonNode odd = raw(
                    listener,
                    bytes(contact(
                            other,
                            ",\"type\":1,\"sessionRef\":\"abc\",\"deadlineMs\":\"x\",\"tally\":1,\"idempotencyKey\":7,"
                                    + "\"approved\":[],\"provisionResult\":\"\"")));
            assertThat(JSON.readTree(odd.path("text").asString())
                            .path("approved")
                            .asBoolean())
                    .isTrue();

            // As much as there may be, and what is not known, is taken.
            JsonNode most = raw(listener, filled(token, 64 << 10));
            assertThat(JSON.readTree(most.path("text").asString())
                            .path("approved")
                            .asBoolean())
                    .isTrue();
            awaitDelivered(listener, token, js().id(), "");
            assertUses(listener, token, 1, 0);
            trail(listener);
        }
    }

    /** What js answers cannot be taken for an approval; what becomes of the token there, our side does not know. */
    @Test
    void anAnswerThatIsNoneIsNotTaken() {
        try (BootstrapNode dialer = ours()) {
            String approval = "{\"approved\":true,\"partyId\":\"" + js().id() + "\",\"cadrePeerAddrs\":[],"
                    + "\"provisionResult\":"
                    + JSON.writeValueAsString(json(new Tally("a", Role.STOCK, "pg://a/b", "c")))
                    + "}";
            Map<String, DialerCode> answers = new LinkedHashMap<>();
            answers.put("", DialerCode.OUTCOME_UNKNOWN);
            answers.put("nonsense", DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval + "x", DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval.replace("}}}", "}},\"approved\":true}"), DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval.replace("pg://a/b", "file:///etc/passwd"), DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval.replace("true", "1"), DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval + " ".repeat(64 << 10), DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval + " ".repeat(1 << 20), DialerCode.OUTCOME_UNKNOWN);
            answers.put(approval.replace("\"stock\"", "\"foil\""), DialerCode.INVALID_RESPONSE);
            answers.put(approval.replaceFirst(",\"provisionResult.*", "}"), DialerCode.INVALID_RESPONSE);
            // The words of Taleus: nothing that is known here.
            answers.put("{\"approved\":false,\"reason\":\"Invalid token\"}", DialerCode.REJECTED);
            answers.put("{\"approved\":false}", DialerCode.REJECTED);
            answers.forEach((answer, code) -> {
                String token = newToken();
                js().ask("bootstrap.token", Map.of("token", token, "role", "stock"));
                js().ask("bootstrap.instead", Map.of("bytes", HEX.formatHex(bytes(answer))));
                assertThat(dialer.redeem(js().address(), token, Role.STOCK, "{}"))
                        .as(answer.substring(0, Math.min(answer.length(), 300)))
                        .isInstanceOfSatisfying(
                                DialerOutcome.RedeemFailed.class,
                                failed -> assertThat(failed.code()).isEqualTo(code));
            });
            String token = newToken();
            js().ask("bootstrap.token", Map.of("token", token, "role", "stock"));
            js().ask("bootstrap.instead", Map.of("bytes", HEX.formatHex(bytes(approval + " \n"))));
            assertThat(dialer.redeem(js().address(), token, Role.STOCK, "{}"))
                    .isInstanceOf(DialerOutcome.Redeemed.class);
        }
    }

    /** In the compatible form too there are words for a third message that is not taken; for one that is, its stream ends without any. */
    @Test
    void aThirdMessageThatNobodyAwaitsIsNotTaken() {
        String token = newToken();
        try (BootstrapNode listener = ours()) {
            listener.token(token, Role.FOIL, uses(false));
            assertThirdRefused(listener);
            awaitTold(listener, Code.UNEXPECTED_MESSAGE, 1);
            JsonNode result = redeem(listener, token, Role.FOIL, Map.of());
            assertApproved(result, listener, Role.FOIL);
            awaitDelivered(listener, token, js().id(), "");
            // Said once more, it is too late.
            assertThirdRefused(listener);
            awaitTold(listener, Code.UNEXPECTED_MESSAGE, 2);
            assertThat(redemption(listener, token, js().id(), "").orElseThrow().tally())
                    .contains(tally(result.path("database")));
            assertUses(listener, token, 1, 0);
        }
    }

    private static void assertThirdRefused(BootstrapNode listener) {
        JsonNode third = js().ask("bootstrap.third", Map.of("addrs", at(listener)));
        assertThat(third.path("end").asString()).isEqualTo("closed");
        assertThat(third.path("text").asString()).isEqualTo(MALFORMED);
    }

    /** A database of ours js has not made: whatever it says, it is not written down, and the token is good still. */
    @Test
    void aDatabaseThatJsHasNotMadeIsNotTaken() {
        String token = newToken();
        try (BootstrapNode listener = ours()) {
            listener.token(token, Role.FOIL, uses(false));
            assertApproved(redeem(listener, token, Role.FOIL, Map.of("sendThird", false)), listener, Role.FOIL);
            JsonNode third = js().ask(
                            "bootstrap.third",
                            Map.of(
                                    "addrs",
                                    at(listener),
                                    "database",
                                    json(new Tally("ours", Role.STOCK, "pg://a/b", "c"))));
            assertThat(third.path("end").asString()).isEqualTo("closed");
            assertThat(third.path("text").asString())
                    .isEqualTo("{\"approved\":false,\"reason\":\"invalid_database_result\"}");
            BootstrapNode.await(() -> ends(listener).equals(List.of(Code.INVALID_DATABASE_RESULT)));
            BootstrapNode.await(() -> held(listener, token).reserved() == 0);
            assertUses(listener, token, 0, 0);
        }
    }

    /** Our side has redeemed a link only when js has taken its database: when its side of the stream ends, and nothing stood there. */
    @Test
    void aDatabaseThatJsRefusesIsNotRedeemed() {
        String token = newToken();
        try (BootstrapNode dialer = ours()) {
            js().ask("bootstrap.token", Map.of("token", token, "role", "foil"));
            String refused = "{\"approved\":false,\"reason\":\"invalid_database_result\"}";
            js().ask("bootstrap.instead", Map.of("kind", "database", "bytes", HEX.formatHex(bytes(refused))));
            assertRejected(
                    dialer.redeem(js().address(), token, Role.FOIL, IDENTITY_TEXT), Reason.INVALID_DATABASE_RESULT);
            BootstrapNode.await(() -> dialer.databases.isEmpty());
        }
    }

    /** A third message without a name is of its sender's session only, and of two it is of neither. */
    @Test
    void aThirdMessageIsForNoSessionButTheOneOfItsSender() throws Exception {
        String token = newToken();
        try (BootstrapNode listener = ours();
                BootstrapNode other = ours()) {
            listener.token(token, Role.FOIL, uses(true));
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1);
            other.hooks = other.new Hooks() {
                @Override
                public Tally provisionDatabase(
                        String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) throws Exception {
                    asked.countDown();
                    told.await();
                    return super.provisionDatabase(name, peer, role, cadre, within);
                }
            };
            CompletableFuture<Action> redeemed = CompletableFuture.supplyAsync(
                    () -> other.redeem(listener.address.withPeer(listener.self), token, Role.FOIL, "{}"));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            assertThirdRefused(listener);
            told.countDown();
            assertThat(redeemed.join())
                    .isInstanceOfSatisfying(
                            DialerOutcome.Redeemed.class,
                            one -> assertThat(other.databases.values()).containsExactly(one.tally()));
            BootstrapNode.await(() -> held(listener, token).uses() == 1);

            for (String which : List.of("1", "2")) {
                Map<String, Object> more = new TreeMap<>(keyed(which));
                more.put("sendThird", false);
                assertApproved(redeem(listener, token, Role.FOIL, more), listener, Role.FOIL);
            }
            assertThirdRefused(listener);
            awaitTold(listener, Code.UNEXPECTED_MESSAGE, 2);
            assertUses(listener, token, 1, 2);
        }
    }
}
