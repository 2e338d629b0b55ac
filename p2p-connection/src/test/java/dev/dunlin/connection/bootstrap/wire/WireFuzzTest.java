package dev.dunlin.connection.bootstrap.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.dunlin.connection.bootstrap.wire.BootstrapCodec.Form;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers and people may hand in, from messages of the tables on, changed a little again and again: it is read as a value or refused as is
 * said, costs no more than its length allows, and what was read is read again as it is written. What is answered otherwise than all before is
 * changed further. {@code -Ddunlin.fuzz=300} does so for as many seconds each, from {@code -Ddunlin.seed} on.
 */
class WireFuzzTest {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int SECONDS = Integer.getInteger("dunlin.fuzz", 0);
    private static final long SEED = Long.getLong("dunlin.seed", 1);
    private static final int USUAL = 4_000;
    private static final int MOST_KEPT = 4_000;
    private static final int MOST_BYTES = 2 * WireLimits.MESSAGE_BYTES;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final String TOKEN = "another-token";

    /** Messages as the tables and the peer in js have them, and some of the wrong ones that it sends. */
    private static final List<String> MESSAGES = List.of(
            """
            {"token":"t-1","partyId":"B","identityBundle":{"name":"Anna","of":[1,true]},"cadrePeerAddrs":["/ip4/127.0.0.1/tcp/9001"]}""",
            """
            {"type":"inboundContact","v":1,"token":"t-1","partyId":"12D3KooW","identityBundle":"x","cadrePeerAddrs":[],\
            "idempotencyKey":"a-key-of-16-or-more-1","deadlineMs":35000}""",
            """
            {"tally":{"tallyId":"tally-1","createdBy":"foil"},"dbConnectionInfo":{"endpoint":"wss://b.example/db","credentialsRef":"c"}}""",
            """
            {"type":"databaseResult","v":1,"tally":{"tallyId":"t","createdBy":"stock"},"dbConnectionInfo":{"endpoint":"pg:a"},\
            "sessionRef":"0102030405060708090a0b0c0d0e0f10"}""",
            """
            {"approved":true,"partyId":"A","cadrePeerAddrs":["/ip4/10.0.0.1/tcp/1","/dns4/a.example/tcp/443/wss"],\
            "provisionResult":{"tally":{"tallyId":"t","createdBy":"stock"},"dbConnectionInfo":{"endpoint":"wss://a.example","credentialsRef":"c"}}}""",
            """
            {"type":"provisioningResult","v":1,"approved":true,"partyId":"A","cadrePeerAddrs":[],\
            "sessionRef":"0102030405060708090a0b0c0d0e0f10"}""",
            """
            {"approved":false,"reason":"Invalid token"}""",
            """
            {"type":"provisioningResult","v":1,"approved":false,"reason":"unavailable","code":"UNAVAILABLE","retryAfterMs":5000}""",
            """
            {"type":"databaseTaken","v":1}""",
            """
            {"token":"t","token":"t"}""",
            """
            {"token":"t","x":{"a":[{"x":1,"x":1}]},"tally":null,"dbConnectionInfo":[]}""",
            "[".repeat(17) + "]".repeat(17),
            "\ufeff{}",
            "{}{}",
            "",
            "nonsense");

    private static final List<String> WORDS = List.of(
            "\"type\":",
            "\"token\":",
            "\"partyId\":",
            "\"identityBundle\":",
            "\"cadrePeerAddrs\":",
            "\"idempotencyKey\":",
            "\"deadlineMs\":",
            "\"approved\":",
            "\"reason\":",
            "\"retryAfterMs\":",
            "\"sessionRef\":",
            "\"provisionResult\":",
            "\"tally\":",
            "\"dbConnectionInfo\":",
            "\"tallyId\":",
            "\"createdBy\":",
            "\"endpoint\":",
            "\"credentialsRef\":",
            "\"stock\"",
            "\"foil\"",
            "\"inboundContact\"",
            "\"databaseResult\"",
            "\"provisioningResult\"",
            "\"databaseTaken\"",
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1.5",
            "1e400",
            "9223372036854775807",
            "9223372036854775808",
            "{",
            "}",
            "[",
            "]",
            "{}",
            "[]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "\\u0074",
            "\u20ac",
            "\ud83d\ude00",
            "/ip4/1.2.3.4",
            "/p2p/",
            "/dns4/a",
            "file:",
            "//",
            " ",
            "\n",
            "\"\"");

