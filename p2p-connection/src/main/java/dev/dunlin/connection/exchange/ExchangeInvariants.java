package dev.dunlin.connection.exchange;

import dev.dunlin.connection.exchange.ExchangeState.Ask;
import dev.dunlin.connection.exchange.ExchangeState.Inbound;
import dev.dunlin.connection.exchange.ExchangeState.Lane;
import dev.dunlin.connection.exchange.ExchangeState.Lanes;
import dev.dunlin.connection.exchange.ExchangeState.Outbound;
import dev.dunlin.connection.exchange.ExchangeState.Side;
import dev.dunlin.connection.exchange.ExchangeState.Stage;
import dev.dunlin.connection.exchange.ExchangeState.Use;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What always holds of exchanges. */
final class ExchangeInvariants {

    static final List<Invariant<ExchangeState>> ALL = List.of(
            new Invariant<>("within-its-bounds", ExchangeInvariants::bounds),
            new Invariant<>("counts-are-right", ExchangeInvariants::counts),
            new Invariant<>("asks-and-streams-agree", ExchangeInvariants::streams),
            new Invariant<>("questions-and-streams-agree", ExchangeInvariants::questions),
            new Invariant<>("tickets-and-asks-agree", ExchangeInvariants::tickets));

    private ExchangeInvariants() {}

    private static Optional<String> bounds(ExchangeState own) {
        ExchangeConfig config = own.config();
        if (own.asks().size() > config.maxAsks()) {
            return Optional.of(own.asks().size() + " asks");
        }
        if (own.bytes() > config.maxBytes()) {
            return Optional.of(own.bytes() + " bytes of questions");
        }
        if (own.inbound().size() > config.maxInbound()) {
            return Optional.of(own.inbound().size() + " inbound streams");
        }
        return own.lanes().size() > config.maxPeers() ? Optional.of(own.lanes().size() + " peers") : Optional.empty();
    }

    private static Optional<String> counts(ExchangeState own) {
        Table<String, Use> uses = Table.empty();
        Map<PeerId, Map<String, Lane>> lanes = new TreeMap<>();
        long bytes = 0;
        int waiting = 0;
        for (Ask ask : own.asks().values()) {
            bytes += ask.bytes();
            boolean placed = !(ask.stage() instanceof Stage.Waiting);
            waiting += placed ? 0 : 1;
            uses = counted(uses, ask.protocol(), placed ? 1 : 0, placed ? 0 : 1, 0);
            counted(lanes, ask.peer(), ask.protocol(), placed ? 1 : 0, placed ? 0 : 1, 0);
        }
        for (Inbound stream : own.inbound().values()) {
            uses = counted(uses, stream.protocol(), 0, 0, 1);
            counted(lanes, stream.peer(), stream.protocol(), 0, 0, 1);
        }
        if (bytes != own.bytes()) {
            return Optional.of(own.bytes() + " bytes are counted, and there are " + bytes);
        }
        if (waiting != own.waiting().size()) {
            return Optional.of(own.waiting().size() + " asks are said to wait, and " + waiting + " do");
        }
        for (Map.Entry<String, Use> entry : own.uses()) {
            Use use = entry.getValue();
            Use right = uses.or(entry.getKey(), Use.NONE);
            if (use.asks() != right.asks() || use.waiting() != right.waiting() || use.inbound() != right.inbound()) {
                return Optional.of(entry.getKey() + " is counted as " + use + ", and is " + right);
            }
        }
        for (Map.Entry<PeerId, Lanes> peer : own.lanes()) {
            for (Lane lane : peer.getValue().each()) {
                Lane right = lanes.getOrDefault(peer.getKey(), new TreeMap<>())
                        .getOrDefault(lane.protocol(), Lane.of(lane.protocol()));
                if (lane.asks() != right.asks()
                        || lane.waiting() != right.waiting()
                        || lane.inbound() != right.inbound()) {
                    return Optional.of(peer.getKey() + " is counted as " + lane + ", and is " + right);
                }
            }
        }
        return Optional.empty();
    }

    private static Table<String, Use> counted(
            Table<String, Use> uses, String name, int asks, int waiting, int inbound) {
        Use use = uses.or(name, Use.NONE);
        return uses.with(name, new Use(false, use.asks() + asks, use.waiting() + waiting, use.inbound() + inbound));
    }

    private static void counted(
            Map<PeerId, Map<String, Lane>> lanes, PeerId peer, String name, int asks, int waiting, int inbound) {
        Map<String, Lane> ofPeer = lanes.computeIfAbsent(peer, any -> new TreeMap<>());
        ofPeer.put(name, ofPeer.getOrDefault(name, Lane.of(name)).plus(asks, waiting, inbound));
    }

    private static Optional<String> streams(ExchangeState own) {
        for (Map.Entry<Handle, Outbound> entry : own.outbound()) {
            Outbound stream = entry.getValue();
            boolean idle = own.lane(stream.peer(), stream.protocol()).idle().contains(entry.getKey());
            if (stream.ask() == 0 ? !idle : idle || !isOn(own, stream.ask(), entry.getKey())) {
                return Optional.of(entry.getKey() + " carries " + stream.ask() + " and is" + (idle ? "" : " not")
                        + " said to be free");
            }
        }
        for (Map.Entry<Long, Ask> entry : own.asks()) {
            if (entry.getValue().stage() instanceof Stage.Asking(Handle stream)
                    && !own.outbound().has(stream)) {
                return Optional.of(entry.getKey() + " is on no stream");
            }
        }
        return Optional.empty();
    }

    private static boolean isOn(ExchangeState own, long ask, Handle stream) {
        return own.asks()
                .find(ask)
                .filter(known -> known.stage().equals(new Stage.Asking(stream)))
                .isPresent();
    }

    private static Optional<String> questions(ExchangeState own) {
        int asked = 0;
        for (Map.Entry<Handle, Inbound> entry : own.inbound()) {
            Inbound stream = entry.getValue();
            if (stream.side() == Side.ASKED) {
                asked++;
                if (!own.questions().find(stream.number()).equals(Optional.of(entry.getKey()))) {
                    return Optional.of("the question " + stream.number() + " is not known");
                }
            }
        }
        return asked == own.questions().size()
                ? Optional.empty()
                : Optional.of(own.questions().size() + " questions, and " + asked + " streams that asked");
    }

    private static Optional<String> tickets(ExchangeState own) {
        for (Map.Entry<dev.dunlin.core.store.Ticket, Long> entry : own.tickets()) {
            if (!own.asks()
                    .find(entry.getValue())
                    .filter(ask -> ask.ticket().equals(entry.getKey()))
                    .isPresent()) {
                return Optional.of(entry.getKey() + " waits for no ask");
            }
        }
        return Optional.empty();
    }
}
