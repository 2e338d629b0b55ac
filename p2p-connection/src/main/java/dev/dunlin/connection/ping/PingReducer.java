package dev.dunlin.connection.ping;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.ping.PingState.Job;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Sent;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Longs;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ping machine: one ping after the other on one stream to each peer (libp2p/specs ping/ping.md). */
record PingReducer(PingState own, PeerId id, Peer peer, Context ctx) {

    static PingState reduce(PingState own, PingAction action, Context ctx) {
        return new PingReducer(own, action.peer(), own.peer(action), ctx).reduce(action);
    }

    /** Nobody is connected; pings are answered. */
    static PingState configured(PingState own, Table<String, String> values, long now) {
        PingConfig config = PingConfig.of(values);
        boolean isOther = config.interval() != own.config().interval();
        long next = config.interval() == 0 ? Due.NEVER : now + config.interval();
        Table<PeerId, Peer> peers = own.peers();
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            Peer peer = entry.getValue();
            boolean moves = isOther && peer.ping().isEmpty() && peer.jobs().isEmpty();
            List<Long> rtts = peer.rtts()
                    .subList(
                            Math.max(0, peer.rtts().size() - config.keptRtts()),
                            peer.rtts().size());
            int failures = Math.min(peer.failures(), config.failures());
            peers = peers.with(
                    entry.getKey(), new Peer(peer.ping(), moves ? next : peer.at(), rtts, failures, peer.jobs()));
        }
        return new PingState(config, peers, own.lastPing());
    }

    static PingState boot(PingState own, NodeAction.Booted booted, Context ctx) {
        ctx.then(new ExchangeAction.Serve(PingProtocol.NAME));
        return new PingState(PingConfig.of(booted.config()), Table.empty(), own.lastPing());
    }

    private PingState reduce(PingAction action) {
        long interval = own.config().interval();
        return switch (action) {
            // The first pings are spread over the interval, so that a node with many peers does not send all at once.
            case PingAction.Linked _
            when interval > 0 ->
                with(peer.with(peer.ping(), ctx.now() + 1 + ctx.random().nextLong(interval)));
            case PingAction.Linked _ -> with(peer);
            case PingAction.Unlinked _ -> {
                givenUp("the last connection to the peer is closed");
                yield new PingState(own.config(), own.peers().without(id), own.lastPing());
            }
            case PingAction.Ping wish -> asked(new Job(wish, List.of(), wish.count()));
            case PingAction.PongReceived(PeerId _, long _, var payload, long rtt) -> {
                boolean isPong = payload.equals(peer.ping().orElseThrow().payload());
                if (isPong) {
                    ctx.then(new PeerAction.Measured(id, rtt));
                }
                yield ended(isPong ? List.of(rtt) : List.of());
            }
            case PingAction.PongLost(PeerId _, long _, var why, String _) ->
                why == AskFailure.UNSUPPORTED ? givenUp("the peer does not speak the ping protocol") : ended(List.of());
            case PingAction.PingCame(PeerId _, long question, var payload) -> {
                ctx.then(new ExchangeAction.Reply(question, payload));
                yield own;
            }
            case PingAction.PeerDue _ -> sent(peer);
            case PingAction.PeerUnresponsive _ -> own;
        };
    }

    private PingState with(Peer changed) {
        return new PingState(own.config(), own.peers().with(id, changed), own.lastPing());
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private PingState givenUp(String why) {
        for (Job job : peer.jobs()) {
            ctx.then(new PingOutcome.PingFailed(job.wish().ticket(), id, why));
        }
        return with(peer.with(Optional.empty(), Due.NEVER).with(List.of()));
    }

    private PingState asked(Job job) {
        Peer asked = peer.with(joined(peer.jobs(), List.of(job)));
        return peer.jobs().isEmpty() && peer.ping().isEmpty() ? sent(asked) : with(asked);
    }

    private PingState sent(Peer now) {
        long number = own.lastPing() + 1;
        byte[] bytes = new byte[PingProtocol.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ctx.random().nextInt(256);
        }
        PingProtocol.PingPayload payload = new PingProtocol.PingPayload(Bytes.of(bytes));
        ctx.then(new ExchangeAction.Ask(
                new Ticket(PingMachine.NAME, number),
                id,
                List.of(),
                false,
                PingProtocol.NAME,
                payload,
                own.config().timeout()));
        Peer waiting = now.with(Optional.of(new Sent(number, payload)), Due.NEVER);
        return new PingState(own.config(), own.peers().with(id, waiting), number);
    }

    /** A ping's end, lost if it has no time: counts it for the wish in work, and says when the next one is due. */
    private PingState ended(List<Long> rtt) {
        int most = own.config().failures();
        int failures = rtt.isEmpty() ? Math.min(peer.failures() + 1, most) : 0;
        if (failures == most && peer.failures() < most) {
            ctx.then(new PingAction.PeerUnresponsive(id, failures));
        }
        long wait = own.config().interval();
        List<Job> jobs = new ArrayList<>(peer.jobs());
        if (!jobs.isEmpty()) {
            Job job = jobs.removeFirst();
            PingAction.Ping wish = job.wish();
            List<Long> pongs = joined(job.rtts(), rtt);
            if (job.left() > 1) {
                jobs.addFirst(new Job(wish, pongs, job.left() - 1));
                wait = Math.max(1, wish.intervalMicros());
            } else {
                ctx.then(new PingOutcome.PingDone(wish.ticket(), id, pongs, wish.count() - pongs.size()));
                wait = jobs.isEmpty() ? wait : 1;
            }
        }
        long at = wait == 0 ? Due.NEVER : ctx.now() + wait;
        List<Long> kept = Longs.last(own.config().keptRtts(), peer.rtts(), rtt);
        return with(new Peer(Optional.empty(), at, kept, failures, jobs));
    }
}
