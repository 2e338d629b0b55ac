package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.admission.Subnet;
import dev.dunlin.connection.bootstrap.ledger.Ledger.Decision;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.SessionState.Stance;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion.Contact;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of sessions. */
final class SessionReducer {

    private static final long SECOND = 1_000_000;
    private static final long MILLI = 1_000;

    private final Context ctx;
    private final SessionConfig config;
    private SessionState own;

    private SessionReducer(SessionState own, Context ctx) {
        this.own = own;
        this.config = own.config();
        this.ctx = ctx;
    }

    static SessionState boot(SessionState own, NodeAction.Booted booted, Context ctx) {
        SessionConfig config = SessionConfig.of(booted.config());
        Optional<PeerId> self = ConnectionConfig.of(booted.config()).self();
        // Whoever takes nobody says so by not speaking the protocols.
        for (String protocol : SessionMachine.PROTOCOLS) {
            ctx.then(config.isServing() ? new ExchangeAction.Serve(protocol) : new ExchangeAction.Unserve(protocol));
        }
        ctx.effect(new SessionEffect.Sweep(true, ctx.wallTime()));
        return SessionState.fresh(config, self, own.past(), own.last())
                .with(own.admission().afterBoot());
    }

    static SessionState reduce(SessionState own, SessionAction action, Context ctx) {
        SessionReducer reducer = new SessionReducer(own, ctx);
        reducer.reduce(action);
        return reducer.own;
    }

    private void reduce(SessionAction action) {
        switch (action) {
            case SessionAction.Came fact -> came(fact);
            case SessionAction.Decided fact -> decided(fact.session(), fact.decision());
            case SessionAction.Judged fact -> judged(fact.session(), fact.isEnough());
            case SessionAction.Announced fact -> announced(fact.session(), fact.isHeld());
            case SessionAction.Provisioned fact -> provisioned(fact);
            case SessionAction.Recorded fact -> recorded(fact.session(), fact.isHeld());
            case SessionAction.Failed fact -> ended(fact.session(), fact.code());
            case SessionAction.AnswerEnded fact ->
                own.answers().find(fact.question()).ifPresent(number -> answered(number, fact.isWritten()));
            case SessionAction.SessionDue fact -> due(fact.session());
            case SessionAction.ChoreDue fact -> due(fact.chore());
            case SessionAction.Swept fact -> {
                settle(fact.stale());
                swept(true);
            }
            case SessionAction.Unswept _ -> swept(false);
            case SessionAction.Listened fact ->
                own = own.with(own.addresses().listening(fact.listener(), fact.addresses()));
            case SessionAction.Unlistened fact -> own = own.with(own.addresses().closed(fact.listener()));
            case SessionAction.Observed fact -> own = own.with(own.addresses().seen(fact.addresses()));
            case SessionAction.Pressed fact -> own = own.with(own.admission().at(fact.level()));
            case SessionAction.Cancel wish -> ended(wish.session(), Code.CANCELLED);
            case SessionAction.Drain wish -> draining(wish.within());
            case SessionAction.Drained _,
                    SessionAction.Begun _,
                    SessionAction.Moved _,
                    SessionAction.Ended _,
                    SessionAction.TurnedAway _ -> {
                // For others.
            }
        }
    }

    // Who comes

    private void came(SessionAction.Came fact) {
        String network = fact.from()
                .map(Subnet::of)
                .filter(name -> !name.isEmpty())
                .orElse(fact.peer().toString());
        switch (fact.message()) {
            case Contact contact -> contacted(fact, contact, network);
            case BootstrapQuestion.DatabaseResult result -> told(fact, result, network);
            case BootstrapQuestion.Malformed malformed ->
                turnAway(
                        fact,
                        network,
                        malformed.reason() == Reason.UNKNOWN_TYPE ? Code.UNKNOWN_TYPE : Code.MALFORMED_REQUEST,
                        Bytes.EMPTY);
        }
    }