    /** What is handed in. */
    enum Target {
        QUESTIONS,
        ANSWERS,
        LINKS
    }

    /** Has a token for each hash, so that what was read can be written; keeps the identity of the last contact. */
    private static final class Any implements Vault {

        private String identity = "";

        @Override
        public Bytes keep(Kind kind, String content) {
            assertThat(kind).isEqualTo(Kind.IDENTITY);
            identity = content;
            return Hashes.sha256(content);
        }

        @Override
        public Optional<String> find(Kind kind, Bytes hash) {
            return Optional.of(kind == Kind.TOKEN ? TOKEN : identity);
        }
    }

    private final Any vault = new Any();
    private final List<byte[]> corpus = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final Random random = new Random(SEED);
    private boolean isWarm;
    private long most;

    private MessageCodec<BootstrapQuestion> questions(Form form) {
        return BootstrapCodec.questions(vault, form);
    }

    private MessageCodec<BootstrapAnswer> answers(Form form) {
        return BootstrapCodec.answers(vault, form);
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void whateverComesIsReadOrRefused(Target target) {
        if (target == Target.LINKS) {
            links().forEach(corpus::add);
        } else {
            MESSAGES.forEach(message -> corpus.add(message.getBytes(StandardCharsets.UTF_8)));
        }
        // As they are, before anything is changed.
        List.copyOf(corpus).forEach(bytes -> handIn(target, bytes));
        isWarm = true;
        long begun = System.nanoTime();
        long end = begun + TimeUnit.SECONDS.toNanos(SECONDS);
        long count = 0;
        while (SECONDS == 0 ? count < USUAL : System.nanoTime() < end) {
            handIn(target, changed(target));
            count++;
            if (SECONDS > 0 && count % 1_000_000 == 0) {
                FIGURES.info("{}: {} million, {} kinds of answers", target, count / 1_000_000, seen.size());
            }
        }
        if (SECONDS > 0) {
            FIGURES.info(
                    "{}: {} executions in {} s, {} kinds of answers, {} kept, {} bytes allocated for one at most",
                    target,
                    count,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
                    seen.size(),
                    corpus.size(),
                    most);
        }
    }

    private void handIn(Target target, byte[] bytes) {
        try {
            String kind = switch (target) {
                case QUESTIONS -> asked(Bytes.of(bytes));
                case ANSWERS -> answered(Bytes.of(bytes));
                case LINKS -> linked(new String(bytes, StandardCharsets.UTF_8));
            };
            // The kind of an answer is new: so may be what is near to it.
            if (seen.add(kind) && corpus.size() < MOST_KEPT) {
                corpus.add(bytes);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    target + ", in hexadecimal digits: " + HexFormat.of().formatHex(bytes), e);
        }
    }

    // What is right

    /** How much this thread has allocated since. */
    private void bounded(long before, int length) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        // What is read first loads classes.
        if (isWarm) {
            most = Math.max(most, allocated);
            if (allocated > (1 << 20) + 32L * length) {
                throw new AssertionError(allocated + " bytes are allocated for " + length);
            }
        }
    }

    private String asked(Bytes body) {
        List<String> kinds = new ArrayList<>();
        List<BootstrapQuestion> read = new ArrayList<>();
        for (Form form : Form.values()) {
            BootstrapQuestion question = decoded(questions(form), body).orElseThrow();
            read.add(question);
            kinds.add(kind(question));
            if (!(question instanceof BootstrapQuestion.Malformed)) {
                writtenAgain(questions(form), withToken(question));
            }
        }
        BootstrapQuestion framed = read.get(Form.FRAMED.ordinal());
        BootstrapQuestion compatible = read.get(Form.COMPATIBLE.ordinal());
        switch (framed) {
            case BootstrapQuestion.Contact contact ->
                assertThat(compatible)
                        .isEqualTo(new BootstrapQuestion.Contact(
                                contact.token(),
                                contact.partyId(),
                                contact.identity(),
                                contact.cadre(),
                                contact.key(),
                                Optional.empty()));
            // With a token it is a contact to the compatible form, or none.
            case BootstrapQuestion.DatabaseResult result
            when compatible instanceof BootstrapQuestion.DatabaseResult(Tally tally, Optional<Bytes> _) ->
                assertThat(tally).isEqualTo(result.tally());
            case BootstrapQuestion.DatabaseResult _ ->
                assertThat(hasToken(body)).isTrue();
            case BootstrapQuestion.Malformed _ -> {
                // The compatible form asks for less.
            }
        }
        return String.join(" ", kinds);
    }

