package dev.dunlin.connection.bootstrap.dialer;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Pool;
import java.util.Optional;
import java.util.function.Predicate;

/** The enabling conditions of the dialer machine. */
final class DialerGuards {

    private DialerGuards() {}

    static final Guards<Object, DialerState, DialerAction> ALL = Guards.<Object, DialerState, DialerAction>of()
            .on(
                    DialerAction.Redeem.class,
                    when("node-has-an-id", (own, wish) -> own.self().isPresent()),
                    when(
                            "link-is-anothers",
                            (own, wish) -> wish.peers().stream()
                                    .anyMatch(peer -> !own.self().equals(Optional.of(peer)))),
                    absent("ticket-is-new", DialerState::tickets, DialerAction.Redeem::ticket),
                    Pool.hasRoom(
                            "attempts-not-full",
                            DialerState::attempts,
                            wish -> Long.MAX_VALUE,
                            wish -> wish.ticket().machine()))
            .on(
                    DialerAction.CallOff.class,
                    when("attempt-goes-on", (own, wish) -> own.tickets().has(wish.ticket())))
            .on(DialerAction.Reached.class, awaited(phase -> phase instanceof Phase.Connecting))
            .on(DialerAction.Unreached.class, awaited(phase -> phase instanceof Phase.Connecting))
            .on(DialerAction.AnswerCame.class, awaited(DialerGuards::isAsked))
            .on(DialerAction.AnswerMissing.class, awaited(phase -> isAsked(phase) || phase instanceof Phase.Connecting))
            .on(DialerAction.Checked.class, awaited(phase -> phase instanceof Phase.ValidatingResponse))
            // One that comes too late is removed.
            .always(DialerAction.Provisioned.class)
            .on(
                    DialerAction.Failed.class,
                    awaited(phase ->
                            phase instanceof Phase.ValidatingResponse || phase instanceof Phase.ProvisioningDatabase),
                    when(
                            "code-is-a-hooks",
                            (own, fact) ->
                                    fact.code() == DialerCode.PROVISION_FAILED || fact.code() == DialerCode.INTERNAL))
            .always(DialerAction.AttemptDue.class)
            .on(
                    DialerAction.Listened.class,
                    when("listeners-not-full", (own, fact) -> own.addresses().hasRoom(fact.listener())))
            .always(DialerAction.Unlistened.class)
            .always(DialerAction.Observed.class)
            .build();

    private static boolean isAsked(Phase phase) {
        return phase instanceof Phase.AwaitingResponse || phase instanceof Phase.SendingDatabase;
    }

    /** What comes too late, twice, or to an attempt of an earlier run is awaited by nobody. */
    private static <A extends DialerAction.Answer> Guards.Clause<Object, DialerState, A> awaited(
            Predicate<Phase> fits) {
        return present(
                "answer-is-awaited",
                DialerState::running,
                DialerAction.Answer::attempt,
                (fact, attempt) -> attempt.step() == fact.step() && fits.test(attempt.phase()));
    }
}