    private void contacted(SessionAction.Came fact, Contact contact, String network) {
        long now = ctx.now();
        Optional<Code> refusal = refusal(fact.peer(), network, contact.token());
        if (refusal.isPresent()) {
            turnAway(fact, network, refusal.get(), contact.token());
            return;
        }
        own = own.with(own.admission()
                        .coming(network, config.networkEvery(), now)
                        .counting(network, 1))
                .numbered();
        long number = own.last();
        long most = contact.patience()
                .map(millis -> Math.min(config.timeout() / MILLI, millis) * MILLI)
                .orElse(config.timeout());
        String redemption = RedemptionNames.draw(ctx.random());
        Session session = new Session(
                1,
                fact.peer(),
                network,
                contact.token(),
                fact.question(),
                fact.stream(),
                new Stage.ValidatingToken(contact),
                redemption,
                Optional.empty(),
                Optional.empty(),
                now,
                now,
                now + within(config.tokenTimeout()),
                now + most);
        own = own.with(own.sessions().start(number, session))
                .withAnswers(own.answers().with(fact.question(), number));
        ctx.then(new SessionAction.Begun(number, fact.peer()));
        reserve(number, session, contact);
    }

    private void reserve(long number, Session session, Contact contact) {
        ctx.effect(new SessionEffect.Reserve(
                number,
                session.step(),
                contact.token(),
                session.peer(),
                contact.key().orElse(""),
                session.redemption(),
                ctx.wallTime(),
                ctx.wallTime() + config.lease(),
                hasPlace(session.network())));
    }

    /** Why a contact is not let in, the cheapest first (sshd_config, MaxStartups and PerSourcePenalties). */
    private Optional<Code> refusal(PeerId peer, String network, Bytes token) {
        long now = ctx.now();
        Admission admission = own.admission();
        boolean isKnown = admission.known().at().has(peer);
        if (own.stance() != Stance.OPEN || own.self().isEmpty()) {
            return Optional.of(own.stance() == Stance.DRAINING ? Code.DRAINING : Code.OVERLOADED);
        }
        if (admission.level() == Level.CRITICAL) {
            return Optional.of(Code.OVERLOADED);
        }
        if (own.running().size() >= most(isKnown) || !isKnown && isDropped()) {
            return Optional.of(Code.TOO_MANY_SESSIONS);
        }
        if (admission.penalties().of(network, now) - now > config.penaltyFrom()
                || Admission.isEarly(
                        admission.comings().of(network, now), config.networkEvery(), config.networkBurst(), now)) {
            return Optional.of(Code.RATE_LIMITED);
        }
        if (admission.networks().or(network, 0) >= config.maxPerNetwork()
                || own.sessions().refusal(Long.MAX_VALUE, peer.toString()).isPresent()) {
            return Optional.of(Code.TOO_MANY_SESSIONS);
        }
        return isTooOften(token) ? Optional.of(Code.RATE_LIMITED) : Optional.empty();
    }

    private boolean isTooOften(Bytes token) {
        return Admission.isEarly(
                own.admission().uses().of(token, ctx.now()), config.tokenEvery(), config.tokenBurst(), ctx.now());
    }

    /** A tenth of the places is for those with whom it went well before. */
    private int most(boolean isKnown) {
        return isKnown ? config.maxSessions() : config.maxSessions() - config.maxSessions() / 10;
    }

    /** From some load on each is turned away by chance, with more load more of them: so nobody can shut the door for all. */
    private boolean isDropped() {
        double most = most(false);
        double from = (own.admission().level() == Level.ELEVATED ? 0.4 : 0.6) * most;
        double beyond = own.running().size() - from;
        return beyond > 0 && ctx.random().nextDouble() < 0.3 + 0.7 * beyond / (most - from);
    }

    /** Says so to the peer, or resets its stream where too many are told already. */
    private void turnAway(SessionAction.Came fact, String network, Code code, Bytes token) {
        long now = ctx.now();
        long every = config.turnedAway() == 0 ? 0 : SECOND / config.turnedAway();
        boolean isTold =
                config.turnedAway() > 0 && !Admission.isEarly(own.admission().told(), every, config.turnedAway(), now);
        if (isTold) {
            own = own.with(own.admission().telling(Math.max(now, own.admission().told()) + every));
            ctx.then(new ExchangeAction.Reply(fact.question(), rejected(code)));
        } else {
            ctx.then(new ExchangeAction.Refuse(fact.question()));
        }
        punish(network, penalty(code, false));
        own = own.with(own.counts().turnedAway(code));
        tell(fact.peer(), token, code);
        ctx.then(new SessionAction.TurnedAway(fact.peer(), network, code, isTold));
    }

