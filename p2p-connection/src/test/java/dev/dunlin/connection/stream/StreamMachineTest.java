package dev.dunlin.connection.stream;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.connection.stream.StreamAction.StreamSeen;
import dev.dunlin.connection.stream.StreamEffect.CancelOpen;
import dev.dunlin.connection.stream.StreamEffect.CloseInit;
import dev.dunlin.connection.stream.StreamEffect.LookInit;
import dev.dunlin.connection.stream.StreamEffect.OpenInit;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** The machine by examples. */
class StreamMachineTest {

    private static final PeerId P = peer(100);
    private static final String ECHO = "/echo/1";
    private static final Ticket T = new Ticket("api", 1);
    private static final ConnectionError NONE_COMMON =
            ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none");

    private Bench bench = Bench.streams("connection.idleTimeout", "0");

    private Handle connection() {
        Handle handle = bench.handle(ConnectionService.CONNECTION);
        bench.say(new ConnectionAction.Accepted(handle, P, address(1), Bytes.EMPTY));
        return handle;
    }

    private Handle accepted(Handle connection) {
        Handle handle = bench.handle(StreamService.STREAM);
        bench.say(new StreamAccepted(handle, connection, P, ECHO, 2));
        return handle;
    }

    private void open() {
        bench.say(new OpenStream(T, P, List.of(ECHO)));
    }

