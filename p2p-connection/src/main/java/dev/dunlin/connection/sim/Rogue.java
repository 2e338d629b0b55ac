package dev.dunlin.connection.sim;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.identify.IdentifySlice;
import dev.dunlin.connection.ping.PingSlice;
import dev.dunlin.connection.sim.Link.Side;
import dev.dunlin.connection.sim.Link.Stream;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A peer that does not keep the rules: breaks off handshakes, is silent, gives itself out for another, opens and resets
 * streams in floods, catches balls and does not throw them back. What it does is drawn from the seed. It stops when the faults
 * do.
 */
final class Rogue implements SimNet.Host {

    private static final long MEAN_PAUSE = 3_000_000;
    private static final int MOST_STREAMS = 40;
    private static final List<String> PROTOCOLS =
            List.of(PingSlice.PROTOCOL, IdentifySlice.ID, IdentifySlice.ID_PUSH, "/none/1");

    private final SimNet<?> net;
    private final int node;
    private final SimRandom random;
    private final List<RogueSide> open = new ArrayList<>();
    private long handles;

    Rogue(SimNet<?> net, int node) {
        this.net = net;
        this.node = node;
        this.random = net.world().random(0x726F677565L, node);
    }

    void begin() {
        net.listen(SimNet.address(node), this);
        act();
    }

    private void act() {
        if (net.world().now() >= net.world().plan().safe()) {
            net.unlisten(SimNet.address(node));
            List.copyOf(open).forEach(side -> side.close(CloseReason.LOCAL));
            return;
        }
        switch (random.below(5)) {
            case 0, 1 -> dial(random.below(net.world().plan().nodes()));
            case 2 -> some().ifPresent(this::flood);
            case 3 -> some().ifPresent(side -> side.close(CloseReason.LOCAL));
            default -> some().ifPresent(side -> List.copyOf(side.streams).forEach(Stream.End::reset));
        }
        net.world().after(random.exponential(MEAN_PAUSE), this::act);
    }

    private Optional<RogueSide> some() {
        return open.isEmpty() ? Optional.empty() : Optional.of(open.get(random.below(open.size())));
    }

    private void dial(int target) {
        SimNet.Host host = net.at(SimNet.address(target));
        if (host == null || target == node) {
            return;
        }
        Link link = new Link(net.world(), node, target);
        boolean breaksOff = random.permille(300);
        link.carry(
                0,
                200,
                () -> host.dialled(link, id()).ifPresent(there -> {
                    link.side(there);
                    link.carry(1, 200, () -> {
                        if (breaksOff) {
                            link.broken(1);
                            link.abandon();
                            return;
                        }
                        RogueSide side = new RogueSide(link, 0, host.id());
                        link.side(side);
                        open.add(side);
                        side.send(200, Side::established);
                        flood(side);
                    });
                }));
    }

    private void flood(RogueSide side) {
        int streams = random.below(MOST_STREAMS);
        for (int i = 0; i < streams; i++) {
            List<String> protocols = List.of(PROTOCOLS.get(random.below(PROTOCOLS.size())));
            Stream stream = new Stream(side);
            side.send(
                    100,
                    there -> there.asked(stream, protocols)
                            .ifPresent(theirs -> there.send(
                                    100,
                                    back -> new Stream.End(
                                            stream, side, 0, new Handle("stream", 0, ++handles), theirs.protocol))));
        }
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public PeerId id() {
        return SimNet.peer(node);
    }

    @Override
    public Optional<Side> dialled(Link link, PeerId from) {
        if (random.permille(300)) {
            return Optional.empty();
        }
        return Optional.of(new RogueSide(link, 1, from));
    }

    private final class RogueSide extends Side {

        RogueSide(Link link, int end, PeerId other) {
            super(link, end, other);
        }

        @Override
        void established() {
            if (random.permille(200)) {
                close(CloseReason.LOCAL);
            } else {
                open.add(this);
            }
        }

        @Override
        Optional<Stream.End> asked(Stream stream, List<String> protocols) {
            if (random.permille(200)) {
                return Optional.empty();
            }
            Stream.End end = new Stream.End(stream, this, 1, new Handle("stream", 0, ++handles), protocols.getFirst());
            switch (random.below(4)) {
                case 0 -> end.reset();
                case 1 -> end.closeWrite();
                case 2 -> end.echo();
                default -> {
                    // It catches, and throws nothing back.
                }
            }
            return Optional.of(end);
        }

        @Override
        void over(Stream.End stream, EndReason reason) {}

        @Override
        void down(CloseReason reason) {
            open.remove(this);
        }
    }
}
