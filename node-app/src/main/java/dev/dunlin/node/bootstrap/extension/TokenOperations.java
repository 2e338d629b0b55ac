package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Event;
import dev.dunlin.connection.bootstrap.ledger.LedgerAction;
import dev.dunlin.connection.bootstrap.ledger.LedgerAnswer;
import dev.dunlin.connection.bootstrap.ledger.LedgerOutcome;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.SessionState;
import dev.dunlin.connection.bootstrap.wire.BootstrapLink;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.words.Counts;
import dev.dunlin.node.bootstrap.StandardHooks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Tokens and the trail, to those who operate a node: asked of its ledger. */
public final class TokenOperations {

    private static final long SECONDS = 15_000;
    private static final long MINUTES = 600_000;
    private static final long DAY = 24L * 3_600 * 1_000_000;

    /** What a link may have of a node's addresses, so that its QR code can be read. */
    private static final int MOST_OF_LINK = 8;

    private static final Parameter TOKEN = Parameter.required(
            "token",
            new Kind.Formed("8 to 64 digits of 0 to 9 and a to f", TokenOperations::digits),
            "the first digits of a token's hash, as token list tells them");

    private static final Parameter MOST =
            Parameter.optional("most", new Kind.Count(1, LedgerAction.MOST_PAGE), "100", "how many are told at most");

    private final Vault vault;
    private final Supplier<String> secrets;
    private final boolean isStandard;

    /**
     * For a node.
     *
     * @param vault in which a new token is until its link is told
     * @param secrets gives new tokens, each of which nobody can guess
     * @param isStandard whether identities are judged by {@link StandardHooks}, and not by hooks that read requirements as they like
     */
    TokenOperations(Vault vault, Supplier<String> secrets, boolean isStandard) {
        this.vault = vault;
        this.secrets = secrets;
        this.isStandard = isStandard;
    }

    /** A new token. */
    record NewToken(
            @Means("the first digits of its hash, by which it is known from now on")
            String token,

            @Means("what to give to whoever may redeem it, and to nobody else: it is told once")
            String link,

            @Means("the link as a QR code, line by line; empty if it was not asked for")
            List<String> code,

            @Means("stock: this node makes the database; foil: the other")
            String role,

            @Means("until when it is taken") String expires) {}

    /** A token. */
    record TokenRow(
            @Means("the first digits of its hash") String token,

            @Means(
                    "good, used (no use is left), spent (identities that were not enough have used it up), expired or revoked")
            String state,

            @Means("stock: this node makes the database; foil: the other")
            String role,

            @Means("how many databases came of it") int uses,

            @Means("how often it may be used; left out if as often as one likes")
            Optional<Integer> maxUses,

            @Means("how many redemptions of it go on") int reserved,
            @Means("how many identities were not enough") int rejections,
            @Means("when it was made") String created,
            @Means("until when it is taken") String expires,
            @Means("what it is for") String label,

            @Means("who alone may redeem it; left out for whoever has it")
            Optional<String> peer,

            @Means("what an identity must fulfil") String requirements,
            @Means("all digits of its hash, a SHA-256") String hash) {}

    /** Tokens. */
    record TokenList(
            @Means("the tokens, in the order of their hashes")
            List<TokenRow> tokens,

            @Means("whether these are all") boolean all) {}

    /** An entry of the trail. */
    public record TrailRow(
            @Means("its number: 1 for the first, and one more for each")
            long number,

            @Means("when it was, by the wall clock") String at,
            @Means("the same, microseconds since 1970") long atMicros,
            @Means("what has happened") String kind,
            @Means("the session; 0 for none") long session,
            @Means("the peer; empty for none") String peer,

            @Means("the first digits of the token's hash; empty for none")
            String token,

            @Means("the redemption; empty for none") String redemption,
            @Means("how it ended; empty if it has not") String code,

            @Means("more of it; empty if there is nothing more")
            String detail,

            @Means("of how many like ones it tells") long count,

            @Means("the SHA-256 of all of this and of the hash before, in hexadecimal digits")
            String hash) {

        /** Of an entry. */
        public static TrailRow of(Entry entry) {
            Event event = entry.event();
            return new TrailRow(
                    entry.number(),
                    instant(entry.at()),
                    entry.at(),
                    event.kind(),
                    event.session(),
                    event.peer(),
                    event.token(),
                    event.redemption(),
                    event.code(),
                    event.detail(),
                    event.count(),
                    hex(entry.hash().toArray()));
        }

        /** The entry that it is of. */
        public Entry entry() {
            return new Entry(
                    number,
                    atMicros,
                    new Event(kind, session, peer, token, redemption, code, detail, count),
                    Bytes.of(HexFormat.of().parseHex(hash)));
        }
    }