    @Test
    void aStreamIsOpenedUsedAndClosed() {
        Handle connection = connection();
        open();
        assertThat(bench.emitted()).containsExactly(new OpenInit(1, T, P, connection, List.of(ECHO), false));
        Handle stream = bench.handle(StreamService.STREAM);
        bench.say(new StreamOpened(1, T, stream, connection, P, ECHO, 1));
        assertThat(bench.stream().streams().at(stream))
                .isEqualTo(new StreamState.Stream(
                        connection,
                        P,
                        ECHO,
                        Direction.OUTBOUND,
                        bench.now(),
                        StreamState.Phase.OPEN,
                        bench.now() + 120 * SECOND));
        assertThat(bench.connection().connections().at(connection).users()).isOne();
        bench.say(new CloseStream(stream, CloseMode.CLOSE));
        assertThat(bench.emitted()).containsExactly(new CloseInit(stream, CloseMode.CLOSE));
        bench.say(new StreamClosed(stream, connection, P, ECHO, EndReason.CLOSED, ""));
        assertThat(bench.stream().total()).isZero();
        assertThat(bench.connection().connections().at(connection).users()).isZero();
        assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aConnectionIsNotIdleWhileAStreamIsBeingOpened() {
        bench.boot(
                "connection.lowWater",
                "0",
                "connection.idleTimeout",
                Long.toString(SECOND),
                "stream.openTimeout",
                Long.toString(60 * SECOND));
        Handle connection = connection();
        open();
        bench.pass(30 * SECOND);
        assertThat(bench.connection().isConnected(P)).isTrue();
        bench.say(new OpenFailed(1, T, P, NONE_COMMON));
        assertThat(bench.connection().connections().at(connection).users()).isZero();
        bench.pass(SECOND);
        assertThat(bench.connection().isConnected(P)).isFalse();
    }

    @Test
    void aStreamInTheBackgroundHoldsNoConnectionAndIsNotLookedAt() {
        bench.boot("stream.background", ECHO);
        Handle connection = connection();
        Handle stream = accepted(connection);
        assertThat(bench.connection().connections().at(connection).users()).isZero();
        assertThat(bench.stream().streams().at(stream).at()).isEqualTo(Due.NEVER);
    }

    @Test
    void aStreamOnWhichNothingMovesIsReset() {
        Handle stream = accepted(connection());
        bench.pass(120 * SECOND);
        assertThat(bench.emitted()).containsExactly(new LookInit(stream));
        bench.say(new StreamSeen(stream, 50 * SECOND));
        assertThat(bench.emitted()).isEmpty();
        bench.pass(70 * SECOND);
        assertThat(bench.emitted()).containsExactly(new LookInit(stream));
        bench.say(new StreamSeen(stream, 120 * SECOND));
        assertThat(bench.emitted()).containsExactly(new CloseInit(stream, CloseMode.RESET));
    }

    @Test
    void howLongAStreamMayBeQuietIsAMatterOfItsProtocol() {
        bench.boot("stream.quietTimeout." + ECHO, "0");
        Handle never = accepted(connection());
        assertThat(bench.stream().streams().at(never).at()).isEqualTo(Due.NEVER);
        bench.boot("stream.quietTimeout", "0", "stream.quietTimeout." + ECHO, Long.toString(SECOND));
        Handle stream = accepted(connection());
        bench.pass(SECOND);
        assertThat(bench.emitted()).containsExactly(new LookInit(stream));
    }

    @Test
    void withoutAConnectionAnOpeningFailsAtOnce() {
        open();
        assertThat(bench.derived(OpenFailed.class).getFirst().error().kind())
                .isEqualTo(ConnectionError.Kind.NOT_CONNECTED);
        assertThat(bench.stream().total()).isZero();
    }

    @Test
    void anOpeningWaitsForTheDialOnItsWay() {
        bench.say(new ConnectionAction.Connect(P, List.of(address(1)), Ticket.NONE));
        open();
        assertThat(bench.emitted()).isEmpty();
        Handle connection = bench.handle(ConnectionService.CONNECTION);
        bench.say(new ConnectionAction.Connected(1, connection, P, address(1), Bytes.EMPTY));
        assertThat(bench.emitted()).containsExactly(new OpenInit(1, T, P, connection, List.of(ECHO), false));
    }

    @Test
    void anOpeningFailsWithTheDialItWaitsFor() {
        bench.boot("connection.maxAttempts", "1");
        bench.say(new ConnectionAction.Connect(P, List.of(address(1)), Ticket.NONE));
        open();
        ConnectionError refused = ConnectionError.of(ConnectionError.Kind.REFUSED, "refused");
        bench.say(new ConnectionAction.ConnectionFailed(1, P, address(1), refused));
        assertThat(bench.derived(OpenFailed.class)).containsExactly(new OpenFailed(1, T, P, refused));
    }

    /** As many dials as one tick gives up, with all who can wait for them: no more than one input may lead to. */
    @Test
    void whatWaitsForManyDialsFailsInOneTick() {
        int dials = Store.DUE_PER_TICK;
        int waiters = ConnectionConfig.MOST_WAITERS;
        bench.boot(
                "connection.maxAttempts", "1",
                "connection.maxWaiters", Integer.toString(waiters),
                "stream.openTimeout", Long.toString(60 * SECOND),
                "stream.maxOutbound", Integer.toString(StreamConfig.MOST_STREAMS),
                "stream.maxOpens", Integer.toString(StreamConfig.MOST_STREAMS));
        for (int i = 0; i < dials; i++) {
            bench.say(new ConnectionAction.Connect(peer(i), List.of(address(i)), Ticket.NONE));
            for (int j = 0; j < waiters; j++) {
                bench.say(new OpenStream(new Ticket("api", i * waiters + j), peer(i), List.of(ECHO)));
            }
        }
        assertThat(bench.stream().opens().size()).isEqualTo(dials * waiters);
        bench.pass(15 * SECOND);
        assertThat(bench.derived(OpenFailed.class))
                .hasSize(dials * waiters)
                .extracting(OpenFailed::ticket)
                .doesNotHaveDuplicates();
        assertThat(bench.stream().total()).isZero();
        int actions = bench.derived(Action.class).size();
        // A waiting stream makes three actions of it; who waits for the stream may make five more.
        assertThat(actions + dials * waiters * 5).isLessThan(Store.MAX_ENTRIES);
    }

    @Test
    void anOpeningWithoutAnswerIsCancelledAndALateStreamIsReset() {
        Handle connection = connection();
        open();
        bench.pass(15 * SECOND);
        assertThat(bench.emitted()).containsExactly(new CancelOpen(1));
        assertThat(bench.derived(OpenFailed.class).getFirst().error().kind()).isEqualTo(ConnectionError.Kind.TIMED_OUT);
        Handle late = bench.handle(StreamService.STREAM);
        bench.say(new StreamOpened(1, T, late, connection, P, ECHO, 1));
        assertThat(bench.clause()).isEqualTo("open-is-current");
        assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(late));
        bench.say(new StreamClosed(late, connection, P, ECHO, EndReason.LOCAL_RESET, ""));
        assertThat(bench.openHandles()).hasSize(1);
    }

    @Test
    void anAnswerWithAnothersTicketIsNotTaken() {
        connection();
        open();
        bench.say(new OpenFailed(1, new Ticket("api", 2), P, NONE_COMMON));
        assertThat(bench.clause()).isEqualTo("ticket-fits");
        bench.say(new OpenFailed(1, T, P, NONE_COMMON));
        assertThat(bench.clause()).isEmpty();
    }

    @Test
    void aHangingCloseBecomesAReset() {
        Handle stream = accepted(connection());
        bench.say(new CloseStream(stream, CloseMode.CLOSE));
        bench.say(new CloseStream(stream, CloseMode.CLOSE));
        assertThat(bench.clause()).isEqualTo("not-asked-before");
        bench.pass(5 * SECOND);
        assertThat(bench.emitted()).containsExactly(new LookInit(stream));
        bench.say(new StreamSeen(stream, 5 * SECOND));
        assertThat(bench.emitted()).containsExactly(new CloseInit(stream, CloseMode.RESET));
        bench.say(new CloseStream(stream, CloseMode.RESET));
        assertThat(bench.clause()).isEqualTo("not-asked-before");
    }