    private static boolean hasToken(Bytes body) {
        try {
            return BootstrapJson.read(body).has("token");
        } catch (MalformedMessage e) {
            return false;
        }
    }

    private <M extends Message> Optional<M> decoded(MessageCodec<M> codec, Bytes body) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            return Optional.of(codec.decode(body));
        } catch (MalformedMessage e) {
            assertThat(e.getMessage()).isNotEmpty();
            return Optional.empty();
        } finally {
            bounded(before, body.size());
        }
    }

    private static <M extends Message> void writtenAgain(MessageCodec<M> codec, M message) {
        try {
            assertThat(codec.decode(codec.encode(message))).isEqualTo(message);
        } catch (MalformedMessage e) {
            throw new AssertionError("it is not read as it was written: " + message, e);
        }
    }

    private static BootstrapQuestion withToken(BootstrapQuestion question) {
        return question instanceof BootstrapQuestion.Contact contact
                ? new BootstrapQuestion.Contact(
                        Hashes.sha256(TOKEN),
                        contact.partyId(),
                        contact.identity(),
                        contact.cadre(),
                        contact.key(),
                        contact.patience())
                : question;
    }

    private static String kind(BootstrapQuestion question) {
        return switch (question) {
            case BootstrapQuestion.Contact contact ->
                "contact" + Math.min(3, contact.cadre().size()) + contact.key().isPresent()
                        + contact.patience().isPresent();
            case BootstrapQuestion.DatabaseResult result ->
                "database" + result.tally().createdBy() + result.session().isPresent();
            case BootstrapQuestion.Malformed malformed -> malformed.why();
        };
    }

    private String answered(Bytes body) {
        List<String> kinds = new ArrayList<>();
        List<Optional<BootstrapAnswer>> read = new ArrayList<>();
        for (Form form : Form.values()) {
            Optional<BootstrapAnswer> answer = decoded(answers(form), body);
            answer.ifPresent(one -> writtenAgain(answers(form), one));
            read.add(answer);
            kinds.add(answer.map(WireFuzzTest::kind).orElse("none"));
        }
        Optional<BootstrapAnswer> compatible = read.get(Form.COMPATIBLE.ordinal());
        read.get(Form.FRAMED.ordinal()).ifPresent(framed -> {
            switch (framed) {
                case BootstrapAnswer.Approved approved ->
                    assertThat(compatible)
                            .contains(new BootstrapAnswer.Approved(
                                    approved.partyId(), approved.cadre(), approved.tally(), Optional.empty()));
                case BootstrapAnswer.Rejected rejected ->
                    assertThat(compatible).contains(new BootstrapAnswer.Rejected(rejected.reason(), Optional.empty()));
                case BootstrapAnswer.Taken _ -> {
                    // In the compatible form it has no bytes.
                }
            }
        });
        return String.join(" ", kinds) + (compatible.isEmpty() ? body.size() % 7 : "");
    }

    private static String kind(BootstrapAnswer answer) {
        return switch (answer) {
            case BootstrapAnswer.Approved approved ->
                "approved" + Math.min(3, approved.cadre().size())
                        + approved.tally().map(Tally::createdBy)
                        + approved.session().isPresent();
            case BootstrapAnswer.Rejected(Optional<Reason> reason, Optional<Long> after) ->
                "rejected" + reason + after.isPresent();
            case BootstrapAnswer.Taken _ -> "taken";
        };
    }

    private String linked(String text) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        BootstrapLink link;
        try {
            link = BootstrapLink.parse(text);
        } catch (IllegalArgumentException e) {
            bounded(before, text.length());
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+", "0");
        }
        bounded(before, text.length());
        String given = text.strip();
        assertThat(given).isIn(link.text(), link.text().toUpperCase(Locale.ROOT));
        assertThat(BootstrapLink.parse(link.text())).isEqualTo(link);
        return "link" + link.responders().size() + link.role();
    }

    // What is handed in

    private static List<byte[]> links() {
        List<byte[]> all = new ArrayList<>();
        for (int count : new int[] {1, 2, BootstrapLink.MOST_RESPONDERS}) {
            List<Multiaddr> addresses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                addresses.add(Multiaddr.parse(i % 2 == 0 ? "/ip4/8.8.1.1/tcp/4001" : "/dns4/a.example/tcp/443/wss")
                        .withPeer(TypeArbitraries.peer(i)));
            }
            for (Role role : Role.values()) {
                String text = new BootstrapLink(addresses, "t\u00f6ken-" + count, 1_800_000_000, role).text();
                all.add(text.getBytes(StandardCharsets.UTF_8));
                all.add((" " + text.toUpperCase(Locale.ROOT) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        all.add("dunlin:b".getBytes(StandardCharsets.UTF_8));
        all.add("https://example.org".getBytes(StandardCharsets.UTF_8));
        return all;
    }

    private byte[] changed(Target target) {
        byte[] bytes = corpus.get(random.nextInt(corpus.size()));
        // Behind a wrong check of its bytes nothing of a link is looked at: mostly they are changed, and the check is
        // right.
        Optional<byte[]> inside = target == Target.LINKS && random.nextInt(4) > 0 ? inside(bytes) : Optional.empty();
        byte[] next = inside.orElse(bytes);
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times; i++) {
            next = changedOnce(next);
        }
        return inside.isPresent() ? outside(next) : next;
    }

    private static Optional<byte[]> inside(byte[] text) {
        String link = new String(text, StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
        try {
            byte[] all = link.startsWith(BootstrapLink.SCHEME)
                    ? Multibase.decode(link.substring(BootstrapLink.SCHEME.length()))
                    : new byte[0];
            return all.length > 4 ? Optional.of(Arrays.copyOf(all, all.length - 4)) : Optional.empty();
        } catch (MultiformatException e) {
            return Optional.empty();
        }
    }

    private static byte[] outside(byte[] bytes) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + 4);
        System.arraycopy(Multihash.sha256(bytes).digest().toArray(), 0, all, bytes.length, 4);
        return (BootstrapLink.SCHEME + Multibase.BASE32.encode(all)).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] changedOnce(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        int to = from + random.nextInt(Math.min(bytes.length - from, 1 << random.nextInt(10)) + 1);
        return switch (random.nextInt(9)) {
            case 0 -> with(bytes, from, to, new byte[0]);
            case 1 -> with(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
            case 2 -> {
                byte[] some = new byte[1 + random.nextInt(4)];
                random.nextBytes(some);
                yield with(bytes, from, Math.min(bytes.length, from + random.nextInt(2) * some.length), some);
            }
            case 3 -> {
                byte[] flipped = bytes.clone();
                if (from < flipped.length) {
                    flipped[from] ^= (byte) (1 << random.nextInt(8));
                }
                yield flipped;
            }
            case 4 -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                int begin = random.nextInt(other.length + 1);
                yield with(
                        bytes,
                        from,
                        to,
                        Arrays.copyOfRange(other, begin, begin + random.nextInt(other.length - begin + 1)));
            }
            case 5, 6 -> with(bytes, from, from, word());
            case 7 -> with(bytes, from, to, word());
            // Many of the same, up to more than there may be; seldom, for it takes long.
            default -> {
                byte[] word = random.nextInt(50) == 0 ? word() : new byte[0];
                byte[] many =
                        new byte[word.length * random.nextInt(1 + WireLimits.MESSAGE_BYTES / Math.max(1, word.length))];
                for (int i = 0; i < many.length; i++) {
                    many[i] = word[i % word.length];
                }
                yield with(bytes, from, from, many);
            }
        };
    }

    private byte[] word() {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] with(byte[] bytes, int from, int to, byte[] between) {
        byte[] all = new byte[bytes.length - (to - from) + between.length];
        System.arraycopy(bytes, 0, all, 0, from);
        System.arraycopy(between, 0, all, from, between.length);
        System.arraycopy(bytes, to, all, from + between.length, bytes.length - to);
        return all.length > MOST_BYTES ? bytes : all;
    }
}
