package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionLimits;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamService;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The laws of machines, asked of the exchange machine under tight limits, on the machines of connections and streams. */
class ExchangeLawsTest extends MachineLaws<ExchangeRoot, ExchangeState, ExchangeAction> {

    private static final ProtocolLimits TIGHT =
            new ProtocolLimits(2, 1, 2, 1, 1, 5_000_000, 1, 20_000_000, 30_000_000, false);

    private static final Machine<Object, ExchangeState, ExchangeAction> EXCHANGE =
            ExchangeMachine.of(List.of(Talk.chat(TIGHT), Talk.letter(TIGHT.telling(10_000_000))));

    private static final Talk.Answer ANSWER = new Talk.Answer(Bytes.of((byte) 1));
    private static final Talk.Say HELLO = new Talk.Say.Hello(Bytes.of((byte) 2));

    @Override
    protected Machine<? super ExchangeRoot, ExchangeState, ExchangeAction> machine() {
        return EXCHANGE;
    }

    @Override
    protected Store<ExchangeRoot> store(Machine<? super ExchangeRoot, ExchangeState, ExchangeAction> machine) {
        return ExchangeRoot.store(machine);
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT
                .with("exchange.maxAsks", "4")
                .with("exchange.maxBytes", "1024")
                .with("exchange.maxPeers", "2")
                .with("exchange.maxInbound", "2")
                .with("exchange.retry", "1000000");
    }

    @Override
    protected TypeArbitraries types() {
        return fitting(TypeArbitraries.small())
                .with(PeerId.class, Arbitraries.of(TypeArbitraries.peer(0), TypeArbitraries.peer(2)))
                .weighing(ExchangeAction.Ask.class, 10)
                .weighing(ExchangeAction.Serve.class, 3)
                .weighing(ExchangeAction.Reply.class, 3)
                .weighing(StreamAction.StreamAccepted.class, 6)
                .weighing(ConnectionAction.Accepted.class, 10);
    }

    private static TypeArbitraries fitting(TypeArbitraries types) {
        Arbitrary<?> connections = TypeArbitraries.handles(ConnectionService.CONNECTION);
        Arbitrary<?> streams = TypeArbitraries.handles(StreamService.STREAM);
        Arbitrary<?> wireIds = Arbitraries.longs().between(0, StreamAction.MAX_WIRE_ID);
        Arbitrary<String> ids = Arbitraries.of(Talk.CHAT_ID, Talk.LETTER_ID, "/other/1");
        Arbitrary<String> names = Arbitraries.of(Talk.CHAT, Talk.LETTER, Talk.CHAT, Talk.LETTER, "other");
        Arbitrary<Message> messages = Arbitraries.oneOf(List.of(
                types.of(Talk.Say.class).map(any -> (Message) any),
                types.of(Talk.Answer.class).map(any -> (Message) any)));
        TypeArbitraries fitting = ConnectionLimits.handles(types)
                .with(Message.class, messages)
                .with(StreamAction.StreamAccepted.class, "connection", connections)
                .with(StreamAction.StreamAccepted.class, "stream", streams)
                .with(StreamAction.StreamAccepted.class, "protocol", ids)
                .with(StreamAction.StreamAccepted.class, "wireId", wireIds)
                .with(StreamAction.StreamClosed.class, "connection", connections)
                .with(StreamAction.StreamClosed.class, "stream", streams)
                .with(StreamAction.StreamClosed.class, "protocol", ids)
                .with(ExchangeAction.Ask.class, "protocol", names)
                .with(
                        ExchangeAction.Ask.class,
                        "message",
                        types.of(Talk.Say.class).map(any -> (Message) any))
                .with(
                        ExchangeAction.Ask.class,
                        "within",
                        Arbitraries.of(1L, 5_000_000L, 60_000_000L, ExchangeAction.MOST_WITHIN))
                .with(ExchangeAction.Serve.class, "protocol", names)
                .with(ExchangeAction.Unserve.class, "protocol", names)
                .with(ExchangeAction.Offered.class, "id", ids)
                .with(
                        ExchangeAction.Reply.class,
                        "message",
                        types.of(Talk.Answer.class).map(any -> (Message) any))
                .with(
                        ExchangeAction.AnswerMissing.class,
                        "why",
                        Arbitraries.of(AskFailure.RESET, AskFailure.MALFORMED));
        for (Class<? extends Record> record : List.of(
                ExchangeAction.StreamReady.class,
                ExchangeAction.AnswerCame.class,
                ExchangeAction.AnswerMissing.class,
                ExchangeAction.StreamEnded.class,
                ExchangeAction.StreamDue.class,
                ExchangeAction.Offered.class,
                ExchangeAction.AskCame.class,
                ExchangeAction.AskMissing.class,
                ExchangeAction.Asked.class,
                ExchangeAction.ReplySent.class,
                ExchangeAction.ReplyMissing.class)) {
            fitting = fitting.with(record, "stream", streams);
        }
        // These are made of other machines' facts, and never come from outside.
        return fitting.without(ExchangeAction.Reached.class)
                .without(ExchangeAction.Unreached.class)
                .without(ExchangeAction.Crowded.class)
                .without(ExchangeAction.StreamReady.class)
                .without(ExchangeAction.StreamMissing.class)
                .without(ExchangeAction.StreamEnded.class)
                .without(ExchangeAction.Offered.class)
                .without(ExchangeAction.Asked.class)
                .without(ExchangeAction.AnswerEnded.class)
                .without(ExchangeAction.Linked.class)
                .without(ExchangeAction.Unlinked.class);
    }

