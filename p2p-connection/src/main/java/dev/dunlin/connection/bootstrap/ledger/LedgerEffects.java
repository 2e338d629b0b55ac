package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Carries out what is asked of a ledger for those who operate a node. */
public final class LedgerEffects {

    /** What the tokens of one page have of text, at most: an answer is written into the log, where none is longer than 16 MiB. */
    private static final int MOST_CHARS = 1 << 20;

    private LedgerEffects() {}

    /**
     * What a store says, within a transaction.
     *
     * @throws LedgerException if the store fails
     */
    public static LedgerAnswer answer(LedgerEffect effect, LedgerStore store) {
        return switch (effect) {
            case LedgerEffect.CreateInit init -> {
                boolean isNew = new Ledger(store, init.token().created()).create(init.token());
                yield new LedgerAnswer.Created(store.token(init.token().hash()).orElseThrow(), isNew);
            }
            case LedgerEffect.RevokeInit init -> {
                LedgerAnswer.Page found = page(init.digits(), Optional.empty(), 1, store);
                Optional<Token> one = found.tokens().stream().findFirst().filter(token -> found.isAll());
                yield new LedgerAnswer.Revoked(
                        one.flatMap(token -> new Ledger(store, init.now()).revoke(token.hash())), found.isAll());
            }
            case LedgerEffect.TokensInit init -> page(init.digits(), init.after(), init.most(), store);
            case LedgerEffect.TrailInit init -> {
                Head head = store.head();
                long after = init.after() < 0 ? Math.max(0, head.number() - init.most()) : init.after();
                yield new LedgerAnswer.Entries(store.entries(after, init.most()), head);
            }
            case LedgerEffect.VerifyInit init -> verified(init.head(), store);
        };
    }

    private static LedgerAnswer verified(Head from, LedgerStore store) {
        Head head = from;
        List<Entry> entries = store.entries(from.number(), LedgerAction.MOST_PAGE);
        for (Entry entry : entries) {
            if (!entry.isBehind(head)) {
                String problem = entry.number() == head.number() + 1
                        ? "entry " + entry.number() + " is not what was written"
                        : "entry " + (head.number() + 1) + " is missing";
                return new LedgerAnswer.Verified(head, Optional.of(problem), true);
            }
            head = entry.head();
        }
        return new LedgerAnswer.Verified(head, Optional.empty(), entries.size() < LedgerAction.MOST_PAGE);
    }

    private static LedgerAnswer.Page page(String digits, Optional<Bytes> after, int most, LedgerStore store) {
        Optional<Bytes> from = before(digits)
                .filter(start -> after.filter(last -> compare(last, start) > 0).isEmpty())
                .or(() -> after);
        List<Token> found = store.tokens(from, most + 1).stream()
                .filter(token -> digits(token.hash()).startsWith(digits))
                .toList();
        List<Token> page = new ArrayList<>();
        int chars = 0;
        for (Token token : found) {
            chars += token.requirements().length() + token.label().length();
            if (page.size() == most || !page.isEmpty() && chars > MOST_CHARS) {
                break;
            }
            page.add(token);
        }
        return new LedgerAnswer.Page(page, page.size() == found.size());
    }

    /** The last hash before all that begin with some digits; empty if there is none. */
    private static Optional<Bytes> before(String digits) {
        if (digits.chars().allMatch(digit -> digit == '0')) {
            return Optional.empty();
        }
        byte[] first = HexFormat.of().parseHex(digits + "0".repeat(64 - digits.length()));
        for (int i = first.length - 1; i >= 0; i--) {
            first[i]--;
            if (first[i] != -1) {
                break;
            }
        }
        return Optional.of(Bytes.of(first));
    }

    private static int compare(Bytes one, Bytes other) {
        return digits(one).compareTo(digits(other));
    }

    private static String digits(Bytes hash) {
        return HexFormat.of().formatHex(hash.toArray());
    }
}
