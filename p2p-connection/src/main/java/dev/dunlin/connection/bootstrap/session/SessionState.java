package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.admission.FairQueue;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sessions that go on, and what is remembered of those that come.
 *
 * @param config what the last boot said, and operators since
 * @param self this node's id: the name of its party
 * @param addresses where this node can be reached
 * @param sessions those that go on, by their numbers
 * @param answers whose contact is still to be answered, or its answer is being written: by the question's number
 * @param holders which session works on a redemption
 * @param joined sessions that wait for the end of another of their redemption: by {@link #joint}
 * @param awaited sessions that a third message may come to: by {@link #awaiting}
 * @param queue those that wait until their database is made
 * @param provisioning how many have a place at the hook that makes databases
 * @param admission what is remembered of those that come
 * @param turned how many were turned away since they were last counted in the trail, by their codes, beside those that it names
 * @param named how many of them it names
 * @param chores what is to be done, and when
 * @param stance whether sessions are taken
 * @param past sessions that are over, by their numbers
 * @param last the number of the last session
 * @param counts what has happened since the boot
 */
public record SessionState(
        SessionConfig config,
        Optional<PeerId> self,
        OwnAddresses addresses,
        Pool<Long, Session> sessions,
        Table<Long, Long> answers,
        Table<String, Long> holders,
        Table<String, Long> joined,
        Table<String, Long> awaited,
        FairQueue queue,
        int provisioning,
        Admission admission,
        Table<String, Long> turned,
        int named,
        Table<Chore, Chore.Alarm> chores,
        Stance stance,
        Table<Long, Past> past,
        long last,
        Counts counts) {

    /** Whether sessions are taken. */
    public enum Stance {
        /** Not yet: what an earlier run has left is being put in order. */
        STARTING,
        /** They are. */
        OPEN,
        /** No more; those that go on have some time. */
        DRAINING
    }

    /** Before the first boot. */
    public static final SessionState INITIAL = fresh(SessionConfig.DEFAULT, Optional.empty(), Table.empty(), 0);

    static SessionState fresh(SessionConfig config, Optional<PeerId> self, Table<Long, Past> past, long last) {
        return new SessionState(
                config,
                self,
                OwnAddresses.NONE,
                Pool.of(config.maxSessions(), config.maxPerPeer()),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                FairQueue.EMPTY,
                0,
                Admission.NONE,
                Table.empty(),
                0,
                Table.empty(),
                Stance.STARTING,
                past,
                last,
                Counts.NONE);
    }

    /** Where the nodes of its party are: this one first, and at most as many as may be told. */
    public List<Multiaddr> cadre() {
        return Stream.concat(self.stream().flatMap(id -> addresses.of(id).stream()), config.cadre().stream())
                .distinct()
                .limit(SessionMachine.MOST_CADRE)
                .toList();
    }

    /** By what a session is known that waits for the end of another one. */
    static String joint(String redemption, long session) {
        return redemption + '/' + session;
    }

    /** By what a session is known that a third message may come to. */
    static String awaiting(PeerId peer, Bytes reference) {
        return peer + "/" + reference;
    }

    /** The entries whose keys begin so, and a slash. */
    static List<Long> under(Table<String, Long> table, String name) {
        List<Long> found = new ArrayList<>();
        for (Map.Entry<String, Long> each : table.from(name + '/')) {
            if (!each.getKey().startsWith(name + '/')) {
                break;
            }
            found.add(each.getValue());
        }
        return found;
    }

    Table<Long, Session> running() {
        return sessions.running();
    }

    /** The session that a third message is for: the one that it names, or the only one of its peer; empty if there is none. */
    Optional<Long> awaitingOf(PeerId peer, Optional<Bytes> reference) {
        if (reference.isPresent()) {
            return awaited.find(awaiting(peer, reference.get()));
        }
        List<Long> all = under(awaited, peer.toString());
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    /** Which session is found by what one awaits; empty if it awaits nothing. */
    Optional<Long> awaitedOf(Session session) {
        return session.reference().flatMap(name -> awaited.find(awaiting(session.peer(), name)));
    }

    String phaseOf(Subject subject) {
        return subject.kind().equals(SessionAction.OfSession.KIND)
                ? running()
                        .find(Long.parseLong(subject.key()))
                        .map(session -> session.stage().phase())
                        .orElse("noSession")
                : "running";
    }

    SessionState with(Pool<Long, Session> next) {
        return new SessionState(
                config,
                self,
                addresses,
                next,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState with(Admission next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                next,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState withAnswers(Table<Long, Long> next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                next,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState withHolders(Table<String, Long> next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                next,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState withJoined(Table<String, Long> next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                next,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState withAwaited(Table<String, Long> next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                next,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState withQueue(FairQueue next, int places) {
        return new SessionState(
                config, self, addresses, sessions, answers, holders, joined, awaited, next, places, admission, turned,
                named, chores, stance, past, last, counts);
    }

    SessionState withTurned(Table<String, Long> next, int names) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                next,
                names,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState with(Chore chore, long at) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores.with(chore, new Chore.Alarm(at)),
                stance,
                past,
                last,
                counts);
    }

    SessionState without(Chore chore) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores.without(chore),
                stance,
                past,
                last,
                counts);
    }

    SessionState with(Stance next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                next,
                past,
                last,
                counts);
    }

    SessionState with(Counts next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                next);
    }

    SessionState withPast(Table<Long, Past> next) {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                next,
                last,
                counts);
    }

    SessionState with(OwnAddresses next) {
        return new SessionState(
                config,
                self,
                next,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }

    SessionState numbered() {
        return new SessionState(
                config,
                self,
                addresses,
                sessions,
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last + 1,
                counts);
    }

    SessionState configured(SessionConfig next) {
        return new SessionState(
                next,
                self,
                addresses,
                sessions.bounded(next.maxSessions(), next.maxPerPeer()),
                answers,
                holders,
                joined,
                awaited,
                queue,
                provisioning,
                admission,
                turned,
                named,
                chores,
                stance,
                past,
                last,
                counts);
    }
}
