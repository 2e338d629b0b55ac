package dev.dunlin.connection.sim;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.connection.sim.SimTransport.Honest;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The streams on a node's connections in one run, and their messages. */
final class SimStreams implements StreamService, MessageStreams {

    // That which every node takes streams for.
    private static final List<String> ALWAYS = List.of(SimNet.PLAIN_PROTOCOL);

    private static final int HELLO = 200;

    private final SimTransport transport;
    private final SimNet<?> net;
    private final Port port;

    // Few at a time.
    private final List<Opening> openings = new ArrayList<>(0);
    private final OpenStreams open = new OpenStreams();
    private List<String> served = ALWAYS;

    private record Opening(ActionId id, StreamEffect.OpenInit effect) {}

    SimStreams(SimTransport transport, SimNet<?> net, Port port) {
        this.transport = transport;
        this.net = net;
        this.port = port;
    }

    /** Our ends of the streams that are open, in no order. */
    List<Stream.End> open() {
        return open.all();
    }

    // What the sides of connections tell

    /** A peer asks for a stream. */
    Link.Asked asked(Honest side, Stream stream, List<String> protocols) {
        Optional<String> protocol = protocols.stream().filter(served::contains).findFirst();
        if (protocol.isEmpty()) {
            return Link.REFUSED;
        }
        Handle opened = transport.handle(STREAM);
        if (port.offer(new StreamAction.StreamAccepted(
                        opened, side.handle, side.other, protocol.get(), stream.wireId()))
                != Port.Offer.TAKEN) {
            return Link.REFUSED;
        }
        Stream.End end = new Stream.End(stream, side, 1, opened, protocol.get());
        open.add(end);
        return new Link.Taken(end);
    }

    /** A stream is over. */
    void over(Honest side, Stream.End stream, EndReason reason) {
        open.remove(stream);
        if (!transport.isOver()) {
            port.ended(
                    new StreamAction.StreamClosed(stream.handle, side.handle, side.other, stream.protocol, reason, ""));
        }
    }

    /** A connection has gone down; its streams are over. */
    void down(Honest side) {
        for (Opening opening : List.copyOf(openings)) {
            if (opening.effect().connection().equals(side.handle)) {
                failed(opening, ConnectionError.Kind.CONNECTION_CLOSED);
            }
        }
    }

    // Streams

    @Override
    public void open(ActionId id, StreamEffect.OpenInit effect) {
        Opening opening = new Opening(id, effect);
        openings.add(opening);
        transport
                .connection(effect.connection())
                .ifPresentOrElse(
                        side -> open(opening, side),
                        () -> transport.soon(() -> failed(opening, ConnectionError.Kind.CONNECTION_CLOSED)));
    }

    private void open(Opening opening, Honest side) {
        Stream stream = new Stream(side);
        if (opening.effect().lazy()) {
            openLazily(opening, side, stream);
            return;
        }
        side.send(HELLO, there -> {
            switch (there.asked(stream, opening.effect().protocols())) {
                case Link.Taken(Stream.End theirs) -> there.send(HELLO, back -> opened(opening, side, theirs));
                case Link.Refused _ ->
                    there.send(HELLO, back -> failed(opening, ConnectionError.Kind.NO_COMMON_PROTOCOL));
                case Link.Unanswered _ -> {
                    // The machine gives it up.
                }
            }
        });
    }

    private void openLazily(Opening opening, Honest side, Stream stream) {
        String protocol = opening.effect().protocols().getFirst();
        Stream.End end = new Stream.End(stream, side, 0, transport.handle(STREAM), protocol);
        openings.remove(opening);
        open.add(end);
        answerOpened(opening, end);
        side.send(HELLO, there -> {
            if (there.asked(stream, opening.effect().protocols()) instanceof Link.Refused) {
                there.send(HELLO, back -> end.end(EndReason.UNSUPPORTED));
            }
        });
    }

    private void opened(Opening opening, Honest side, Stream.End theirs) {
        Stream.End end = new Stream.End(theirs.stream, side, 0, transport.handle(STREAM), theirs.protocol);
        if (!openings.remove(opening)) {
            // It is no longer wanted.
            side.remove(end);
            end.open = false;
            side.send(0, there -> theirs.end(EndReason.REMOTE_RESET));
            return;
        }
        open.add(end);
        answerOpened(opening, end);
        if (!theirs.open) {
            end.end(EndReason.REMOTE_RESET);
        }
    }

    private void answerOpened(Opening opening, Stream.End end) {
        StreamEffect.OpenInit effect = opening.effect();
        transport.answer(
                opening.id(),
                new StreamAction.StreamOpened(
                        effect.number(),
                        effect.ticket(),
                        end.handle,
                        effect.connection(),
                        effect.peer(),
                        end.protocol,
                        end.stream.wireId()));
    }

    private void failed(Opening opening, ConnectionError.Kind kind) {
        StreamEffect.OpenInit effect = opening.effect();
        if (openings.remove(opening)) {
            transport.answer(
                    opening.id(),
                    new StreamAction.OpenFailed(
                            effect.number(), effect.ticket(), effect.peer(), ConnectionError.of(kind, kind.name())));
        }
    }

    @Override
    public void cancel(ActionId id, StreamEffect.CancelOpen effect) {
        transport.soon(() -> List.copyOf(openings).stream()
                .filter(opening -> opening.effect().number() == effect.number())
                .forEach(opening -> failed(opening, ConnectionError.Kind.CANCELLED)));
    }

    @Override
    public void look(ActionId id, StreamEffect.LookInit effect) {
        transport.soon(() -> {
            Stream.End end = open.find(effect.stream());
            long quiet = end == null ? 0 : net.world().now() - end.movedAt;
            transport.answer(id, new StreamAction.StreamSeen(effect.stream(), quiet));
        });
    }

    @Override
    public void close(ActionId id, StreamEffect.CloseInit effect) {
        transport.soon(() -> {
            Stream.End end = open.find(effect.stream());
            if (end != null && effect.mode() == CloseMode.RESET) {
                end.reset();
            } else if (end != null) {
                end.close();
            }
        });
    }

    // Messages

    @Override
    public void on(Handle stream, Consumer<Optional<MessageStream>> does) {
        Stream.End end = open.find(stream);
        does.accept(end == null ? Optional.empty() : Optional.of(end.messages()));
    }

    @Override
    public void serve(List<String> ids) {
        List<String> more = new ArrayList<>(served);
        more.addAll(ids);
        served = List.copyOf(more);
    }

    @Override
    public void unserve(List<String> ids) {
        served = served.stream().filter(id -> !ids.contains(id)).toList();
    }

    @Override
    public void mistaken(String what) {
        // The node's log has what became of it, and nobody runs the node.
    }

    @Override
    public long micros() {
        return net.world().now();
    }
}
