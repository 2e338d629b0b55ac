package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what sessions ask of the ledger: one after the other, on one thread, as many in a transaction as wait. Answers are handed in when
 * the transaction is done. If one fails, each of it is tried alone, so that it harms no other. Thread-safe.
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
    private final LinkedBlockingQueue<Wanted> waiting = new LinkedBlockingQueue<>(MOST_WAITING + 1);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private boolean isClosed;
    private long told = System.nanoTime() - TOLD_EACH;

    private record Wanted(ActionId request, Optional<SessionEffect.OfLedger> effect) {

        boolean isAlone() {
            return effect.filter(SessionEffects::isAlone).isPresent();
        }
    }

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
        synchronized (waiting) {
            if (!isClosed && waiting.size() < MOST_WAITING) {
                waiting.add(new Wanted(request, Optional.of(effect)));
                return;
            }
        }
        // What frees a use and is dropped here is found by the sweep.
        dropped.incrementAndGet();
        refuse(request, effect, Code.OVERLOADED, "the ledger has too much to do, or is closed");
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
            goesOn = batch.stream().allMatch(one -> one.effect().isPresent());
            batch.removeIf(one -> one.effect().isEmpty());
            Optional<Wanted> alone =
                    batch.isEmpty() || !batch.getLast().isAlone() ? Optional.empty() : Optional.of(batch.removeLast());
            done(batch);
            alone.ifPresent(this::doneAlone);
        }
    }

    private void done(List<Wanted> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Optional<SessionAction>> answers;
        try {
            answers = transactions.in(store -> {
                List<Optional<SessionAction>> all = new ArrayList<>();
                for (Wanted each : batch) {
                    all.add(SessionEffects.answer(each.effect().orElseThrow(), store));
                }
                return all;
            });
        } catch (RuntimeException e) {
            if (batch.size() > 1) {
                batch.forEach(each -> done(List.of(each)));
            } else {
                Wanted only = batch.getFirst();
                failed(e);
                refuse(only.request(), only.effect().orElseThrow(), Code.INTERNAL, "the ledger cannot be written");
            }
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            ActionId request = batch.get(i).request();
            answers.get(i).ifPresent(answer -> port.answer(request, answer));
        }
    }

    private void doneAlone(Wanted wanted) {
        SessionEffect.OfLedger effect = wanted.effect().orElseThrow();
        try {
            SessionEffects.done(effect, lease, transactions, databases)
                    .ifPresent(answer -> port.answer(wanted.request(), answer));
        } catch (RuntimeException e) {
            failed(e);
            refuse(wanted.request(), effect, Code.INTERNAL, "the ledger cannot be read or written");
        }
    }

    private void failed(RuntimeException why) {
        if (!(why instanceof LedgerException)) {
            LOG.error("the ledger of tokens failed, which is a bug", why);
        } else if (System.nanoTime() - told >= TOLD_EACH) {
            told = System.nanoTime();
            LOG.warn("the ledger of tokens: {}; sessions are turned away until it works", why.getMessage());
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
            waiting.add(new Wanted(ActionId.NONE, Optional.empty()));
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
