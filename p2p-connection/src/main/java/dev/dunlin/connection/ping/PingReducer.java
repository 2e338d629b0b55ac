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
            case PingAction.PongLost _, PingAction.PongDue _ -> own.with(id, dropped(own, id, peer, ctx));
            case PingAction.PingDue _ -> own.with(id, next(own, id, peer, ctx));
            case PingAction.PeerUnresponsive _ -> own;
        };
    }

    private static PingState linked(PingState own, Handle connection, PeerId id, Peer peer, Context ctx) {
        // The first pings are spread over the interval, so that a node with many peers does not send all at once.
        long interval = own.config().interval();
        boolean isNew = peer.links() == 0 && interval > 0;
        Peer due = isNew ? peer.with(peer.stream(), ctx.now() + 1 + ctx.random().nextLong(interval)) : peer;
        return new PingState(own.config(), own.links().with(connection, id), own.peers().with(id, due.linked(1)));
    }

    private static PingState unlinked(PingState own, Handle connection, PeerId id, Peer peer, Context ctx) {
        boolean isLast = peer.links() == 1;
        if (isLast) {
            giveUp(peer, "the last connection to the peer is closed", ctx);
        }
        Table<PeerId, Peer> peers = isLast ? own.peers().without(id) : own.peers().with(id, peer.linked(-1));
        return new PingState(own.config(), own.links().without(connection), peers);
    }

    private static void giveUp(Peer peer, String why, Context ctx) {
        peer.jobs().forEach(job -> ctx.then(new PingFailed(job.wish().ticket(), job.wish().peer(), why)));
    }

    private static Peer asked(PingState own, PingAction.Ping wish, Peer peer, Context ctx) {
        List<Job> jobs = joined(peer.jobs(), List.of(new Job(wish, List.of(), 0)));
        Peer asked = peer.with(peer.stream(), peer.at(), peer.health(), jobs);
        return jobs.size() == 1 ? next(own, wish.peer(), asked, ctx) : asked;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
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

    private static Peer unsupported(Peer peer, Context ctx) {
        giveUp(peer, "the peer does not speak the ping protocol", ctx);
        Health health = new Health(peer.health().rtts(), peer.health().failures(), true);
        return peer.with(new Stream.Idle(), Due.NEVER, health, List.of());
    }

    private static Peer received(PingState own, PingAction.PongReceived pong, Peer peer, Context ctx) {
        List<Long> rtts = joined(peer.health().rtts(), List.of(pong.rttMicros()));
        List<Long> kept = rtts.subList(Math.max(0, rtts.size() - own.config().keptRtts()), rtts.size());
        Health health = new Health(kept, 0, peer.health().unsupported());
        return ended(own, peer, new Stream.Ready(pong.stream()), health, List.of(pong.rttMicros()), ctx);
    }

    /** The pong that is awaited will not come, and its stream is of no more use. */
    private static Peer dropped(PingState own, PeerId id, Peer peer, Context ctx) {
        if (peer.stream() instanceof Stream.Waiting(Handle stream)) {
            ctx.then(new CloseStream(stream, CloseMode.RESET));
        }
        return lost(own, id, peer, ctx);
    }

    private static Peer lost(PingState own, PeerId id, Peer peer, Context ctx) {
        Health before = peer.health();
        int failures = Math.min(before.failures() + 1, own.config().failures());
        if (before.failures() < failures && failures == own.config().failures()) {
            ctx.then(new PingAction.PeerUnresponsive(id, failures));
        }
        Health health = new Health(before.rtts(), failures, before.unsupported());
        return ended(own, peer, new Stream.Idle(), health, List.of(), ctx);
    }

    /** A ping's end, answered or not: counts it for the wish in work, and says when the next one is due. */
    private static Peer ended(PingState own, Peer peer, Stream stream, Health health, List<Long> rtt, Context ctx) {
        long interval = own.config().interval();
        boolean isPeriodic = interval > 0 && !health.unsupported();
        Peer after = peer.with(stream, isPeriodic ? ctx.now() + interval : Due.NEVER, health, List.of());
        if (peer.jobs().isEmpty()) {
            return after;
        }
        Job first = peer.jobs().getFirst();
        List<Job> others = peer.jobs().subList(1, peer.jobs().size());
        Job job = new Job(first.wish(), joined(first.rtts(), rtt), first.lost() + 1 - rtt.size());
        if (job.rtts().size() + job.lost() < job.wish().count()) {
            long at = ctx.now() + Math.max(1, job.wish().intervalMicros());
            return peer.with(stream, at, health, joined(List.of(job), others));
        }
        ctx.then(new PingDone(job.wish().ticket(), job.wish().peer(), job.rtts(), job.lost()));
        return others.isEmpty() ? after : peer.with(stream, ctx.now() + 1, health, others);
    }

    private static PingState echoAsked(PingState own, Handle stream, PeerId id, Peer peer, Context ctx) {
        if (peer.links() == 0 || peer.echoes().size() >= own.config().maxEchoes()) {
            return closed(own, stream, ctx);
        }
        ctx.effect(new PingEffect.Echo(stream));
        return own.with(id, peer.echoing(joined(peer.echoes(), List.of(stream))));
    }

    private static Peer streamEnded(PingState own, Handle stream, PeerId id, Peer peer, Context ctx) {
        if (peer.echoes().contains(stream)) {
            return peer.echoing(peer.echoes().stream().filter(echo -> !echo.equals(stream)).toList());
        }
        boolean isAwaited = peer.stream() instanceof Stream.Waiting;
        return isAwaited ? lost(own, id, peer, ctx) : peer.with(new Stream.Idle(), peer.at());
    }
}
