package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the session machine. */
final class SessionInvariants {

    private SessionInvariants() {}

    static final List<Invariant<SessionState>> ALL = List.of(
            new Invariant<>("sessions-are-counted", own -> own.sessions().violation()),
            new Invariant<>("networks-are-counted", own -> {
                Table<String, Integer> counts = Table.empty();
                for (Session session : own.running().values()) {
                    counts = counts.with(session.network(), counts.or(session.network(), 0) + 1);
                }
                return counts.equals(own.admission().networks())
                        ? Optional.empty()
                        : Optional.of("networks have " + counts + " where "
                                + own.admission().networks() + " is told");
            }),
            new Invariant<>("places-are-counted", own -> {
                int places = 0;
                int queued = 0;
                for (Map.Entry<Long, Session> each : own.running()) {
                    Stage stage = each.getValue().stage();
                    places += stage.isProvisioning() ? 1 : 0;
                    if (stage instanceof Stage.Queued) {
                        queued++;
                        if (!own.queue().has(each.getKey())) {
                            return Optional.of("session " + each.getKey() + " waits and is in no queue");
                        }
                    }
                }
                return places == own.provisioning() && queued == own.queue().size()
                        ? Optional.empty()
                        : Optional.of(places + " databases are being made and " + queued + " wait, where "
                                + own.provisioning() + " and " + own.queue().size() + " are told");
            }),
            new Invariant<>("queue-is-of-one-piece", own -> own.queue().violation()),
            new Invariant<>("each-index-is-of-sessions", SessionInvariants::indexed),
            new Invariant<>("times-are-in-order", own -> {
                Admission admission = own.admission();
                return admission
                        .penalties()
                        .violation()
                        .or(admission.comings()::violation)
                        .or(admission.uses()::violation)
                        .or(admission.known()::violation);
            }),
            new Invariant<>("tables-are-bounded", own -> {
                Admission admission = own.admission();
                int most = Math.max(
                        Math.max(
                                admission.penalties().at().size(),
                                admission.comings().at().size()),
                        Math.max(
                                admission.uses().at().size(),
                                admission.known().at().size()));
                return most <= Admission.MOST
                                && own.past().size() <= SessionConfig.MOST_KEPT
                                && own.named() <= SessionMachine.NAMED
                        ? Optional.empty()
                        : Optional.of("more is remembered than may be");
            }));

    private static Optional<String> indexed(SessionState own) {
        int answers = 0;
        int joined = 0;
        int awaited = 0;
        for (Map.Entry<Long, Session> each : own.running()) {
            long number = each.getKey();
            Session session = each.getValue();
            Stage stage = session.stage();
            if (stage instanceof Stage.Unanswered || stage instanceof Stage.SendingResponse) {
                answers++;
                if (own.answers().or(session.question(), 0L) != number) {
                    return Optional.of("session " + number + " is not known by its question");
                }
            }
            if (stage instanceof Stage.Joining(var contact, String other)) {
                joined++;
                if (!own.holders().has(other) || !own.joined().has(SessionState.joint(other, number))) {
                    return Optional.of("session " + number + " waits for none");
                }
            }
            boolean isAwaited = stage instanceof Stage.AwaitingDatabase
                    || stage instanceof Stage.SendingResponse(boolean isLast) && !isLast;
            if (isAwaited) {
                awaited++;
                if (own.awaitedOf(session).filter(one -> one == number).isEmpty()) {
                    return Optional.of("session " + number + " is not found by what it awaits");
                }
            }
        }
        for (Map.Entry<String, Long> each : own.holders()) {
            if (own.running()
                    .find(each.getValue())
                    .filter(session -> session.redemption().equals(each.getKey()))
                    .isEmpty()) {
                return Optional.of("no session works on " + each.getKey());
            }
        }
        return answers == own.answers().size()
                        && joined == own.joined().size()
                        && awaited == own.awaited().size()
                ? Optional.empty()
                : Optional.of("there are answers, waits or names of sessions that do not go on");
    }
}
