package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A ledger's store in memory, for tests and simulations: what is in it is gone with it. Thread-safe; one transaction at a time. */
public final class MemoryLedger {

    private Content content = Content.NONE;

    private record Content(
            Table<Bytes, Token> tokens,
            Table<String, Redemption> redemptions,
            Table<String, String> names,
            Table<String, Boolean> begun,
            Table<Long, Entry> trail) {

        static final Content NONE =
                new Content(Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty());
    }

    /** Does something in one transaction: if it throws, nothing of it is kept. */
    public synchronized <T> T inTransaction(Function<LedgerStore, T> work) {
        Transaction transaction = new Transaction(content);
        T result = work.apply(transaction);
        content = transaction.content;
        return result;
    }

    private static String name(RedemptionKey key) {
        return key.token() + "/" + key.peer() + "/" + key.key();
    }

    private static final class Transaction implements LedgerStore {

        private Content content;

        Transaction(Content content) {
            this.content = content;
        }

        @Override
        public Optional<Token> token(Bytes hash) {
            return content.tokens().find(hash);
        }

        @Override
        public void put(Token token) {
            content = new Content(
                    content.tokens().with(token.hash(), token),
                    content.redemptions(),
                    content.names(),
                    content.begun(),
                    content.trail());
        }

        @Override
        public List<Token> tokens(Optional<Bytes> after, int most) {
            List<Token> tokens = new ArrayList<>();
            for (Token token : content.tokens().values()) {
                if (tokens.size() < most
                        && after.filter(last -> token.hash().compareTo(last) <= 0)
                                .isEmpty()) {
                    tokens.add(token);
                }
            }
            return tokens;
        }

        @Override
        public Optional<Redemption> redemption(RedemptionKey key) {
            return content.names().find(name(key)).map(content.redemptions()::at);
        }

        @Override
        public Optional<Redemption> redemption(String id) {
            return content.redemptions().find(id);
        }

        @Override
        public void put(Redemption redemption) {
            String name = name(redemption.key());
            Table<String, Redemption> others = content.names()
                    .find(name)
                    .map(content.redemptions()::without)
                    .orElse(content.redemptions());
            content = new Content(
                    content.tokens(),
                    others.with(redemption.id(), redemption),
                    content.names().with(name, redemption.id()),
                    content.begun(),
                    content.trail());
        }

        @Override
        public List<Redemption> ended(Phase phase, long until, int most) {
            List<Redemption> ended = new ArrayList<>();
            for (Redemption redemption : content.redemptions().values()) {
                if (redemption.phase() == phase && redemption.lease() <= until) {
                    ended.add(redemption);
                }
            }
            ended.sort(Comparator.comparingLong(Redemption::lease).thenComparing(Redemption::id));
            return List.copyOf(ended.subList(0, Math.min(most, ended.size())));
        }

        @Override
        public boolean isBegun(String id) {
            return content.begun().has(id);
        }

        @Override
        public Head head() {
            return content.trail()
                    .last()
                    .map(Map.Entry::getValue)
                    .map(Entry::head)
                    .orElse(Head.NONE);
        }

        @Override
        public void append(Entry entry) {
            Event event = entry.event();
            content = new Content(
                    content.tokens(),
                    content.redemptions(),
                    content.names(),
                    event.kind().equals(Ledger.BEGUN)
                            ? content.begun().with(event.redemption(), true)
                            : content.begun(),
                    content.trail().with(entry.number(), entry));
        }

        @Override
        public List<Entry> entries(long after, int most) {
            List<Entry> entries = new ArrayList<>();
            for (Map.Entry<Long, Entry> entry : content.trail().from(after + 1)) {
                if (entries.size() == most) {
                    break;
                }
                entries.add(entry.getValue());
            }
            return entries;
        }
    }
}