    /** A part of the trail. */
    public record Trail(
            @Means("the entries, in their order") List<TrailRow> entries,
            @Means("the number of the last entry of all") long last,
            @Means("the hash of that") String lastHash) {}

    /** What looking at the whole trail has given. */
    record Verified(
            @Means("how many entries there are, each as it was written, behind the one before")
            long entries,

            @Means("the hash of the last of them") String hash) {}

    /** Adds them to others of the machine that knows where the node is. */
    Operations<Object, SessionState> addTo(Operations<Object, SessionState> others) {
        return others.with(create(), list(), show(), revoke(), tail(), verify());
    }

    private Order<Object, SessionState, NewToken> create() {
        return new Order<>(
                "token create",
                "/tokens/create",
                List.of(
                        Parameter.optional(
                                "role",
                                new Kind.OneOf(List.of("stock", "foil")),
                                "stock",
                                "who makes the database: stock, this node; foil, the other"),
                        Parameter.optional(
                                "uses",
                                new Kind.Count(0, Integer.MAX_VALUE),
                                "1",
                                "how often it may be redeemed; 0 for as often as one likes"),
                        Parameter.optional(
                                "expiresIn",
                                new Kind.Time(1_000_000, LedgerAction.MOST_LIFETIME),
                                Long.toString(DAY),
                                "for how long it is taken"),
                        Parameter.optional("peer", new Kind.Peer(), "who alone may redeem it"),
                        Parameter.optional(
                                "label", new Kind.Free(Token.MOST_LABEL), "", "what it is for, for you to know it by"),
                        Parameter.optional(
                                "requirements",
                                new Kind.Free(Token.MOST_TEXT),
                                "",
                                "what an identity must have: a JSON object, or what a hook of one's own reads"),
                        Parameter.optional(
                                "burns", new Kind.Flag(), "false", "whether an identity that is not enough uses it up"),
                        Parameter.optional(
                                "code", new Kind.Flag(), "false", "whether the link is also shown as a QR code")),
                "Makes a token, and the link that redeems it.",
                NewToken.class,
                (given, ticket) -> new LedgerAction.Create(
                        ticket,
                        vault.keep(Vault.Kind.TOKEN, secrets.get()),
                        given.text("role").equals("stock") ? Role.STOCK : Role.FOIL,
                        Optional.of((int) given.number("uses")).filter(uses -> uses > 0),
                        given.number("expiresIn"),
                        requirements(given.text("requirements")),
                        given.find("peer").map(PeerId::parse),
                        given.isOn("burns"),
                        given.text("label")),
                this::created,
                TokenOperations::text,
                SECONDS);
    }

    private String requirements(String given) {
        if (isStandard && !StandardHooks.areRequirements(given)) {
            throw NoAnswerException.badRequest(
                    "the requirements are no JSON object, so nobody could fulfil them: give one such as {\"name\": \"Bob\"}");
        }
        return given;
    }

