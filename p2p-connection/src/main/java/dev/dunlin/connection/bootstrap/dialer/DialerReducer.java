package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapProtocols;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import java.util.List;
import java.util.Optional;

/** What becomes of attempts to redeem links. */
final class DialerReducer {

    private static final long MILLI = 1_000;
    private static final int MOST_DOUBLINGS = 30;

    private final Context ctx;
    private final DialerConfig config;
    private DialerState own;

    private DialerReducer(DialerState own, Context ctx) {
        this.own = own;
        this.config = own.config();
        this.ctx = ctx;
    }

    static DialerState boot(DialerState own, NodeAction.Booted booted) {
        return DialerState.fresh(
                DialerConfig.of(booted.config()),
                ConnectionConfig.of(booted.config()).self(),
                own.last());
    }

    static DialerState reduce(DialerState own, DialerAction action, Context ctx) {
        DialerReducer reducer = new DialerReducer(own, ctx);
        reducer.reduce(action);
        return reducer.own;
    }

    private void reduce(DialerAction action) {
        switch (action) {
            case DialerAction.Redeem wish -> redeem(wish);
            case DialerAction.CallOff wish -> calledOff(own.tickets().at(wish.ticket()));
            case DialerAction.Reached fact -> contact(fact.attempt(), attempt(fact.attempt()));
            case DialerAction.Unreached fact -> next(fact.attempt(), attempt(fact.attempt()), fact.why());
            case DialerAction.AnswerCame fact -> answered(fact.attempt(), fact.answer());
            case DialerAction.AnswerMissing fact -> unanswered(fact.attempt(), fact.why(), fact.detail());
            case DialerAction.Checked fact -> checked(fact.attempt(), fact.isRight());
            case DialerAction.Provisioned fact -> provisioned(fact);
            case DialerAction.Failed fact -> failed(fact.attempt(), fact.code(), fact.why());
            case DialerAction.Listened fact ->
                own = own.with(own.addresses().listening(fact.listener(), fact.addresses()));
            case DialerAction.Unlistened fact -> own = own.with(own.addresses().closed(fact.listener()));
            case DialerAction.Observed fact -> own = own.with(own.addresses().seen(fact.addresses()));
            case DialerAction.AttemptDue fact -> due(fact.attempt());
        }
    }

    private Attempt attempt(long number) {
        return own.running().at(number);
    }

    // Asking

    private void redeem(DialerAction.Redeem wish) {
        if (wish.link().expires() <= ctx.wallTime()) {
            ctx.then(new DialerOutcome.RedeemFailed(
                    wish.ticket(), DialerCode.LINK_EXPIRED, Optional.empty(), "the link's time is over"));
            return;
        }
        own = own.numbered();
        // The same for each try of one redemption: a database that an earlier try has made is made no second time.
        String name =
                RedemptionNames.of(wish.link().token(), own.self().orElseThrow().toString(), wish.key());
        Attempt attempt = Attempt.of(wish, name, ctx.now(), config.timeout());
        own = own.with(own.attempts().start(own.last(), attempt))
                .withTickets(own.tickets().with(wish.ticket(), own.last()));
        connect(own.last(), attempt);
    }

    private void connect(long number, Attempt attempt) {
        Attempt next = enter(number, attempt, new Phase.Connecting(), config.connectTimeout());
        ctx.then(new ConnectionAction.Connect(
                next.peer(), next.wish().of(next.peer()), DialerMachine.ticket(number, next.step())));
    }

    private void contact(long number, Attempt attempt) {
        Attempt next = enter(number, attempt, new Phase.AwaitingResponse(), config.responseTimeout());
        DialerAction.Redeem wish = next.wish();
        long patience = Math.min(config.responseTimeout(), Math.max(1, next.ends() - ctx.now()));
        ask(
                number,
                next,
                new BootstrapQuestion.Contact(
                        wish.link().token(),
                        own.self().orElseThrow().toString(),
                        wish.identity(),
                        wish.cadre().isEmpty() ? own.cadre() : wish.cadre(),
                        Optional.of(wish.key()),
                        next.isFramed() ? Optional.of(patience / MILLI) : Optional.empty()),
                config.responseTimeout());
    }