    @Test
    void aCloseMayTakeAsLongAsSomethingMoves() {
        Handle stream = accepted(connection());
        bench.say(new CloseStream(stream, CloseMode.CLOSE));
        for (int i = 0; i < 20; i++) {
            bench.pass(5 * SECOND);
            assertThat(bench.emitted()).containsExactly(new LookInit(stream));
            bench.say(new StreamSeen(stream, 0));
            assertThat(bench.emitted()).isEmpty();
        }
    }

    @Test
    void aClosingStreamCanBeReset() {
        Handle stream = accepted(connection());
        bench.say(new CloseStream(stream, CloseMode.CLOSE));
        bench.say(new CloseStream(stream, CloseMode.RESET));
        assertThat(bench.emitted()).containsExactly(new CloseInit(stream, CloseMode.RESET));
    }

    @Test
    void limitsRefuseInboundStreams() {
        bench.boot("stream.maxInbound", "3", "stream.maxInboundPerPeer", "2", "stream.maxInboundPerConnection", "1");
        Handle connection = connection();
        accepted(connection);
        Handle second = accepted(connection);
        assertThat(bench.clause()).isEqualTo("connection-streams-not-full");
        assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(second));
        accepted(connection());
        accepted(connection());
        assertThat(bench.clause()).isEqualTo("peer-streams-not-full");
        accepted(new Handle(ConnectionService.CONNECTION, 2, 99));
        assertThat(bench.clause()).isEqualTo("connection-is-usable");
    }

    @Test
    void limitsRefuseOpenings() {
        bench.boot("stream.maxOpens", "1");
        connection();
        open();
        open();
        assertThat(bench.derived(NodeOutcome.Refused.class))
                .containsExactly(new NodeOutcome.Refused(
                        T,
                        "stream/openStream",
                        Subject.of(OfPeer.KIND, P),
                        "opens-not-full",
                        List.of(Operand.of("maxOpens", 1))));
        bench.say(new OpenStream(Ticket.NONE, P, List.of(ECHO)));
        assertThat(bench.clause()).isEqualTo("opens-not-full");
    }

    @Test
    void aFullConnectionFailsAnOpening() {
        bench.boot("stream.maxOutboundPerConnection", "1");
        // What the other side opens does not count.
        accepted(connection());
        open();
        assertThat(bench.emitted()).hasSize(1);
        open();
        assertThat(bench.emitted()).isEmpty();
        assertThat(bench.derived(OpenFailed.class).getFirst().error().kind()).isEqualTo(ConnectionError.Kind.LIMIT);
    }

    @Test
    void theOtherOrderOfClosingIsSurvived() {
        Handle connection = connection();
        Handle stream = accepted(connection);
        bench.say(new ConnectionAction.Closed(connection, P, CloseReason.IO_ERROR, ""));
        assertThat(bench.stream().streams().has(stream)).isTrue();
        bench.say(new StreamClosed(stream, connection, P, ECHO, EndReason.CONNECTION_CLOSED, ""));
        assertThat(bench.stream().total()).isZero();
        assertThat(bench.openHandles()).isEmpty();
    }

    @Test
    void aBootForgetsAll() {
        accepted(connection());
        open();
        bench.boot();
        assertThat(bench.stream().total()).isZero();
        assertThat(bench.stream().lastNumber()).isOne();
        assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void oversizedWishesAreRefusedWithASentence() {
        assertThatThrownBy(() -> new OpenStream(T, P, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 16 protocols");
        assertThatThrownBy(() -> new OpenStream(T, P, Collections.nCopies(17, ECHO)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OpenStream(T, P, List.of("x".repeat(129))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStreamsNumberIsUnknownInLogsThatDoNotHaveIt() {
        Codec codec = Codec.of(List.of(StreamMachine.STREAM.types()));
        StreamAccepted fact = new StreamAccepted(
                new Handle(StreamService.STREAM, 1, 1), new Handle(ConnectionService.CONNECTION, 1, 2), P, ECHO, 5);
        ObjectNode older = (ObjectNode) codec.tree(fact);
        assertThat(codec.read("stream/streamAccepted", older)).isEqualTo(fact);
        older.remove("wireId");
        assertThat(codec.read("stream/streamAccepted", new Upcaster(codec).payload("stream/streamAccepted", older)))
                .isEqualTo(new StreamAccepted(fact.stream(), fact.connection(), P, ECHO, 0));
    }

    @Test
    void aStreamsNumberHas32Bits() {
        Handle stream = new Handle(StreamService.STREAM, 1, 1);
        Handle connection = new Handle(ConnectionService.CONNECTION, 1, 2);
        assertThat(new StreamAccepted(stream, connection, P, ECHO, StreamAction.MAX_WIRE_ID).wireId())
                .isEqualTo(4_294_967_295L);
        for (long wrong : new long[] {-1, StreamAction.MAX_WIRE_ID + 1}) {
            assertThatThrownBy(() -> new StreamAccepted(stream, connection, P, ECHO, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a stream's number is 0 to 4294967295");
            assertThatThrownBy(() -> new StreamOpened(1, T, stream, connection, P, ECHO, wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
