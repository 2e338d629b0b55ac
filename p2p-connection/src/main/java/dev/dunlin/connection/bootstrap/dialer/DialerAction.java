package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.LinkedHashSet;
import java.util.List;

/** The actions of the dialer machine. */
public sealed interface DialerAction extends Action {

    /** An action about an attempt. */
    sealed interface OfAttempt extends DialerAction {

        /** The kind of subject that is an attempt; its key is the number. */
        String KIND = "attempt";

        /** The attempt. */
        long attempt();

        @Override
        default Subject about() {
            return Subject.of(KIND, attempt());
        }
    }

    /** Something that an attempt has asked for: the attempt and its step as they were then. */
    sealed interface Answer extends OfAttempt {

        /** The step. */
        int step();
    }

    /**
     * Wish: redeem a link. Ends in one {@link DialerOutcome}.
     *
     * @param identity the hash of what this party says of who it is, which is in the vault
     * @param cadre where the nodes of this party are; empty for this node alone, where it can be reached
     * @param key the same for each try of one redemption; {@link WireLimits#LEAST_KEY} to {@link WireLimits#MOST_KEY} printable characters
     */
    record Redeem(Ticket ticket, Invitation link, Bytes identity, List<Multiaddr> cadre, String key)
            implements DialerAction, Action.Wish {
        /** Copies the list and checks the bounds. */
        public Redeem {
            cadre = List.copyOf(cadre);
            if (cadre.size() > WireLimits.ADDRESSES) {
                throw new IllegalArgumentException("a party tells " + WireLimits.ADDRESSES + " addresses at most");
            }
            if (key.length() < WireLimits.LEAST_KEY || key.length() > WireLimits.MOST_KEY) {
                throw new IllegalArgumentException("a key has " + WireLimits.LEAST_KEY + " to " + WireLimits.MOST_KEY
                        + " characters, not " + key.length());
            }
        }

        /** The nodes of the other party, in the order of the link. */
        List<PeerId> peers() {
            LinkedHashSet<PeerId> all = new LinkedHashSet<>();
            link.responders().forEach(address -> all.add(address.peerId().orElseThrow()));
            return List.copyOf(all);
        }

        /** Where one of them is. */
        List<Multiaddr> of(PeerId peer) {
            return link.responders().stream()
                    .filter(address -> address.peerId().orElseThrow().equals(peer))
                    .toList();
        }
    }

    /**
     * Wish: call an attempt off.
     *
     * @param ticket that of the wish to redeem
     */
    record CallOff(Ticket ticket) implements DialerAction {}

    /** This node listens at these addresses. */
    record Listened(Handle listener, List<Multiaddr> addresses) implements DialerAction {
        /** Copies the list. */
        public Listened {
            addresses = List.copyOf(addresses);
        }
    }

    /** A listener is closed. */
    record Unlistened(Handle listener) implements DialerAction {}

    /** Others see this node at these addresses. */
    record Observed(List<Multiaddr> addresses) implements DialerAction {
        /** Copies the list. */
        public Observed {
            addresses = List.copyOf(addresses);
        }
    }

    /** There is a connection to the node that is being tried. */
    record Reached(long attempt, int step) implements Answer {}

    /** There will be none. */
    record Unreached(long attempt, int step, String why) implements Answer {}

    /** The node has answered. */
    record AnswerCame(long attempt, int step, BootstrapAnswer answer) implements Answer {}

    /** It has not. */
    record AnswerMissing(long attempt, int step, AskFailure why, String detail) implements Answer {}

    /** Fact: a hook has looked at the answer. */
    record Checked(long attempt, int step, boolean isRight) implements Answer {}

    /** Fact: a database is there. If its attempt does not wait for it any more, it is removed. */
    record Provisioned(long attempt, int step, String name, Tally tally) implements Answer {}

    /**
     * Fact: a hook has failed.
     *
     * @param code {@link DialerCode#PROVISION_FAILED} or {@link DialerCode#INTERNAL}
     */
    record Failed(long attempt, int step, DialerCode code, String why) implements Answer {}

    /** Due: a phase, or the whole attempt, has taken too long; or a pause is over. */
    record AttemptDue(long attempt) implements OfAttempt {}
}