    @Override
    protected List<Arbitrary<? extends Action>> others() {
        return List.of(
                types().of(ConnectionAction.class),
                types().of(StreamAction.StreamAccepted.class),
                types().of(StreamAction.StreamClosed.class));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        TypeArbitraries wide = fitting(TypeArbitraries.wide());
        return Arbitraries.oneOf(List.of(
                wide.of(ExchangeAction.class).map(action -> (Action) action),
                wide.of(StreamAction.StreamAccepted.class).map(action -> (Action) action),
                wide.of(ConnectionAction.class).map(action -> (Action) action)));
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<ExchangeRoot> driver) {
        ExchangeState own = driver.root().exchange();
        return switch (action) {
            case ExchangeAction.Reply(long number, Message message)
            when !own.questions().isEmpty() ->
                Optional.of(new ExchangeAction.Reply(nth(own.questions(), number), message));
            case ExchangeAction.Refuse(long number)
            when !own.questions().isEmpty() && number % 2 == 0 ->
                Optional.of(new ExchangeAction.Refuse(nth(own.questions(), number)));
            case ExchangeAction.Cancel(Ticket ticket)
            when !own.tickets().isEmpty() && ticket.key() % 2 == 0 ->
                Optional.of(new ExchangeAction.Cancel(nth(own.tickets(), ticket.key())));
            default -> ConnectionLimits.fitted(action, driver.root().connection());
        };
    }

