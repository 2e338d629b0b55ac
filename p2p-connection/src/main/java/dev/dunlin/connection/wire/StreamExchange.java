package dev.dunlin.connection.wire;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffect.Then;
import dev.dunlin.connection.exchange.ExchangeService;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.protocol.MessageStream.Read;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Exchanges over the streams of a node, in production and in simulation. */
public final class StreamExchange implements ExchangeService {

    private static final String CLOSED = "the stream is closed";

    private final MessageStreams streams;
    private final Port port;
    private final Catalogue<Protocol<?, ?>> catalogue;

    /**
     * Over these streams; facts go to the port.
     *
     * @param catalogue the protocols of the machine, by the same names
     */
    public StreamExchange(MessageStreams streams, Port port, Catalogue<Protocol<?, ?>> catalogue) {
        this.streams = streams;
        this.port = port;
        this.catalogue = catalogue;
    }

    @Override
    public void serve(ExchangeEffect.ServeInit init) {
        streams.serve(init.ids());
    }

    @Override
    public void unserve(ExchangeEffect.UnserveInit init) {
        streams.unserve(init.ids());
    }

    @Override
    public void ask(ActionId id, ExchangeEffect.AskInit init) {
        Protocol<?, ?> protocol = protocol(init.protocol());
        BiFunction<AskFailure, String, Action> missing = (why, detail) ->
                new ExchangeAction.AnswerMissing(init.ask(), init.stream(), why, ConnectionAction.shortened(detail));
        on(init.stream(), id, detail -> missing.apply(AskFailure.RESET, detail), stream -> {
            long began = streams.micros();
            stream.write(protocol.asks(), init.message(), !init.keep(), lost -> {
                if (lost.isPresent()) {
                    port.answer(id, missing.apply(AskFailure.RESET, lost.get()));
                } else {
                    stream.read(
                            protocol.answers(),
                            read -> port.answer(
                                    id,
                                    switch (read) {
                                        case Read.Came(var message) ->
                                            new ExchangeAction.AnswerCame(
                                                    init.ask(),
                                                    init.stream(),
                                                    message,
                                                    Math.max(0, streams.micros() - began));
                                        case Read.Finished _ ->
                                            missing.apply(
                                                    AskFailure.RESET, "the peer has ended its side without an answer");
                                        case Read.Malformed(String why) -> missing.apply(AskFailure.MALFORMED, why);
                                        case Read.Lost(var reason, String why) ->
                                            missing.apply(
                                                    reason == EndReason.UNSUPPORTED
                                                            ? AskFailure.UNSUPPORTED
                                                            : AskFailure.RESET,
                                                    why);
                                    }));
                }
            });
        });
    }

    @Override
    public void read(ActionId id, ExchangeEffect.ReadInit init) {
        on(
                init.stream(),
                id,
                detail -> new ExchangeAction.AskMissing(init.stream(), false, detail),
                stream -> readNext(id, init.stream(), init.protocol(), stream));
    }

    private void readNext(ActionId id, Handle handle, String protocol, MessageStream stream) {
        stream.read(
                protocol(protocol).asks(),
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
        on(
                init.stream(),
                id,
                detail -> new ExchangeAction.ReplyMissing(init.stream(), detail),
                stream -> stream.write(
                        protocol(init.protocol()).answers(), init.message(), init.then() == Then.END, lost -> {
                            if (lost.isPresent()) {
                                String why = ConnectionAction.shortened(lost.get());
                                port.answer(id, new ExchangeAction.ReplyMissing(init.stream(), why));
                            } else if (init.then() == Then.READ) {
                                readNext(id, init.stream(), init.protocol(), stream);
                            } else {
                                port.answer(id, new ExchangeAction.ReplySent(init.stream()));
                            }
                        }));
    }

    private Protocol<?, ?> protocol(String name) {
        return catalogue.named(name).orElseThrow();
    }

    private void on(Handle stream, ActionId id, Function<String, Action> missing, Consumer<MessageStream> does) {
        streams.on(stream, open -> open.ifPresentOrElse(does, () -> port.answer(id, missing.apply(CLOSED))));
    }
}
