package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerAction;
import dev.dunlin.connection.bootstrap.ledger.LedgerEffect;
import dev.dunlin.connection.bootstrap.ledger.LedgerEffects;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.session.SweepCounts;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what sessions ask of the ledger: one after the other, on one thread, as many in a transaction as wait, those of sessions that make a
 * database first. Answers are handed in when the transaction is done. If one fails, each of it is tried alone, so that it harms no other. Thread-safe.
 */
public final class LedgerService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerService.class);

    /** What waits at most: more than all sessions can ask for. */
    static final int MOST_WAITING = 1 << 18;

    private static final int MOST_AT_ONCE = 64;
    private static final Duration CLOSING = Duration.ofSeconds(20);
    private static final long TOLD_EACH = Duration.ofSeconds(10).toNanos();

    private final Transactions transactions;
    private final Databases databases;
    private final Port port;
    private final long lease;
    private final LinkedBlockingDeque<Wanted> waiting = new LinkedBlockingDeque<>(MOST_WAITING + 1);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private boolean isClosed;
    private int strangers;
    private long told = System.nanoTime() - TOLD_EACH;

    private sealed interface Wanted {

        default boolean isAlone() {
            return false;
        }

        /**
         * Whether a session has one of the few places for making a database meanwhile: behind all who have just come, it would keep it for as long
         * as they take, and of many that come few would get a database. Its use is held already, so nothing before it in the order touches it.
         */
        default boolean isUrgent() {
            return false;
        }
    }

    private record OfSession(ActionId request, SessionEffect.OfLedger effect) implements Wanted {

        @Override
        public boolean isAlone() {
            return SessionEffects.isAlone(effect);
        }

        @Override
        public boolean isUrgent() {
            return effect instanceof SessionEffect.Announce || effect instanceof SessionEffect.Record;
        }
    }

    private record OfKnown(ActionId request, SessionEffect.Reserve effect, Token token) implements Wanted {}

    private record OfOperator(ActionId request, LedgerEffect effect) implements Wanted {}

    private record End() implements Wanted {}

    /**
     * Begins.
     *
     * @param transactions of the store; closed by whoever has opened it, after this
     * @param databases which the node has made
     * @param lease how long an answer may be asked for that a sweep has found, microseconds
     */
    public LedgerService(Transactions transactions, Databases databases, Port port, long lease) {
        this.transactions = transactions;
        this.databases = databases;
        this.port = port;
        this.lease = lease;
        this.thread = Thread.ofPlatform().name("dunlin-ledger").daemon().start(this::run);
    }

    /** Carries out one, after those that were asked before; returns at once. */
    public void carryOut(ActionId request, SessionEffect.OfLedger effect) {
        take(new OfSession(request, effect));
    }

    /** As above, of a token that was made elsewhere: it is added first, if there is none of its hash. */
    void carryOut(ActionId request, SessionEffect.Reserve effect, Token token) {
        take(new OfKnown(request, effect, token));
    }

    /** Carries out what those who operate the node ask, after what was asked before; returns at once. */
    public void carryOut(ActionId request, LedgerEffect effect) {
        take(new OfOperator(request, effect));
    }

    private void take(Wanted wanted) {
        synchronized (waiting) {
            if (!isClosed && waiting.size() < MOST_WAITING) {
                if (wanted.isUrgent()) {
                    waiting.addFirst(wanted);
                } else {
                    waiting.add(wanted);
                }
                return;
            }
        }
        // What frees a use and is dropped here is found by the sweep.
        dropped.incrementAndGet();
        refuse(wanted, Code.OVERLOADED, "the ledger has too much to do, or is closed");
    }

    /** How many wait. */
    public int waiting() {
        return waiting.size();
    }

    /** How many were refused or dropped, for there was no room. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        List<Wanted> batch = new ArrayList<>();
        boolean goesOn = true;
        while (goesOn) {
            batch.clear();
            try {
                batch.add(waiting.take());
            } catch (InterruptedException nobodyDoes) {
                return;
            }
            while (batch.size() < MOST_AT_ONCE && !batch.getLast().isAlone() && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            goesOn = !batch.removeIf(End.class::isInstance);
            Optional<Wanted> alone =
                    batch.isEmpty() || !batch.getLast().isAlone() ? Optional.empty() : Optional.of(batch.removeLast());
            done(batch);
            alone.ifPresent(one -> doneAlone((OfSession) one));
        }
    }

    private void done(List<Wanted> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Optional<? extends Action>> answers;
        try {
            answers = transactions.in(store -> {
                List<Optional<? extends Action>> all = new ArrayList<>();
                for (Wanted each : batch) {
                    all.add(answer(each, store));
                }
                return all;
            });
        } catch (RuntimeException e) {
            if (batch.size() > 1) {
                batch.forEach(each -> done(List.of(each)));
            } else {
                Wanted only = batch.getFirst();
                failed(e);
                refuse(only, Code.INTERNAL, "the ledger cannot be read or written: " + e.getMessage());
            }
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            Wanted each = batch.get(i);
            answers.get(i).ifPresent(answer -> handIn(each, answer));
        }
    }

    /** One that the node does not take is told to be none: nobody else's answer is lost with it. */
    private void handIn(Wanted wanted, Action answer) {
        try {
            port.answer(requestOf(wanted), answer);
        } catch (RuntimeException e) {
            LOG.warn("an answer of the ledger of tokens is not taken: {}", e.getMessage());
            refuse(wanted, Code.INTERNAL, "the answer is more than can be told at once: ask for less");
        }
    }

    private static Optional<? extends Action> answer(Wanted wanted, LedgerStore store) {
        return switch (wanted) {
            case OfSession(ActionId _, SessionEffect.OfLedger effect) -> SessionEffects.answer(effect, store);
            case OfKnown(ActionId _, SessionEffect.Reserve effect, Token token) -> {
                new Ledger(store, effect.now()).create(token);
                yield SessionEffects.answer(effect, store);
            }
            case OfOperator(ActionId _, LedgerEffect effect) ->
                Optional.of(new LedgerAction.Told(effect.inquiry(), LedgerEffects.answer(effect, store)));
            case End() -> Optional.empty();
        };
    }

    private static ActionId requestOf(Wanted wanted) {
        return switch (wanted) {
            case OfSession(ActionId request, SessionEffect.OfLedger _) -> request;
            case OfKnown(ActionId request, SessionEffect.Reserve _, Token _) -> request;
            case OfOperator(ActionId request, LedgerEffect _) -> request;
            case End() -> ActionId.NONE;
        };
    }

    private void doneAlone(OfSession wanted) {
        SessionEffect.OfLedger effect = wanted.effect();
        try {
            SessionEffects.done(effect, lease, transactions, databases, this::notSettled)
                    .ifPresent(answer -> {
                        tell(answer);
                        handIn(wanted, answer);
                    });
        } catch (RuntimeException e) {
            failed(e);
            refuse(wanted, Code.INTERNAL, "the ledger cannot be read or written: " + e.getMessage());
        }
    }

    private void notSettled(String redemption, RuntimeException why) {
        LOG.warn(
                "the database {} cannot be put in order: {}; the use of its token stays held until it can",
                redemption,
                why.getMessage());
    }

    private void tell(SessionAction answer) {
        if (answer instanceof SessionAction.Swept(SweepCounts counts, List<String> _)
                && counts.strangers() != strangers) {
            strangers = counts.strangers();
            if (strangers > 0) {
                LOG.warn(
                        "there are {} databases of tallies of which the ledger knows nothing, as when it was lost or put back from a"
                                + " backup: they stay as they are; put back the ledger that belongs to them, or move them away",
                        strangers);
            }
        }
    }

    private void failed(RuntimeException why) {
        if (!(why instanceof LedgerException) && !(why instanceof DatabaseException)) {
            LOG.error("the ledger of tokens failed, which is a bug", why);
        } else if (System.nanoTime() - told >= TOLD_EACH) {
            told = System.nanoTime();
            LOG.warn("the ledger of tokens: {}; sessions are turned away until it works", why.getMessage());
        }
    }

    private void refuse(Wanted wanted, Code code, String sentence) {
        String why = sentence.length() > SessionAction.Failed.MOST_WHY
                ? sentence.substring(0, SessionAction.Failed.MOST_WHY)
                : sentence;
        switch (wanted) {
            case OfSession(ActionId request, SessionEffect.OfLedger effect) -> refuse(request, effect, code, why);
            case OfKnown(ActionId request, SessionEffect.Reserve effect, Token _) -> refuse(request, effect, code, why);
            case OfOperator(ActionId request, LedgerEffect effect) ->
                port.answer(request, new LedgerAction.Failed(effect.inquiry(), why));
            case End() -> {
                // Nobody waits.
            }
        }
    }

    private void refuse(ActionId request, SessionEffect.OfLedger effect, Code code, String why) {
        switch (effect) {
            case SessionEffect.Reserve init ->
                port.answer(request, new SessionAction.Failed(init.session(), init.step(), code, why));
            case SessionEffect.Announce init ->
                port.answer(request, new SessionAction.Failed(init.session(), init.step(), code, why));
            case SessionEffect.Record init ->
                port.answer(request, new SessionAction.Failed(init.session(), init.step(), code, why));
            case SessionEffect.Sweep _ -> port.answer(request, new SessionAction.Unswept(why));
            case SessionEffect.Finish _, SessionEffect.Tell _, SessionEffect.Settle _, SessionEffect.Discard _ -> {
                // Nobody waits.
            }
        }
    }

    /** What was asked is still done. Never throws. */
    @Override
    public void close() {
        synchronized (waiting) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            // There is a place for it.
            waiting.add(new End());
        }
        try {
            if (!thread.join(CLOSING)) {
                LOG.warn("the ledger of tokens is not done with what it was asked for after {} s", CLOSING.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
