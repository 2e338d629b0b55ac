package dev.dunlin.connection.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.channel.ChannelAction.Ended;
import dev.dunlin.connection.channel.ChannelAction.Finish;
import dev.dunlin.connection.channel.ChannelAction.MessageCame;
import dev.dunlin.connection.channel.ChannelAction.More;
import dev.dunlin.connection.channel.ChannelAction.PeerFinished;
import dev.dunlin.connection.channel.ChannelAction.ReadFailed;
import dev.dunlin.connection.channel.ChannelAction.ReadFinished;
import dev.dunlin.connection.channel.ChannelAction.Received;
import dev.dunlin.connection.channel.ChannelAction.Room;
import dev.dunlin.connection.channel.ChannelAction.Send;
import dev.dunlin.connection.channel.ChannelAction.WriteFailed;
import dev.dunlin.connection.channel.ChannelAction.Written;
import dev.dunlin.connection.channel.ChannelEffect.FinishInit;
import dev.dunlin.connection.channel.ChannelEffect.ReadInit;
import dev.dunlin.connection.channel.ChannelEffect.WriteInit;
import dev.dunlin.connection.channel.ChannelOutcome.ChannelFailed;
import dev.dunlin.connection.channel.ChannelOutcome.ChannelOpened;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChannelMachineTest {

    private static final long SECOND = 1_000_000;
    private static final PeerId A = TypeArbitraries.peer(0);
    private static final PeerId B = TypeArbitraries.peer(1);
    private static final PeerId C = TypeArbitraries.peer(2);
    private static final Flow.Note NOTE = new Flow.Note(Bytes.of((byte) 2));
    private static final ChannelLimits LIMITS = new ChannelLimits(3, 2, 3, 2, 4, 1024, 60 * SECOND);
    private static final ChannelLimits GREEDY = new ChannelLimits(9, 9, 9, 9, 4, 4096, 60 * SECOND);

    private final StoreDriver<ChannelRoot> driver =
            StoreDriver.of(ChannelRoot.store(ChannelMachine.of(List.of(Flow.feed(LIMITS), Flow.wire(GREEDY)))));
    private int handles = 100;

    @BeforeEach
    void boots() {
        boot("channel.maxCredit", "5");
    }

    private void boot(String... config) {
        Table<String, String> table =
                Table.<String, String>empty().with("connection.maxDials", "1").with("connection.maxAttempts", "1");
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        driver.boot(table);
    }

    private static Ticket ticket(int number) {
        return new Ticket(Ticket.API, number);
    }

    private void open(int number, PeerId peer) {
        open(number, peer, Flow.FEED);
    }

    private void open(int number, PeerId peer, String protocol) {
        driver.dispatch(new ChannelAction.Open(ticket(number), peer, List.of(Bench.address(1)), protocol, 5 * SECOND));
    }

    private Handle handle(String kind) {
        return new Handle(kind, driver.node().run(), ++handles);
    }

    private Handle connected(PeerId peer) {
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        Handle connection = handle(ConnectionService.CONNECTION);
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.Connected(init.dial(), connection, peer, Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    private Handle streamOpened(Handle connection, PeerId peer, String id) {
        StreamEffect.OpenInit init = last(StreamEffect.OpenInit.class);
        Handle stream = handle(StreamService.STREAM);
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.StreamOpened(init.number(), init.ticket(), stream, connection, peer, id, 1));
        return stream;
    }

    private Handle linked(PeerId peer) {
        Handle connection = handle(ConnectionService.CONNECTION);
        driver.dispatch(new ConnectionAction.Accepted(connection, peer, Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    private Handle accepted(Handle connection, PeerId peer, String id) {
        Handle stream = handle(StreamService.STREAM);
        driver.dispatch(new StreamAction.StreamAccepted(stream, connection, peer, id, 1));
        return stream;
    }

    // A channel to A that this node opened.
    private Handle opened() {
        open(1, A);
        return streamOpened(connected(A), A, Flow.FEED_ID);
    }

    private static Flow.Line line(int number) {
        return line(number, 1);
    }

    private static Flow.Line line(int number, int bytes) {
        byte[] words = new byte[bytes];
        words[0] = (byte) number;
        return new Flow.Line(Bytes.of(words));
    }

    private void send(Handle channel, Message message) {
        driver.dispatch(new Send(ticket(99), channel, message));
    }

    private void written(Handle channel) {
        driver.answer(WriteInit.class, new Written(channel));
    }

    private void comes(Handle channel, Message message) {
        driver.answer(ReadInit.class, new MessageCame(channel, message));
    }

    private void closes(Handle stream, EndReason reason, String detail) {
        driver.dispatch(new StreamAction.StreamClosed(
                stream, driver.root().stream().streams().at(stream).connection(), A, Flow.FEED_ID, reason, detail));
    }

    private <E extends Effect> E last(Class<E> type) {
        return driver.effects(type).getLast();
    }

    private List<ChannelOutcome> outcomes() {
        return driver.actions(ChannelOutcome.class);
    }

    private List<Ended> ends() {
        return driver.actions(Ended.class);
    }

    private List<NodeOutcome.Refused> refusals() {
        return driver.actions(NodeOutcome.Refused.class);
    }

    private ChannelState own() {
        return driver.root().channel();
    }

    private void isOver(Handle channel, ChannelEnd reason, String detail) {
        assertThat(ends()).containsExactly(new Ended(channel, A, Flow.FEED, reason, detail));
        assertThat(own().channels().isEmpty()).isTrue();
        assertThat(own().lanes().isEmpty()).isTrue();
        assertThat(own().total(Direction.INBOUND) + own().total(Direction.OUTBOUND))
                .isZero();
    }

    private void isReset(Handle stream) {
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
    }

    // Opening

    @Test
    void anOpeningDialsOpensAStreamAndTellsItsChannel() {
        open(1, A);
        Handle connection = connected(A);
        assertThat(last(StreamEffect.OpenInit.class).protocols()).containsExactly(Flow.FEED_ID);
        Handle channel = streamOpened(connection, A, Flow.FEED_ID);
        assertThat(outcomes()).containsExactly(new ChannelOpened(ticket(1), channel, connection, A, Flow.FEED));
        assertThat(own().openings().isEmpty()).isTrue();
        assertThat(own().tickets().isEmpty()).isTrue();
        assertThat(own().channels().at(channel).direction()).isEqualTo(Direction.OUTBOUND);
        assertThat(driver.effects(ReadInit.class)).isEmpty();
    }

    @Test
    void anOpeningThatFailsOnTheWaySaysWhy() {
        open(1, A);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        ConnectionError refused = ConnectionError.of(ConnectionError.Kind.REFUSED, "refused");
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.ConnectionFailed(init.dial(), A, init.address(), refused));
        open(2, B);
        connected(B);
        StreamEffect.OpenInit opens = last(StreamEffect.OpenInit.class);
        ConnectionError unsupported = ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none");
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.OpenFailed(opens.number(), opens.ticket(), B, unsupported));
        assertThat(outcomes())
                .containsExactly(
                        new ChannelFailed(ticket(1), A, Flow.FEED, refused),
                        new ChannelFailed(ticket(2), B, Flow.FEED, unsupported));
        assertThat(own().uses().isEmpty()).isTrue();
    }

    @Test
    void anOpeningEndsAtItsDeadlineWhereverItIs() {
        open(1, A);
        open(2, B);
        driver.advanceBy(5 * SECOND);
        assertThat(outcomes())
                .extracting(outcome -> ((ChannelFailed) outcome).error().kind())
                .containsExactly(ConnectionError.Kind.TIMED_OUT, ConnectionError.Kind.TIMED_OUT);
        assertThat(own().openings().isEmpty()).isTrue();
    }

    @Test
    void whereThereIsNoRoomForADialAnOpeningTriesAgain() {
        open(1, A);
        open(2, B);
        assertThat(own().openings().at(2L).stage()).isEqualTo(ChannelState.Stage.WAITING);
        driver.advanceBy(own().config().retry());
        assertThat(own().openings().at(2L).stage()).isEqualTo(ChannelState.Stage.WAITING);
        connected(A);
        driver.advanceBy(own().config().retry());
        assertThat(own().openings().at(2L).stage()).isEqualTo(ChannelState.Stage.REACHING);
        connected(B);
        assertThat(outcomes()).isEmpty();
        assertThat(driver.effects(StreamEffect.OpenInit.class)).hasSize(2);
    }

    @Test
    void whereThereIsNoRoomForAStreamAnOpeningTriesAgain() {
        boot("stream.maxOpens", "1");
        open(1, A);
        connected(A);
        open(2, A);
        assertThat(own().openings().at(2L).stage()).isEqualTo(ChannelState.Stage.WAITING);
        streamOpened(last(StreamEffect.OpenInit.class).connection(), A, Flow.FEED_ID);
        driver.advanceBy(own().config().retry());
        assertThat(own().openings().at(2L).stage()).isEqualTo(ChannelState.Stage.OPENING);
    }

    @Test
    void anOpeningThatIsCancelledSaysSoAndItsStreamIsReset() {
        open(1, A);
        Handle connection = connected(A);
        driver.dispatch(new ChannelAction.Cancel(ticket(1)));
        assertThat(((ChannelFailed) outcomes().getLast()).error().kind()).isEqualTo(ConnectionError.Kind.CANCELLED);
        isReset(streamOpened(connection, A, Flow.FEED_ID));
        assertThat(own().channels().isEmpty()).isTrue();
    }

    @Test
    void anOpeningThatIsOverWaitsForNoDial() {
        open(1, A);
        open(2, A);
        driver.dispatch(new ChannelAction.Cancel(ticket(1)));
        assertThat(waitingFor(A)).isEqualTo(1);
        driver.advanceBy(own().openings().at(2L).deadline() - driver.now());
        assertThat(outcomes()).hasSize(2);
        assertThat(waitingFor(A)).isZero();
    }

    @Test
    void whoTellsOfNoConnectionInTimeTellsHowTheLastDialFailed() {
        boot("connection.maxAttempts", "2");
        open(1, A);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.ConnectionFailed(
                        init.dial(),
                        A,
                        init.address(),
                        ConnectionError.of(ConnectionError.Kind.REFUSED, "nobody is there")));
        driver.dispatch(new ChannelAction.DialMissed(B, init.address(), ConnectionError.Kind.IO));
        driver.advanceBy(own().openings().at(1L).deadline() - driver.now());
        assertThat(((ChannelFailed) outcomes().getLast()).error())
                .isEqualTo(ConnectionError.of(
                        ConnectionError.Kind.TIMED_OUT,
                        "no connection came up; the last dial failed: refused at " + init.address()));
    }

    @Test
    void whatFailedBeforeAnOpeningWaitedForAConnectionIsNoReason() {
        open(1, A);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        driver.dispatch(new ChannelAction.Crowded(1));
        driver.dispatch(new ChannelAction.DialMissed(A, init.address(), ConnectionError.Kind.REFUSED));
        driver.advanceBy(own().openings().at(1L).deadline() - driver.now());
        assertThat(((ChannelFailed) outcomes().getLast()).error())
                .isEqualTo(ConnectionError.of(ConnectionError.Kind.TIMED_OUT, "no connection came up"));
    }

    private int waitingFor(PeerId peer) {
        return driver.root()
                .connection()
                .diallingTo(peer)
                .orElseThrow()
                .attempt()
                .tickets()
                .size();
    }

    private void isFull(int ticket, Places.Bound bound) {
        NodeOutcome.Refused refused = refusals().getLast();
        assertThat(refused.ticket()).isEqualTo(ticket(ticket));
        assertThat(refused.clause()).isEqualTo("there-is-room");
        assertThat(refused.operands()).containsExactly(Operand.of("full", bound));
    }

    @Test
    void eachBoundOfChannelsRefusesTheNext() {
        open(1, A);
        open(2, A);
        open(3, A);
        isFull(3, Places.Bound.PEER);
        open(4, B);
        open(5, C);
        isFull(5, Places.Bound.PROTOCOL);
        boot("channel.maxOutbound", "1");
        open(6, A);
        open(7, B, Flow.WIRE);
        isFull(7, Places.Bound.NODE);
        // An outbox of 4,096 bytes and one of 1,024: 5,120 of the 10,240 that half of it is.
        boot("channel.maxBytes", "10240");
        open(8, A, Flow.WIRE);
        open(9, A);
        open(10, B);
        isFull(10, Places.Bound.BYTES);
    }

    // Serving

    @Test
    void whatIsNotServedIsReset() {
        isReset(accepted(linked(A), A, Flow.FEED_ID));
        assertThat(driver.actions(ChannelAction.Accepted.class)).isEmpty();
    }

    @Test
    void whatIsServedIsToldAndNotReadBeforeItsOwnerSaysSo() {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        assertThat(last(ChannelEffect.ServeInit.class).ids()).containsExactly(Flow.FEED_ID);
        assertThat(driver.actions(ChannelAction.Served.class))
                .containsExactly(new ChannelAction.Served(Flow.FEED, List.of(Flow.FEED_ID), true));
        Handle connection = linked(A);
        Handle channel = accepted(connection, A, Flow.FEED_ID);
        assertThat(driver.actions(ChannelAction.Accepted.class))
                .containsExactly(new ChannelAction.Accepted(channel, connection, A, Flow.FEED));
        assertThat(driver.effects(ReadInit.class)).isEmpty();
        driver.dispatch(new More(channel, 1));
        assertThat(driver.effects(ReadInit.class)).containsExactly(new ReadInit(channel, Flow.FEED, Direction.INBOUND));
    }

    @Test
    void whatIsUnservedIsTakenNoMoreAndGoesOn() {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        Handle connection = linked(A);
        Handle channel = accepted(connection, A, Flow.FEED_ID);
        driver.dispatch(new ChannelAction.Unserve(Flow.FEED));
        assertThat(last(ChannelEffect.UnserveInit.class).ids()).containsExactly(Flow.FEED_ID);
        isReset(accepted(connection, A, Flow.FEED_ID));
        assertThat(own().channels().keys()).containsExactly(channel);
    }

    @Test
    void aChannelThatNobodyTakesIsResetInTime() {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        Handle channel = accepted(linked(A), A, Flow.FEED_ID);
        driver.advanceBy(own().config().takeWithin() - 1);
        assertThat(ends()).isEmpty();
        driver.advanceBy(1);
        isReset(channel);
        assertThat(ends())
                .containsExactly(new Ended(channel, A, Flow.FEED, ChannelEnd.IDLE, "nobody here took it in time"));
    }

    @Test
    void sayingMoreOrSendingOrFinishingTakesAChannel() {
        driver.dispatch(new ChannelAction.Serve(Flow.WIRE));
        Handle connection = linked(A);
        driver.dispatch(new More(accepted(connection, A, Flow.WIRE_ID), 1));
        send(accepted(connection, A, Flow.WIRE_ID), NOTE);
        driver.dispatch(new Finish(accepted(connection, A, Flow.WIRE_ID)));
        driver.advanceBy(own().config().takeWithin());
        assertThat(ends()).isEmpty();
        assertThat(own().channels().size()).isEqualTo(3);
    }

    @Test
    void eachBoundOfInboundChannelsResetsTheNext() {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        Handle a = linked(A);
        accepted(a, A, Flow.FEED_ID);
        accepted(a, A, Flow.FEED_ID);
        isReset(accepted(a, A, Flow.FEED_ID));
        accepted(linked(B), B, Flow.FEED_ID);
        isReset(accepted(linked(C), C, Flow.FEED_ID));
        assertThat(own().total(Direction.INBOUND)).isEqualTo(3);
        boot("channel.maxInbound", "1");
        a = linked(A);
        accepted(a, A, Flow.FEED_ID);
        isReset(accepted(a, A, Flow.FEED_ID));
        boot("channel.maxBytes", "2048");
        a = linked(A);
        accepted(a, A, Flow.FEED_ID);
        isReset(accepted(a, A, Flow.FEED_ID));
        // What others open takes none of what is there for this node's own.
        open(1, A);
        assertThat(refusals()).isEmpty();
    }

    // Messages

    @Test
    void eachCreditIsOneMessageInOrderAndWithoutCreditNothingIsRead() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 2));
        assertThat(driver.effects(ReadInit.class)).hasSize(1);
        comes(channel, NOTE);
        assertThat(driver.effects(ReadInit.class)).hasSize(2);
        comes(channel, new Flow.Note(Bytes.EMPTY));
        assertThat(driver.actions(Received.class))
                .containsExactly(
                        new Received(channel, A, Flow.FEED, 1, NOTE),
                        new Received(channel, A, Flow.FEED, 2, new Flow.Note(Bytes.EMPTY)));
        assertThat(driver.effects(ReadInit.class)).hasSize(2);
        driver.dispatch(new More(channel, 1));
        assertThat(driver.effects(ReadInit.class)).hasSize(3);
        // One read is under way, whatever is asked for.
        driver.dispatch(new More(channel, 1));
        assertThat(driver.effects(ReadInit.class)).hasSize(3);
    }

    @Test
    void creditHasABound() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 5));
        driver.dispatch(new More(channel, 1));
        assertThat(driver.rejections(More.class))
                .singleElement()
                .satisfies(rejection -> assertThat(rejection.operands())
                        .containsExactly(Operand.of("credit", 5), Operand.of("more", 1), Operand.of("maxCredit", 5)));
        comes(channel, NOTE);
        driver.dispatch(new More(channel, 1));
        assertThat(driver.rejections(More.class)).hasSize(1);
    }

    @Test
    void messagesAreWrittenOneByOneInTheirOrder() {
        Handle channel = opened();
        send(channel, line(1));
        send(channel, line(2));
        assertThat(driver.effects(WriteInit.class))
                .containsExactly(new WriteInit(channel, Flow.FEED, Direction.OUTBOUND, line(1)));
        written(channel);
        written(channel);
        assertThat(driver.effects(WriteInit.class))
                .extracting(WriteInit::message)
                .containsExactly(line(1), line(2));
        assertThat(own().channels().at(channel).outbox().bytes()).isZero();
    }

    @Test
    void anOutboxThatIsFullByCountRefusesAndTellsWhenThereIsRoom() {
        Handle channel = opened();
        for (int i = 1; i <= 5; i++) {
            send(channel, line(i));
        }
        NodeOutcome.Refused refused = refusals().getLast();
        assertThat(refused.ticket()).isEqualTo(ticket(99));
        assertThat(refused.clause()).isEqualTo("outbox-is-not-full");
        assertThat(refused.operands()).containsExactly(Operand.of("outboxMessages", 4));
        written(channel);
        assertThat(driver.actions(Room.class)).isEmpty();
        written(channel);
        assertThat(driver.actions(Room.class)).containsExactly(new Room(channel, A, Flow.FEED));
        written(channel);
        written(channel);
        assertThat(driver.actions(Room.class)).hasSize(1);
    }

    @Test
    void anOutboxThatIsFullByBytesRefusesAndTellsWhenThereIsRoom() {
        Handle channel = opened();
        Flow.Line greatest = line(1, 480);
        assertThat(ChannelState.Outbox.bytesOf(greatest)).isEqualTo(512);
        send(channel, greatest);
        send(channel, line(2));
        send(channel, greatest);
        NodeOutcome.Refused refused = refusals().getLast();
        long little = ChannelState.Outbox.bytesOf(line(2));
        assertThat(refused.clause()).isEqualTo("outbox-has-bytes-left");
        assertThat(refused.operands())
                .containsExactly(
                        Operand.of("bytes", 512), Operand.of("taken", 512 + little), Operand.of("outboxBytes", 1024));
        written(channel);
        assertThat(driver.actions(Room.class)).containsExactly(new Room(channel, A, Flow.FEED));
        send(channel, greatest);
        assertThat(refusals()).hasSize(1);
    }

    @Test
    void aMessageTakesAtMostHalfAnOutbox() {
        Handle channel = opened();
        send(channel, line(1, 481));
        NodeOutcome.Refused refused = refusals().getLast();
        assertThat(refused.clause()).isEqualTo("message-fits-the-outbox");
        assertThat(refused.operands()).containsExactly(Operand.of("bytes", 520), Operand.of("most", 512));
    }

    @Test
    void eachSideSendsMessagesOfItsKind() {
        Handle channel = opened();
        send(channel, NOTE);
        assertThat(refusals().getLast().clause()).isEqualTo("message-is-of-the-protocol");
        driver.dispatch(new More(channel, 1));
        comes(channel, line(1));
        assertThat(driver.rejections(MessageCame.class)).hasSize(1);
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        Handle other = accepted(linked(B), B, Flow.FEED_ID);
        send(other, NOTE);
        assertThat(last(WriteInit.class)).isEqualTo(new WriteInit(other, Flow.FEED, Direction.INBOUND, NOTE));
    }

    // The end

    @Test
    void finishingWritesAllThatWasSentBefore() {
        Handle channel = opened();
        send(channel, line(1));
        send(channel, line(2));
        driver.dispatch(new Finish(channel));
        send(channel, line(3));
        assertThat(refusals().getLast().clause()).isEqualTo("our-side-goes-on");
        written(channel);
        assertThat(driver.effects(FinishInit.class)).isEmpty();
        written(channel);
        assertThat(driver.effects(FinishInit.class)).containsExactly(new FinishInit(channel));
        assertThat(driver.effects(WriteInit.class)).hasSize(2);
        assertThat(ends()).isEmpty();
    }

    @Test
    void afterOurSideThePeerEndsItsOwn() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        assertThat(driver.effects(FinishInit.class)).containsExactly(new FinishInit(channel));
        driver.dispatch(new More(channel, 2));
        comes(channel, NOTE);
        driver.answer(ReadInit.class, new ReadFinished(channel));
        assertThat(driver.actions(Received.class)).hasSize(1);
        assertThat(driver.actions(PeerFinished.class)).containsExactly(new PeerFinished(channel, A, Flow.FEED));
        // What was sent may be on its way still: the stream ends by itself behind it.
        assertThat(ends()).isEmpty();
        closes(channel, EndReason.CLOSED, "");
        isOver(channel, ChannelEnd.FINISHED, "");
        assertThat(driver.effects(StreamEffect.CloseInit.class)).isEmpty();
    }

    @Test
    void whoReadsTheEndOfNothingIsGivenUpInTime() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        driver.dispatch(new More(channel, 1));
        driver.answer(ReadInit.class, new ReadFinished(channel));
        driver.advanceBy(LIMITS.idle());
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(channel, CloseMode.RESET));
        assertThat(ends()).extracting(Ended::reason).containsExactly(ChannelEnd.IDLE);
    }

    @Test
    void afterThePeersSideOursGoesOnUntilItIsFinished() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 1));
        driver.answer(ReadInit.class, new ReadFinished(channel));
        driver.dispatch(new More(channel, 1));
        assertThat(driver.rejections(More.class)).hasSize(1);
        send(channel, line(1));
        driver.dispatch(new Finish(channel));
        assertThat(ends()).isEmpty();
        written(channel);
        assertThat(driver.effects(FinishInit.class)).hasSize(1);
        assertThat(ends()).isEmpty();
        closes(channel, EndReason.CLOSED, "");
        isOver(channel, ChannelEnd.FINISHED, "");
    }

    @Test
    void anOrderlyEndOfTheStreamIsTheEndAndAReadThatCameTooLateIsNoFault() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        driver.dispatch(new More(channel, 2));
        comes(channel, NOTE);
        closes(channel, EndReason.CLOSED, "");
        assertThat(ends()).isEmpty();
        driver.answer(ReadInit.class, new ReadFailed(channel, false, "the stream is closed"));
        assertThat(driver.actions(PeerFinished.class)).hasSize(1);
        isOver(channel, ChannelEnd.FINISHED, "");
        assertThat(driver.effects(StreamEffect.CloseInit.class)).isEmpty();
    }

    @Test
    void aReadThatFindsNoStreamMayBeToldBeforeTheStreamsEnd() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        driver.dispatch(new More(channel, 2));
        driver.answer(ReadInit.class, new ReadFailed(channel, false, "the stream is closed"));
        assertThat(ends()).isEmpty();
        closes(channel, EndReason.CLOSED, "");
        assertThat(driver.actions(PeerFinished.class)).hasSize(1);
        isOver(channel, ChannelEnd.FINISHED, "");
    }

    @Test
    void theLastMessageMayBeToldAfterTheStreamsEnd() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        driver.dispatch(new More(channel, 1));
        closes(channel, EndReason.CLOSED, "");
        assertThat(ends()).isEmpty();
        comes(channel, NOTE);
        assertThat(driver.actions(Received.class)).hasSize(1);
        isOver(channel, ChannelEnd.FINISHED, "");
    }

    @Test
    void whereNothingIsReadItIsTheEndAtOnce() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        closes(channel, EndReason.CLOSED, "");
        assertThat(driver.actions(PeerFinished.class)).hasSize(1);
        isOver(channel, ChannelEnd.FINISHED, "");
    }

    @Test
    void aPeerThatEndsWithinItsLastMessageIsMalformed() {
        Handle channel = opened();
        driver.dispatch(new Finish(channel));
        driver.dispatch(new More(channel, 1));
        closes(channel, EndReason.CLOSED, "");
        driver.answer(ReadInit.class, new ReadFailed(channel, true, "cut off"));
        isOver(channel, ChannelEnd.MALFORMED, "cut off");
    }

    @Test
    void aPeersResetEndsAllAndLateAnswersAreRejected() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 1));
        send(channel, line(1));
        send(channel, line(2));
        closes(channel, EndReason.REMOTE_RESET, "");
        isOver(channel, ChannelEnd.REMOTE_RESET, "");
        driver.answer(ReadInit.class, new ReadFailed(channel, false, "gone"));
        driver.answer(WriteInit.class, new WriteFailed(channel, false, "gone"));
        assertThat(driver.rejections()).hasSize(2);
        assertThat(ends()).hasSize(1);
    }

    @Test
    void ofAStreamThatBrokeTheEndTellsWhy() {
        Handle channel = opened();
        send(channel, line(1));
        driver.answer(WriteInit.class, new WriteFailed(channel, false, "gone"));
        isReset(channel);
        assertThat(ends()).isEmpty();
        closes(channel, EndReason.REMOTE_RESET, "");
        isOver(channel, ChannelEnd.REMOTE_RESET, "");
    }

    @Test
    void aMessageWithoutBytesIsNotWhyAStreamBroke() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 1));
        send(channel, line(1));
        driver.answer(ReadInit.class, new ReadFailed(channel, false, "gone"));
        driver.answer(WriteInit.class, new WriteFailed(channel, true, "it has 100000 bytes"));
        assertThat(ends()).isEmpty();
        closes(channel, EndReason.REMOTE_RESET, "");
        isOver(channel, ChannelEnd.REMOTE_RESET, "");
    }

    @Test
    void aMessageWithoutBytesEndsAChannelAndSaysSo() {
        Handle channel = opened();
        send(channel, line(1));
        driver.answer(WriteInit.class, new WriteFailed(channel, true, "it has 100000 bytes"));
        isReset(channel);
        isOver(channel, ChannelEnd.UNENCODABLE, "it has 100000 bytes");
    }

    @Test
    void anEndOfTheStreamIsAnEndOfTheChannel() {
        List<ChannelEnd> reasons = new ArrayList<>();
        for (EndReason reason : EndReason.values()) {
            boots();
            Handle channel = opened();
            closes(channel, reason, "why");
            assertThat(ends().getLast().channel()).isEqualTo(channel);
            reasons.add(ends().getLast().reason());
        }
        assertThat(reasons)
                .containsExactly(
                        ChannelEnd.LOCAL_RESET,
                        ChannelEnd.LOCAL_RESET,
                        ChannelEnd.REMOTE_RESET,
                        ChannelEnd.MALFORMED,
                        ChannelEnd.LOCAL_RESET,
                        ChannelEnd.LIMIT,
                        ChannelEnd.CONNECTION_CLOSED,
                        ChannelEnd.MALFORMED);
    }

    @Test
    void whatIsNoMessageEndsTheChannel() {
        Handle channel = opened();
        driver.dispatch(new More(channel, 1));
        driver.answer(ReadInit.class, new ReadFailed(channel, true, "a length of 2 GiB"));
        isReset(channel);
        isOver(channel, ChannelEnd.MALFORMED, "a length of 2 GiB");
    }

    @Test
    void anAbortEndsItAtOnce() {
        Handle channel = opened();
        send(channel, line(1));
        driver.dispatch(new ChannelAction.Abort(channel));
        isReset(channel);
        isOver(channel, ChannelEnd.LOCAL_RESET, "");
        closes(channel, EndReason.LOCAL_RESET, "");
        assertThat(ends()).hasSize(1);
    }

    @Test
    void aChannelOnWhichNothingHappensEnds() {
        Handle channel = opened();
        driver.advanceBy(LIMITS.idle() - 1);
        driver.dispatch(new More(channel, 2));
        driver.advanceBy(LIMITS.idle() - 1);
        comes(channel, NOTE);
        driver.advanceBy(LIMITS.idle() - 1);
        assertThat(ends()).isEmpty();
        driver.advanceBy(1);
        isReset(channel);
        isOver(channel, ChannelEnd.IDLE, "nothing happened on it for too long");
    }

    @Test
    void aPeerThatDoesNotReadIsIdleInTheEnd() {
        Handle channel = opened();
        send(channel, line(1));
        driver.dispatch(new Finish(channel));
        driver.advanceBy(LIMITS.idle());
        isOver(channel, ChannelEnd.IDLE, "nothing happened on it for too long");
    }

    @Test
    void afterABootNothingIsLeftButNumbersAndWhatIsServed() {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        opened();
        open(2, B);
        boots();
        assertThat(own().channels().isEmpty()).isTrue();
        assertThat(own().openings().isEmpty()).isTrue();
        assertThat(own().tickets().isEmpty()).isTrue();
        assertThat(own().total(Direction.OUTBOUND)).isZero();
        assertThat(own().lastNumber()).isEqualTo(2);
        assertThat(own().serves(Flow.FEED)).isTrue();
        assertThat(driver.effects(ChannelEffect.ServeInit.class)).hasSize(2);
        assertThat(driver.actions(ChannelAction.Served.class)).hasSize(2);
        assertThat(ends()).isEmpty();
    }

    @Test
    void settingsOutOfTheirRangeCountAsMissing() {
        ChannelConfig config = ChannelConfig.of(Table.<String, String>empty()
                .with("channel.maxInbound", "16385")
                .with("channel.maxOutbound", "-1")
                .with("channel.maxBytes", "1023")
                .with("channel.maxCredit", "0")
                .with("channel.takeWithin", "999")
                .with("channel.retry", "60000001"));
        assertThat(config).isEqualTo(ChannelConfig.DEFAULT);
        assertThat(ChannelConfig.of(Table.of("channel.maxBytes", String.valueOf(ChannelConfig.MOST_BYTES)))
                        .maxBytes())
                .isEqualTo(ChannelConfig.MOST_BYTES);
    }

    @Test
    void actionsBeyondTheirBoundsAreRefusedWithASentence() {
        Handle channel = handle(StreamService.STREAM);
        List<Multiaddr> many = Collections.nCopies(65, Bench.address(1));
        assertThatThrownBy(() -> new ChannelAction.Open(Ticket.NONE, A, many, Flow.FEED, 1))
                .hasMessageContaining("at most 64 addresses");
        for (long within : List.of(0L, ChannelAction.MOST_WITHIN + 1)) {
            assertThatThrownBy(() -> new ChannelAction.Open(Ticket.NONE, A, List.of(), Flow.FEED, within))
                    .hasMessageContaining("a channel is opened within 1 to 3600000000 microseconds");
        }
        for (int credit : List.of(0, ChannelAction.MOST_CREDIT + 1)) {
            assertThatThrownBy(() -> new More(channel, credit)).hasMessageContaining("1 to 65536 messages more");
        }
        String tooLong = "x".repeat(257);
        assertThatThrownBy(() -> new ReadFailed(channel, true, tooLong)).hasMessageContaining("at most 256 characters");
        assertThatThrownBy(() -> new WriteFailed(channel, false, tooLong))
                .hasMessageContaining("at most 256 characters");
        assertThatThrownBy(() -> new Ended(channel, A, Flow.FEED, ChannelEnd.IDLE, tooLong))
                .hasMessageContaining("at most 256 characters");
        assertThatThrownBy(() -> new ChannelAction.StreamEnded(channel, EndReason.CLOSED, tooLong))
                .hasMessageContaining("at most 256 characters");
    }
}
