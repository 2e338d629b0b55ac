package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.ledger.Event;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.wire.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What becomes of an effect in a ledger: the same in memory, in a file and in a server's database. */
public final class SessionEffects {

    /** How many redemptions a sweep moves in one transaction. */
    private static final int AT_ONCE = 256;

    private static final int NAMES_AT_ONCE = 1 << 16;

    private SessionEffects() {}

    /** Does something in a transaction: all of it or nothing. */
    @FunctionalInterface
    public interface Transactions {
        /**
         * What the work gives.
         *
         * @throws dev.dunlin.connection.bootstrap.ledger.LedgerException if the store fails
         */
        <T> T in(Function<LedgerStore, T> work);
    }

    /**
     * Carries out one in a transaction, and gives its answer, if it has one; not of one that {@link #isAlone}.
     *
     * @throws dev.dunlin.connection.bootstrap.ledger.LedgerException if the store fails
     */
    public static Optional<SessionAction> answer(SessionEffect.OfLedger effect, LedgerStore store) {
        return switch (effect) {
            case SessionEffect.Reserve init ->
                Optional.of(new SessionAction.Decided(
                        init.session(),
                        init.step(),
                        new Ledger(store, init.now())
                                .reserve(new Ledger.Wish(
                                        init.token(),
                                        init.peer(),
                                        init.key(),
                                        init.redemption(),
                                        init.session(),
                                        init.lease(),
                                        init.hasPlace()))));
            case SessionEffect.Announce init ->
                Optional.of(new SessionAction.Announced(
                        init.session(),
                        init.step(),
                        new Ledger(store, init.now()).provisioning(init.redemption(), init.session())));
            case SessionEffect.Record init ->
                Optional.of(new SessionAction.Recorded(
                        init.session(),
                        init.step(),
                        new Ledger(store, init.now())
                                .provisioned(init.redemption(), init.session(), init.tally(), init.lease())
                                .isPresent()));
            case SessionEffect.Finish init -> {
                finish(init, new Ledger(store, init.now()));
                yield Optional.empty();
            }
            case SessionEffect.Tell init -> {
                new Ledger(store, init.now())
                        .append(new Event(
                                "turnedAway",
                                0,
                                init.peer(),
                                Event.digits(init.token()),
                                "",
                                init.code().name(),
                                "",
                                init.count()));
                yield Optional.empty();
            }
            case SessionEffect.Sweep _, SessionEffect.Settle _, SessionEffect.Discard _ ->
                throw new IllegalArgumentException("one that has transactions of its own");
        };
    }

    private static void finish(SessionEffect.Finish init, Ledger ledger) {
        String redemption = init.redemption();
        if (init.code() == Code.SUCCESS) {
            ledger.delivered(redemption, init.session());
        } else if (!redemption.isEmpty()) {
            ledger.release(redemption, init.session(), init.code().name(), init.code() == Code.IDENTITY_INSUFFICIENT);
        }
        ledger.append(new Event(
                "ended",
                init.session(),
                init.peer().toString(),
                Event.digits(init.token()),
                redemption,
                init.code().name(),
                init.stage() + " after " + init.lasted() / 1_000 + " ms",
                1));
    }

    /**
     * Carries out one that has transactions of its own, and looks at databases.
     *
     * @param lease how long an answer may be asked for that is found so, microseconds
     * @param failed is told of each redemption that could not be put in order, as its database cannot be read: others are all the same
     * @throws dev.dunlin.connection.bootstrap.ledger.LedgerException if the store fails
     */
    public static Optional<SessionAction> done(
            SessionEffect.OfLedger effect,
            long lease,
            Transactions transactions,
            Databases databases,
            BiConsumer<String, RuntimeException> failed) {
        return switch (effect) {
            case SessionEffect.Sweep init -> Optional.of(swept(init, lease, transactions, databases, failed));
            case SessionEffect.Settle init -> {
                for (String name : init.redemptions()) {
                    Optional<Redemption> one = transactions.in(store -> store.redemption(name));
                    one.filter(held -> held.phase().isReserved())
                            .ifPresent(held -> settled(held, init.now(), lease, transactions, databases, failed));
                }
                yield Optional.empty();
            }
            case SessionEffect.Discard init -> {
                Optional<Redemption> one = transactions.in(store -> store.redemption(init.redemption()));
                // Where there is none, another of the same peer and key has taken its place: this database is of this
                // run, and nobody's.
                if (one.filter(kept -> kept.phase() != Phase.RELEASED).isEmpty()) {
                    databases.remove(init.redemption());
                }
                yield Optional.empty();
            }
            case SessionEffect.Reserve _,
                    SessionEffect.Announce _,
                    SessionEffect.Record _,
                    SessionEffect.Finish _,
                    SessionEffect.Tell _ -> throw new IllegalArgumentException("one that is done in a transaction");
        };
    }

