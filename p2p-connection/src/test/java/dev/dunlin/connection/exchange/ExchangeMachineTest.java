package dev.dunlin.connection.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.exchange.ExchangeEffect.Then;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.protocol.ProtocolLimits;
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
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExchangeMachineTest {

    private static final long SECOND = 1_000_000;
    private static final PeerId A = TypeArbitraries.peer(0);
    private static final PeerId B = TypeArbitraries.peer(1);
    private static final PeerId C = TypeArbitraries.peer(2);
    private static final Talk.Say HELLO = new Talk.Say.Hello(Bytes.of((byte) 1));
    private static final Talk.Answer ANSWER = new Talk.Answer(Bytes.of((byte) 2));
    private static final ProtocolLimits LIMITS =
            new ProtocolLimits(4, 2, 2, 2, 3, SECOND, 2, 10 * SECOND, 20 * SECOND, false);

    private final StoreDriver<ExchangeRoot> driver = StoreDriver.of(ExchangeRoot.store(
            ExchangeMachine.of(List.of(Talk.chat(LIMITS), Talk.letter(LIMITS.telling(3 * SECOND))))));
    private int handles = 100;

    @BeforeEach
    void boots() {
        driver.boot(
                Table.<String, String>empty().with("connection.maxDials", "1").with("connection.maxAttempts", "1"));
    }

    private static Ticket ticket(int number) {
        return new Ticket(Ticket.API, number);
    }

    private void ask(int number, PeerId peer, String protocol) {
        driver.dispatch(new ExchangeAction.Ask(
                ticket(number), peer, List.of(Bench.address(1)), true, protocol, HELLO, 5 * SECOND));
    }

    private Handle handle(String kind) {
        return new Handle(kind, driver.node().run(), ++handles);
    }

    private Handle connected(PeerId peer) {
        ConnectionEffect.ConnectInit init =
                driver.effects(ConnectionEffect.ConnectInit.class).getLast();
        Handle connection = handle(ConnectionService.CONNECTION);
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.Connected(init.dial(), connection, peer, Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    private Handle opened(Handle connection, PeerId peer, String id) {
        StreamEffect.OpenInit init = driver.effects(StreamEffect.OpenInit.class).getLast();
        Handle stream = handle(StreamService.STREAM);
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.StreamOpened(init.number(), init.ticket(), stream, connection, peer, id, 1));
        return stream;
    }

    private <E extends Effect> E last(Class<E> type) {
        return driver.effects(type).getLast();
    }

    private List<ExchangeOutcome> outcomes() {
        return driver.actions(ExchangeOutcome.class);
    }

    private ExchangeState own() {
        return driver.root().exchange();
    }

    /** Of who has dialled only the host says where it is. */
    @Test
    void whereTheOtherEndsAreIsKnownWhileTheyAreOpen() {
        ask(1, A, Talk.LETTER);
        Handle dialled = connected(A);
        Handle taken = handle(ConnectionService.CONNECTION);
        driver.dispatch(
                new ConnectionAction.Accepted(taken, B, Multiaddr.parse("/ip4/8.1.2.3/tcp/50505"), Bytes.EMPTY));
        assertThat(own().remotes().at(dialled)).isEqualTo(Bench.address(1));
        assertThat(own().remotes().at(taken)).isEqualTo(Multiaddr.parse("/ip4/8.1.2.3"));
        driver.dispatch(new ConnectionAction.Closed(taken, B, CloseReason.REMOTE, ""));
        assertThat(own().remotes().keys()).containsExactly(dialled);
    }

    @Test
    void anAskDialsOpensAsksAndEndsWithItsAnswer() {
        ask(1, A, Talk.LETTER);
        Handle connection = connected(A);
        Handle stream = opened(connection, A, Talk.LETTER_ID);
        assertThat(last(ExchangeEffect.AskInit.class))
                .isEqualTo(new ExchangeEffect.AskInit(stream, 1, Talk.LETTER, HELLO, false));
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 7));
        assertThat(outcomes())
                .containsExactly(new Answered(
                        ticket(1),
                        A,
                        connection,
                        Optional.of(driver.root()
                                .connection()
                                .open()
                                .connections()
                                .at(connection)
                                .remoteAddress()),
                        Talk.LETTER,
                        ANSWER,
                        7));
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
        assertThat(own().asks().isEmpty()).isTrue();
        assertThat(own().bytes()).isZero();
        assertThat(own().lanes().isEmpty()).isTrue();
    }

    @Test
    void anAskThatIsNotToDialGoesToWhomThereIsAConnectionOnly() {
        driver.dispatch(new ExchangeAction.Ask(ticket(1), A, List.of(), false, Talk.LETTER, HELLO, 5 * SECOND));
        assertThat(outcomes())
                .singleElement()
                .isInstanceOfSatisfying(
                        AskFailed.class, failed -> assertThat(failed.why()).isEqualTo(AskFailure.UNREACHABLE));
        linked(A);
        driver.dispatch(new ExchangeAction.Ask(ticket(2), A, List.of(), false, Talk.LETTER, HELLO, 5 * SECOND));
        assertThat(driver.effects(StreamEffect.OpenInit.class)).hasSize(1);
        assertThat(driver.effects(ConnectionEffect.ConnectInit.class)).isEmpty();
    }

    @Test
    void whileAllDialsAreTakenAnAskWaitsAndIsNotRefused() {
        ask(1, A, Talk.LETTER);
        ask(2, B, Talk.LETTER);
        assertThat(driver.effects(ConnectionEffect.ConnectInit.class)).hasSize(1);
        assertThat(own().waiting().keys()).containsExactly(new Turn(Turn.DIAL, 2));
        connected(A);
        // The dial that has ended makes room for the next one, at once.
        assertThat(driver.effects(ConnectionEffect.ConnectInit.class)).hasSize(2);
        assertThat(outcomes()).isEmpty();
    }

    @Test
    void aStreamThatMayBeUsedAgainIs() {
        ask(1, A, Talk.CHAT);
        Handle stream = opened(connected(A), A, Talk.CHAT_ID);
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 7));
        ask(2, A, Talk.CHAT);
        assertThat(driver.effects(StreamEffect.OpenInit.class)).hasSize(1);
        assertThat(last(ExchangeEffect.AskInit.class))
                .isEqualTo(new ExchangeEffect.AskInit(stream, 2, Talk.CHAT, HELLO, true));
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(2, stream, ANSWER, 7));
        driver.advanceBy(LIMITS.idle());
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
        assertThat(own().outbound().isEmpty()).isTrue();
    }

    @Test
    void anAskThatAUsedStreamFailsGetsAFreshOneOnceAndAfterThreeFailuresEachAskGetsItsOwn() {
        ask(1, A, Talk.CHAT);
        Handle connection = connected(A);
        Handle stream = opened(connection, A, Talk.CHAT_ID);
        for (int failure = 0; failure < Asking.UNFIT; failure++) {
            assertThat(last(ExchangeEffect.AskInit.class).keep()).isTrue();
            driver.answer(
                    ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(own().lastNumber(), stream, ANSWER, 7));
            ask(10 + failure, A, Talk.CHAT);
            long number = own().lastNumber();
            driver.answer(
                    ExchangeEffect.AskInit.class,
                    new ExchangeAction.AnswerMissing(number, stream, AskFailure.RESET, "gone"));
            assertThat(last(StreamEffect.CloseInit.class))
                    .isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
            stream = opened(connection, A, Talk.CHAT_ID);
        }
        assertThat(last(ExchangeEffect.AskInit.class).keep()).isFalse();
        assertThat(outcomes()).allMatch(Answered.class::isInstance);
        // The fresh one fails, too: that is the end.
        driver.answer(
                ExchangeEffect.AskInit.class,
                new ExchangeAction.AnswerMissing(own().lastNumber(), stream, AskFailure.RESET, "gone"));
        assertThat(outcomes().getLast()).isEqualTo(new AskFailed(ticket(12), A, Talk.CHAT, AskFailure.RESET, "gone"));
    }

    @Test
    void anAskEndsAtItsDeadlineWhereverItIs() {
        ask(1, A, Talk.LETTER);
        ask(2, B, Talk.LETTER);
        driver.advanceBy(5 * SECOND);
        assertThat(outcomes())
                .containsExactlyInAnyOrder(
                        new AskFailed(ticket(1), A, Talk.LETTER, AskFailure.TIMED_OUT, "no connection came up"),
                        new AskFailed(ticket(2), B, Talk.LETTER, AskFailure.TIMED_OUT, "no connection came up"));
        assertThat(own().waiting().isEmpty()).isTrue();
    }

    @Test
    void whoTellsOfNoConnectionInTimeTellsHowTheLastDialFailed() {
        driver.boot(Table.of("connection.maxAttempts", "2"));
        ask(1, A, Talk.LETTER);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.ConnectionFailed(
                        init.dial(),
                        A,
                        init.address(),
                        ConnectionError.of(ConnectionError.Kind.WRONG_PEER, "another peer is there")));
        driver.advanceBy(5 * SECOND);
        assertThat(outcomes())
                .containsExactly(new AskFailed(
                        ticket(1),
                        A,
                        Talk.LETTER,
                        AskFailure.TIMED_OUT,
                        "no connection came up; the last dial failed: wrong peer at " + init.address()));
    }

    @Test
    void whatFailedBeforeAnAskWaitedForAConnectionIsNoReason() {
        ask(1, A, Talk.LETTER);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        driver.dispatch(new ExchangeAction.DialMissed(A, init.address(), ConnectionError.Kind.REFUSED));
        driver.dispatch(new ExchangeAction.DialMissed(B, init.address(), ConnectionError.Kind.REFUSED));
        assertThat(own().lanes().has(B)).as("nobody asks it").isFalse();
        driver.advanceBy(SECOND);
        ask(2, A, Talk.CHAT);
        driver.advanceBy(5 * SECOND);
        assertThat(outcomes())
                .containsExactly(
                        new AskFailed(
                                ticket(1),
                                A,
                                Talk.LETTER,
                                AskFailure.TIMED_OUT,
                                "no connection came up; the last dial failed: refused at " + init.address()),
                        new AskFailed(ticket(2), A, Talk.CHAT, AskFailure.TIMED_OUT, "no connection came up"));
    }

    @Test
    void aQuestionWithoutBytesIsNotAskedAgain() {
        Handle connection = linked(A);
        Handle stream = kept(connection);
        ask(2, A, Talk.CHAT);
        driver.answer(
                ExchangeEffect.AskInit.class,
                new ExchangeAction.AnswerMissing(2, stream, AskFailure.UNENCODABLE, "too long"));
        assertThat(outcomes().getLast())
                .isEqualTo(new AskFailed(ticket(2), A, Talk.CHAT, AskFailure.UNENCODABLE, "too long"));
        assertThat(driver.effects(StreamEffect.OpenInit.class)).hasSize(1);
    }

    @Test
    void aCancelledAskFreesWhatItHas() {
        ask(1, A, Talk.LETTER);
        Handle stream = opened(connected(A), A, Talk.LETTER_ID);
        driver.dispatch(new ExchangeAction.Cancel(ticket(1)));
        assertThat(outcomes()).containsExactly(new AskFailed(ticket(1), A, Talk.LETTER, AskFailure.CANCELLED, ""));
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
        assertThat(own().outbound().isEmpty()).isTrue();
        assertThat(own().bytes()).isZero();
    }

    @Test
    void aStreamThatComesTooLateIsReset() {
        ask(1, A, Talk.LETTER);
        Handle connection = connected(A);
        driver.dispatch(new ExchangeAction.Cancel(ticket(1)));
        Handle stream = opened(connection, A, Talk.LETTER_ID);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
    }

    @Test
    void whatFailsOnTheWaySaysWhy() {
        ask(1, A, Talk.LETTER);
        ConnectionEffect.ConnectInit init = last(ConnectionEffect.ConnectInit.class);
        driver.answer(
                ConnectionEffect.ConnectInit.class,
                new ConnectionAction.ConnectionFailed(
                        init.dial(), A, init.address(), ConnectionError.of(ConnectionError.Kind.REFUSED, "refused")));
        ask(2, B, Talk.LETTER);
        connected(B);
        StreamEffect.OpenInit open = last(StreamEffect.OpenInit.class);
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.OpenFailed(
                        open.number(),
                        open.ticket(),
                        B,
                        ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none")));
        assertThat(outcomes())
                .extracting(action -> ((AskFailed) action).why())
                .containsExactly(AskFailure.UNREACHABLE, AskFailure.UNSUPPORTED);
    }

    // The other side

    private Handle accepted(Handle connection, PeerId peer, String id) {
        Handle stream = handle(StreamService.STREAM);
        driver.dispatch(new StreamAction.StreamAccepted(stream, connection, peer, id, 1));
        return stream;
    }

    // A stream on which the first question was answered, and which is kept for the next.
    private Handle kept(Handle connection) {
        ask(1, A, Talk.CHAT);
        Handle stream = opened(connection, A, Talk.CHAT_ID);
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 7));
        return stream;
    }

    private List<Ticket> waitingFor(PeerId peer) {
        return driver.root()
                .connection()
                .diallingTo(peer)
                .orElseThrow()
                .attempt()
                .tickets();
    }

    private Handle linked(PeerId peer) {
        Handle connection = handle(ConnectionService.CONNECTION);
        driver.dispatch(new ConnectionAction.Accepted(connection, peer, Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    @Test
    void whatIsNotServedIsReset() {
        Handle stream = accepted(linked(A), A, Talk.LETTER_ID);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
    }

    @Test
    void aQuestionIsToldAnsweredAndTheStreamClosed() {
        driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
        assertThat(last(ExchangeEffect.ServeInit.class).ids()).containsExactly(Talk.LETTER_ID);
        Handle connection = linked(A);
        Handle stream = accepted(connection, A, Talk.LETTER_ID);
        driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(stream, HELLO));
        ExchangeAction.Asked asked = driver.actions(ExchangeAction.Asked.class).getLast();
        assertThat(asked)
                .isEqualTo(new ExchangeAction.Asked(
                        asked.number(), stream, connection, A, asked.from(), Talk.LETTER, HELLO));
        assertThat(asked.from()).isPresent();
        driver.dispatch(new ExchangeAction.Reply(asked.number(), ANSWER));
        assertThat(last(ExchangeEffect.ReplyInit.class))
                .isEqualTo(new ExchangeEffect.ReplyInit(stream, Talk.LETTER, ANSWER, Then.END));
        driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(stream));
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
        assertThat(own().inbound().isEmpty()).isTrue();
    }

    @Test
    void whoAnswersIsToldOnceHowItEndedIfItHasNotRefused() {
        driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
        Handle connection = linked(A);
        long written = asks(connection);
        driver.dispatch(new ExchangeAction.Reply(written, ANSWER));
        assertThat(ends()).isEmpty();
        driver.answer(
                ExchangeEffect.ReplyInit.class,
                new ExchangeAction.ReplySent(last(ExchangeEffect.ReplyInit.class).stream()));
        assertThat(ends()).containsExactly(written + "+");

        long unwritten = asks(connection);
        driver.dispatch(new ExchangeAction.Reply(unwritten, ANSWER));
        driver.answer(
                ExchangeEffect.ReplyInit.class,
                new ExchangeAction.ReplyMissing(last(ExchangeEffect.ReplyInit.class).stream(), "gone"));
        long unread = asks(connection);
        driver.dispatch(new ExchangeAction.Reply(unread, ANSWER));
        driver.advanceBy(3 * SECOND);
        long gone = asks(connection);
        ended(connection, last(ExchangeEffect.ReadInit.class).stream(), Talk.LETTER_ID);
        long late = asks(connection);
        driver.advanceBy(10 * SECOND);
        driver.dispatch(new ExchangeAction.Refuse(asks(connection)));
        assertThat(ends()).containsExactly(written + "+", unwritten + "-", unread + "-", gone + "-", late + "-");
        assertThat(own().inbound().isEmpty()).isTrue();
    }

    private long asks(Handle connection) {
        Handle stream = accepted(connection, A, Talk.LETTER_ID);
        driver.advanceBy(SECOND);
        driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(stream, HELLO));
        return driver.actions(ExchangeAction.Asked.class).getLast().number();
    }

    private List<String> ends() {
        return driver.actions(ExchangeAction.AnswerEnded.class).stream()
                .map(end -> end.number() + (end.isWritten() ? "+" : "-"))
                .toList();
    }

    @Test
    void whoSendsItsQuestionTooSlowlyIsSentAway() {
        driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
        Handle stream = accepted(linked(A), A, Talk.LETTER_ID);
        driver.advanceBy(3 * SECOND - 1);
        assertThat(own().inbound().has(stream)).isTrue();
        driver.advanceBy(1);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
        assertThat(ends()).isEmpty();
    }

    private Then answered(Handle stream, Class<? extends Effect> answers) {
        driver.answer(answers, new ExchangeAction.AskCame(stream, HELLO));
        driver.dispatch(new ExchangeAction.Reply(
                driver.actions(ExchangeAction.Asked.class).getLast().number(), ANSWER));
        return last(ExchangeEffect.ReplyInit.class).then();
    }

    @Test
    void whoAsksTooOftenWaitsUnread() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle connection = linked(A);
        Handle stream = accepted(connection, A, Talk.CHAT_ID);
        assertThat(answered(stream, ExchangeEffect.ReadInit.class)).isEqualTo(Then.READ);
        assertThat(answered(stream, ExchangeEffect.ReplyInit.class)).isEqualTo(Then.READ);
        assertThat(answered(stream, ExchangeEffect.ReplyInit.class)).isEqualTo(Then.REST);
        driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(stream));
        int reads = driver.effects(ExchangeEffect.ReadInit.class).size();
        // Another stream of the peer has no time of its own.
        Handle second = accepted(connection, A, Talk.CHAT_ID);
        driver.advanceBy(SECOND - 1);
        assertThat(driver.effects(ExchangeEffect.ReadInit.class)).hasSize(reads);
        driver.advanceBy(1);
        assertThat(driver.effects(ExchangeEffect.ReadInit.class))
                .extracting(ExchangeEffect.ReadInit::stream)
                .endsWith(stream, second);
    }

    @Test
    void whoAsksAsOftenAsItMayNeverWaits() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle stream = accepted(linked(A), A, Talk.CHAT_ID);
        assertThat(answered(stream, ExchangeEffect.ReadInit.class)).isEqualTo(Then.READ);
        for (int i = 0; i < 20; i++) {
            driver.advanceBy(SECOND);
            assertThat(answered(stream, ExchangeEffect.ReplyInit.class)).isEqualTo(Then.READ);
        }
    }

    @Test
    void allTogetherAskNoMoreThanTheNodeAnswers() {
        driver.boot(Table.<String, String>empty().with("exchange.answerRate", "1"));
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle stream = accepted(linked(A), A, Talk.CHAT_ID);
        Handle other = accepted(linked(B), B, Talk.CHAT_ID);
        assertThat(answered(stream, ExchangeEffect.ReadInit.class)).isEqualTo(Then.READ);
        assertThat(answered(other, ExchangeEffect.ReadInit.class)).isEqualTo(Then.REST);
        driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(other));
        // Who asks next waits as well, on whatever stream; a second later there is room for one.
        int reads = driver.effects(ExchangeEffect.ReadInit.class).size();
        accepted(linked(C), C, Talk.CHAT_ID);
        assertThat(driver.effects(ExchangeEffect.ReadInit.class)).hasSize(reads);
        driver.advanceBy(SECOND);
        assertThat(driver.effects(ExchangeEffect.ReadInit.class)).hasSizeGreaterThan(reads);
    }

    @Test
    void aNewStreamMakesNobodysDebtForgotten() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle connection = linked(A);
        Handle stream = accepted(connection, A, Talk.CHAT_ID);
        assertThat(answered(stream, ExchangeEffect.ReadInit.class)).isEqualTo(Then.READ);
        assertThat(answered(stream, ExchangeEffect.ReplyInit.class)).isEqualTo(Then.READ);
        assertThat(answered(stream, ExchangeEffect.ReplyInit.class)).isEqualTo(Then.REST);
        ended(connection, stream);
        assertThat(own().inbound().isEmpty()).isTrue();
        int reads = driver.effects(ExchangeEffect.ReadInit.class).size();
        Handle next = accepted(connection, A, Talk.CHAT_ID);
        assertThat(driver.effects(ExchangeEffect.ReadInit.class)).hasSize(reads);
        driver.advanceBy(SECOND);
        assertThat(last(ExchangeEffect.ReadInit.class).stream()).isEqualTo(next);
        ended(connection, next);
        driver.advanceBy(10 * SECOND);
        assertThat(own().lanes().isEmpty()).isTrue();
    }

    private void ended(Handle connection, Handle stream) {
        ended(connection, stream, Talk.CHAT_ID);
    }

    private void ended(Handle connection, Handle stream, String id) {
        driver.dispatch(new StreamAction.StreamClosed(stream, connection, A, id, EndReason.REMOTE_RESET, ""));
    }

    @Test
    void whoIsUnservedIsNotAskedOnStreamsThatAreOpen() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle stream = accepted(linked(A), A, Talk.CHAT_ID);
        driver.dispatch(new ExchangeAction.Unserve(Talk.CHAT));
        driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(stream, HELLO));
        assertThat(driver.actions(ExchangeAction.Asked.class)).isEmpty();
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));

        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle asked = accepted(linked(B), B, Talk.CHAT_ID);
        driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(asked, HELLO));
        driver.dispatch(new ExchangeAction.Unserve(Talk.CHAT));
        long number = driver.actions(ExchangeAction.Asked.class).getLast().number();
        driver.dispatch(new ExchangeAction.Reply(number, ANSWER));
        assertThat(last(ExchangeEffect.ReplyInit.class).then()).isEqualTo(Then.END);
    }

    @Test
    void whoWaitsForAGoodPeerIsNotHeldUpByManyWhoWaitForASlowOne() {
        ProtocolLimits roomy = new ProtocolLimits(4, 2, 500, 2, 500, SECOND, 2, 10 * SECOND, 20 * SECOND, false);
        StoreDriver<ExchangeRoot> many =
                StoreDriver.of(ExchangeRoot.store(ExchangeMachine.of(List.of(Talk.letter(roomy)))));
        many.boot();
        for (int i = 0; i < 100; i++) {
            many.dispatch(letter(1 + i, A));
        }
        for (int i = 0; i < 3; i++) {
            many.dispatch(letter(201 + i, B));
        }
        ExchangeState own = many.root().exchange();
        assertThat(own.lane(B, Talk.LETTER).waiting()).isOne();
        many.dispatch(new ExchangeAction.Cancel(ticket(201)));
        assertThat(many.root().exchange().lane(B, Talk.LETTER).waiting()).isZero();
        assertThat(many.root().exchange().lane(B, Talk.LETTER).asks()).isEqualTo(2);
    }

    private static ExchangeAction.Ask letter(int number, PeerId peer) {
        return new ExchangeAction.Ask(
                ticket(number), peer, List.of(Bench.address(1)), true, Talk.LETTER, HELLO, 50 * SECOND);
    }

    @Test
    void whoFindsNoRoomForItsDialLeavesItsPlaceToWhoNeedsNone() {
        ProtocolLimits one = new ProtocolLimits(4, 2, 1, 1, 5, SECOND, 2, 10 * SECOND, 20 * SECOND, false);
        StoreDriver<ExchangeRoot> driver =
                StoreDriver.of(ExchangeRoot.store(ExchangeMachine.of(List.of(Talk.chat(LIMITS), Talk.letter(one)))));
        driver.boot(Table.<String, String>empty().with("connection.maxDials", "1"));
        driver.dispatch(
                new ConnectionAction.Accepted(handle(ConnectionService.CONNECTION), B, Bench.address(2), Bytes.EMPTY));
        driver.dispatch(new ConnectionAction.Connect(C, List.of(Bench.address(3)), Ticket.NONE));
        driver.dispatch(letter(1, A));
        driver.dispatch(letter(2, B));
        assertThat(driver.root().exchange().lane(A, Talk.LETTER).waiting()).isOne();
        assertThat(driver.root().exchange().lane(B, Talk.LETTER).asks()).isOne();
        assertThat(driver.effects(StreamEffect.OpenInit.class)).hasSize(1);
    }

    @Test
    void thoseWhoWaitCountAsPeersToo() {
        driver.boot(Table.<String, String>empty().with("exchange.maxPeers", "2").with("connection.maxDials", "1"));
        ask(1, A, Talk.LETTER);
        ask(2, B, Talk.LETTER);
        ask(3, C, Talk.LETTER);
        assertThat(own().lanes().size()).isEqualTo(2);
        assertThat(driver.rejections(ExchangeAction.Ask.class)).hasSize(1);
    }

    @Test
    void streamsThatAreKeptAreGivenUpWhereTheirConnectionIsLeft() {
        Handle connection = linked(A);
        Handle stream = kept(connection);
        assertThat(own().outbound().has(stream)).isTrue();
        driver.dispatch(new ConnectionAction.WentAway(connection, A, 0));
        assertThat(own().outbound().has(stream)).isFalse();
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
    }

    /** Streams between two questions hold no connection that is to end; a question that has come is answered. */
    @Test
    void aConnectionThatIsToEndIsNotHeldByStreamsOnWhichNothingIsAsked() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle connection = linked(A);
        Handle between = accepted(connection, A, Talk.CHAT_ID);
        assertThat(answered(between, ExchangeEffect.ReadInit.class)).isEqualTo(Then.READ);
        Handle fresh = accepted(connection, A, Talk.CHAT_ID);
        driver.dispatch(new ConnectionAction.Disconnect(A));
        assertThat(own().inbound().has(between)).isFalse();
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(between, CloseMode.CLOSE));
        assertThat(own().inbound().has(fresh)).isTrue();
    }

    /** That this node stops says nothing of the peer. */
    @Test
    void whatIsNotAskedSinceTheNodeStopsIsCalledOff() {
        driver.dispatch(new ConnectionAction.Drain());
        ask(1, A, Talk.LETTER);
        assertThat(outcomes())
                .singleElement()
                .isInstanceOfSatisfying(
                        AskFailed.class, failed -> assertThat(failed.why()).isEqualTo(AskFailure.CANCELLED));
    }

    @Test
    void whoIsCancelledWaitsForNoDial() {
        ask(1, A, Talk.LETTER);
        assertThat(waitingFor(A)).hasSize(1);
        driver.dispatch(new ExchangeAction.Cancel(ticket(1)));
        assertThat(waitingFor(A)).isEmpty();
    }

    @Test
    void aPeerWhoseStreamsCannotBeUsedAgainIsRemembered() {
        Handle connection = linked(A);
        Handle stream = kept(connection);
        ask(2, A, Talk.CHAT);
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerMissing(2, stream, AskFailure.RESET, ""));
        Handle fresh = opened(connection, A, Talk.CHAT_ID);
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(2, fresh, ANSWER, 7));
        driver.advanceBy(LIMITS.idle());
        assertThat(own().outbound().isEmpty()).isTrue();
        assertThat(own().lane(A, Talk.CHAT).broken()).isOne();
        driver.advanceBy(600 * SECOND);
        assertThat(own().lanes().isEmpty()).isTrue();
    }

    @Test
    void aStreamThatIsKeptMakesRoomForOneThatIsNeeded() {
        driver.boot(Table.<String, String>empty().with("stream.maxOutbound", "1"));
        Handle first = linked(A);
        Handle second = linked(B);
        ask(1, A, Talk.CHAT);
        Handle stream = opened(first, A, Talk.CHAT_ID);
        driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 7));
        ask(2, B, Talk.CHAT);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
        driver.dispatch(new StreamAction.StreamClosed(stream, first, A, Talk.CHAT_ID, EndReason.CLOSED, ""));
        driver.advanceBy(SECOND);
        assertThat(last(StreamEffect.OpenInit.class).connection()).isEqualTo(second);
    }

    @Test
    void aPeerHasItsShareOfTheAnswers() {
        driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
        Handle connection = linked(A);
        accepted(connection, A, Talk.CHAT_ID);
        accepted(connection, A, Talk.CHAT_ID);
        Handle third = accepted(connection, A, Talk.CHAT_ID);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(third, CloseMode.RESET));
        Handle other = linked(B);
        accepted(other, B, Talk.CHAT_ID);
        assertThat(own().inbound().size()).isEqualTo(3);
    }

    @Test
    void whoAsksAndIsNotAnsweredInTimeIsSentAway() {
        driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
        Handle connection = linked(A);
        Handle silent = accepted(connection, A, Talk.LETTER_ID);
        driver.advanceBy(LIMITS.answerWithin());
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(silent, CloseMode.RESET));
        assertThat(own().questions().isEmpty()).isTrue();
    }

    @Test
    void afterABootNothingIsLeftButWhatIsServed() {
        driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
        ask(1, A, Talk.LETTER);
        driver.boot(Table.empty());
        assertThat(own().asks().isEmpty()).isTrue();
        assertThat(own().serves(Talk.LETTER)).isTrue();
        assertThat(driver.effects(ExchangeEffect.ServeInit.class)).hasSize(2);
        driver.dispatch(new ExchangeAction.Unserve(Talk.LETTER));
        assertThat(last(ExchangeEffect.UnserveInit.class).ids()).containsExactly(Talk.LETTER_ID);
        Handle stream = accepted(linked(A), A, Talk.LETTER_ID);
        assertThat(last(StreamEffect.CloseInit.class)).isEqualTo(new StreamEffect.CloseInit(stream, CloseMode.RESET));
    }
}
