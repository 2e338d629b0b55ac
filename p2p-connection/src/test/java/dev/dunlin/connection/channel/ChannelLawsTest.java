package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionLimits;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.channel.ChannelAction.Finish;
import dev.dunlin.connection.channel.ChannelAction.MessageCame;
import dev.dunlin.connection.channel.ChannelAction.More;
import dev.dunlin.connection.channel.ChannelAction.ReadFailed;
import dev.dunlin.connection.channel.ChannelAction.ReadFinished;
import dev.dunlin.connection.channel.ChannelAction.Send;
import dev.dunlin.connection.channel.ChannelAction.WriteFailed;
import dev.dunlin.connection.channel.ChannelAction.Written;
import dev.dunlin.connection.channel.ChannelEffect.ReadInit;
import dev.dunlin.connection.channel.ChannelEffect.WriteInit;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.Message;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The laws of machines, asked of the channel machine under tight limits, on the machines of connections and streams. */
class ChannelLawsTest extends MachineLaws<ChannelRoot, ChannelState, ChannelAction> {

    private static final ChannelLimits TIGHT = new ChannelLimits(2, 1, 2, 1, 3, 256, 30_000_000);

    private static final Machine<Object, ChannelState, ChannelAction> CHANNEL =
            ChannelMachine.of(List.of(Flow.feed(TIGHT), Flow.wire(TIGHT)));

    private static final Flow.Line LINE = new Flow.Line(Bytes.of((byte) 1));
    private static final Flow.Note NOTE = new Flow.Note(Bytes.of((byte) 2));

    @Override
    protected Machine<? super ChannelRoot, ChannelState, ChannelAction> machine() {
        return CHANNEL;
    }

    @Override
    protected Store<ChannelRoot> store(Machine<? super ChannelRoot, ChannelState, ChannelAction> machine) {
        return ChannelRoot.store(machine);
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT
                .with("channel.maxInbound", "2")
                .with("channel.maxOutbound", "2")
                .with("channel.maxBytes", "1024")
                .with("channel.maxCredit", "3")
                .with("channel.takeWithin", "5000000")
                .with("channel.retry", "1000000");
    }

    @Override
    protected TypeArbitraries types() {
        return fitting(TypeArbitraries.small())
                .with(PeerId.class, Arbitraries.of(TypeArbitraries.peer(0), TypeArbitraries.peer(2)))
                .weighing(ChannelAction.Open.class, 10)
                .weighing(ChannelAction.Serve.class, 3)
                .weighing(Send.class, 8)
                .weighing(More.class, 6)
                .weighing(Finish.class, 2)
                .weighing(StreamAction.StreamAccepted.class, 6)
                .weighing(ConnectionAction.Accepted.class, 10);
    }