    private NewToken created(Optional<Action.Ticketed> outcome, Arguments given, At<Object, SessionState> after) {
        Token token = answer(outcome, LedgerAnswer.Created.class).token();
        List<Multiaddr> responders =
                after.own().cadre().stream().limit(MOST_OF_LINK).toList();
        String name = Event.digits(token.hash());
        if (responders.isEmpty() || !after.own().config().isServing()) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.FAILED,
                    "the token " + name + " is made, and nobody can come with it: "
                            + (responders.isEmpty()
                                    ? "this node listens nowhere; let it listen"
                                    : "session.serve is false; set it to true, start the node again")
                            + ", revoke the token and make another");
        }
        String secret = vault.find(Vault.Kind.TOKEN, token.hash())
                .orElseThrow(() -> new NoAnswerException(
                        NoAnswerException.Kind.UNAVAILABLE,
                        "the token " + name
                                + " is made, and its link is lost, for too many were made at once: revoke it, and make"
                                + " another"));
        BootstrapLink link = new BootstrapLink(responders, secret, token.expires() / 1_000_000, token.role());
        return new NewToken(
                name,
                link.text(),
                given.isOn("code") ? QrText.lines(link.text().toUpperCase(Locale.ROOT)) : List.of(),
                word(token.role()),
                instant(token.expires()));
    }

    private static List<String> text(NewToken made) {
        List<String> lines = new ArrayList<>(List.of(
                "token " + made.token() + ", good until " + made.expires(),
                "the link, which is not told again; whoever has it may redeem it:",
                made.link()));
        lines.addAll(made.code());
        return lines;
    }

    private static Order<Object, SessionState, TokenList> list() {
        return new Order<>(
                "token list",
                "/tokens/list",
                List.of(
                        MOST,
                        Parameter.optional(
                                "after",
                                new Kind.Formed("8 to 64 digits of 0 to 9 and a to f", TokenOperations::digits),
                                "lists those behind the token whose hash begins so")),
                "Lists the tokens of this node.",
                TokenList.class,
                (given, ticket) -> new LedgerAction.Tokens(
                        ticket, "", given.find("after").map(TokenOperations::last), (int) given.number("most")),
                (outcome, given, after) -> {
                    LedgerAnswer.Page page = answer(outcome, LedgerAnswer.Page.class);
                    return new TokenList(
                            page.tokens().stream()
                                    .map(token -> row(token, after))
                                    .toList(),
                            page.isAll());
                },
                TokenOperations::text,
                SECONDS);
    }

    private static List<String> text(TokenList list) {
        Grid grid = Grid.of("no token is there", "TOKEN", "STATE", "ROLE", "USES", "EXPIRES", "LABEL");
        list.tokens()
                .forEach(row -> grid.row(row.token(), row.state(), row.role(), used(row), row.expires(), row.label()));
        List<String> lines = new ArrayList<>(grid.lines());
        if (!list.all()) {
            lines.add(
                    "there are more: --most tells up to " + LedgerAction.MOST_PAGE + ", --after those behind a token");
        }
        return lines;
    }

    private static String used(TokenRow row) {
        return row.uses() + " of "
                + row.maxUses().map(Object::toString).orElse("any")
                + (row.reserved() > 0 ? ", " + row.reserved() + " going on" : "");
    }

    private static Order<Object, SessionState, TokenRow> show() {
        return new Order<>(
                "token show",
                "/tokens/show",
                List.of(TOKEN),
                "Tells all that is known of a token, but not the token itself.",
                TokenRow.class,
                (given, ticket) -> new LedgerAction.Tokens(ticket, given.text("token"), Optional.empty(), 1),
                (outcome, given, after) -> {
                    LedgerAnswer.Page page = answer(outcome, LedgerAnswer.Page.class);
                    return row(one(page.tokens().stream().findFirst(), page.isAll(), given), after);
                },
                TokenOperations::text,
                SECONDS);
    }

    private static List<String> text(TokenRow row) {
        List<String> lines = new ArrayList<>(List.of(
                "token " + row.token() + ": " + row.state(),
                "role: " + row.role(),
                "uses: " + used(row),
                "made: " + row.created(),
                "taken until: " + row.expires()));
        if (row.rejections() > 0) {
            lines.add("identities that were not enough: " + row.rejections());
        }
        row.peer().ifPresent(peer -> lines.add("for this peer only: " + peer));
        if (!row.label().isEmpty()) {
            lines.add("label: " + row.label());
        }
        if (!row.requirements().isEmpty()) {
            lines.add("requirements: " + row.requirements());
        }
        return lines;
    }

    private static Order<Object, SessionState, TokenRow> revoke() {
        return new Order<>(
                "token revoke",
                "/tokens/revoke",
                List.of(TOKEN),
                "Takes a token out of use, now and for ever. Who has redeemed it keeps what it has.",
                TokenRow.class,
                (given, ticket) -> new LedgerAction.Revoke(ticket, given.text("token")),
                (outcome, given, after) -> {
                    LedgerAnswer.Revoked revoked = answer(outcome, LedgerAnswer.Revoked.class);
                    return row(one(revoked.token(), revoked.isOne(), given), after);
                },
                row -> List.of("token " + row.token() + " is " + row.state()),
                SECONDS);
    }

    private static Token one(Optional<Token> found, boolean isOne, Arguments given) {
        if (!isOne) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.REFUSED,
                    "several tokens begin with " + given.text("token")
                            + ": give more digits, as token list --json tells them");
        }
        return found.orElseThrow(() -> NoAnswerException.notFound(
                "no token begins with " + given.text("token") + ": see 'token list' for those that there are"));
    }

    private static Order<Object, SessionState, Trail> tail() {
        return new Order<>(
                "audit tail",
                "/audit/tail",
                List.of(
                        Parameter.optional(
                                "most",
                                new Kind.Count(1, LedgerAction.MOST_PAGE),
                                "20",
                                "how many entries are told at most"),
                        Parameter.optional(
                                "after",
                                new Kind.Count(0, Long.MAX_VALUE),
                                "tells those behind the entry of this number; otherwise the last ones")),
                "Tells entries of the trail: who came with which token, and what became of it.",
                Trail.class,
                (given, ticket) -> new LedgerAction.Trail(
                        ticket, given.find("after").map(Long::parseLong).orElse(-1L), (int) given.number("most")),
                (outcome, given, after) -> {
                    LedgerAnswer.Entries entries = answer(outcome, LedgerAnswer.Entries.class);
                    return new Trail(
                            entries.entries().stream().map(TrailRow::of).toList(),
                            entries.head().number(),
                            hex(entries.head().hash().toArray()));
                },
                TokenOperations::text,
                SECONDS);
    }

    private static List<String> text(Trail trail) {
        Grid grid = Grid.of(
                trail.last() == 0 ? "nothing has happened yet" : "nothing is behind that: the last is " + trail.last(),
                "NUMBER",
                "AT",
                "WHAT",
                "TOKEN",
                "CODE",
                "PEER",
                "DETAIL");
        trail.entries()
                .forEach(row -> grid.row(
                        Long.toString(row.number()),
                        row.at(),
                        row.kind() + (row.count() > 1 ? " (" + row.count() + " times)" : ""),
                        row.token(),
                        row.code(),
                        row.peer(),
                        row.detail()));
        return grid.lines();
    }

    private static Order<Object, SessionState, Verified> verify() {
        return new Order<>(
                "audit verify",
                "/audit/verify",
                List.of(),
                "Looks at each entry of the trail whether it is as it was written, and none is missing before the last.",
                Verified.class,
                (given, ticket) -> new LedgerAction.Verify(ticket),
                (outcome, given, after) -> {
                    LedgerAnswer.Verified verified = answer(outcome, LedgerAnswer.Verified.class);
                    long entries = verified.head().number();
                    String hash = hex(verified.head().hash().toArray());
                    if (verified.problem().isPresent()) {
                        throw new NoAnswerException(
                                NoAnswerException.Kind.DAMAGED,
                                "the trail is NOT WHOLE: " + verified.problem().get() + "; "
                                        + Counts.of(entries, "entry before it is", "entries before it are")
                                        + " as written, the last of them with the hash " + hash);
                    }
                    return new Verified(entries, hash);
                },
                verified -> verified.entries() == 0
                        ? List.of("the trail is empty")
                        : List.of(
                                Counts.of(verified.entries(), "entry is", "entries are")
                                        + " as written, one behind the other",
                                "the last has the hash " + verified.hash()),
                MINUTES);
    }

    // What stands in an answer

    private static <A extends LedgerAnswer> A answer(Optional<Action.Ticketed> outcome, Class<A> kind) {
        return switch (outcome.orElseThrow()) {
            case LedgerOutcome.Answered answered -> kind.cast(answered.answer());
            case LedgerOutcome.Unanswered unanswered ->
                throw new NoAnswerException(NoAnswerException.Kind.UNAVAILABLE, unanswered.why());
            default -> throw new IllegalStateException("no answer to an inquiry: " + outcome);
        };
    }

    private static TokenRow row(Token token, At<Object, SessionState> at) {
        String state = token.isSpent()
                ? "spent"
                : token.revoked().isPresent()
                        ? "revoked"
                        : token.expires() <= at.wallTime() ? "expired" : token.isUsed() ? "used" : "good";
        return new TokenRow(
                Event.digits(token.hash()),
                state,
                word(token.role()),
                token.uses(),
                token.maxUses(),
                token.reserved(),
                token.rejections(),
                instant(token.created()),
                instant(token.expires()),
                token.label(),
                token.peer().map(PeerId::toString),
                token.requirements(),
                hex(token.hash().toArray()));
    }

    private static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static String instant(long micros) {
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000)
                .toString();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The last hash that begins so. */
    private static Bytes last(String digits) {
        return Bytes.of(HexFormat.of().parseHex(digits + "f".repeat(64 - digits.length())));
    }

    private static String digits(String written) throws BadValueException {
        String lower = written.toLowerCase(Locale.ROOT);
        if (!lower.matches("[0-9a-f]{8,64}")) {
            throw new BadValueException(
                    "is not the beginning of a token's hash: give 8 to 64 digits of 0 to 9 and a to f");
        }
        return lower;
    }
}
