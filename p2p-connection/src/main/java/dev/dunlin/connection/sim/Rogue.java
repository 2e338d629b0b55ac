package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocol.ByteStream;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.sim.Link.Side;
import dev.dunlin.connection.sim.RogueDeed.Handshake;
import dev.dunlin.connection.sim.RogueDeed.Streaming;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A peer that does not keep the rules but does what its script says, and nothing of itself. It stops when the faults do. */
final class Rogue implements SimNet.Host {

    private static final int HELLO = 200;
    private static final MessageCodec<Identified> SAYS =
            IdentifyProtocol.identify(Optional.empty()).answers();

    private final SimNet<?> net;
    private final int node;
    private final List<RogueSide> open = new ArrayList<>();
    private RogueDeed.AnswerDials dials;
    private Streaming streaming = Streaming.BY_THE_RULES;
    private boolean retired;
    private long handles;

    Rogue(SimNet<?> net, int node) {
        this.net = net;
        this.node = node;
        this.dials = new RogueDeed.AnswerDials(node, Handshake.WHOLE);
    }

    void begin() {
        net.listen(SimNet.address(node), this);
        net.world().at(net.world().plan().safe(), this::retire);
    }

    private void retire() {
        retired = true;
        net.unlisten(SimNet.address(node));
        List.copyOf(open).forEach(side -> side.close(CloseReason.LOCAL));
    }

    /** Does a step of its script. */
    void act(RogueDeed deed) {
        if (retired) {
            return;
        }
        switch (deed) {
            case RogueDeed.Dial dial -> dial(dial);
            case RogueDeed.AnswerDials answer -> dials = answer;
            case RogueDeed.AnswerStreams(Streaming how) -> streaming = how;
            case RogueDeed.OpenStreams(int target, String protocol, int count) -> {
                List<RogueSide> sides = with(target);
                if (!sides.isEmpty()) {
                    flood(sides.getLast(), protocol, count);
                }
            }
            case RogueDeed.HalfCloseStreams(int target) -> onStreams(target, Stream.End::closeWrite);
            case RogueDeed.ResetStreams(int target) -> onStreams(target, Stream.End::reset);
            case RogueDeed.Close(int target) -> with(target).forEach(side -> side.close(CloseReason.LOCAL));
            case RogueDeed.GoAway(int target, boolean inPeace) ->
                with(target).forEach(side -> side.send(0, there -> there.wentAway(inPeace ? 0 : 1)));
            case RogueDeed.Vanish(int target) ->
                with(target).forEach(side -> {
                    side.vanish(true);
                    open.remove(side);
                });
        }
    }

    private List<RogueSide> with(int target) {
        return open.stream().filter(side -> side.peerNode() == target).toList();
    }

    private void onStreams(int target, Consumer<Stream.End> does) {
        with(target).forEach(side -> side.streams().forEach(does));
    }

    private void dial(RogueDeed.Dial dial) {
        SimNet.Host host = net.at(SimNet.address(dial.target()));
        if (host == null || host == this) {
            return;
        }
        Link link = new Link(net.world(), node, host.node());
        link.carry(
                0,
                HELLO,
                () -> host.dialled(link, SimNet.peer(dial.as())).ifPresent(there -> {
                    link.side(there);
                    PeerId found = host.id();
                    link.carry(1, HELLO, () -> answered(link, found, dial.handshake()));
                }));
    }

    private void answered(Link link, PeerId found, Handshake handshake) {
        if (retired || handshake == Handshake.BROKEN_OFF) {
            link.breakOff(0);
            return;
        }
        if (handshake == Handshake.SILENT) {
            return;
        }
        RogueSide side = new RogueSide(link, 0, found, handshake);
        link.side(side);
        side.send(HELLO, Side::established);
        side.established();
    }

