package dev.dunlin.connection.ping;

import dev.dunlin.connection.ping.PingOutcome.PingDone;
import dev.dunlin.connection.ping.PingOutcome.PingFailed;
import dev.dunlin.connection.ping.PingState.Health;
import dev.dunlin.connection.ping.PingState.Job;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;

/** The ping machine: one ping after the other on one stream to each peer (libp2p/specs ping/ping.md). */
final class PingReducer {

    private PingReducer() {}

    static PingState reduce(PingState own, PingAction action, Context ctx) {
        PeerId id = action.peer();
        Peer peer = own.peer(action);
        return switch (action) {
            case PingAction.Linked(Handle connection, PeerId _) -> linked(own, connection, id, peer, ctx);
            case PingAction.Unlinked(Handle connection, PeerId _) -> unlinked(own, connection, id, peer, ctx);
            case PingAction.Ping wish -> own.with(id, asked(own, wish, peer, ctx));
            case PingAction.Opened(Handle stream, PeerId _) ->
                peer.stream() instanceof Stream.Opening
                        ? own.with(id, sent(own, stream, id, peer, ctx))
                        : closed(own, stream, ctx);
            case PingAction.NotOpened(PeerId _, boolean unsupported) ->
                own.with(id, unsupported ? unsupported(peer, ctx) : lost(own, id, peer, ctx));
            case PingAction.EchoAsked(Handle stream, PeerId _) -> echoAsked(own, stream, id, peer, ctx);
            case PingAction.StreamEnded(Handle stream, PeerId _) ->
                peer.uses(stream) ? own.with(id, streamEnded(own, stream, id, peer, ctx)) : own;
            case PingAction.PongReceived pong -> own.with(id, received(own, pong, peer, ctx));
            // The stream is of no more use.
            case PingAction.PongLost(Handle stream, PeerId _, String _) ->
                closed(own, stream, ctx).with(id, lost(own, id, peer, ctx));
            case PingAction.PongDue(Handle stream, PeerId _) ->
                closed(own, stream, ctx).with(id, lost(own, id, peer, ctx));
            case PingAction.PingDue _ -> own.with(id, next(own, id, peer, ctx));
            case PingAction.PeerUnresponsive _ -> own;
        };
    }

    private static PingState linked(PingState own, Handle connection, PeerId id, Peer peer, Context ctx) {
        // The first pings are spread over the interval, so that a node with many peers does not send all at once.
        long interval = own.config().interval();
        boolean isNew = peer.links() == 0 && interval > 0;
        Peer due = isNew ? peer.with(peer.stream(), ctx.now() + 1 + ctx.random().nextLong(interval)) : peer;
        return new PingState(
                own.config(), own.links().with(connection, id), own.peers().with(id, due.linked(1)));
    }

    private static PingState unlinked(PingState own, Handle connection, PeerId id, Peer peer, Context ctx) {
        boolean isLast = peer.links() == 1;
        if (isLast) {
            giveUp(peer, "the last connection to the peer is closed", ctx);
        }
        Table<PeerId, Peer> peers =
                isLast ? own.peers().without(id) : own.peers().with(id, peer.linked(-1));
        return new PingState(own.config(), own.links().without(connection), peers);
    }

    private static Peer unsupported(Peer peer, Context ctx) {
        giveUp(peer, "the peer does not speak the ping protocol", ctx);
        return peer.with(new Stream.Idle(), Due.NEVER, peer.health(), List.of());
    }

    private static void giveUp(Peer peer, String why, Context ctx) {
        peer.jobs()
                .forEach(job ->
                        ctx.then(new PingFailed(job.wish().ticket(), job.wish().peer(), why)));
    }

    private static Peer asked(PingState own, PingAction.Ping wish, Peer peer, Context ctx) {
        List<Job> jobs = joined(peer.jobs(), new Job(wish, List.of(), 0));
        Peer asked = peer.with(peer.stream(), peer.at(), peer.health(), jobs);
        return peer.jobs().isEmpty() ? next(own, wish.peer(), asked, ctx) : asked;
    }

