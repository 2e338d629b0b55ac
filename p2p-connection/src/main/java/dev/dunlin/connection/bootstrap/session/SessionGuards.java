package dev.dunlin.connection.bootstrap.session;

import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.core.store.Guards;
import java.util.function.BiPredicate;

/** The enabling conditions of the session machine. Who may not begin a session is answered, and so not disabled. */
final class SessionGuards {

    private SessionGuards() {}

    static final Guards<Object, SessionState, SessionAction> ALL = Guards.<Object, SessionState, SessionAction>of()
            .on(
                    SessionAction.Came.class,
                    when(
                            "question-is-new",
                            (own, fact) -> !own.answers().has(fact.question()),
                            "question",
                            SessionAction.Came::question))
            .on(
                    SessionAction.Decided.class,
                    awaited((fact, stage) -> stage instanceof Stage.ValidatingToken),
                    when(
                            "grant-is-its-own",
                            (own, fact) ->
                                    !(fact.decision() instanceof Ledger.Decision.Granted(var redemption, var token))
                                            || redemption
                                                    .id()
                                                    .equals(own.running()
                                                            .at(fact.session())
                                                            .redemption())))
            .on(
                    SessionAction.Judged.class,
                    awaited((fact, stage) ->
                            stage instanceof Stage.ValidatingIdentity || stage instanceof Stage.ValidatingDatabase))
            .on(SessionAction.Announced.class, awaited((fact, stage) -> stage instanceof Stage.Announcing))
            // One that comes too late is removed.
            .always(SessionAction.Provisioned.class)
            .on(
                    SessionAction.Recorded.class,
                    awaited((fact, stage) -> stage instanceof Stage.Recording || stage instanceof Stage.Concluding))
            .on(SessionAction.Failed.class, awaited((fact, stage) -> fact.code().isFailure() && stage.isAsking()))
            // Those who are turned away are answered too, and no session waits for the end of that.
            .always(SessionAction.AnswerEnded.class)
            .always(SessionAction.SessionDue.class)
            .always(SessionAction.ChoreDue.class)
            .always(SessionAction.Swept.class)
            .always(SessionAction.Unswept.class)
            .on(
                    SessionAction.Listened.class,
                    when("listeners-not-full", (own, fact) -> own.addresses().hasRoom(fact.listener())))
            .always(SessionAction.Unlistened.class)
            .always(SessionAction.Observed.class)
            .always(SessionAction.Pressed.class)
            .on(
                    SessionAction.Cancel.class,
                    present(
                            "session-goes-on",
                            SessionState::running,
                            SessionAction.Cancel::session,
                            (wish, session) -> true))
            .on(
                    SessionAction.Drain.class,
                    when("time-not-negative", (own, wish) -> wish.within() >= 0, "within", SessionAction.Drain::within))
            .always(SessionAction.Drained.class)
            .always(SessionAction.Begun.class)
            .always(SessionAction.Moved.class)
            .always(SessionAction.Ended.class)
            .always(SessionAction.TurnedAway.class)
            .build();

    /** What comes too late, twice, or to a session of an earlier run is awaited by nobody. */
    private static <A extends SessionAction.Answer> Guards.Clause<Object, SessionState, A> awaited(
            BiPredicate<A, Stage> fits) {
        return present(
                "answer-is-awaited",
                SessionState::running,
                SessionAction.Answer::session,
                (fact, session) -> session.step() == fact.step() && fits.test(fact, session.stage()));
    }
}
