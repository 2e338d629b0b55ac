package dev.dunlin.connection.exchange;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.below;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.connection.exchange.ExchangeAction.AnswerCame;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerMissing;
import dev.dunlin.connection.exchange.ExchangeAction.Ask;
import dev.dunlin.connection.exchange.ExchangeAction.AskCame;
import dev.dunlin.connection.exchange.ExchangeAction.AskDue;
import dev.dunlin.connection.exchange.ExchangeAction.AskMissing;
import dev.dunlin.connection.exchange.ExchangeAction.Asked;
import dev.dunlin.connection.exchange.ExchangeAction.Cancel;
import dev.dunlin.connection.exchange.ExchangeAction.Crowded;
import dev.dunlin.connection.exchange.ExchangeAction.Offered;
import dev.dunlin.connection.exchange.ExchangeAction.Reached;
import dev.dunlin.connection.exchange.ExchangeAction.Refuse;
import dev.dunlin.connection.exchange.ExchangeAction.Reply;
import dev.dunlin.connection.exchange.ExchangeAction.ReplyMissing;
import dev.dunlin.connection.exchange.ExchangeAction.ReplySent;
import dev.dunlin.connection.exchange.ExchangeAction.Serve;
import dev.dunlin.connection.exchange.ExchangeAction.Served;
import dev.dunlin.connection.exchange.ExchangeAction.StreamDue;
import dev.dunlin.connection.exchange.ExchangeAction.StreamEnded;
import dev.dunlin.connection.exchange.ExchangeAction.StreamMissing;
import dev.dunlin.connection.exchange.ExchangeAction.StreamReady;
import dev.dunlin.connection.exchange.ExchangeAction.Unreached;
import dev.dunlin.connection.exchange.ExchangeAction.Unserve;
import dev.dunlin.connection.exchange.ExchangeState.Side;
import dev.dunlin.connection.exchange.ExchangeState.Stage;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The enabling conditions of the exchange machine. */
final class ExchangeGuards {

    private final Catalogue<Protocol<?, ?>> catalogue;

    ExchangeGuards(Catalogue<Protocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
    }

    Guards<Object, ExchangeState, ExchangeAction> all() {
        return answering(asking(Guards.of()))
                // Most streams that are over were given up before.
                .always(StreamEnded.class)
                .always(StreamDue.class)
                .always(ExchangeAction.Parting.class)
                .always(ExchangeAction.DialMissed.class)
                // As many as the connection machine lets be open.
                .always(ExchangeAction.Linked.class)
                .always(ExchangeAction.Unlinked.class)
                .always(ExchangeAction.Forget.class)
                .build();
    }

    private Guards.Builder<Object, ExchangeState, ExchangeAction> asking(
            Guards.Builder<Object, ExchangeState, ExchangeAction> guards) {
        return guards.on(
                        Ask.class,
                        known(Ask::protocol),
                        when(
                                "message-is-a-question",
                                (own, a) -> isOf(asks(a.protocol()), a.message()),
                                (own, a) -> List.of(Operand.of("protocol", a.protocol()))),
                        absent("ticket-is-new", ExchangeState::tickets, Ask::ticket),
                        below(
                                "asks-not-full",
                                own -> own.asks().size(),
                                "maxAsks",
                                own -> own.config().maxAsks()),
                        when(
                                "bytes-not-full",
                                (own, a) -> own.bytes() + Content.bytes(a.message())
                                        <= own.config().maxBytes(),
                                (own, a) -> List.of(
                                        Operand.of("maxBytes", own.config().maxBytes()))),
                        when(
                                "peers-not-full",
                                (own, a) -> own.lanes().has(a.peer())
                                        || own.lanes().size() < own.config().maxPeers(),
                                (own, a) -> List.of(
                                        Operand.of("maxPeers", own.config().maxPeers()))),
                        when(
                                "queue-not-full",
                                (own, a) -> Asking.hasPlace(own, a.peer(), protocol(a.protocol()))
                                        || own.use(a.protocol()).waiting()
                                                < protocol(a.protocol())
                                                        .limits()
                                                        .queued(),
                                (own, a) -> List.of(Operand.of(
                                        "queued",
                                        protocol(a.protocol()).limits().queued()))))
                .on(
                        Cancel.class,
                        when("ask-is-known", (own, a) -> own.tickets().has(a.ticket()), "ticket", Cancel::ticket))
                .on(Reached.class, stands("ask-is-reaching", Reached::ask, Stage.Reaching.class::isInstance))
                .on(Unreached.class, stands("ask-is-reaching", Unreached::ask, Stage.Reaching.class::isInstance))
                .on(
                        Crowded.class,
                        stands(
                                "ask-is-reaching-or-opening",
                                Crowded::ask,
                                stage -> stage instanceof Stage.Reaching || stage instanceof Stage.Opening))
                .always(StreamReady.class)
                .on(StreamMissing.class, stands("ask-is-opening", StreamMissing::ask, Stage.Opening.class::isInstance))
                .on(
                        AnswerCame.class,
                        carries(AnswerCame::ask, AnswerCame::stream),
                        when(
                                "message-is-an-answer",
                                (own, a) -> own.asks()
                                        .find(a.ask())
                                        .filter(ask -> isOf(answers(ask.protocol()), a.message()))
                                        .isPresent()))
                .on(AnswerMissing.class, carries(AnswerMissing::ask, AnswerMissing::stream))
                .always(AskDue.class);
    }