    private void flood(RogueSide side, String protocol, int count) {
        for (int i = 0; i < count; i++) {
            Stream stream = new Stream(side);
            side.send(100, there -> {
                if (there.asked(stream, List.of(protocol)) instanceof Link.Taken(Stream.End theirs)) {
                    there.send(
                            100,
                            back -> new Stream.End(
                                    stream, side, 0, new Handle("stream", 0, ++handles), theirs.protocol));
                }
            });
        }
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public PeerId id() {
        return SimNet.peer(dials.as());
    }

    @Override
    public Optional<Side> dialled(Link link, PeerId from) {
        return switch (dials.handshake()) {
            case WHOLE, CLOSED_AFTER -> Optional.of(new RogueSide(link, 1, from, dials.handshake()));
            case SILENT -> Optional.empty();
            case BROKEN_OFF -> {
                link.breakOff(1);
                yield Optional.empty();
            }
        };
    }

    // What it says of itself, or of another.
    private Identified identified(int number) {
        return new Identified(
                Optional.of("ipfs/0.1.0"),
                Optional.of("rogue"),
                Optional.of(SimNet.peer(number)),
                List.of(SimNet.address(number)),
                List.of(PingProtocol.ID, IdentifyProtocol.ID, IdentifyProtocol.PUSH_ID),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /** Sends back what comes, or as many other bytes. */
    private record Echo(Stream.End end, boolean right) implements ByteStream.Receiver {
        @Override
        public void arrived(ByteBuffer came) {
            byte[] bytes = new byte[came.remaining()];
            came.get(bytes);
            end.consumed(bytes.length);
            for (int i = 0; i < bytes.length && !right; i++) {
                bytes[i]++;
            }
            end.send(ByteBuffer.wrap(bytes));
        }

        @Override
        public void writable() {}

        @Override
        public void remoteClosed() {
            end.closeWrite();
        }

        @Override
        public void ended(EndReason reason) {}
    }

    private final class RogueSide extends Side {
        private final Handshake handshake;

        RogueSide(Link link, int end, PeerId other, Handshake handshake) {
            super(link, end, other);
            this.handshake = handshake;
        }

        @Override
        void established() {
            if (handshake == Handshake.CLOSED_AFTER || retired) {
                close(CloseReason.LOCAL);
            } else {
                open.add(this);
            }
        }

        @Override
        Link.Asked asked(Stream stream, List<String> protocols) {
            Streaming how = streaming;
            if (how == Streaming.REFUSED) {
                return Link.REFUSED;
            }
            if (how == Streaming.UNANSWERED) {
                return Link.UNANSWERED;
            }
            Stream.End end = new Stream.End(stream, this, 1, new Handle("stream", 0, ++handles), protocols.getFirst());
            // What it reads may have come with the proposal.
            if (!end.protocol.equals(IdentifyProtocol.ID)
                    && !end.protocol.equals(IdentifyProtocol.PUSH_ID)
                    && (how == Streaming.BY_THE_RULES || how == Streaming.WRONG_BYTES)) {
                end.attach(new Echo(end, how == Streaming.BY_THE_RULES));
            }
            // After the answer, which the other end must have before anything else.
            net.world().after(0, () -> use(end, how));
            return new Link.Taken(end);
        }

        private void use(Stream.End end, Streaming how) {
            switch (how) {
                case BY_THE_RULES -> speak(end, node);
                case WRONG_BYTES -> speak(end, (node + 1) % (RogueDeed.MOST_PEER + 1));
                case HALF_CLOSED -> end.closeWrite();
                case RESET -> end.reset();
                case SILENT, REFUSED, UNANSWERED -> {
                    // It reads, and sends nothing back.
                }
            }
        }

        private void speak(Stream.End end, int of) {
            switch (end.protocol) {
                case IdentifyProtocol.ID -> {
                    end.send(ByteBuffer.wrap(SAYS.encode(identified(of)).toArray()));
                    end.closeWrite();
                }
                // Who pushes waits for nothing else.
                case IdentifyProtocol.PUSH_ID -> end.closeWrite();
                default -> {
                    // What comes is sent back.
                }
            }
        }

        @Override
        void over(Stream.End stream, EndReason reason) {}

        @Override
        void down(CloseReason reason) {
            open.remove(this);
        }
    }
}