    private BootstrapAnswer.Rejected rejected(Code code) {
        Optional<Long> after = code.reason().equals(Optional.of(Reason.UNAVAILABLE))
                ? Optional.of(config.retryAfter() / MILLI)
                : Optional.empty();
        return new BootstrapAnswer.Rejected(code.reason(), after);
    }

    /** In the trail: the first hundred of a second by name, the others by their number. */
    private void tell(PeerId peer, Bytes token, Code code) {
        if (!own.chores().has(Chore.COUNT)) {
            own = own.with(Chore.COUNT, ctx.now() + SECOND);
        }
        if (own.named() < SessionMachine.NAMED) {
            own = own.withTurned(own.turned(), own.named() + 1);
            ctx.effect(new SessionEffect.Tell(peer.toString(), token, code, 1, ctx.wallTime()));
        } else {
            long count = own.turned().or(code.name(), 0L) + 1;
            own = own.withTurned(own.turned().with(code.name(), count), own.named());
        }
    }

    private void punish(String network, long penalty) {
        if (penalty > 0 && config.penaltyMost() > 0) {
            own = own.with(own.admission().punishing(network, penalty, config.penaltyMost(), ctx.now()));
        }
    }

    /**
     * What it costs the network of who causes it (sshd_config, PerSourcePenalties).
     *
     * @param isPeers whether the peer was waited for
     */
    private static long penalty(Code code, boolean isPeers) {
        return switch (code) {
            case INVALID_TOKEN,
                    IDENTITY_INSUFFICIENT,
                    MALFORMED_REQUEST,
                    UNKNOWN_TYPE,
                    UNEXPECTED_MESSAGE,
                    INVALID_DATABASE_RESULT -> 5 * SECOND;
            case RESPONSE_UNDELIVERED, SESSION_TIMEOUT, STEP_TIMEOUT -> isPeers ? 10 * SECOND : 0;
            case PEER_CLOSED -> SECOND;
            case SUCCESS,
                    DRAINING,
                    OVERLOADED,
                    TOO_MANY_SESSIONS,
                    RATE_LIMITED,
                    PROVISION_FAILED,
                    CANCELLED,
                    INTERNAL -> 0;
        };
    }

    private static boolean isPeers(Stage stage) {
        return stage instanceof Stage.SendingResponse || stage instanceof Stage.AwaitingDatabase;
    }

    private void told(SessionAction.Came fact, BootstrapQuestion.DatabaseResult result, String network) {
        Optional<Long> found = own.awaitingOf(fact.peer(), result.session());
        if (found.isEmpty()) {
            turnAway(fact, network, Code.UNEXPECTED_MESSAGE, Bytes.EMPTY);
            return;
        }
        long number = found.get();
        Session session = own.running().at(number);
        // Whoever tells of the database has had the answer, whether this side knows that already or not.
        own = unanswered(number, session)
                .withAwaited(own.awaited()
                        .without(SessionState.awaiting(
                                session.peer(), session.reference().orElseThrow())));
        Session next = enter(
                number,
                session,
                new Stage.ValidatingDatabase(result.tally(), fact.question()),
                config.validationTimeout());
        // The peer was to make it: whatever a hook says, one of this node's it has not made.
        if (result.tally().createdBy() != Role.FOIL) {
            ended(number, Code.INVALID_DATABASE_RESULT);
            return;
        }
        ctx.effect(new SessionEffect.JudgeDatabase(
                number, next.step(), next.peer(), result.tally(), within(config.validationTimeout())));
    }

    // What the ledger and the hooks answer

