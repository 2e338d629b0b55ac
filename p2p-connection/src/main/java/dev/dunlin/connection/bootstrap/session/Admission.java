package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.admission.Breaker;
import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.admission.Times;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;

/**
 * What is remembered of those that come, so that some of them keep no others out. Each table is bounded by {@link #MOST}.
 *
 * @param level how loaded the node is
 * @param networks how many sessions each IP network has
 * @param penalties until when each network has to wait
 * @param comings when each network would have come, had it come as often as it may
 * @param uses the same of tokens
 * @param known peers with which it went well, and when it did last
 * @param breaker of the hook that makes databases
 * @param told when this node would have told that somebody is turned away, had it told so as often as it may
 */
public record Admission(
        Level level,
        Table<String, Integer> networks,
        Times<String> penalties,
        Times<String> comings,
        Times<Bytes> uses,
        Times<PeerId> known,
        Breaker breaker,
        long told) {

    /** The most networks, tokens and peers that are remembered. */
    static final int MOST = 65_536;

    static final Admission NONE = new Admission(
            Level.NORMAL, Table.empty(), Times.none(), Times.none(), Times.none(), Times.none(), Breaker.CLOSED, 0);

    /** What a boot leaves: a peer that was punished is so still, and one that is known is known. */
    Admission afterBoot() {
        return new Admission(Level.NORMAL, Table.empty(), penalties, comings, uses, known, Breaker.CLOSED, told);
    }

    Admission at(Level now) {
        return new Admission(now, networks, penalties, comings, uses, known, breaker, told);
    }

    /** With so many sessions of a network more. */
    Admission counting(String network, int more) {
        int count = networks.or(network, 0) + more;
        Table<String, Integer> after = count > 0 ? networks.with(network, count) : networks.without(network);
        return new Admission(level, after, penalties, comings, uses, known, breaker, told);
    }

    /** With a penalty more, to a longest one. */
    Admission punishing(String who, long penalty, long longest, long now) {
        long left = Math.max(0, penalties.of(who, now) - now);
        Times<String> after = penalties.passed(now).with(who, now + Math.min(longest, left + penalty), MOST);
        return new Admission(level, networks, after, comings, uses, known, breaker, told);
    }

    /** With one more that has come from a network. */
    Admission coming(String who, long every, long now) {
        Times<String> after = comings.passed(now).with(who, Math.max(now, comings.of(who, now)) + every, MOST);
        return new Admission(level, networks, penalties, after, uses, known, breaker, told);
    }

    /** With one more use of a token. */
    Admission using(Bytes token, long every, long now) {
        Times<Bytes> after = uses.passed(now).with(token, Math.max(now, uses.of(token, now)) + every, MOST);
        return new Admission(level, networks, penalties, comings, after, known, breaker, told);
    }

    /** With a peer with which it went well. */
    Admission knowing(PeerId peer, long now) {
        return new Admission(level, networks, penalties, comings, uses, known.with(peer, now, MOST), breaker, told);
    }

    Admission with(Breaker next) {
        return new Admission(level, networks, penalties, comings, uses, known, next, told);
    }

    Admission telling(long next) {
        return new Admission(level, networks, penalties, comings, uses, known, breaker, next);
    }

    /** Whether somebody comes sooner than it may. */
    static boolean isEarly(long expected, long every, int burst, long now) {
        return expected - now > (burst - 1) * every;
    }
}
