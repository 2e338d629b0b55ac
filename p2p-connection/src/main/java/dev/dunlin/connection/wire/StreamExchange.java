package dev.dunlin.connection.wire;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffect.Then;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeService;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.protocol.MessageStream.Read;
import dev.dunlin.connection.protocol.MessageStream.Write;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Exchanges over the streams of a node, in production and in simulation. */
public final class StreamExchange implements ExchangeService {

    private static final String CLOSED = "the stream is closed";

    private final MessageStreams streams;
    private final Port port;
    private final Given<Protocol<?, ?>> given;

    /**
     * Over these streams; facts go to the port.
     *
     * @param catalogue the protocols of the machine, by the same names
     */
    public StreamExchange(MessageStreams streams, Port port, Catalogue<Protocol<?, ?>> catalogue) {
        this.streams = streams;
        this.port = port;
        this.given = new Given<>(ExchangeMachine.NAME, catalogue, streams);
    }

    @Override
    public void serve(ExchangeEffect.ServeInit init) {
        given.serve(init.ids());
    }

    @Override
    public void unserve(ExchangeEffect.UnserveInit init) {
        streams.unserve(init.ids());
    }

    @Override
    public void ask(ActionId id, ExchangeEffect.AskInit init) {
        Protocol<?, ?> protocol = given.named(init.protocol()).orElse(null);
        if (protocol == null) {
            port.answer(id, missing(init, AskFailure.UNSUPPORTED, Given.NOT_GIVEN));
            return;
        }
        on(init.stream(), id, detail -> missing(init, AskFailure.RESET, detail), stream -> {
            long began = streams.micros();
            Optional<Message> assumed = protocol.assumed(init.message());
            stream.write(protocol.asks(), init.message(), !init.keep(), write -> {
                switch (write) {
                    case Write.Taken _ ->
                        assumed.ifPresentOrElse(
                                message -> answered(id, init, new Read.Came(message), began, stream),
                                () -> readAnswer(id, init, protocol, began, stream));
                    case Write.Unencodable(String why) -> port.answer(id, missing(init, AskFailure.UNENCODABLE, why));
                    case Write.Lost(String why) -> port.answer(id, missing(init, AskFailure.RESET, why));
                }
            });
        });
    }

    private void readAnswer(
            ActionId id, ExchangeEffect.AskInit init, Protocol<?, ?> protocol, long began, MessageStream stream) {
        stream.read(protocol.answers(), read -> {
            if (read instanceof Read.Came(var message) && protocol.isAssumed(message)) {
                // It is the answer to a question before this one, to which none was awaited.
                readAnswer(id, init, protocol, began, stream);
            } else {
                answered(id, init, read, began, stream);
            }
        });
    }

    private void answered(ActionId id, ExchangeEffect.AskInit init, Read read, long began, MessageStream stream) {
        port.answer(id, answer(init, read, streams.micros() - began));
        if (init.keep()) {
            stream.rest();
        }
    }

    private static Action answer(ExchangeEffect.AskInit init, Read read, long took) {
        return switch (read) {
            case Read.Came(var message) ->
                new ExchangeAction.AnswerCame(init.ask(), init.stream(), message, Math.max(0, took));
            case Read.Finished _ -> missing(init, AskFailure.RESET, "the peer has ended its side without an answer");
            case Read.Malformed(String why) -> missing(init, AskFailure.MALFORMED, why);
            case Read.Lost(var reason, String why) ->
                missing(init, reason == EndReason.UNSUPPORTED ? AskFailure.UNSUPPORTED : AskFailure.RESET, why);
        };
    }

    private static Action missing(ExchangeEffect.AskInit init, AskFailure why, String detail) {
        return new ExchangeAction.AnswerMissing(init.ask(), init.stream(), why, ConnectionAction.shortened(detail));
    }

    @Override
    public void read(ActionId id, ExchangeEffect.ReadInit init) {
        Function<String, Action> missing = detail -> new ExchangeAction.AskMissing(init.stream(), false, detail);
        given.named(init.protocol())
                .ifPresentOrElse(
                        protocol ->
                                on(init.stream(), id, missing, stream -> readNext(id, init.stream(), protocol, stream)),
                        () -> port.answer(id, missing.apply(Given.NOT_GIVEN)));
    }

    private void readNext(ActionId id, Handle handle, Protocol<?, ?> protocol, MessageStream stream) {
        stream.read(
                protocol.asks(),
                read -> port.answer(
                        id,
                        switch (read) {
                            case Read.Came(var message) -> new ExchangeAction.AskCame(handle, message);
                            // That the peer has ended its side between two questions is no fault.
                            case Read.Finished _ ->
                                new ExchangeAction.AskMissing(handle, true, "the peer has ended its side");
                            case Read.Malformed(String why) ->
                                new ExchangeAction.AskMissing(handle, false, ConnectionAction.shortened(why));
                            case Read.Lost(var _, String why) ->
                                new ExchangeAction.AskMissing(handle, false, ConnectionAction.shortened(why));
                        }));
    }

    @Override
    public void reply(ActionId id, ExchangeEffect.ReplyInit init) {
        Function<String, Action> missing = detail -> new ExchangeAction.ReplyMissing(init.stream(), detail);
        given.named(init.protocol())
                .ifPresentOrElse(
                        protocol -> on(init.stream(), id, missing, stream -> reply(id, init, protocol, stream)),
                        () -> port.answer(id, missing.apply(Given.NOT_GIVEN)));
    }

    private void reply(ActionId id, ExchangeEffect.ReplyInit init, Protocol<?, ?> protocol, MessageStream stream) {
        if (protocol.isAssumed(init.message())) {
            if (init.then() == Then.END) {
                stream.finish();
            }
            replied(id, init, protocol, stream);
            return;
        }
        stream.write(protocol.answers(), init.message(), init.then() == Then.END, write -> {
            switch (write) {
                case Write.Taken _ -> replied(id, init, protocol, stream);
                case Write.Unencodable(String why) -> {
                    streams.mistaken("an answer of the protocol " + init.protocol()
                            + " has no bytes, its asker sees a reset: " + why);
                    unanswered(id, init, why);
                }
                case Write.Lost(String why) -> unanswered(id, init, why);
            }
        });
    }

    private void replied(ActionId id, ExchangeEffect.ReplyInit init, Protocol<?, ?> protocol, MessageStream stream) {
        if (init.then() == Then.READ) {
            readNext(id, init.stream(), protocol, stream);
        } else {
            port.answer(id, new ExchangeAction.ReplySent(init.stream()));
        }
    }

    private void unanswered(ActionId id, ExchangeEffect.ReplyInit init, String why) {
        port.answer(id, new ExchangeAction.ReplyMissing(init.stream(), ConnectionAction.shortened(why)));
    }

    private void on(Handle stream, ActionId id, Function<String, Action> missing, Consumer<MessageStream> does) {
        streams.on(stream, open -> open.ifPresentOrElse(does, () -> port.answer(id, missing.apply(CLOSED))));
    }
}
