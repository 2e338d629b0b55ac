package dev.dunlin.dht.sim;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * In place of the exchange machine, with its actions and outcomes: questions and answers travel as they are, without connections and
 * streams. A question has its answer, or fails when its time is over.
 */
final class MessageExchange {

    /** In place of a stream and its connection. */
    private static final Handle NONE = new Handle("none", 1, 1);

    private MessageExchange() {}

    /**
     * The registration.
     *
     * @param where the one place at which a peer is, of those that have one
     */
    static Machine<Object, State, ExchangeAction> machine(Function<PeerId, Optional<Multiaddr>> where) {
        return Machine.of(ExchangeMachine.NAME, State.of(0))
                .actions(ExchangeAction.class, Sent.class, ExchangeOutcome.class)
                .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
                .boots((own, booted, ctx) -> State.of(own.last()))
                .guards(guards())
                .reduces((own, action, ctx) -> reduce(own, action, ctx, where))
                .due(ExchangeAction.AskDue.class, State::asks, ExchangeAction.AskDue::new)
                .phases((own, subject) -> "running")
                .budget(1L << 30);
    }

    /**
     * What goes on.
     *
     * @param asks the questions under way, by number
     * @param tickets their numbers, by ticket
     * @param last the last number
     * @param served the names of the protocols of which questions are answered
     */
    record State(Table<Long, Ask> asks, Table<Ticket, Long> tickets, long last, Table<String, Boolean> served) {

        static State of(long last) {
            return new State(Table.empty(), Table.empty(), last, Table.empty());
        }

        State with(long number, Ask ask) {
            return new State(asks.with(number, ask), tickets.with(ask.ticket(), number), number, served);
        }

        State without(long ask) {
            return new State(asks.without(ask), tickets.without(asks.at(ask).ticket()), last, served);
        }

        State serving(Table<String, Boolean> changed) {
            return new State(asks, tickets, last, changed);
        }
    }

    /** A question that has until some time to be answered. */
    record Ask(Ticket ticket, PeerId peer, String protocol, long at) implements Due {}

    /** What a node says to another. */
    sealed interface Sent extends Effect.Fire {

        /**
         * A question.
         *
         * @param addresses where the peer is to be looked for, if there is no connection
         */
        record Question(long ask, PeerId peer, List<Multiaddr> addresses, String protocol, Message message)
                implements Sent {
            /** Copies the list. */
            public Question {
                addresses = List.copyOf(addresses);
            }
        }

        /** The answer to a question, or that there is none. */
        record Answer(long question, Optional<Message> message) implements Sent {}
    }

    /** A question arrives. */
    static ExchangeAction asked(long question, PeerId asker, String protocol, Message message) {
        return new ExchangeAction.Asked(question, NONE, NONE, asker, Optional.empty(), protocol, message);
    }

    /** An answer arrives. */
    static ExchangeAction answered(long ask, Message message, long took) {
        return new ExchangeAction.AnswerCame(ask, NONE, message, took);
    }

    /** No answer will. */
    static ExchangeAction missed(long ask, AskFailure why) {
        return new ExchangeAction.AnswerMissing(ask, NONE, why, "");
    }