    private void decided(long number, Decision decision) {
        Session session = own.running().at(number);
        Contact contact = ((Stage.ValidatingToken) session.stage()).contact();
        switch (decision) {
            case Decision.Granted(var redemption, Token token) -> {
                Session held = put(number, session.of(redemption.id()).as(token.role(), ends(session, token.role())));
                own = own.withHolders(own.holders().with(redemption.id(), number));
                // Who asks again for what it has uses nothing.
                if (isTooOften(session.token())) {
                    ended(number, Code.RATE_LIMITED);
                    return;
                }
                own = own.with(own.admission().using(session.token(), config.tokenEvery(), ctx.now()));
                identify(number, held, contact, token);
            }
            case Decision.Replayed(var redemption, Token token) -> {
                Session again = put(number, session.of(redemption.id()).as(token.role(), session.ends()));
                approve(number, again, redemption.tally(), true);
            }
            case Decision.Running(var redemption) -> {
                Session joined = put(number, session.of(""));
                if (own.holders().has(redemption.id())) {
                    own = own.withJoined(own.joined().with(SessionState.joint(redemption.id(), number), number));
                    enter(number, joined, new Stage.Joining(contact, redemption.id()), config.timeout());
                } else {
                    // Nobody works on it, as its end could not be written down: when its peer comes again, that is
                    // done.
                    ctx.effect(new SessionEffect.Settle(List.of(redemption.id()), ctx.wallTime()));
                    ended(number, Code.OVERLOADED);
                }
            }
            case Decision.Refused _ -> {
                put(number, session.of(""));
                ended(number, Code.INVALID_TOKEN);
            }
            case Decision.NoPlace() -> {
                put(number, session.of(""));
                ended(number, Code.OVERLOADED);
            }
        }
    }

    private long ends(Session session, Role role) {
        return role == Role.FOIL ? Math.max(session.ends(), session.begun() + config.foilTimeout()) : session.ends();
    }

    /** The party is the peer that the connection has proved; what else it says of itself a hook judges. */
    private void identify(long number, Session session, Contact contact, Token token) {
        if (!contact.partyId().equals(session.peer().toString())) {
            ended(number, Code.IDENTITY_INSUFFICIENT);
            return;
        }
        Session next = enter(number, session, new Stage.ValidatingIdentity(contact), config.identityTimeout());
        ctx.effect(new SessionEffect.Judge(
                number,
                next.step(),
                next.peer(),
                contact.identity(),
                token.requirements(),
                within(config.identityTimeout())));
    }

    private void judged(long number, boolean isEnough) {
        Session session = own.running().at(number);
        switch (session.stage()) {
            case Stage.ValidatingIdentity(Contact contact) -> {
                if (!isEnough) {
                    ended(number, Code.IDENTITY_INSUFFICIENT);
                } else if (session.role().equals(Optional.of(Role.FOIL))) {
                    approve(number, session, Optional.empty(), false);
                } else {
                    provision(number, session, contact);
                }
            }
            case Stage.ValidatingDatabase(Tally tally, long question) -> {
                if (isEnough) {
                    Session next =
                            enter(number, session, new Stage.Concluding(tally, question), config.validationTimeout());
                    record(number, next, tally);
                } else {
                    ended(number, Code.INVALID_DATABASE_RESULT);
                }
            }
            default -> throw new IllegalStateException("nothing is being judged");
        }
    }

    private void provision(long number, Session session, Contact contact) {
        if (!hasPlace(session.network())) {
            ended(number, Code.OVERLOADED);
        } else if (isFull() || !own.queue().isEmpty()) {
            // Nobody is overtaken, also where there are more places than before: one that has a place ends soon.
            if (own.queue().size() >= config.maxQueued()) {
                ended(own.queue().displaced(session.network()).orElseThrow(), Code.OVERLOADED);
            }
            own = own.withQueue(own.queue().with(number, session.network()), own.provisioning());
            enter(number, session, new Stage.Queued(contact.cadre()), config.provisionTimeout());
        } else {
            announce(number, session, contact.cadre());
        }
    }

    private boolean isFull() {
        return own.provisioning() >= config.maxProvisioning();
    }

    /** Whether a database can be made for one of a network, at once or in its turn. */
    private boolean hasPlace(String network) {
        return own.admission().breaker().lets(ctx.now())
                && (!isFull()
                        || own.queue().size() < config.maxQueued()
                        || own.queue().displaced(network).isPresent());
    }