    private static TypeArbitraries fitting(TypeArbitraries types) {
        Arbitrary<?> connections = TypeArbitraries.handles(ConnectionService.CONNECTION);
        Arbitrary<?> streams = TypeArbitraries.handles(StreamService.STREAM);
        Arbitrary<String> ids = Arbitraries.of(Flow.FEED_ID, Flow.WIRE_ID, "/other/1");
        Arbitrary<String> names = Arbitraries.of(Flow.FEED, Flow.WIRE, Flow.FEED, Flow.WIRE, "other");
        // Up to more than an outbox takes of one.
        Arbitrary<Bytes> words = Arbitraries.of(1, 1, 30, 96, 97).map(size -> Bytes.of(new byte[size]));
        Arbitrary<Message> messages = Arbitraries.oneOf(List.of(words.map(Flow.Line::new), words.map(Flow.Note::new)));
        TypeArbitraries fitting = ConnectionLimits.handles(types)
                .with(Message.class, messages)
                .with(StreamAction.StreamAccepted.class, "connection", connections)
                .with(StreamAction.StreamAccepted.class, "protocol", ids)
                .with(
                        StreamAction.StreamAccepted.class,
                        "wireId",
                        Arbitraries.longs().between(0, StreamAction.MAX_WIRE_ID))
                .with(StreamAction.StreamClosed.class, "connection", connections)
                .with(StreamAction.StreamClosed.class, "protocol", ids)
                .with(ChannelAction.Open.class, "protocol", names)
                .with(
                        ChannelAction.Open.class,
                        "within",
                        Arbitraries.of(1L, 5_000_000L, 60_000_000L, ChannelAction.MOST_WITHIN))
                .with(ChannelAction.Serve.class, "protocol", names)
                .with(ChannelAction.Unserve.class, "protocol", names)
                .with(More.class, "credit", Arbitraries.of(1, 1, 2, 3, ChannelAction.MOST_CREDIT));
        for (Class<? extends Record> record :
                List.of(StreamAction.StreamAccepted.class, StreamAction.StreamClosed.class)) {
            fitting = fitting.with(record, "stream", streams);
        }
        for (Class<? extends Record> record : List.of(
                Send.class,
                More.class,
                Finish.class,
                ChannelAction.Abort.class,
                MessageCame.class,
                ReadFinished.class,
                ReadFailed.class,
                Written.class,
                WriteFailed.class,
                ChannelAction.ChannelDue.class)) {
            fitting = fitting.with(record, "channel", streams);
        }
        // These are made of other machines' facts or by this one, and never come from outside.
        for (Class<? extends Record> record : List.of(
                ChannelAction.Reached.class,
                ChannelAction.Crowded.class,
                ChannelAction.Missed.class,
                ChannelAction.StreamReady.class,
                ChannelAction.Offered.class,
                ChannelAction.StreamEnded.class,
                ChannelAction.Accepted.class,
                ChannelAction.Received.class,
                ChannelAction.Room.class,
                ChannelAction.PeerFinished.class,
                ChannelAction.Ended.class)) {
            fitting = fitting.without(record);
        }
        return fitting;
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
                wide.of(ChannelAction.class).map(action -> (Action) action),
                wide.of(StreamAction.StreamAccepted.class).map(action -> (Action) action),
                wide.of(ConnectionAction.class).map(action -> (Action) action)));
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<ChannelRoot> driver) {
        ChannelState own = driver.root().channel();
        return switch (action) {
            case ChannelAction.Cancel(Ticket ticket)
            when !own.tickets().isEmpty() && ticket.key() % 2 == 0 ->
                Optional.of(
                        new ChannelAction.Cancel(own.tickets().keys().iterator().next()));
            case Send(Ticket ticket, Handle channel, Message message) ->
                Optional.of(new Send(ticket, known(own, channel), message));
            case More(Handle channel, int credit) -> Optional.of(new More(known(own, channel), credit));
            case Finish(Handle channel) -> Optional.of(new Finish(known(own, channel)));
            default -> ConnectionLimits.fitted(action, driver.root().connection());
        };
    }

    // Mostly a channel that there is.
    private static Handle known(ChannelState own, Handle any) {
        long skip = any.number() - 1;
        for (Handle channel : own.channels().keys()) {
            if (skip >= 0 && skip-- % own.channels().size() == 0) {
                return channel;
            }
        }
        return any;
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<ChannelRoot> driver) {
        return switch (asked.effect()) {
            case ReadInit init -> {
                Message right = init.direction() == Direction.INBOUND ? LINE : NOTE;
                Message wrong = init.direction() == Direction.INBOUND ? NOTE : LINE;
                yield List.of(
                        new MessageCame(init.channel(), right),
                        new MessageCame(init.channel(), right),
                        new MessageCame(init.channel(), right),
                        new MessageCame(init.channel(), wrong),
                        new ReadFinished(init.channel()),
                        new ReadFinished(init.channel()),
                        new ReadFailed(init.channel(), true, "odd"),
                        new ReadFailed(init.channel(), false, "gone"));
            }
            case WriteInit init ->
                List.of(
                        new Written(init.channel()),
                        new Written(init.channel()),
                        new Written(init.channel()),
                        new WriteFailed(init.channel(), false, "gone"),
                        new WriteFailed(init.channel(), true, "too long"));
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
            case ConnectionEffect any -> ConnectionLimits.answers(asked);
            default -> List.of();
        };
    }

    // Rare paths

    private static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    private static ChannelAction.Open open(int ticket, int peer, String protocol) {
        return new ChannelAction.Open(
                new Ticket(Ticket.API, ticket), peer(peer), List.of(Bench.address(1)), protocol, 60_000_000);
    }

    private static Handle handle(StoreDriver<ChannelRoot> driver, String kind, int number) {
        return new Handle(kind, driver.node().run(), number);
    }

    private static Handle connection(StoreDriver<ChannelRoot> driver, int peer) {
        Handle connection = handle(driver, ConnectionService.CONNECTION, 100);
        driver.dispatch(new ConnectionAction.Accepted(connection, peer(peer), Bench.address(1), Bytes.EMPTY));
        return connection;
    }

    private static Handle accepted(StoreDriver<ChannelRoot> driver) {
        driver.dispatch(new ChannelAction.Serve(Flow.FEED));
        Handle stream = handle(driver, StreamService.STREAM, 200);
        driver.dispatch(new StreamAction.StreamAccepted(stream, connection(driver, 0), peer(0), Flow.FEED_ID, 1));
        return stream;
    }

    private static Handle opened(StoreDriver<ChannelRoot> driver) {
        Handle connection = connection(driver, 0);
        driver.dispatch(open(1, 0, Flow.FEED));
        StreamEffect.OpenInit init = driver.effects(StreamEffect.OpenInit.class).getLast();
        Handle stream = handle(driver, StreamService.STREAM, 200);
        driver.answer(
                StreamEffect.OpenInit.class,
                new StreamAction.StreamOpened(
                        init.number(), init.ticket(), stream, connection, peer(0), Flow.FEED_ID, 1));
        return stream;
    }

    private static void closes(StoreDriver<ChannelRoot> driver, Handle stream, EndReason reason) {
        Handle connection = driver.root().stream().streams().at(stream).connection();
        driver.dispatch(new StreamAction.StreamClosed(stream, connection, peer(0), Flow.FEED_ID, reason, ""));
    }

    @Override
    protected List<Script<ChannelRoot>> scripts() {
        List<Script<ChannelRoot>> scripts = new ArrayList<>();
        scripts.add(new Script<>("both sides end, ours first", driver -> {
            Handle channel = accepted(driver);
            driver.dispatch(new More(channel, 3));
            driver.dispatch(new Send(Ticket.NONE, channel, NOTE));
            driver.dispatch(new Finish(channel));
            driver.answer(WriteInit.class, new Written(channel));
            driver.answer(ReadInit.class, new MessageCame(channel, LINE));
            driver.answer(ReadInit.class, new ReadFinished(channel));
            closes(driver, channel, EndReason.CLOSED);
        }));
        scripts.add(new Script<>("both sides end, and the last message is told last", driver -> {
            Handle channel = accepted(driver);
            driver.dispatch(new More(channel, 1));
            driver.dispatch(new Finish(channel));
            closes(driver, channel, EndReason.CLOSED);
            driver.answer(ReadInit.class, new MessageCame(channel, LINE));
        }));
        scripts.add(new Script<>("both sides end, and the last read is told last", driver -> {
            Handle channel = accepted(driver);
            driver.dispatch(new More(channel, 3));
            driver.dispatch(new Finish(channel));
            closes(driver, channel, EndReason.CLOSED);
            driver.answer(ReadInit.class, new ReadFinished(channel));
        }));
        scripts.add(new Script<>("both sides end, theirs first", driver -> {
            Handle channel = opened(driver);
            driver.dispatch(new Send(Ticket.NONE, channel, LINE));
            driver.dispatch(new More(channel, 1));
            driver.answer(ReadInit.class, new ReadFinished(channel));
            driver.dispatch(new Send(Ticket.NONE, channel, LINE));
            driver.dispatch(new Finish(channel));
            driver.answer(WriteInit.class, new Written(channel));
            driver.answer(WriteInit.class, new Written(channel));
        }));
        scripts.add(new Script<>("a boot while the last message is written", driver -> {
            Handle channel = opened(driver);
            driver.dispatch(new Send(Ticket.NONE, channel, LINE));
            driver.dispatch(new More(channel, 1));
            driver.answer(ReadInit.class, new ReadFinished(channel));
            driver.dispatch(new Finish(channel));
            driver.boot(config());
        }));
        scripts.add(new Script<>("a read of a stream that is over", driver -> {
            Handle channel = opened(driver);
            driver.dispatch(new Finish(channel));
            driver.dispatch(new More(channel, 2));
            driver.answer(ReadInit.class, new MessageCame(channel, NOTE));
            closes(driver, channel, EndReason.CLOSED);
            driver.answer(ReadInit.class, new ReadFailed(channel, false, "the stream is closed"));
        }));
        scripts.add(new Script<>("an outbox that is full by count, and drains", driver -> {
            Handle channel = opened(driver);
            for (int i = 0; i < 4; i++) {
                driver.dispatch(new Send(Ticket.NONE, channel, LINE));
            }
            for (int i = 0; i < 3; i++) {
                driver.answer(WriteInit.class, new Written(channel));
            }
        }));
        scripts.add(new Script<>("an outbox that is full by bytes, and drains when the peer has ended", driver -> {
            Handle channel = opened(driver);
            Flow.Line greatest = new Flow.Line(Bytes.of(new byte[96]));
            driver.dispatch(new Send(Ticket.NONE, channel, greatest));
            driver.dispatch(new Send(Ticket.NONE, channel, greatest));
            driver.dispatch(new Send(Ticket.NONE, channel, LINE));
            driver.dispatch(new More(channel, 1));
            driver.answer(ReadInit.class, new ReadFinished(channel));
            driver.answer(WriteInit.class, new Written(channel));
        }));
        scripts.add(new Script<>("what is none of ours", driver -> {
            Handle channel = accepted(driver);
            Handle connection = handle(driver, ConnectionService.CONNECTION, 100);
            driver.dispatch(new ChannelAction.Offered(channel, connection, peer(0), Flow.FEED_ID));
            driver.dispatch(new ChannelAction.Offered(channel, connection, peer(0), "/other/1"));
            driver.dispatch(new ChannelAction.Crowded(99));
            driver.dispatch(new ChannelAction.Reached(99));
        }));
        scripts.add(new Script<>("an opening that waits is cancelled", driver -> {
            connection(driver, 0);
            driver.dispatch(new StreamAction.OpenStream(Ticket.NONE, peer(0), List.of("/other/1")));
            driver.dispatch(new StreamAction.OpenStream(Ticket.NONE, peer(0), List.of("/other/1")));
            driver.dispatch(open(1, 0, Flow.FEED));
            driver.dispatch(new ChannelAction.Cancel(new Ticket(Ticket.API, 1)));
        }));
        for (boolean theirs : new boolean[] {false, true}) {
            for (boolean ours : new boolean[] {false, true}) {
                String sides = (ours ? "our side ended, " : "") + (theirs ? "theirs ended, " : "");
                scripts.add(new Script<>(sides + "and an abort", driver -> {
                    Handle channel = written(driver, theirs, ours);
                    driver.dispatch(new ChannelAction.Abort(channel));
                }));
                scripts.add(new Script<>(sides + "and nothing more", driver -> {
                    written(driver, theirs, ours);
                    driver.advanceBy(TIGHT.idle());
                }));
                scripts.add(new Script<>(sides + "and a reset", driver -> {
                    Handle channel = written(driver, theirs, ours);
                    closes(driver, channel, EndReason.REMOTE_RESET);
                }));
                scripts.add(new Script<>(sides + "and a message without bytes", driver -> {
                    Handle channel = written(driver, theirs, ours);
                    driver.answer(WriteInit.class, new WriteFailed(channel, true, "too long"));
                }));
                scripts.add(new Script<>(sides + "and a write that fails", driver -> {
                    Handle channel = written(driver, theirs, ours);
                    driver.answer(WriteInit.class, new WriteFailed(channel, false, "gone"));
                    closes(driver, channel, EndReason.CONNECTION_CLOSED);
                }));
            }
        }
        scripts.add(new Script<>("our side ended, and a read that fails", driver -> {
            Handle channel = written(driver, false, true);
            driver.dispatch(new More(channel, 1));
            driver.answer(ReadInit.class, new ReadFailed(channel, false, "gone"));
        }));
        return scripts;
    }

    // A channel on which a message is being written.
    private static Handle written(StoreDriver<ChannelRoot> driver, boolean theirsEnded, boolean oursEnded) {
        Handle channel = opened(driver);
        driver.dispatch(new Send(Ticket.NONE, channel, LINE));
        if (oursEnded) {
            driver.dispatch(new Finish(channel));
        }
        if (theirsEnded) {
            driver.dispatch(new More(channel, 1));
            driver.answer(ReadInit.class, new ReadFinished(channel));
        }
        return channel;
    }
}
