package dev.dunlin.node.bench;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.ping.PingProtocol.PingPayload;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** A node with a machine that asks as fast as it is answered, and answers what it is asked. */
record Asker(ConnectionState connection, PeerState peer, StreamState stream, ExchangeState exchange, Sums sums)
        implements StreamView {

    /** The questions under way to a peer, each on a stream of its own: as many as go-libp2p and js-libp2p answer pings on. */
    static final int PARALLEL = 2;

    private static final long WITHIN = 30_000_000;

    private static final PingPayload QUESTION = new PingPayload(Bytes.of(new byte[PingProtocol.BYTES]));

    /** Pings, as many as there may be: the protocol that every other implementation answers without an end. */
    static final Protocol<PingPayload, PingPayload> PROTOCOL = new Protocol<>(
            PingProtocol.NAME,
            List.of(PingProtocol.ID),
            PingProtocol.PING.asks(),
            PingProtocol.PING.answers(),
            new ProtocolLimits(64, PARALLEL, 64, PARALLEL, 64, 0, 1, WITHIN, WITHIN, true));

    /** How many answers came, how many did not and why the last one, and how many are to come. */
    record Sums(long answered, long failed, String failure, long left, long number) {
        static final Sums NONE = new Sums(0, 0, "", 0, 0);
    }

    /** What happens to the machine that asks. */
    sealed interface Deed extends OfPeer {}

    /** Wish: ask a peer so often. */
    record Begin(PeerId peer, Multiaddr address, long count) implements Deed {}

    /** An answer came, or none will: then why not. */
    record Ended(PeerId peer, String failure) implements Deed {}

    /** A question came. */
    record Came(PeerId peer, long question, PingPayload payload) implements Deed {}

    private static final Machine<Object, Sums, Deed> ASKER = Machine.of("asker", Sums.NONE)
            .actions(Deed.class)
            .boots((own, booted, ctx) -> {
                ctx.then(new ExchangeAction.Serve(PROTOCOL.name()));
                return new Sums(0, 0, "", 0, own.number());
            })
            .guards(Guards.<Object, Sums, Deed>of()
                    .always(Begin.class)
                    .always(Ended.class)
                    .always(Came.class)
                    .build())
            .reduces((own, deed, ctx) -> switch (deed) {
                case Begin(PeerId peer, Multiaddr address, long count) -> {
                    long first = Math.min(PARALLEL, count);
                    for (long i = 1; i <= first; i++) {
                        ctx.then(ask(peer, List.of(address), own.number() + i));
                    }
                    yield new Sums(0, 0, "", count - first, own.number() + first);
                }
                case Ended(PeerId peer, String failure) -> {
                    boolean answered = failure.isEmpty();
                    boolean asks = own.left() > 0;
                    if (asks) {
                        ctx.then(ask(peer, List.of(), own.number() + 1));
                    }
                    yield new Sums(
                            own.answered() + (answered ? 1 : 0),
                            own.failed() + (answered ? 0 : 1),
                            answered ? own.failure() : failure,
                            own.left() - (asks ? 1 : 0),
                            own.number() + (asks ? 1 : 0));
                }
                case Came(PeerId _, long question, PingPayload payload) -> {
                    ctx.then(new ExchangeAction.Reply(question, payload));
                    yield own;
                }
            })
            .on(ExchangeAction.Asked.class, fact -> new Came(fact.peer(), fact.number(), (PingPayload) fact.message()))
            .onOutcome(ExchangeOutcome.Answered.class, (ticket, fact) -> new Ended(fact.peer(), ""))
            .onOutcome(
                    ExchangeOutcome.AskFailed.class,
                    (ticket, fact) -> new Ended(fact.peer(), fact.why() + " " + fact.detail()))
            .transitions("ready: begin, ended, came")
            .phases((own, subject) -> "ready")
            .budget(1024);

    private static Action ask(PeerId peer, List<Multiaddr> addresses, long number) {
        return new ExchangeAction.Ask(
                new Ticket("asker", number), peer, addresses, true, PROTOCOL.name(), QUESTION, WITHIN);
    }

    static Store<Asker> store() {
        return Store.of(new Asker(
                        ConnectionState.INITIAL,
                        PeerState.INITIAL,
                        StreamState.INITIAL,
                        ExchangeState.INITIAL,
                        Sums.NONE))
                .mount(
                        ConnectionMachine.CONNECTION,
                        Asker::connection,
                        (root, own) -> new Asker(own, root.peer, root.stream, root.exchange, root.sums))
                .mount(
                        PeerMachine.PEER,
                        Asker::peer,
                        (root, own) -> new Asker(root.connection, own, root.stream, root.exchange, root.sums))
                .mount(
                        StreamMachine.STREAM,
                        Asker::stream,
                        (root, own) -> new Asker(root.connection, root.peer, own, root.exchange, root.sums))
                .mount(
                        ExchangeMachine.of(List.of(PROTOCOL)),
                        Asker::exchange,
                        (root, own) -> new Asker(root.connection, root.peer, root.stream, own, root.sums))
                .mount(
                        ASKER,
                        Asker::sums,
                        (root, own) -> new Asker(root.connection, root.peer, root.stream, root.exchange, own))
                .build();
    }
}