    private void announce(long number, Session session, List<Multiaddr> cadre) {
        own = own.withQueue(own.queue(), own.provisioning() + 1)
                .with(own.admission().with(own.admission().breaker().asking()));
        Session next = enter(number, session, new Stage.Announcing(cadre), config.provisionTimeout());
        ctx.effect(new SessionEffect.Announce(number, next.step(), next.redemption(), ctx.wallTime()));
    }

    private void announced(long number, boolean isHeld) {
        Session session = own.running().at(number);
        if (!isHeld) {
            ended(number, Code.INTERNAL);
            return;
        }
        Stage.Announcing stage = (Stage.Announcing) session.stage();
        Session next = enter(number, session, new Stage.ProvisioningDatabase(), config.provisionTimeout());
        ctx.effect(new SessionEffect.Provision(
                number,
                next.step(),
                next.redemption(),
                next.peer(),
                Role.STOCK,
                stage.cadre(),
                within(config.provisionTimeout())));
    }

    private void provisioned(SessionAction.Provisioned fact) {
        Optional<Session> waiting = own.running()
                .find(fact.session())
                .filter(one -> one.step() == fact.step() && one.stage() instanceof Stage.ProvisioningDatabase);
        if (waiting.isEmpty()) {
            ctx.effect(new SessionEffect.Discard(fact.session(), fact.redemption(), ctx.wallTime()));
            return;
        }
        answer(false);
        Session next =
                enter(fact.session(), waiting.get(), new Stage.Recording(fact.tally()), config.provisionTimeout());
        record(fact.session(), next, fact.tally());
        nextQueued();
    }

    private void record(long number, Session session, Tally tally) {
        ctx.effect(new SessionEffect.Record(
                number, session.step(), session.redemption(), tally, ctx.wallTime(), ctx.wallTime() + config.lease()));
    }

    private void recorded(long number, boolean isHeld) {
        Session session = own.running().at(number);
        switch (session.stage()) {
            case Stage.Recording(Tally tally) -> {
                if (isHeld) {
                    approve(number, session, Optional.of(tally), true);
                } else {
                    ctx.effect(new SessionEffect.Discard(number, session.redemption(), ctx.wallTime()));
                    ended(number, Code.INTERNAL);
                }
            }
            case Stage.Concluding _ -> ended(number, isHeld ? Code.SUCCESS : Code.INTERNAL);
            default -> throw new IllegalStateException("nothing is being written down");
        }
    }

    // Answering

    private void approve(long number, Session session, Optional<Tally> tally, boolean isLast) {
        Session approved = session;
        if (!isLast) {
            Bytes reference = reference();
            approved = session.named(reference);
            own = own.withAwaited(own.awaited().with(SessionState.awaiting(session.peer(), reference), number));
        }
        Session next = enter(number, approved, new Stage.SendingResponse(isLast), config.responseTimeout());
        ctx.then(new ExchangeAction.Reply(
                next.question(),
                new BootstrapAnswer.Approved(
                        own.self().orElseThrow().toString(), own.cadre(), tally, next.reference())));
        if (isLast) {
            wake(next.redemption());
        }
    }

    private void answered(long number, boolean isWritten) {
        Session session = own.running().at(number);
        switch (session.stage()) {
            case Stage.SendingResponse(boolean isLast) -> {
                if (!isWritten) {
                    ended(number, Code.RESPONSE_UNDELIVERED);
                } else if (isLast) {
                    ended(number, Code.SUCCESS);
                } else {
                    own = unanswered(number, session);
                    enter(number, session, new Stage.AwaitingDatabase(), config.databaseTimeout());
                }
            }
            default -> ended(number, Code.PEER_CLOSED);
        }
    }

    // The end

    private void due(long number) {
        Session session = own.running().at(number);
        boolean isWhole = session.ends() <= ctx.now();
        if (session.stage() instanceof Stage.SendingResponse && !isWhole) {
            ended(number, Code.RESPONSE_UNDELIVERED);
        } else {
            ended(number, isWhole ? Code.SESSION_TIMEOUT : Code.STEP_TIMEOUT);
        }
    }