    /** Whether one has transactions of its own. */
    public static boolean isAlone(SessionEffect.OfLedger effect) {
        return switch (effect) {
            case SessionEffect.Sweep _, SessionEffect.Settle _, SessionEffect.Discard _ -> true;
            case SessionEffect.Reserve _,
                    SessionEffect.Announce _,
                    SessionEffect.Record _,
                    SessionEffect.Finish _,
                    SessionEffect.Tell _ -> false;
        };
    }

    /**
     * Gives up answers that nobody has asked for in time, removes databases whose redemptions have come to nothing, and tells which redemptions are stale; at the
     * first time of a run, when there are no sessions, all that are held are put in order at once.
     */
    private static SessionAction.Swept swept(
            SessionEffect.Sweep sweep,
            long lease,
            Transactions transactions,
            Databases databases,
            BiConsumer<String, RuntimeException> failed) {
        long now = sweep.now();
        int released = 0;
        int completed = 0;
        List<String> stale = new ArrayList<>();
        for (Phase phase : List.of(Phase.RESERVED, Phase.PROVISIONING)) {
            List<Redemption> some =
                    transactions.in(store -> store.ended(phase, sweep.isFirst() ? Long.MAX_VALUE : now, AT_ONCE));
            if (!sweep.isFirst()) {
                some.stream().limit(AT_ONCE / 2).map(Redemption::id).forEach(stale::add);
                continue;
            }
            boolean goesOn = true;
            while (goesOn) {
                int held = 0;
                for (Redemption one : some) {
                    switch (settled(one, now, lease, transactions, databases, failed)) {
                        case COMPLETED -> completed++;
                        case RELEASED -> released++;
                        case HELD -> held++;
                    }
                }
                // Those that stay held come first again.
                goesOn = some.size() == AT_ONCE && held < AT_ONCE;
                some = goesOn ? transactions.in(store -> store.ended(phase, Long.MAX_VALUE, AT_ONCE)) : List.of();
            }
        }
        int abandoned = 0;
        List<Redemption> late;
        do {
            late = transactions.in(store -> {
                List<Redemption> all = store.ended(Phase.PROVISIONED, now, AT_ONCE);
                all.forEach(one -> new Ledger(store, now).abandon(one.id()));
                return all;
            });
            abandoned += late.size();
        } while (late.size() == AT_ONCE);
        int removed = 0;
        int strangers = 0;
        String after = "";
        List<String> names;
        do {
            // Each listing may read all names that there are.
            names = databases.names(after, NAMES_AT_ONCE);
            for (int from = 0; from < names.size(); from += AT_ONCE) {
                List<String> some = names.subList(from, Math.min(names.size(), from + AT_ONCE));
                for (String left : left(some, transactions)) {
                    try {
                        databases.remove(left);
                        removed++;
                    } catch (LedgerException e) {
                        throw e;
                    } catch (RuntimeException e) {
                        failed.accept(left, e);
                    }
                }
                strangers += strangers(some, transactions);
            }
            after = names.isEmpty() ? after : names.getLast();
        } while (names.size() == NAMES_AT_ONCE);
        return new SessionAction.Swept(new SweepCounts(released, completed, abandoned, removed, strangers), stale);
    }

    private enum Settled {
        COMPLETED,
        RELEASED,
        HELD
    }

    /** Writes down the database of a redemption that is held, if it is there; otherwise frees the use. Where that cannot be said it stays held. */
    private static Settled settled(
            Redemption one,
            long now,
            long lease,
            Transactions transactions,
            Databases databases,
            BiConsumer<String, RuntimeException> failed) {
        Optional<Tally> tally;
        try {
            tally = databases.find(one.id());
            if (tally.isEmpty()) {
                databases.remove(one.id());
            }
        } catch (LedgerException e) {
            throw e;
        } catch (RuntimeException e) {
            failed.accept(one.id(), e);
            return Settled.HELD;
        }
        if (tally.isEmpty()) {
            transactions.in(store -> new Ledger(store, now).release(one.id(), 0, "", false));
            return Settled.RELEASED;
        }
        Tally found = tally.get();
        transactions.in(store -> new Ledger(store, now).provisioned(one.id(), 0, found, now + lease));
        return Settled.COMPLETED;
    }

    /** Those of databases whose redemptions have come to nothing: also of one whose place its peer's next try has taken, which the trail still knows. */
    private static List<String> left(List<String> names, Transactions transactions) {
        return transactions.in(store -> names.stream()
                .filter(name -> store.redemption(name)
                        .map(one -> one.phase() == Phase.RELEASED)
                        .orElseGet(() -> store.isBegun(name)))
                .toList());
    }

    /** How many of which nothing was ever told: each is told of before it is begun, so it is the ledger that has lost something. */
    private static int strangers(List<String> names, Transactions transactions) {
        return transactions.in(store -> (int) names.stream()
                .filter(name -> store.redemption(name).isEmpty() && !store.isBegun(name))
                .count());
    }
}
