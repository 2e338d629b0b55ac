package dev.dunlin.connection.ping;

import dev.dunlin.connection.ping.PingAction.PingDone;
import dev.dunlin.connection.ping.PingAction.PingFailed;
import dev.dunlin.connection.ping.PingAction.PingRefused;
import dev.dunlin.connection.ping.PingState.Job;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ping machine: one ball after the other on one stream to each peer (libp2p/specs ping/ping.md). */
final class PingReducer {

    /** How many peers' deadlines one tick takes. */
    static final int PER_TICK = 64;

    private PingReducer() {}

    static PingState reduce(PingState own, PingAction action, Context ctx) {
        return switch (action) {
            case PingAction.Started(PingConfig config) -> PingState.of(config);
            case PingAction.Linked(Handle connection, PeerId peer) -> linked(own, connection, peer, ctx);
            case PingAction.Unlinked(Handle connection, PeerId peer) -> unlinked(own, connection, peer, ctx);
            case PingAction.Ping wish -> ping(own, wish, ctx);
            case PingAction.Opened(Handle stream, PeerId peer) -> opened(own, stream, peer, ctx);
            case PingAction.NotOpened(PeerId peer, boolean unsupported) ->
                unsupported ? unsupported(own, peer, ctx) : lost(own, peer, ctx);
            case PingAction.EchoAsked(Handle stream, PeerId peer) -> echoAsked(own, stream, peer, ctx);
            case PingAction.StreamEnded(Handle stream, PeerId _) -> streamEnded(own, stream, ctx);
            case PingAction.Caught caught -> caught(own, caught, ctx);
            case PingAction.Missed missed -> dropped(own, missed.peer(), missed.stream(), ctx);
            case PingAction.Tick _ -> tick(own, ctx);
            case PingAction.BallDue(PeerId peer) -> throwNext(own, peer, ctx);
            case PingAction.BallTimedOut(Handle stream, PeerId peer, int _) -> dropped(own, peer, stream, ctx);
            case PingDone _, PingRefused _, PingFailed _ -> own;
        };
    }

    private static PingState linked(PingState own, Handle connection, PeerId id, Context ctx) {
        PingState linked = own.withLinks(own.links().with(connection, id));
        Optional<Peer> known = own.peers().find(id);
        if (known.isPresent()) {
            return linked.withPeer(id, known.get().withLinks(known.get().links() + 1));
        }
        // The first balls are spread over the interval, so that a node with many peers does not throw all at once.
        long interval = own.config().interval();
        return linked.withPeer(id, Peer.NEW)
                .withDue(
                        id,
                        interval == 0
                                ? Deadlines.NEVER
                                : ctx.now() + 1 + ctx.random().nextLong(interval));
    }

    private static PingState unlinked(PingState own, Handle connection, PeerId id, Context ctx) {
        PingState after = own.withLinks(own.links().without(connection));
        Peer peer = own.peers().at(id);
        if (peer.links() > 1) {
            return after.withPeer(id, peer.withLinks(peer.links() - 1));
        }
        refuseAll(id, peer, "peer-stays-connected", ctx);
        return after.withStreams(withoutStreamsOf(own, id, peer)).withoutPeer(id);
    }

    // Streams end before their connection does, so this finds one only if a service breaks its contract.
    private static Table<Handle, Stream> withoutStreamsOf(PingState own, PeerId id, Peer peer) {
        Table<Handle, Stream> left = own.streams();
        if (peer.echoes() > 0 || peer.line() instanceof Line.Ready || peer.line() instanceof Line.Out) {
            for (var entry : own.streams()) {
                if (entry.getValue().peer().equals(id)) {
                    left = left.without(entry.getKey());
                }
            }
        }
        return left;
    }

    private static void refuseAll(PeerId id, Peer peer, String clause, Context ctx) {
        for (Job job : peer.jobs()) {
            ctx.then(new PingRefused(job.ticket(), id, clause));
        }
    }

    private static PingState ping(PingState own, PingAction.Ping wish, Context ctx) {
        PeerId id = wish.peer();
        Optional<String> refused = PingGuards.PING.refusal(own, wish);
        if (refused.isPresent()) {
            ctx.then(new PingRefused(wish.ticket(), id, refused.get()));
            return own;
        }
        Peer peer = own.peers().at(id);
        List<Job> jobs = new ArrayList<>(peer.jobs());
        jobs.add(new Job(wish.ticket(), wish.count(), wish.intervalMicros(), List.of(), 0));
        PingState queued = own.withPeer(id, peer.withJobs(jobs));
        return peer.jobs().isEmpty() ? throwNext(queued, id, ctx) : queued;
    }

    /** Throws the next ball if none is out, on the open stream or on one that is opened now. */
    private static PingState throwNext(PingState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        return switch (peer.line()) {
            case Line.Idle _ -> {
                ctx.then(new OpenStream(new Ticket(PingSlice.NAME, 0), id, List.of(PingSlice.PROTOCOL)));
                yield own.withPeer(id, peer.withLine(new Line.Opening())).withDue(id, Deadlines.NEVER);
            }
            case Line.Ready(Handle stream, int next) -> thrown(own, id, peer, stream, next, ctx);
            case Line.Opening _, Line.Out _ -> own;
        };
    }