    private static <T> List<T> joined(List<T> some, T another) {
        List<T> all = new ArrayList<>(some);
        all.add(another);
        return all;
    }

    /** Sends the next ping if no pong is awaited, on the open stream or on one that is opened now. */
    private static Peer next(PingState own, PeerId id, Peer peer, Context ctx) {
        return switch (peer.stream()) {
            case Stream.Idle _ -> {
                ctx.then(new OpenStream(new Ticket(PingMachine.NAME, 0), id, List.of(PingMachine.PROTOCOL)));
                yield peer.with(new Stream.Opening(), Due.NEVER);
            }
            case Stream.Ready(Handle stream) -> sent(own, stream, id, peer, ctx);
            case Stream.Opening _, Stream.Waiting _ -> peer;
        };
    }

    private static Peer sent(PingState own, Handle stream, PeerId id, Peer peer, Context ctx) {
        ctx.effect(new PingEffect.SendPing(stream, id));
        return peer.with(new Stream.Waiting(stream), ctx.now() + own.config().timeout());
    }

    private static PingState closed(PingState own, Handle stream, Context ctx) {
        ctx.then(new CloseStream(stream, CloseMode.RESET));
        return own;
    }

    private static Peer received(PingState own, PingAction.PongReceived pong, Peer peer, Context ctx) {
        List<Long> rtts = joined(peer.health().rtts(), pong.rttMicros());
        List<Long> kept = rtts.subList(Math.max(0, rtts.size() - own.config().keptRtts()), rtts.size());
        return ended(own, peer, new Stream.Ready(pong.stream()), new Health(kept, 0), List.of(pong.rttMicros()), ctx);
    }

    /** The pong will not come. */
    private static Peer lost(PingState own, PeerId id, Peer peer, Context ctx) {
        int most = own.config().failures();
        int failures = Math.min(peer.health().failures() + 1, most);
        if (failures == most && peer.health().failures() < most) {
            ctx.then(new PingAction.PeerUnresponsive(id, failures));
        }
        return ended(own, peer, new Stream.Idle(), new Health(peer.health().rtts(), failures), List.of(), ctx);
    }

    /** A ping's end: counts it for the wish in work, and says when the next one is due. */
    private static Peer ended(PingState own, Peer peer, Stream stream, Health health, List<Long> rtt, Context ctx) {
        long wait = own.config().interval();
        List<Job> jobs = new ArrayList<>(peer.jobs());
        if (!jobs.isEmpty()) {
            Job job = jobs.removeFirst().counting(rtt);
            if (job.left() == 0) {
                ctx.then(new PingDone(job.wish().ticket(), job.wish().peer(), job.rtts(), job.lost()));
                wait = jobs.isEmpty() ? wait : 1;
            } else {
                jobs.addFirst(job);
                wait = Math.max(1, job.wish().intervalMicros());
            }
        }
        return peer.with(stream, wait == 0 ? Due.NEVER : ctx.now() + wait, health, jobs);
    }

    private static PingState echoAsked(PingState own, Handle stream, PeerId id, Peer peer, Context ctx) {
        if (peer.links() == 0 || peer.echoes().size() >= own.config().maxEchoes()) {
            return closed(own, stream, ctx);
        }
        ctx.effect(new PingEffect.Echo(stream));
        return own.with(id, peer.echoing(joined(peer.echoes(), stream)));
    }

    private static Peer streamEnded(PingState own, Handle stream, PeerId id, Peer peer, Context ctx) {
        if (peer.stream().equals(new Stream.Waiting(stream))) {
            return lost(own, id, peer, ctx);
        }
        return peer.stream().equals(new Stream.Ready(stream))
                ? peer.with(new Stream.Idle(), peer.at())
                : peer.echoing(peer.echoes().stream()
                        .filter(echo -> !echo.equals(stream))
                        .toList());
    }
}
