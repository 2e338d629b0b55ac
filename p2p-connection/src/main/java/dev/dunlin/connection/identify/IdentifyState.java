package dev.dunlin.connection.identify;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What our peers told of themselves, what we tell of ourselves, and the exchanges on their way.
 *
 * @param config what the last boot said
 * @param own what we say of ourselves
 * @param peers the connected peers, and those remembered
 * @param links the open connections
 * @param exchanges the open identify streams
 * @param observers who sees us at which address: for each address, how many connections of each group of observers
 * @param pushing the peers whose push waits for a free place, by the number of ours that they have
 * @param pushes how many pushes are on their way
 * @param timeouts of each exchange: when it is given up
 * @param memory of each remembered peer: when it is forgotten
 * @param pushAt when our last changes are pushed; {@link Deadlines#NEVER} if there are none
 */
public record IdentifyState(
        IdentifyConfig config,
        Own own,
        Table<PeerId, Peer> peers,
        Table<Handle, Link> links,
        Table<Handle, Exchange> exchanges,
        Table<Multiaddr, Table<String, Integer>> observers,
        Table<PeerId, Long> pushing,
        int pushes,
        Deadlines<Handle> timeouts,
        Deadlines<PeerId> memory,
        long pushAt) {

    /** Before the first boot. */
    public static final IdentifyState INITIAL = new IdentifyState(
            IdentifyConfig.DEFAULT,
            Own.NOTHING,
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            Table.empty(),
            0,
            Deadlines.none(),
            Deadlines.none(),
            Deadlines.NEVER);

    /**
     * What we say of ourselves.
     *
     * @param protocols the protocol ids we take streams for, in order
     * @param listeners the addresses of each open listener
     * @param believed the observed addresses that enough observers agree on
     * @param seq the number of our peer record: microseconds since the Unix epoch at the last change or boot, and
     *     higher than any before
     */
    public record Own(
            List<String> protocols, Table<Handle, List<Multiaddr>> listeners, List<Multiaddr> believed, long seq) {

        static final Own NOTHING = new Own(List.of(), Table.empty(), List.of(), 0);

        /** Copies the lists. */
        public Own {
            protocols = List.copyOf(protocols);
            believed = List.copyOf(believed);
        }

        /** Where we can be reached: what we listen at, without what nobody can dial, then what observers agree on. */
        public List<Multiaddr> addresses() {
            Set<Multiaddr> all = new LinkedHashSet<>();
            for (List<Multiaddr> bound : listeners.values()) {
                for (Multiaddr address : bound) {
                    if (Scope.of(address) != Scope.NONE) {
                        address.withoutPeer().ifPresent(all::add);
                    }
                }
            }
            all.addAll(believed);
            return new ArrayList<>(all);
        }

        Own withProtocols(List<String> changed) {
            return new Own(changed, listeners, believed, seq);
        }

        Own withListeners(Table<Handle, List<Multiaddr>> changed) {
            return new Own(protocols, changed, believed, seq);
        }

        Own withBelieved(List<Multiaddr> changed) {
            return new Own(protocols, listeners, changed, seq);
        }

        /** With a number that is the time, or higher than the last where time would not raise it. */
        Own raised(long now) {
            return new Own(protocols, listeners, believed, Math.max(seq + 1, now));
        }
    }

    /** How far we are in asking a peer who it is. */
    public enum Asking {
        /** There is no connection. */
        NOT,
        /** The stream was asked for. */
        OPENING,
        /** The stream is open, and its answer awaited. */
        READING,
        /** The peer has told. */
        DONE,
        /** The peer could not be asked, or did not answer well. */
        FAILED
    }

    /** How far we are in pushing to a peer. */
    public enum Push {
        /** There is nothing on its way. */
        NO,
        /** The stream was asked for. */
        OPENING,
        /** The message is being written. */
        SENDING
    }

    /**
     * A peer.
     *
     * @param links how many connections there are to it; none if it is only remembered
     * @param asking how far we are in asking it on the newest connection
     * @param again whether a connection came while it was being asked, so it is asked once more
     * @param told what it told, also earlier
     * @param sentSeq the number of what we told it last on this connection; 0 if nothing yet
     * @param push how far we are in pushing to it
     * @param answers how many of its streams we answer now
     * @param pushCredit up to when its pushes have used up its time, microseconds since the Unix epoch
     */
    public record Peer(
            int links,
            Asking asking,
            boolean again,
            Optional<Told> told,
            long sentSeq,
            Push push,
            int answers,
            long pushCredit) {

        static final Peer NEW = new Peer(0, Asking.NOT, false, Optional.empty(), 0, Push.NO, 0, 0);

        Peer withLinks(int changed) {
            return new Peer(changed, asking, again, told, sentSeq, push, answers, pushCredit);
        }

        Peer withAsking(Asking changed, boolean onceMore) {
            return new Peer(links, changed, onceMore, told, sentSeq, push, answers, pushCredit);
        }

        Peer withTold(Told changed) {
            return new Peer(links, asking, again, Optional.of(changed), sentSeq, push, answers, pushCredit);
        }

        Peer withSent(long seq) {
            return new Peer(links, asking, again, told, Math.max(seq, sentSeq), push, answers, pushCredit);
        }

        Peer withPush(Push changed) {
            return new Peer(links, asking, again, told, sentSeq, changed, answers, pushCredit);
        }

        Peer withAnswers(int changed) {
            return new Peer(links, asking, again, told, sentSeq, push, changed, pushCredit);
        }

        Peer withCredit(long changed) {
            return new Peer(links, asking, again, told, sentSeq, push, answers, changed);
        }

        /** Without connections: what it told is remembered with fewer addresses. */
        Peer remembered(int addresses) {
            return new Peer(0, Asking.NOT, false, told.map(last -> last.cut(addresses)), 0, Push.NO, 0, pushCredit);
        }
    }

    /**
     * What a peer told of itself; filtered and bounded, otherwise its own words.
     *
     * @param protocolVersion such as {@code ipfs/0.1.0}; empty if not told
     * @param agentVersion name and version of its software; empty if not told
     * @param protocols the protocol ids it takes streams for
     * @param listenAddresses where it says it can be reached, without the peer at the end
     * @param certified the addresses it signed
     * @param skipped how many entries of its last message were left out
     * @param at when it told last, microseconds since the Unix epoch
     */
    public record Told(
            String protocolVersion,
            String agentVersion,
            List<String> protocols,
            List<Multiaddr> listenAddresses,
            Optional<Certified> certified,
            int skipped,
            long at) {

        static final Told NOTHING = new Told("", "", List.of(), List.of(), Optional.empty(), 0, 0);

        /** Copies the lists. */
        public Told {
            protocols = List.copyOf(protocols);
            listenAddresses = List.copyOf(listenAddresses);
        }

        /** Where it can be reached: the signed addresses, or those told if it signed none. */
        public List<Multiaddr> addresses() {
            return certified
                    .map(Certified::addresses)
                    .filter(signed -> !signed.isEmpty())
                    .orElse(listenAddresses);
        }

        /** Whether it takes streams for a protocol. */
        public boolean speaks(String protocol) {
            return protocols.contains(protocol);
        }

        Told cut(int most) {
            return new Told(
                    protocolVersion,
                    agentVersion,
                    protocols,
                    first(most, listenAddresses),
                    certified.map(signed -> new Certified(signed.seq(), first(most, signed.addresses()))),
                    skipped,
                    at);
        }

        private static List<Multiaddr> first(int most, List<Multiaddr> of) {
            return of.subList(0, Math.min(most, of.size()));
        }
    }

    /**
     * The addresses of a peer record that the peer itself signed.
     *
     * @param seq the record's number, unsigned
     */
    public record Certified(long seq, List<Multiaddr> addresses) {
        /** Copies the list. */
        public Certified {
            addresses = List.copyOf(addresses);
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

    /** What a stream is for. */
    public enum Kind {
        /** We read who the peer is. */
        ASK,
        /** The peer asked; we tell. */
        ANSWER,
        /** We push. */
        PUSH,
        /** The peer pushes; we read. */
        LISTEN
    }

    /** An open identify stream. */
    public record Exchange(PeerId peer, Handle connection, Kind kind) {}

    /** Whether a stream is one of a peer's for one of two purposes. */
    boolean isExchange(Handle stream, PeerId peer, Kind kind, Kind or) {
        return exchanges
                .find(stream)
                .filter(exchange -> exchange.peer().equals(peer) && (exchange.kind() == kind || exchange.kind() == or))
                .isPresent();
    }

    /** When a tick is due. */
    public long nextDeadline() {
        return Math.min(pushAt, Math.min(timeouts.next(), memory.next()));
    }

    IdentifyState withOwn(Own changed) {
        return new IdentifyState(
                config, changed, peers, links, exchanges, observers, pushing, pushes, timeouts, memory, pushAt);
    }

    IdentifyState withPeers(Table<PeerId, Peer> changed) {
        return new IdentifyState(
                config, own, changed, links, exchanges, observers, pushing, pushes, timeouts, memory, pushAt);
    }

    IdentifyState withPeer(PeerId id, Peer changed) {
        return withPeers(peers.with(id, changed));
    }

    IdentifyState withLinks(Table<Handle, Link> changed) {
        return new IdentifyState(
                config, own, peers, changed, exchanges, observers, pushing, pushes, timeouts, memory, pushAt);
    }

    IdentifyState withExchange(Handle stream, Exchange exchange, long until) {
        return new IdentifyState(
                config,
                own,
                peers,
                links,
                exchanges.with(stream, exchange),
                observers,
                pushing,
                pushes,
                timeouts.with(stream, until),
                memory,
                pushAt);
    }

    IdentifyState withoutExchange(Handle stream) {
        return new IdentifyState(
                config,
                own,
                peers,
                links,
                exchanges.without(stream),
                observers,
                pushing,
                pushes,
                timeouts.without(stream),
                memory,
                pushAt);
    }

    IdentifyState withObservers(Table<Multiaddr, Table<String, Integer>> changed) {
        return new IdentifyState(
                config, own, peers, links, exchanges, changed, pushing, pushes, timeouts, memory, pushAt);
    }

    IdentifyState withPushing(Table<PeerId, Long> waiting, int onTheirWay) {
        return new IdentifyState(
                config, own, peers, links, exchanges, observers, waiting, onTheirWay, timeouts, memory, pushAt);
    }

    IdentifyState withMemory(Deadlines<PeerId> changed) {
        return new IdentifyState(
                config, own, peers, links, exchanges, observers, pushing, pushes, timeouts, changed, pushAt);
    }

    IdentifyState withTimeouts(Deadlines<Handle> changed) {
        return new IdentifyState(
                config, own, peers, links, exchanges, observers, pushing, pushes, changed, memory, pushAt);
    }

    IdentifyState withPushAt(long changed) {
        return new IdentifyState(
                config, own, peers, links, exchanges, observers, pushing, pushes, timeouts, memory, changed);
    }
}