    /** A session is over: all that it held is free, once. */
    private void ended(long number, Code code) {
        Session session = own.running().at(number);
        Stage stage = session.stage();
        long now = ctx.now();
        boolean isOpen = own.answers().or(session.question(), 0L) == number;
        own = unanswered(number, session)
                .with(own.sessions().end(number))
                .with(own.admission().counting(session.network(), -1));
        session.reference()
                .ifPresent(name ->
                        own = own.withAwaited(own.awaited().without(SessionState.awaiting(session.peer(), name))));
        if (stage instanceof Stage.Joining(Contact _, String other)) {
            own = own.withJoined(own.joined().without(SessionState.joint(other, number)));
        }
        reply(session, code);
        if (stage instanceof Stage.SendingResponse && isOpen && code != Code.SUCCESS) {
            ctx.then(new StreamAction.CloseStream(session.stream(), CloseMode.RESET));
        }
        ctx.effect(new SessionEffect.Finish(
                number,
                session.peer(),
                session.token(),
                session.redemption(),
                code,
                stage.word(),
                now - session.begun(),
                ctx.wallTime()));
        Past past = new Past(
                session.peer(),
                session.network(),
                session.redemption(),
                code,
                stage.word(),
                now,
                now - session.begun());
        own = own.withPast(kept(own.past().with(number, past)))
                .with(own.counts().ended(code).leaving(stage.word(), now - session.entered()));
        if (code == Code.SUCCESS) {
            own = own.with(own.admission().knowing(session.peer(), now));
        } else {
            punish(session.network(), penalty(code, isPeers(stage)));
        }
        ctx.then(new SessionAction.Ended(number, past));
        leavePlaces(number, stage, code);
        wake(session.redemption());
        if (own.stance() == Stance.DRAINING && own.running().isEmpty()) {
            drained();
        }
    }

    private void drained() {
        // What is told after this the trail does not get any more.
        count();
        own = own.without(Chore.DRAIN);
        ctx.then(new SessionAction.Drained());
    }

    private SessionState unanswered(long number, Session session) {
        return own.answers().or(session.question(), 0L) == number
                ? own.withAnswers(own.answers().without(session.question()))
                : own;
    }

    /** Tells the peer, where it waits: a bounded try. */
    private void reply(Session session, Code code) {
        switch (session.stage()) {
            case Stage.Unanswered _ -> {
                // A peer that has gone is told nothing: there is no such question any more.
                if (code.reason().isPresent()) {
                    ctx.then(new ExchangeAction.Reply(session.question(), rejected(code)));
                }
            }
            case Stage.SendingResponse _, Stage.AwaitingDatabase _ -> {
                // Nothing is asked.
            }
            case Stage.ValidatingDatabase(Tally _, long question) ->
                ctx.then(new ExchangeAction.Reply(question, rejected(code)));
            // The ledger was asked to write it down, and may have: nobody is told that it has not.
            case Stage.Concluding(Tally _, long question) ->
                ctx.then(
                        code == Code.SUCCESS
                                ? new ExchangeAction.Reply(question, new BootstrapAnswer.Taken())
                                : new ExchangeAction.Refuse(question));
        }
    }

    private void leavePlaces(long number, Stage stage, Code code) {
        if (stage instanceof Stage.Queued) {
            own = own.withQueue(own.queue().without(number), own.provisioning());
        } else if (stage.isProvisioning()) {
            boolean isFailure = stage instanceof Stage.ProvisioningDatabase
                    && (code == Code.PROVISION_FAILED || code == Code.STEP_TIMEOUT);
            if (isFailure) {
                answer(true);
            } else {
                own = own.withQueue(own.queue(), own.provisioning() - 1)
                        .with(own.admission().with(own.admission().breaker().withdrawn()));
            }
            nextQueued();
        }
        if (stage instanceof Stage.ProvisioningDatabase || isJudging(stage)) {
            ctx.effect(new SessionEffect.Stop(number));
        }
    }

    private static boolean isJudging(Stage stage) {
        return stage instanceof Stage.ValidatingToken
                || stage instanceof Stage.ValidatingIdentity
                || stage instanceof Stage.ValidatingDatabase;
    }

    private void answer(boolean isFailure) {
        own = own.withQueue(own.queue(), own.provisioning() - 1)
                .with(own.admission()
                        .with(own.admission().breaker().answered(isFailure, config.breakerPause(), ctx.now())));
    }