    private Guards.Builder<Object, ExchangeState, ExchangeAction> answering(
            Guards.Builder<Object, ExchangeState, ExchangeAction> guards) {
        return guards.on(Serve.class, known(Serve::protocol))
                .on(
                        Unserve.class,
                        when("is-served", (own, a) -> own.serves(a.protocol()), "protocol", Unserve::protocol))
                .on(
                        Offered.class,
                        when(
                                "is-of-a-protocol",
                                (own, a) -> own.config()
                                        .names()
                                        .onWire(a.id(), catalogue)
                                        .isPresent(),
                                "id",
                                Offered::id),
                        when(
                                "stream-is-new",
                                (own, a) -> !own.inbound().has(a.stream())
                                        && !own.outbound().has(a.stream()),
                                "stream",
                                Offered::stream))
                .on(
                        AskCame.class,
                        at(Side.READING, "stream-is-read", AskCame::stream),
                        when(
                                "message-is-a-question",
                                (own, a) -> own.inbound()
                                        .find(a.stream())
                                        .filter(stream -> isOf(asks(stream.protocol()), a.message()))
                                        .isPresent()))
                .on(AskMissing.class, at(Side.READING, "stream-is-read", AskMissing::stream))
                .always(Served.class)
                .always(Asked.class)
                .always(ExchangeAction.AnswerEnded.class)
                .on(
                        Reply.class,
                        asked(Reply::number),
                        when(
                                "message-is-an-answer",
                                (own, a) -> own.questions()
                                        .find(a.number())
                                        .flatMap(stream -> own.inbound().find(stream))
                                        .filter(stream -> isOf(answers(stream.protocol()), a.message()))
                                        .isPresent()))
                .on(Refuse.class, asked(Refuse::number))
                .on(ReplySent.class, at(Side.REPLYING, "stream-is-written", ReplySent::stream))
                .on(
                        ReplyMissing.class,
                        // Where the next question is read at once, that is what the stream stands at.
                        when(
                                "stream-is-written",
                                (own, a) -> own.inbound()
                                        .find(a.stream())
                                        .filter(known -> known.side() == Side.REPLYING || known.side() == Side.READING)
                                        .isPresent(),
                                "stream",
                                ReplyMissing::stream));
    }

    private Protocol<?, ?> protocol(String name) {
        return catalogue.named(name).orElseThrow();
    }

    private Class<?> asks(String name) {
        return protocol(name).asks().type();
    }

    private Class<?> answers(String name) {
        return protocol(name).answers().type();
    }

    private static boolean isOf(Class<?> type, Message message) {
        return type.isInstance(message);
    }

    private <A> Clause<Object, ExchangeState, A> known(Function<A, String> protocol) {
        return when(
                "protocol-is-known",
                (own, a) -> catalogue.named(protocol.apply(a)).isPresent(),
                "protocol",
                protocol);
    }

    private static <A> Clause<Object, ExchangeState, A> stands(
            String name, ToLongFunction<A> ask, Predicate<Stage> where) {
        return when(
                name,
                (own, a) -> own.asks()
                        .find(ask.applyAsLong(a))
                        .filter(known -> where.test(known.stage()))
                        .isPresent(),
                "ask",
                ask::applyAsLong);
    }

    private static <A> Clause<Object, ExchangeState, A> carries(ToLongFunction<A> ask, Function<A, Handle> stream) {
        return when(
                "stream-carries-the-ask",
                (own, a) -> own.asks()
                        .find(ask.applyAsLong(a))
                        .filter(known -> known.stage().equals(new Stage.Asking(stream.apply(a))))
                        .isPresent(),
                "ask",
                ask::applyAsLong);
    }

    private static <A> Clause<Object, ExchangeState, A> asked(ToLongFunction<A> number) {
        return when(
                "question-is-open",
                (own, a) -> own.questions().has(number.applyAsLong(a)),
                "number",
                number::applyAsLong);
    }

    private static <A> Clause<Object, ExchangeState, A> at(Side side, String name, Function<A, Handle> stream) {
        return when(
                name,
                (own, a) -> own.inbound()
                        .find(stream.apply(a))
                        .filter(known -> known.side() == side)
                        .isPresent(),
                "stream",
                stream);
    }
}