    private void ask(long number, Attempt attempt, BootstrapQuestion question, long within) {
        ctx.then(new ExchangeAction.Ask(
                DialerMachine.ticket(number, attempt.step()),
                attempt.peer(),
                List.of(),
                false,
                attempt.isFramed() ? BootstrapProtocols.FRAMED : BootstrapProtocols.COMPATIBLE,
                question,
                within));
    }

    /** This node of the party is of no use: the next one; after the last, all again, where it may help. */
    private void next(long number, Attempt attempt, String why) {
        int which = attempt.peers() + 1;
        if (which < attempt.wish().peers().size()) {
            connect(number, put(number, attempt.trying(which, attempt.rounds(), true)));
            return;
        }
        int rounds = attempt.rounds() + 1;
        if (attempt.mayHelp() && rounds < config.rounds()) {
            pause(number, put(number, attempt.trying(0, rounds, true)));
        } else {
            gaveUp(number, attempt, why);
        }
    }

    private void pause(long number, Attempt attempt) {
        long doubled = config.pause() << Math.min(MOST_DOUBLINGS, attempt.rounds() - 1);
        long most = Math.min(config.mostPause(), doubled < 0 ? config.mostPause() : doubled);
        // Half of it by chance, so that those who were turned away together do not come again together.
        long pause = most / 2 + ctx.random().nextLong(most / 2 + 1);
        enter(number, attempt, new Phase.Pausing(), Math.max(pause, attempt.retryAfter()));
    }

    private void gaveUp(long number, Attempt attempt, String why) {
        failed(number, attempt.rejection().isPresent() ? DialerCode.REJECTED : DialerCode.NO_REACHABLE_RESPONDER, why);
    }

    // What the party answers

    private void answered(long number, BootstrapAnswer answer) {
        Attempt attempt = attempt(number);
        switch (answer) {
            case BootstrapAnswer.Approved approved
            when attempt.phase() instanceof Phase.AwaitingResponse -> approved(number, attempt, approved);
            case BootstrapAnswer.Taken _
            when attempt.phase() instanceof Phase.SendingDatabase sending ->
                redeemed(number, attempt, sending.answer(), sending.tally());
            case BootstrapAnswer.Rejected rejected -> rejected(number, attempt, rejected);
            // In the compatible form it is the end of a stream on which nothing was said.
            case BootstrapAnswer.Taken _
            when !attempt.isFramed() -> unanswered(number, AskFailure.RESET, "it ended the stream without an answer");
            case BootstrapAnswer.Approved _, BootstrapAnswer.Taken _ ->
                failed(number, DialerCode.INVALID_RESPONSE, "the answer is not one to what was asked");
        }
    }

    private void approved(long number, Attempt attempt, BootstrapAnswer.Approved answer) {
        boolean isStock = attempt.wish().link().role() == Role.STOCK;
        Optional<Role> maker = answer.tally().map(Tally::createdBy);
        boolean isNamed = !attempt.isFramed() || answer.session().isPresent();
        boolean isDue = isStock
                ? maker.equals(Optional.of(Role.STOCK))
                : maker.map(role -> role == Role.FOIL).orElse(isNamed);
        if (!isDue) {
            failed(
                    number,
                    DialerCode.INVALID_RESPONSE,
                    isStock
                            ? "the other party was to make the database, and names none of its own"
                            : "this party was to make the database, and the other one names its own, or no session for it");
            return;
        }
        Attempt known = put(number, attempt.knowing(answer.tally().isEmpty()));
        Attempt next = enter(number, known, new Phase.ValidatingResponse(answer), config.checkTimeout());
        ctx.effect(new DialerEffect.Check(number, next.step(), next.peer(), answer, config.checkTimeout()));
    }

