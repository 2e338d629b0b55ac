package dev.dunlin.connection.ping;

import dev.dunlin.connection.ping.PingState.Job;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Longs;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;

/** The ping machine: one ping after the other on one stream to each peer (libp2p/specs ping/ping.md). */
record PingReducer(PingState own, PeerId id, Peer peer, Context ctx) {

    static PingState reduce(PingState own, PingAction action, Context ctx) {
        return new PingReducer(own, action.peer(), own.peer(action), ctx).reduce(action);
    }

    private PingState reduce(PingAction action) {
        long interval = own.config().interval();
        return switch (action) {
            // The first pings are spread over the interval, so that a node with many peers does not send all at once.
            case PingAction.Linked _
            when interval > 0 ->
                with(peer.with(peer.stream(), ctx.now() + 1 + ctx.random().nextLong(interval)));
            case PingAction.Linked _ -> with(peer);
            case PingAction.Unlinked _ -> {
                givenUp("the last connection to the peer is closed");
                yield new PingState(own.config(), own.peers().without(id));
            }
            case PingAction.Ping wish -> asked(new Job(wish, List.of(), wish.count()));
            case PingAction.Opened(Handle stream, PeerId _) ->
                peer.stream() instanceof Stream.Opening ? sent(peer, stream) : closed(stream);
            case PingAction.NotOpened(PeerId _, boolean unsupported) ->
                unsupported ? givenUp("the peer does not speak the ping protocol") : lost();
            case PingAction.EchoAsked(Handle stream, PeerId _) -> echoAsked(stream);
            case PingAction.StreamEnded(Handle stream, PeerId _) when peer.awaits(stream) -> lost();
            case PingAction.StreamEnded(Handle stream, PeerId _) ->
                peer.uses(stream) ? with(peer.without(stream)) : own;
            case PingAction.PongReceived(Handle stream, PeerId _, long rtt) ->
                ended(new Stream.Ready(stream), List.of(rtt));
            case PingAction.PongLost _, PingAction.PeerDue _ -> due(peer);
            case PingAction.PeerUnresponsive _ -> own;
        };
    }

    private PingState with(Peer changed) {
        return new PingState(own.config(), own.peers().with(id, changed));
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
        return with(peer.with(new Stream.Idle(), Due.NEVER).with(peer.echoes(), List.of()));
    }

    private PingState asked(Job job) {
        Peer asked = peer.with(peer.echoes(), joined(peer.jobs(), List.of(job)));
        boolean isFree = peer.jobs().isEmpty() && !(peer.stream() instanceof Stream.Waiting);
        return isFree ? due(asked) : with(asked);
    }

    /** The next ping is sent, on the open stream or on one that is opened now; or the pong that is awaited is lost. */
    private PingState due(Peer now) {
        return switch (now.stream()) {
            case Stream.Idle _ -> {
                Ticket ticket = new Ticket(PingMachine.NAME, 0);
                ctx.then(new StreamAction.OpenStream(ticket, id, List.of(PingMachine.PROTOCOL)));
                yield with(now.with(new Stream.Opening(), Due.NEVER));
            }
            case Stream.Opening _ -> with(now);
            case Stream.Ready(Handle stream) -> sent(now, stream);
            case Stream.Waiting(Handle stream) -> {
                closed(stream);
                yield lost();
            }
        };
    }

    private PingState sent(Peer now, Handle stream) {
        ctx.effect(new PingEffect.SendPing(stream, id));
        long timeout = own.config().timeout();
        return with(now.with(new Stream.Waiting(stream), ctx.now() + timeout));
    }

    private PingState closed(Handle stream) {
        ctx.then(new StreamAction.CloseStream(stream, CloseMode.RESET));
        return own;
    }

    private PingState echoAsked(Handle stream) {
        if (!own.peers().has(id) || peer.echoes().size() >= own.config().maxEchoes()) {
            return closed(stream);
        }
        ctx.effect(new PingEffect.Echo(stream));
        return with(peer.with(joined(peer.echoes(), List.of(stream)), peer.jobs()));
    }

    private PingState lost() {
        return ended(new Stream.Idle(), List.of());
    }

    /** A ping's end, lost if it has no time: counts it for the wish in work, and says when the next one is due. */
    private PingState ended(Stream stream, List<Long> rtt) {
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
        return with(new Peer(peer.echoes(), stream, at, kept, failures, jobs));
    }
}