    private static PingState thrown(PingState own, PeerId id, Peer peer, Handle stream, int number, Context ctx) {
        ctx.effect(new PingEffect.Throw(stream, id, number));
        return own.withPeer(id, peer.withLine(new Line.Out(stream, number)))
                .withDue(id, ctx.now() + own.config().timeout());
    }

    private static PingState opened(PingState own, Handle stream, PeerId id, Context ctx) {
        Optional<Peer> waiting = own.peers().find(id).filter(peer -> peer.line() instanceof Line.Opening);
        if (waiting.isEmpty()) {
            ctx.then(new CloseStream(stream, CloseMode.RESET));
            return own;
        }
        return thrown(
                own.withStreams(own.streams().with(stream, new Stream(id, true))), id, waiting.get(), stream, 0, ctx);
    }

    private static PingState unsupported(PingState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        refuseAll(id, peer, "protocol-is-spoken", ctx);
        return own.withPeer(id, peer.asUnsupported());
    }

    private static PingState caught(PingState own, PingAction.Caught caught, Context ctx) {
        Peer peer = own.peers().at(caught.peer());
        Peer after = peer.withLine(new Line.Ready(caught.stream(), caught.number() + 1))
                .withRtts(peer.rtts().with(caught.rttMicros(), own.config().keptRtts()));
        return went(own, caught.peer(), after, Optional.of(caught.rttMicros()), ctx);
    }

    /** The ball that is out will not come back, and its stream is of no more use. */
    private static PingState dropped(PingState own, PeerId id, Handle stream, Context ctx) {
        ctx.then(new CloseStream(stream, CloseMode.RESET));
        return lost(own.withStreams(own.streams().without(stream)), id, ctx);
    }

    private static PingState lost(PingState own, PeerId id, Context ctx) {
        Peer peer = own.peers().at(id);
        int failures = Math.min(peer.failures() + 1, own.config().failures());
        if (failures == own.config().failures() && peer.failures() < failures) {
            ctx.then(new PingFailed(id, failures));
        }
        Peer after = peer.withLine(new Line.Idle()).withFailures(failures);
        return went(own, id, after, Optional.empty(), ctx);
    }

    /** A ball's end: counts it for the wish in work, and says when the next one is thrown. */
    private static PingState went(PingState own, PeerId id, Peer peer, Optional<Long> rtt, Context ctx) {
        if (peer.jobs().isEmpty()) {
            long interval = own.config().interval();
            return own.withPeer(id, peer)
                    .withDue(id, interval == 0 || peer.unsupported() ? Deadlines.NEVER : ctx.now() + interval);
        }
        List<Job> jobs = new ArrayList<>(peer.jobs());
        Job job = counted(jobs.removeFirst(), rtt);
        if (job.left() > 0) {
            jobs.addFirst(job);
            PingState waiting = own.withPeer(id, peer.withJobs(jobs));
            return waiting.withDue(id, ctx.now() + Math.max(1, job.intervalMicros()));
        }
        ctx.then(new PingDone(job.ticket(), id, job.rtts(), job.lost()));
        PingState done = own.withPeer(id, peer.withJobs(jobs));
        if (jobs.isEmpty()) {
            return went(done, id, peer.withJobs(jobs), Optional.empty(), ctx);
        }
        return done.withDue(id, ctx.now() + 1);
    }

    private static Job counted(Job job, Optional<Long> rtt) {
        List<Long> rtts = new ArrayList<>(job.rtts());
        rtt.ifPresent(rtts::add);
        return new Job(
                job.ticket(), job.left() - 1, job.intervalMicros(), rtts, job.lost() + (rtt.isPresent() ? 0 : 1));
    }

    private static PingState echoAsked(PingState own, Handle stream, PeerId id, Context ctx) {
        Optional<Peer> peer = own.peers()
                .find(id)
                .filter(known -> known.echoes() < own.config().maxEchoes());
        if (peer.isEmpty()) {
            ctx.then(new CloseStream(stream, CloseMode.RESET));
            return own;
        }
        ctx.effect(new PingEffect.Echo(stream));
        return own.withPeer(id, peer.get().withEchoes(peer.get().echoes() + 1))
                .withStreams(own.streams().with(stream, new Stream(id, false)));
    }

    private static PingState streamEnded(PingState own, Handle handle, Context ctx) {
        Optional<Stream> ended = own.streams().find(handle);
        if (ended.isEmpty()) {
            return own;
        }
        PeerId id = ended.get().peer();
        PingState after = own.withStreams(own.streams().without(handle));
        Peer peer = own.peers().at(id);
        if (!ended.get().ours()) {
            return after.withPeer(id, peer.withEchoes(peer.echoes() - 1));
        }
        return switch (peer.line()) {
            case Line.Out _ -> lost(after, id, ctx);
            case Line.Idle _, Line.Opening _, Line.Ready _ -> after.withPeer(id, peer.withLine(new Line.Idle()));
        };
    }

    private static PingState tick(PingState own, Context ctx) {
        PingState after = own;
        for (PeerId id : own.due().due(ctx.now(), PER_TICK)) {
            after = after.withDue(id, Deadlines.NEVER);
            switch (own.peers().at(id).line()) {
                case Line.Out(Handle stream, int number) -> ctx.then(new PingAction.BallTimedOut(stream, id, number));
                case Line.Idle _, Line.Opening _, Line.Ready _ -> ctx.then(new PingAction.BallDue(id));
            }
        }
        return after;
    }
}