    private void nextQueued() {
        while (own.provisioning() < config.maxProvisioning() && !own.queue().isEmpty()) {
            long number = own.queue().first().orElseThrow();
            Session session = own.running().at(number);
            if (own.admission().breaker().isOpen(ctx.now())) {
                ended(number, Code.OVERLOADED);
            } else if (own.admission().breaker().lets(ctx.now())) {
                own = own.withQueue(own.queue().served(), own.provisioning());
                announce(number, session, ((Stage.Queued) session.stage()).cadre());
            } else {
                // Some try; what they say opens it or closes it.
                return;
            }
        }
    }

    /** Those that wait for another session of a redemption ask the ledger again. */
    private void wake(String redemption) {
        if (!own.holders().has(redemption)) {
            return;
        }
        own = own.withHolders(own.holders().without(redemption));
        for (long number : SessionState.under(own.joined(), redemption)) {
            Session session = own.running().at(number);
            Contact contact = ((Stage.Joining) session.stage()).contact();
            own = own.withJoined(own.joined().without(SessionState.joint(redemption, number)));
            Session next = enter(
                    number,
                    session.of(RedemptionNames.draw(ctx.random())),
                    new Stage.ValidatingToken(contact),
                    config.tokenTimeout());
            reserve(number, next, contact);
        }
    }

    private Table<Long, Past> kept(Table<Long, Past> all) {
        Table<Long, Past> some = all;
        while (some.size() > config.kept()
                || some.first()
                        .filter(one -> one.getValue().at() + config.keptFor() <= ctx.now())
                        .isPresent()) {
            some = some.without(some.first().orElseThrow().getKey());
        }
        return some;
    }

    // What is to be done

    private void due(Chore chore) {
        own = own.without(chore);
        switch (chore) {
            case SWEEP -> ctx.effect(new SessionEffect.Sweep(own.stance() == Stance.STARTING, ctx.wallTime()));
            case COUNT -> count();
            case DRAIN -> {
                for (long number : own.running().keys()) {
                    // Some end because others do.
                    if (own.running().has(number)) {
                        ended(number, Code.DRAINING);
                    }
                }
            }
        }
    }

    private void count() {
        for (Map.Entry<String, Long> each : own.turned()) {
            ctx.effect(new SessionEffect.Tell(
                    "", Bytes.EMPTY, Code.valueOf(each.getKey()), each.getValue(), ctx.wallTime()));
        }
        own = own.withTurned(Table.empty(), 0);
    }

    /** A lease may end while its session goes on, as by a step of the wall clock. */
    private void settle(List<String> stale) {
        List<String> left =
                stale.stream().filter(name -> !own.holders().has(name)).toList();
        if (!left.isEmpty()) {
            ctx.effect(new SessionEffect.Settle(left, ctx.wallTime()));
        }
    }

    private void swept(boolean isDone) {
        own = own.with(Chore.SWEEP, ctx.now() + config.sweepEvery());
        if (isDone && own.stance() == Stance.STARTING) {
            own = own.with(Stance.OPEN);
        }
    }

    private void draining(long within) {
        own = own.with(Stance.DRAINING);
        if (own.running().isEmpty()) {
            drained();
        } else {
            own = own.with(Chore.DRAIN, ctx.now() + Math.min(within, SessionAction.Drain.MOST));
        }
    }

    // One session

    private Session enter(long number, Session session, Stage stage, long most) {
        Session next = session.entering(stage, ctx.now(), within(most));
        if (!stage.word().equals(session.stage().word())) {
            own = own.with(own.counts().leaving(session.stage().word(), ctx.now() - session.entered()));
            ctx.then(new SessionAction.Moved(
                    number, stage.word(), session.stage().word(), ctx.now() - session.entered()));
        }
        return put(number, next);
    }

    private Session put(long number, Session session) {
        own = own.with(own.sessions().next(number, session));
        return session;
    }

    /** A stage has half its time where the node is loaded. */
    private long within(long most) {
        return own.admission().level() == Level.NORMAL ? most : most / 2;
    }

    private Bytes reference() {
        byte[] bytes = new byte[WireLimits.SESSION_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ctx.random().nextInt(256);
        }
        return Bytes.of(bytes);
    }
}