    private static Guards<Object, State, ExchangeAction> guards() {
        return Guards.<Object, State, ExchangeAction>of()
                .always(ExchangeAction.Ask.class)
                .on(
                        ExchangeAction.Cancel.class,
                        Clauses.when(
                                "ask-is-under-way", (own, wish) -> own.tickets().has(wish.ticket())))
                .on(
                        ExchangeAction.AnswerCame.class,
                        Clauses.when(
                                "ask-is-under-way", (own, fact) -> own.asks().has(fact.ask())))
                .on(
                        ExchangeAction.AnswerMissing.class,
                        Clauses.when(
                                "ask-is-under-way", (own, fact) -> own.asks().has(fact.ask())))
                .always(ExchangeAction.AskDue.class)
                .always(ExchangeAction.Serve.class)
                .always(ExchangeAction.Unserve.class)
                .always(ExchangeAction.Served.class)
                .always(ExchangeAction.Asked.class)
                .always(ExchangeAction.AnswerEnded.class)
                .always(ExchangeAction.Reply.class)
                .always(ExchangeAction.Refuse.class)
                .always(ExchangeAction.Reached.class)
                .always(ExchangeAction.Unreached.class)
                .always(ExchangeAction.Crowded.class)
                .always(ExchangeAction.StreamReady.class)
                .always(ExchangeAction.StreamMissing.class)
                .always(ExchangeAction.DialMissed.class)
                .always(ExchangeAction.Linked.class)
                .always(ExchangeAction.Unlinked.class)
                .always(ExchangeAction.StreamEnded.class)
                .always(ExchangeAction.StreamDue.class)
                .always(ExchangeAction.Parting.class)
                .always(ExchangeAction.Forget.class)
                .always(ExchangeAction.Offered.class)
                .always(ExchangeAction.AskCame.class)
                .always(ExchangeAction.AskMissing.class)
                .always(ExchangeAction.ReplySent.class)
                .always(ExchangeAction.ReplyMissing.class)
                .build();
    }

    private static State reduce(
            State own, ExchangeAction action, Context ctx, Function<PeerId, Optional<Multiaddr>> where) {
        return switch (action) {
            case ExchangeAction.Ask wish -> {
                long number = own.last() + 1;
                ctx.effect(new Sent.Question(number, wish.peer(), wish.addresses(), wish.protocol(), wish.message()));
                yield own.with(number, new Ask(wish.ticket(), wish.peer(), wish.protocol(), ctx.now() + wish.within()));
            }
            case ExchangeAction.Cancel(Ticket ticket) ->
                failed(own, own.tickets().at(ticket), AskFailure.CANCELLED, ctx);
            case ExchangeAction.AnswerCame(long number, Handle _, Message message, long took) -> {
                Ask ask = own.asks().at(number);
                ctx.then(new ExchangeOutcome.Answered(
                        ask.ticket(), ask.peer(), NONE, where.apply(ask.peer()), ask.protocol(), message, took));
                yield own.without(number);
            }
            case ExchangeAction.AnswerMissing(long number, Handle _, AskFailure why, String _) ->
                failed(own, number, why, ctx);
            case ExchangeAction.AskDue(long number) -> failed(own, number, AskFailure.TIMED_OUT, ctx);
            case ExchangeAction.Reply(long number, Message message) -> {
                ctx.effect(new Sent.Answer(number, Optional.of(message)));
                yield own;
            }
            case ExchangeAction.Refuse(long number) -> {
                ctx.effect(new Sent.Answer(number, Optional.empty()));
                yield own;
            }
            case ExchangeAction.Serve(String protocol) ->
                own.serving(own.served().with(protocol, true));
            case ExchangeAction.Unserve(String protocol) ->
                own.serving(own.served().without(protocol));
            case ExchangeAction.Reached _,
                    ExchangeAction.Unreached _,
                    ExchangeAction.Crowded _,
                    ExchangeAction.StreamReady _,
                    ExchangeAction.StreamMissing _,
                    ExchangeAction.DialMissed _,
                    ExchangeAction.Linked _,
                    ExchangeAction.Unlinked _,
                    ExchangeAction.StreamEnded _,
                    ExchangeAction.StreamDue _,
                    ExchangeAction.Parting _,
                    ExchangeAction.Forget _,
                    ExchangeAction.Served _,
                    ExchangeAction.Offered _,
                    ExchangeAction.AskCame _,
                    ExchangeAction.AskMissing _,
                    ExchangeAction.Asked _,
                    ExchangeAction.AnswerEnded _,
                    ExchangeAction.ReplySent _,
                    ExchangeAction.ReplyMissing _ -> own;
        };
    }

    private static State failed(State own, long number, AskFailure why, Context ctx) {
        Ask ask = own.asks().at(number);
        ctx.then(new ExchangeOutcome.AskFailed(ask.ticket(), ask.peer(), ask.protocol(), why, ""));
        return own.without(number);
    }
}