    private void checked(long number, boolean isRight) {
        Attempt attempt = attempt(number);
        BootstrapAnswer.Approved answer = ((Phase.ValidatingResponse) attempt.phase()).answer();
        if (!isRight) {
            put(number, attempt.knowing(true));
            failed(number, DialerCode.INVALID_RESPONSE, "what the other party says of itself is not taken");
        } else if (answer.tally().isPresent()) {
            redeemed(number, attempt, answer, answer.tally().get());
        } else if (attempt.made().isPresent()) {
            send(number, attempt, answer, attempt.made().get());
        } else {
            Attempt next = enter(number, attempt, new Phase.ProvisioningDatabase(answer), config.provisionTimeout());
            ctx.effect(new DialerEffect.Make(
                    number, next.step(), next.name(), next.peer(), Role.FOIL, config.provisionTimeout()));
        }
    }

    private void provisioned(DialerAction.Provisioned fact) {
        Optional<Attempt> waiting = own.running()
                .find(fact.attempt())
                .filter(one -> one.step() == fact.step() && one.phase() instanceof Phase.ProvisioningDatabase);
        if (waiting.isEmpty()) {
            boolean isKept = own.running()
                    .find(fact.attempt())
                    .filter(one -> one.made().equals(Optional.of(fact.tally())))
                    .isPresent();
            if (!isKept) {
                ctx.effect(new DialerEffect.Unmake(fact.attempt(), fact.name(), fact.tally()));
            }
            return;
        }
        Phase.ProvisioningDatabase phase =
                (Phase.ProvisioningDatabase) waiting.get().phase();
        send(fact.attempt(), waiting.get().making(fact.tally()), phase.answer(), fact.tally());
    }

    private void send(long number, Attempt attempt, BootstrapAnswer.Approved answer, Tally tally) {
        Attempt next =
                enter(number, attempt.telling(true), new Phase.SendingDatabase(answer, tally), config.sendTimeout());
        ask(number, next, new BootstrapQuestion.DatabaseResult(tally, answer.session()), config.sendTimeout());
    }

    private void rejected(long number, Attempt attempt, BootstrapAnswer.Rejected answer) {
        long after = answer.retryAfter()
                .map(millis -> Math.min(config.mostPause() / MILLI, millis) * MILLI)
                .orElse(0L);
        boolean isOfDatabase = attempt.phase() instanceof Phase.SendingDatabase;
        boolean isDefinite = isOfDatabase
                ? answer.reason().equals(Optional.of(Reason.INVALID_DATABASE_RESULT))
                : !isPassing(answer.reason());
        if (isDefinite) {
            put(
                    number,
                    attempt.knowing(true)
                            .telling(attempt.isTold() && !isOfDatabase)
                            .rejected(answer.reason()));
            failed(number, DialerCode.REJECTED, "the other party does not take it");
        } else {
            // A node that has started anew knows nothing of the session; asked again, it begins another.
            Attempt told = attempt.hoping(answer.reason(), after);
            next(
                    number,
                    put(number, isOfDatabase ? told.knowing(false) : told),
                    "the other party does not take it now");
        }
    }

    private static boolean isPassing(Optional<Reason> reason) {
        return reason.filter(why -> switch (why) {
                    case UNAVAILABLE, PROVISION_FAILED, TIMEOUT, INTERNAL_ERROR -> true;
                    case MALFORMED_REQUEST,
                            UNKNOWN_TYPE,
                            INVALID_TOKEN,
                            IDENTITY_INSUFFICIENT,
                            INVALID_DATABASE_RESULT -> false;
                })
                .isPresent();
    }

    private void unanswered(long number, AskFailure why, String detail) {
        Attempt attempt = attempt(number);
        switch (why) {
            case UNSUPPORTED -> {
                if (attempt.isFramed() && attempt.phase() instanceof Phase.AwaitingResponse) {
                    contact(number, put(number, attempt.trying(attempt.peers(), attempt.rounds(), false)));
                } else {
                    next(number, attempt, "it does not speak the protocol");
                }
            }
            case UNREACHABLE -> next(number, attempt, detail);
            // It is this node that has no room now.
            case BUSY -> next(number, put(number, attempt.hoping(Optional.empty(), 0)), detail);
            // The contact may have come to it, or the database: it is asked again, and does not do it twice.
            case TIMED_OUT, RESET, MALFORMED -> next(number, put(number, attempt.knowing(false)), detail);
            case UNENCODABLE, CANCELLED -> failed(number, DialerCode.INTERNAL, detail);
        }
    }

