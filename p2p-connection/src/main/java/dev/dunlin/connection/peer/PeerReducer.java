package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.peer.PeerAction.Certified;
import dev.dunlin.connection.peer.PeerState.Heard;
import dev.dunlin.connection.peer.PeerState.Met;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The peer machine. */
final class PeerReducer {

    private PeerReducer() {}

    /** Nobody is connected; what is known is known still, as far as there is room. */
    static PeerState boot(PeerState own, NodeAction.Booted booted, Context ctx) {
        PeerConfig config = PeerConfig.of(booted.config());
        Table<PeerId, Met> met = own.met();
        for (Map.Entry<PeerId, Met> entry : own.met()) {
            Met peer = entry.getValue();
            met = met.with(entry.getKey(), peer.isConnected() ? gone(peer, peer.seen(), config, ctx) : peer);
        }
        return fitted(config, met, own.heard());
    }

    static PeerState configured(PeerState own, Table<String, String> config, long now) {
        return fitted(PeerConfig.of(config), own.met(), own.heard());
    }

    // No more peers and addresses than there is room for; those go first that would be forgotten first.
    private static PeerState fitted(PeerConfig config, Table<PeerId, Met> all, Table<PeerId, Heard> named) {
        Table<PeerId, Met> met = all;
        for (Map.Entry<PeerId, Met> entry : all) {
            Met peer = entry.getValue();
            met = met.with(entry.getKey(), peer.with(Addresses.cut(peer.addresses(), config.maxAddresses())));
        }
        Table<PeerId, Heard> heard = named;
        for (Map.Entry<PeerId, Heard> entry : named) {
            heard = heard.with(
                    entry.getKey(), Heard.of(Addresses.cut(entry.getValue().addresses(), config.maxAddresses())));
        }
        return new PeerState(config, fewer(met, config.maxMet()), fewer(heard, config.maxHeard()));
    }

    private static <V> Table<PeerId, V> fewer(Table<PeerId, V> peers, int most) {
        Table<PeerId, V> left = peers;
        for (PeerId first : peers.due(Due.NEVER - 1, Math.max(0, peers.size() - most))) {
            left = left.without(first);
        }
        return left;
    }

    static PeerState reduce(PeerState own, PeerAction action, Context ctx) {
        PeerId peer = action.peer();
        return switch (action) {
            case PeerAction.Linked(var _, PeerId _, Optional<Multiaddr> dialled) -> linked(own, peer, dialled, ctx);
            case PeerAction.Unlinked _ -> own.with(peer, gone(own.met().at(peer), ctx.wallTime(), own.config(), ctx));
            case PeerAction.DialFailed(PeerId _, Multiaddr address, var why) ->
                dialFailed(own, peer, address, why, ctx);
            case PeerAction.AddAddresses wish -> added(own, wish, ctx);
            case PeerAction.Forget _, PeerAction.Evicted _ -> own.without(peer);
            case PeerAction.Reach wish -> {
                Set<Multiaddr> all = new LinkedHashSet<>(wish.addresses());
                all.addAll(own.addresses(peer));
                List<Multiaddr> first =
                        all.stream().limit(ConnectionAction.MAX_ADDRESSES).toList();
                ctx.then(new ConnectionAction.Connect(peer, first, wish.ticket()));
                yield own;
            }
            case PeerAction.Locate wish -> {
                ctx.then(new PeerOutcome.Located(wish.ticket(), peer, own.addresses(peer)));
                yield own;
            }
            case PeerAction.Sought _ -> {
                if (!own.addresses(peer).isEmpty()) {
                    ctx.then(new ConnectionAction.AddressesLearned(peer, own.addresses(peer)));
                }
                yield own;
            }
            case PeerAction.Describe said -> described(own, said, ctx);
            case PeerAction.Measured(PeerId _, long rtt) -> measured(own, peer, rtt);
            case PeerAction.Expired _ -> expired(own, peer, ctx);
        };
    }

    private static PeerState linked(PeerState own, PeerId peer, Optional<Multiaddr> dialled, Context ctx) {
        Optional<Met> before = own.met().find(peer);
        List<Known> addresses = own.known(peer);
        if (dialled.isPresent()) {
            List<Multiaddr> found = Addresses.bare(List.of(dialled.get()));
            for (Multiaddr address : found) {
                Source source = addresses.stream()
                        .filter(known -> known.address().equals(address))
                        .map(Known::source)
                        .findFirst()
                        .orElse(Source.GIVEN);
                addresses = Addresses.added(
                        addresses, found, source, Due.NEVER, own.config().maxAddresses());
                addresses = Addresses.dialled(
                        addresses, address, new Known.Outcome(ctx.wallTime(), Optional.empty()), false);
            }
        }
        PeerState after = own.with(
                peer,
                Met.connected(
                        addresses,
                        before.flatMap(Met::description),
                        before.map(Met::latency).orElse(0L),
                        ctx.wallTime()));
        if (after.met().size() > own.config().maxMet()) {
            after.met().due(Due.NEVER - 1, 1).forEach(first -> ctx.then(new PeerAction.Evicted(first)));
        }
        return after;
    }