    private static <K extends Comparable<? super K>> K nth(Table<K, ?> table, long number) {
        int skip = (int) Math.floorMod(number, (long) table.size());
        for (K key : table.keys()) {
            if (skip-- == 0) {
                return key;
            }
        }
        throw new IllegalStateException("an empty table");
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<ExchangeRoot> driver) {
        return switch (asked.effect()) {
            case ExchangeEffect.AskInit init ->
                List.of(
                        new ExchangeAction.AnswerCame(init.ask(), init.stream(), ANSWER, 1000),
                        new ExchangeAction.AnswerCame(init.ask(), init.stream(), ANSWER, 1000),
                        new ExchangeAction.AnswerCame(init.ask(), init.stream(), HELLO, 1000),
                        new ExchangeAction.AnswerMissing(init.ask(), init.stream(), AskFailure.RESET, "gone"),
                        new ExchangeAction.AnswerMissing(init.ask(), init.stream(), AskFailure.MALFORMED, "odd"));
            case ExchangeEffect.ReadInit init ->
                List.of(
                        new ExchangeAction.AskCame(init.stream(), HELLO),
                        new ExchangeAction.AskCame(init.stream(), HELLO),
                        new ExchangeAction.AskCame(init.stream(), ANSWER),
                        new ExchangeAction.AskMissing(init.stream(), true, ""),
                        new ExchangeAction.AskMissing(init.stream(), false, "odd"));
            case ExchangeEffect.ReplyInit init ->
                List.of(
                        init.then() == ExchangeEffect.Then.READ
                                ? new ExchangeAction.AskCame(init.stream(), HELLO)
                                : new ExchangeAction.ReplySent(init.stream()),
                        new ExchangeAction.ReplyMissing(init.stream(), "gone"));
            case StreamEffect.LookInit look -> List.of(new StreamAction.StreamSeen(look.stream(), 0));
            case StreamEffect.OpenInit init ->
                List.of(
                        new StreamAction.StreamOpened(
                                init.number(),
                                init.ticket(),
                                TypeArbitraries.someHandle(StreamService.STREAM),
                                init.connection(),
                                init.peer(),
                                init.protocols().getFirst(),
                                1),
                        new StreamAction.OpenFailed(
                                init.number(),
                                init.ticket(),
                                init.peer(),
                                ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none")));
            case StreamEffect.CloseInit close
            when driver.root().stream().streams().has(close.stream()) -> List.of();
            case ConnectionEffect any -> ConnectionLimits.answers(asked);
            default -> List.of();
        };
    }

    // Rare paths

    private static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    private static ExchangeAction.Ask ask(int ticket, int peer, String protocol, Message message) {
        return new ExchangeAction.Ask(
                ticket == 0 ? Ticket.NONE : new Ticket(Ticket.API, ticket),
                peer(peer),
                List.of(Bench.address(1)),
                true,
                protocol,
                message,
                60_000_000);
    }

    private static Handle handle(StoreDriver<ExchangeRoot> driver, String kind, int number) {
        return new Handle(kind, driver.node().run(), number);
    }

    private static Handle connection(StoreDriver<ExchangeRoot> driver, int number, int peer) {
        Handle connection = handle(driver, ConnectionService.CONNECTION, number);
        driver.dispatch(new ConnectionAction.Accepted(connection, peer(peer), Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    private static Handle accepted(
            StoreDriver<ExchangeRoot> driver, Handle connection, int number, int peer, String id) {
        Handle stream = handle(driver, StreamService.STREAM, number);
        driver.dispatch(new StreamAction.StreamAccepted(stream, connection, peer(peer), id, 1));
        return stream;
    }

    // A stream on which a peer has asked, and the number of its question.
    private static long question(StoreDriver<ExchangeRoot> driver, Handle stream) {
        driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(stream, HELLO));
        return driver.root().exchange().questions().keys().iterator().next();
    }

    // The next question of a stream comes too soon after the one before.
    private static void rests(StoreDriver<ExchangeRoot> driver, Handle stream) {
        driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.AskCame(stream, HELLO));
        driver.dispatch(new ExchangeAction.Reply(
                driver.root().exchange().questions().keys().iterator().next(), ANSWER));
        driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(stream));
    }

    private static Handle opened(StoreDriver<ExchangeRoot> driver, Handle connection, int number, int peer, String id) {
        StreamEffect.OpenInit init = driver.effects(StreamEffect.OpenInit.class).getLast();
        Handle stream = handle(driver, StreamService.STREAM, number);
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.StreamOpened(
                        init.number(), init.ticket(), stream, connection, peer(peer), id, number));
        return stream;
    }

    // The first ask, for whose stream there was no room: as many were being opened as may be. They are none.
    private static void waitsForAStream(StoreDriver<ExchangeRoot> driver) {
        for (int i = 0; i < 2; i++) {
            driver.dispatch(new StreamAction.OpenStream(Ticket.NONE, peer(0), List.of("/other/1")));
        }
        driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
        for (StreamEffect.OpenInit init : driver.effects(StreamEffect.OpenInit.class)) {
            driver.answer(
                    StreamEffect.OpenInit.class,
                    new StreamAction.OpenFailed(
                            init.number(),
                            init.ticket(),
                            init.peer(),
                            ConnectionError.of(ConnectionError.Kind.NO_COMMON_PROTOCOL, "none")));
        }
    }

    @Override
    protected List<Script<ExchangeRoot>> scripts() {
        return List.of(
                new Script<>("questions on one stream, and one on its own", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
                    Handle connection = connection(driver, 100, 0);
                    Handle chat = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    long first = question(driver, chat);
                    driver.dispatch(new ExchangeAction.Reply(first, HELLO));
                    driver.dispatch(new ExchangeAction.Reply(first, ANSWER));
                    rests(driver, chat);
                    driver.advanceBy(TIGHT.askEvery());
                    driver.dispatch(new ExchangeAction.Reply(question(driver, chat), ANSWER));
                    driver.dispatch(new StreamAction.StreamClosed(
                            chat, connection, peer(0), Talk.CHAT_ID, EndReason.REMOTE_RESET, ""));
                    driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplyMissing(chat, "gone"));
                    Handle letter = accepted(driver, connection, 201, 0, Talk.LETTER_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, letter), ANSWER));
                    driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(letter));
                }),
                new Script<>("an answer that is never written", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle connection = connection(driver, 100, 0);
                    Handle chat = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, chat), ANSWER));
                    driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplyMissing(chat, "gone"));
                    driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
                    Handle letter = accepted(driver, connection, 201, 0, Talk.LETTER_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, letter), ANSWER));
                    driver.advanceBy(TIGHT.answerWithin());
                }),
                new Script<>("who waits is asked when another ask fails", driver -> {
                    Handle first = connection(driver, 100, 0);
                    Handle second = connection(driver, 101, 2);
                    waitsForAStream(driver);
                    driver.dispatch(ask(2, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, first, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(ask(3, 2, Talk.CHAT, HELLO));
                    opened(driver, second, 201, 2, Talk.CHAT_ID);
                    driver.advanceBy(1_000_000);
                    driver.dispatch(new ExchangeAction.AnswerMissing(2, stream, AskFailure.MALFORMED, "odd"));
                }),
                new Script<>("who waits for a stream is asked when that of another ends", driver -> {
                    Handle first = connection(driver, 100, 0);
                    waitsForAStream(driver);
                    driver.dispatch(ask(2, 0, Talk.LETTER, HELLO));
                    Handle stream = opened(driver, first, 200, 0, Talk.LETTER_ID);
                    driver.dispatch(new StreamAction.StreamClosed(
                            stream, first, peer(0), Talk.LETTER_ID, EndReason.UNSUPPORTED, ""));
                }),
                new Script<>("who waits for a dial is asked when that of another fails", driver -> {
                    driver.boot(config().with("connection.maxDials", "1").with("connection.maxAttempts", "1"));
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    driver.dispatch(ask(2, 2, Talk.CHAT, HELLO));
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.ConnectionFailed(
                                    1,
                                    peer(0),
                                    Bench.address(1),
                                    ConnectionError.of(ConnectionError.Kind.REFUSED, "refused")));
                }),
                new Script<>("an ask is called off while it is carried", driver -> {
                    Handle connection = connection(driver, 100, 0);
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.StreamEnded(stream, EndReason.CLOSED));
                    driver.dispatch(new ExchangeAction.Cancel(new Ticket(Ticket.API, 1)));
                }),
                new Script<>("a question by a protocol that is served no more", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle chat = accepted(driver, connection(driver, 100, 0), 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Unserve(Talk.CHAT));
                    driver.answer(ExchangeEffect.ReadInit.class, new ExchangeAction.AskCame(chat, HELLO));
                }),
                new Script<>("a dial that waits for another", driver -> {
                    driver.boot(config().with("connection.maxDials", "1"));
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    driver.dispatch(ask(2, 2, Talk.CHAT, HELLO));
                    driver.answer(
                            ConnectionEffect.ConnectInit.class,
                            new ConnectionAction.Connected(
                                    1,
                                    handle(driver, ConnectionService.CONNECTION, 100),
                                    peer(0),
                                    Bench.address(1),
                                    Bytes.EMPTY));
                }),
                new Script<>("a stream that is kept, and another that is needed", driver -> {
                    driver.boot(config().with("stream.maxOutbound", "1"));
                    Handle connection = connection(driver, 100, 0);
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.StreamEnded(stream, EndReason.CLOSED));
                    driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 1000));
                    connection(driver, 101, 2);
                    driver.dispatch(ask(2, 2, Talk.CHAT, HELLO));
                }),
                new Script<>("a stream that is kept, and its connection left", driver -> {
                    Handle connection = connection(driver, 100, 0);
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.StreamEnded(stream, EndReason.CLOSED));
                    driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 1000));
                    driver.dispatch(new ConnectionAction.WentAway(connection, peer(0), 0));
                }),
                new Script<>("a connection is left on which nothing is asked now", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle connection = connection(driver, 100, 0);
                    Handle reading = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, reading), ANSWER));
                    driver.dispatch(new ConnectionAction.WentAway(connection, peer(0), 0));
                }),
                new Script<>("a connection is left of one who asks too often", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle connection = connection(driver, 100, 0);
                    Handle resting = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, resting), ANSWER));
                    rests(driver, resting);
                    driver.dispatch(new ConnectionAction.WentAway(connection, peer(0), 0));
                }),
                new Script<>("an ask is called off while it waits for a dial", driver -> {
                    driver.boot(config().with("connection.maxDials", "1"));
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    driver.dispatch(ask(2, 2, Talk.CHAT, HELLO));
                    driver.dispatch(new ExchangeAction.Cancel(new Ticket(Ticket.API, 2)));
                }),
                new Script<>("a stream that was used before breaks, and its question is asked once more", driver -> {
                    Handle connection = connection(driver, 100, 0);
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 1000));
                    driver.dispatch(ask(2, 0, Talk.CHAT, HELLO));
                    driver.answer(
                            ExchangeEffect.AskInit.class,
                            new ExchangeAction.AnswerMissing(2, stream, AskFailure.RESET, "gone"));
                }),
                new Script<>("an answer is lost", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.LETTER));
                    Handle letter = accepted(driver, connection(driver, 100, 0), 201, 0, Talk.LETTER_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, letter), ANSWER));
                    driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplyMissing(letter, "gone"));
                }),
                new Script<>("who asks too often goes", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle connection = connection(driver, 100, 0);
                    Handle chat = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Reply(question(driver, chat), ANSWER));
                    rests(driver, chat);
                    driver.dispatch(new StreamAction.StreamClosed(
                            chat, connection, peer(0), Talk.CHAT_ID, EndReason.REMOTE_RESET, ""));
                    Handle next = accepted(driver, connection, 201, 0, Talk.CHAT_ID);
                    driver.advanceBy(TIGHT.askEvery());
                    driver.dispatch(new ExchangeAction.Reply(question(driver, next), ANSWER));
                    driver.answer(ExchangeEffect.ReplyInit.class, new ExchangeAction.ReplySent(next));
                    driver.boot(config());
                }),
                new Script<>("streams that are none of ours", driver -> {
                    driver.dispatch(new ExchangeAction.Serve(Talk.CHAT));
                    Handle connection = connection(driver, 100, 0);
                    Handle chat = accepted(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(new ExchangeAction.Offered(chat, connection, peer(0), Talk.CHAT_ID));
                    driver.dispatch(new ExchangeAction.Offered(chat, connection, peer(0), "/other/1"));
                    driver.dispatch(new ExchangeAction.Crowded(99, ExchangeState.Want.DIAL));
                }),
                new Script<>("what is no question, and too much of it", driver -> {
                    driver.dispatch(ask(1, 0, Talk.CHAT, ANSWER));
                    driver.dispatch(ask(1, 0, Talk.CHAT, new Talk.Say.Bye(Bytes.of(new byte[2000]))));
                }),
                new Script<>("more peers than there may be", driver -> {
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    driver.dispatch(ask(2, 1, Talk.LETTER, HELLO));
                    driver.dispatch(ask(3, 2, Talk.LETTER, HELLO));
                }),
                new Script<>("who waits gets the stream of who was before", driver -> {
                    Handle connection = connection(driver, 100, 0);
                    driver.dispatch(ask(1, 0, Talk.CHAT, HELLO));
                    Handle stream = opened(driver, connection, 200, 0, Talk.CHAT_ID);
                    driver.dispatch(ask(2, 0, Talk.CHAT, HELLO));
                    driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(1, stream, ANSWER, 1000));
                    driver.answer(ExchangeEffect.AskInit.class, new ExchangeAction.AnswerCame(2, stream, ANSWER, 1000));
                }));
    }
}
