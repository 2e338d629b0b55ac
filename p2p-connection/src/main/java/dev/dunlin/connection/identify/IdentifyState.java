package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whom of our peers we have asked who they are, what we tell of ourselves, and the asks and pushes on their way. What peers tell is
 * kept by the peer machine.
 *
 * @param config what the last boot said, and operators since
 * @param own what we say of ourselves
 * @param peers the connected peers
 * @param links the open connections
 * @param pushes how our changes get to our peers
 * @param lastAsk the number of the last ask or push; never falls, not even at a boot
 */
public record IdentifyState(
        IdentifyConfig config,
        Own own,
        Table<PeerId, Peer> peers,
        Table<Handle, Link> links,
        Pushes pushes,
        long lastAsk) {

    /** Before the first boot. */
    public static final IdentifyState INITIAL =
            new IdentifyState(IdentifyConfig.DEFAULT, Own.NOTHING, Table.empty(), Table.empty(), Pushes.NONE, 0);

    /**
     * A connected peer.
     *
     * @param links how many connections there are to it, at least one
     * @param asking how far we are in asking it on the newest connection
     * @param takesPushes whether it said that it takes pushes
     * @param sent what we told it
     * @param pushCredit up to when its pushes have used up its time, microseconds of the node's time
     */
    public record Peer(int links, Asking asking, boolean takesPushes, Sent sent, long pushCredit) {

        static final Peer NEW = new Peer(0, new Asking(Step.ASKING, 0, false), false, new Sent(0, Sent.NO_PUSH), 0);

        Peer withLinks(int changed) {
            return new Peer(changed, asking, takesPushes, sent, pushCredit);
        }

        Peer with(Asking changed) {
            return new Peer(links, changed, takesPushes, sent, pushCredit);
        }

        Peer taking(boolean pushes) {
            return new Peer(links, asking, pushes, sent, pushCredit);
        }

        Peer with(Sent changed) {
            return new Peer(links, asking, takesPushes, changed, pushCredit);
        }

        Peer withPushCredit(long changed) {
            return new Peer(links, asking, takesPushes, sent, changed);
        }
    }

    /**
     * How far we are in asking a peer who it is.
     *
     * @param ask the number of the last ask
     * @param again whether a connection came while it was being asked, so it is asked once more
     */
    public record Asking(Step step, long ask, boolean again) {

        boolean awaits(long number) {
            return step == Step.ASKING && ask == number;
        }
    }

    /** A step of asking; its name is the phase of the peer. */
    public enum Step {
        /** It is being asked. */
        ASKING,
        /** The peer has told. */
        IDENTIFIED,
        /** The peer could not be asked, or did not answer well. */
        UNIDENTIFIED
    }

    /**
     * What we told a peer.
     *
     * @param seq the number of what we told it last on this connection; 0 if nothing yet
     * @param push the number of the push on its way; {@link #NO_PUSH} if there is none
     */
    public record Sent(long seq, long push) {

        /** No push is on its way. */
        public static final long NO_PUSH = 0;

        boolean awaits(long number) {
            return push != NO_PUSH && push == number;
        }

        Sent with(long told, long now) {
            return new Sent(Math.max(told, seq), now);
        }
    }

    /**
     * How our changes get to our peers.
     *
     * @param waiting the peers whose push waits for a free place, by the number of ours that they have
     * @param onTheirWay how many pushes are on their way
     * @param at when our last changes are pushed
     */
    public record Pushes(Table<PeerId, Long> waiting, int onTheirWay, long at) implements Due {

        static final Pushes NONE = new Pushes(Table.empty(), 0, NEVER);

        Pushes with(Table<PeerId, Long> changed, int more) {
            return new Pushes(changed, onTheirWay + more, at);
        }

        Pushes due(long when) {
            return new Pushes(waiting, onTheirWay, when);
        }
    }

    /**
     * An open connection.
     *
     * @param remote the address at its other end
     * @param direction who opened it
     * @param observed where its peer sees us, if that says something about where we can be reached
     */
    public record Link(PeerId peer, Multiaddr remote, Direction direction, Optional<Multiaddr> observed) {

        Link seeing(Optional<Multiaddr> changed) {
            return new Link(peer, remote, direction, changed);
        }
    }

    /** Whether an ask or push of a number awaits its end. */
    boolean awaits(PeerId peer, long ask) {
        return peers.find(peer)
                .filter(known -> known.asking().awaits(ask) || known.sent().awaits(ask))
                .isPresent();
    }

    /** What we say of ourselves, to whom we see there. */
    Identified said(Optional<Multiaddr> observed) {
        List<Multiaddr> addresses = own.addresses();
        return new Identified(
                Optional.of(config.protocolVersion()),
                Optional.of(config.agentVersion()),
                config.self(),
                addresses,
                own.protocols(),
                observed,
                config.self().map(self -> new PeerRecord(self, own.seq(), addresses)),
                0);
    }

    boolean isLinked(Handle connection, PeerId peer) {
        return links.find(connection).filter(link -> link.peer().equals(peer)).isPresent();
    }

    // One entry, so that the store deals it out.
    Table<String, Pushes> rounds() {
        return Table.of("pushes", pushes);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(OfPeer.KIND)) {
            return "running";
        }
        return peers.find(PeerId.parse(subject.key()))
                .map(peer -> peer.asking().step().name().toLowerCase(Locale.ROOT))
                .orElse("unknown");
    }

    IdentifyState with(IdentifyConfig changed) {
        return new IdentifyState(changed, own, peers, links, pushes, lastAsk);
    }

    IdentifyState with(Own changed) {
        return new IdentifyState(config, changed, peers, links, pushes, lastAsk);
    }

    IdentifyState with(PeerId id, Peer changed) {
        return with(peers.with(id, changed));
    }

    IdentifyState with(Table<PeerId, Peer> connected) {
        return new IdentifyState(config, own, connected, links, pushes, lastAsk);
    }

    IdentifyState withLinks(Table<Handle, Link> changed) {
        return new IdentifyState(config, own, peers, changed, pushes, lastAsk);
    }

    IdentifyState withLastAsk(long changed) {
        return new IdentifyState(config, own, peers, links, pushes, changed);
    }

    IdentifyState with(Pushes changed) {
        return new IdentifyState(config, own, peers, links, changed, lastAsk);
    }
}