    // What it said while it was connected holds for as long as it is remembered.
    private static Met gone(Met peer, long seen, PeerConfig config, Context ctx) {
        long until = ctx.now() + config.memory();
        List<Known> addresses = Addresses.lasting(peer.addresses(), ctx.now()).stream()
                .map(known -> known.until() == Due.NEVER ? known.until(until) : known)
                .toList();
        return Met.gone(addresses, peer.description(), peer.latency(), seen, until);
    }

    private static PeerState dialFailed(
            PeerState own, PeerId peer, Multiaddr address, ConnectionError.Kind why, Context ctx) {
        boolean saysNothing = switch (why) {
            case CANCELLED, NODE_RESTARTED, LIMIT, NOT_CONNECTED -> true;
            case UNREACHABLE,
                    REFUSED,
                    TIMED_OUT,
                    RESOLUTION_FAILED,
                    UNSUPPORTED_ADDRESS,
                    HANDSHAKE_FAILED,
                    WRONG_PEER,
                    NO_COMMON_PROTOCOL,
                    ADDRESS_UNAVAILABLE,
                    CONNECTION_CLOSED,
                    IO -> false;
        };
        if (saysNothing) {
            return own;
        }
        Known.Outcome outcome = new Known.Outcome(ctx.wallTime(), Optional.of(why));
        List<Known> after =
                Addresses.dialled(own.known(peer), address, outcome, why == ConnectionError.Kind.WRONG_PEER);
        return withAddresses(own, peer, after);
    }

    private static PeerState withAddresses(PeerState own, PeerId peer, List<Known> addresses) {
        Optional<Met> met = own.met().find(peer);
        if (met.isPresent()) {
            return own.with(peer, met.get().with(addresses));
        }
        return addresses.isEmpty() ? own.without(peer) : own.with(peer, Heard.of(addresses));
    }

    private static PeerState added(PeerState own, PeerAction.AddAddresses wish, Context ctx) {
        PeerId peer = wish.peer();
        List<Known> addresses = Addresses.added(
                own.known(peer),
                Addresses.bare(wish.addresses()),
                wish.source(),
                ctx.now() + wish.ttl(),
                own.config().maxAddresses());
        PeerState after = withAddresses(own, peer, addresses);
        if (after.heard().size() > own.config().maxHeard()) {
            after.heard().due(Due.NEVER - 1, 1).forEach(first -> ctx.then(new PeerAction.Evicted(first)));
        }
        learned(own, after, peer, ctx);
        return after;
    }

    private static PeerState described(PeerState own, PeerAction.Describe said, Context ctx) {
        PeerId peer = said.peer();
        Met before = own.met().at(peer);
        Description known = before.description().orElse(Description.NONE);
        Description base = said.whole() ? new Description("", "", List.of(), known.record(), 0, 0) : known;
        Optional<Certified> newer = said.record()
                .filter(record -> known.record()
                        .filter(seq -> Long.compareUnsigned(record.seq(), seq) <= 0)
                        .isEmpty());
        int most = own.config().maxAddresses();
        List<Known> addresses = before.addresses();
        if (newer.isPresent()) {
            addresses = Addresses.replaced(addresses, newer.get().addresses(), Source.CERTIFIED, Due.NEVER, most);
        }
        boolean isSigned = addresses.stream().anyMatch(address -> address.source() == Source.CERTIFIED);
        if (isSigned) {
            addresses = Addresses.replaced(addresses, List.of(), Source.TOLD, Due.NEVER, most);
        } else if (said.whole() || !said.addresses().isEmpty()) {
            addresses = Addresses.replaced(addresses, said.addresses(), Source.TOLD, Due.NEVER, most);
        }
        Description description = new Description(
                said.protocolVersion().orElse(base.protocolVersion()),
                said.agentVersion().orElse(base.agentVersion()),
                said.protocols().isEmpty() ? base.protocols() : said.protocols(),
                newer.map(Certified::seq).or(known::record),
                said.skipped(),
                ctx.wallTime());
        PeerState after =
                own.with(peer, Met.connected(addresses, Optional.of(description), before.latency(), before.seen()));
        learned(own, after, peer, ctx);
        return after;
    }

    // Whoever keeps a peer is to know where else it is.
    private static void learned(PeerState before, PeerState after, PeerId peer, Context ctx) {
        List<Multiaddr> now = after.addresses(peer);
        if (!new TreeSet<>(before.addresses(peer)).containsAll(now)) {
            ctx.then(new ConnectionAction.AddressesLearned(peer, now));
        }
    }

    private static PeerState measured(PeerState own, PeerId peer, long rtt) {
        Met before = own.met().at(peer);
        long latency = Math.max(1, before.latency() == 0 ? rtt : before.latency() + (rtt - before.latency()) / 8);
        return own.with(peer, Met.connected(before.addresses(), before.description(), latency, before.seen()));
    }

    private static PeerState expired(PeerState own, PeerId peer, Context ctx) {
        boolean isOld =
                own.met().find(peer).filter(met -> met.until() <= ctx.now()).isPresent();
        return isOld ? own.without(peer) : withAddresses(own, peer, Addresses.lasting(own.known(peer), ctx.now()));
    }
}