    // The end

    private void due(long number) {
        Attempt attempt = attempt(number);
        boolean isWhole = attempt.ends() <= ctx.now();
        Attempt known =
                attempt.phase() instanceof Phase.AwaitingResponse || attempt.phase() instanceof Phase.SendingDatabase
                        ? put(number, attempt.knowing(false))
                        : attempt;
        leave(number, known);
        if (isWhole) {
            gaveUp(number, known, "the time for it is over");
            return;
        }
        switch (attempt.phase()) {
            case Phase.Pausing _ -> connect(number, put(number, known.rested()));
            case Phase.Connecting _, Phase.AwaitingResponse _, Phase.SendingDatabase _ ->
                next(number, known, "it does not answer in time");
            case Phase.ValidatingResponse _ ->
                failed(number, DialerCode.INTERNAL, "the answer could not be looked at in time");
            case Phase.ProvisioningDatabase _ ->
                failed(number, DialerCode.PROVISION_FAILED, "the database was not made in time");
        }
    }

    private void calledOff(long number) {
        Attempt attempt = attempt(number);
        leave(number, attempt);
        if (attempt.phase() instanceof Phase.AwaitingResponse || attempt.phase() instanceof Phase.SendingDatabase) {
            put(number, attempt.knowing(false));
        }
        failed(number, DialerCode.CANCELLED, "it was called off");
    }

    /** What was asked of others is not awaited any more. */
    private void leave(long number, Attempt attempt) {
        switch (attempt.phase()) {
            case Phase.Connecting _ ->
                ctx.then(new ConnectionAction.Withdraw(attempt.peer(), DialerMachine.ticket(number, attempt.step())));
            case Phase.AwaitingResponse _, Phase.SendingDatabase _ ->
                ctx.then(new ExchangeAction.Cancel(DialerMachine.ticket(number, attempt.step())));
            case Phase.ValidatingResponse _, Phase.ProvisioningDatabase _ ->
                ctx.effect(new DialerEffect.StopHook(number));
            case Phase.Pausing _ -> {
                // Nothing is asked.
            }
        }
    }

    private void redeemed(long number, Attempt attempt, BootstrapAnswer.Approved answer, Tally tally) {
        // An earlier attempt was taken: what was made for this one nobody knows of.
        unmake(number, attempt, attempt.made().filter(mine -> !mine.equals(tally)));
        over(number, attempt);
        ctx.then(new DialerOutcome.Redeemed(
                attempt.wish().ticket(), attempt.peer(), answer.partyId(), answer.cadre(), tally));
    }

    private void failed(long number, DialerCode code, String detail) {
        Attempt attempt = attempt(number);
        if (!attempt.isTold()) {
            unmake(number, attempt, attempt.made());
        }
        over(number, attempt);
        // Once a node may have done it, nothing else is said of it, whatever came later.
        DialerCode known = attempt.unsure().isEmpty() ? code : DialerCode.OUTCOME_UNKNOWN;
        ctx.then(new DialerOutcome.RedeemFailed(attempt.wish().ticket(), known, attempt.rejection(), detail));
    }

    private void unmake(long number, Attempt attempt, Optional<Tally> made) {
        made.ifPresent(tally -> ctx.effect(new DialerEffect.Unmake(number, attempt.name(), tally)));
    }

    private void over(long number, Attempt attempt) {
        own = own.with(own.attempts().end(number))
                .withTickets(own.tickets().without(attempt.wish().ticket()));
    }

    private Attempt enter(long number, Attempt attempt, Phase phase, long within) {
        return put(number, attempt.entering(phase, ctx.now(), within));
    }

    private Attempt put(long number, Attempt attempt) {
        own = own.with(own.attempts().next(number, attempt));
        return attempt;
    }
}
