package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeService;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.FrameReader;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages of all protocols over the transport's streams. What arrives before it is asked for is kept, and counts against the peer's
 * window: a machine that asks for no more makes the peer wait.
 */
public final class NettyExchange implements ExchangeService {

    private final NettyTransport transport;
    private final Port port;
    private final Catalogue<Protocol<?, ?>> catalogue;
    private final Map<Handle, Line> lines = new ConcurrentHashMap<>();

    /** Over a transport, for the protocols of a machine; facts go to the port. */
    public NettyExchange(NettyTransport transport, Port port, Catalogue<Protocol<?, ?>> catalogue) {
        this.transport = transport;
        this.port = port;
        this.catalogue = catalogue;
    }

    @Override
    public void serve(ExchangeEffect.ServeInit init) {
        transport.serve(init.ids());
    }

    @Override
    public void unserve(ExchangeEffect.UnserveInit init) {
        transport.unserve(init.ids());
    }

    @Override
    public void ask(ActionId id, ExchangeEffect.AskInit init) {
        BiFunction<AskFailure, String, Action> missing =
                (why, detail) -> new ExchangeAction.AnswerMissing(init.ask(), init.stream(), why, shortened(detail));
        on(id, init.stream(), missing, line -> {
            Protocol<?, ?> protocol = catalogue.named(init.protocol()).orElseThrow();
            line.awaits(
                    id,
                    protocol.answers(),
                    message -> new ExchangeAction.AnswerCame(init.ask(), init.stream(), message),
                    missing);
            line.writes(framed(protocol.asks(), init.message()), !init.keep(), any -> {});
        });
    }

    @Override
    public void read(ActionId id, ExchangeEffect.ReadInit init) {
        // That the peer has ended its side between two questions is no fault.
        BiFunction<AskFailure, String, Action> missing = (why, detail) ->
                new ExchangeAction.AskMissing(init.stream(), why == AskFailure.CANCELLED, shortened(detail));
        on(
                id,
                init.stream(),
                missing,
                line -> line.awaits(
                        id,
                        catalogue.named(init.protocol()).orElseThrow().asks(),
                        message -> new ExchangeAction.AskCame(init.stream(), message),
                        missing));
    }

    @Override
    public void reply(ActionId id, ExchangeEffect.ReplyInit init) {
        BiFunction<AskFailure, String, Action> missing =
                (why, detail) -> new ExchangeAction.ReplyMissing(init.stream(), shortened(detail));
        on(
                id,
                init.stream(),
                missing,
                line -> line.writes(
                        framed(catalogue.named(init.protocol()).orElseThrow().answers(), init.message()),
                        !init.keep(),
                        lost -> port.answer(
                                id,
                                lost.<Action>map(why -> missing.apply(AskFailure.RESET, why))
                                        .orElseGet(() -> new ExchangeAction.ReplySent(init.stream())))));
    }

    // The codec of a protocol takes the messages of that protocol: guards have looked.
    @SuppressWarnings("unchecked")
    private static <M extends Message> ByteBuf framed(MessageCodec<M> codec, Message message) {
        return Unpooled.wrappedBuffer(
                codec.framing().framed(codec.encode((M) message).toArray()));
    }

    private static String shortened(String detail) {
        return detail.length() <= ConnectionAction.MAX_TEXT
                ? detail
                : detail.substring(0, ConnectionAction.MAX_TEXT - 1) + "…";
    }

    private void on(ActionId id, Handle stream, BiFunction<AskFailure, String, Action> missing, Consumer<Line> does) {
        Optional<StreamChannel> open = transport.stream(stream);
        if (open.isEmpty()) {
            port.answer(id, missing.apply(AskFailure.RESET, "the stream is closed"));
            return;
        }
        StreamChannel channel = open.get();
        channel.execute(() -> {
            Line line = lines.get(stream);
            if (line == null) {
                line = new Line(channel);
                lines.put(stream, line);
                channel.attach(line);
            }
            if (line.over) {
                port.answer(id, missing.apply(AskFailure.RESET, "the stream is closed"));
            } else {
                does.accept(line);
            }
        });
    }

    /** A message that is awaited. */
    private record Awaited(
            ActionId id,
            MessageCodec<?> codec,
            FrameReader reader,
            Function<Message, Action> came,
            BiFunction<AskFailure, String, Action> missing) {}

    /** One stream; on its connection's event loop. */
    private final class Line implements StreamReader {
        private final StreamChannel channel;
        private final Deque<ByteBuf> unread = new ArrayDeque<>();
        private ByteBuf unsent = Unpooled.EMPTY_BUFFER;
        private @Nullable Awaited awaited;
        private @Nullable Consumer<Optional<String>> written;
        private boolean endsBehind;
        private boolean remoteClosed;
        private boolean over;

        Line(StreamChannel channel) {
            this.channel = channel;
        }

        void awaits(
                ActionId id,
                MessageCodec<?> codec,
                Function<Message, Action> came,
                BiFunction<AskFailure, String, Action> missing) {
            awaited = new Awaited(id, codec, new FrameReader(codec.framing()), came, missing);
            while (awaited != null && !unread.isEmpty()) {
                ByteBuf piece = unread.element();
                read(piece);
                if (!piece.isReadable()) {
                    unread.remove().release();
                }
            }
            if (remoteClosed) {
                endOfInput();
            }
        }

        void writes(ByteBuf bytes, boolean last, Consumer<Optional<String>> then) {
            unsent = bytes;
            endsBehind = last;
            written = then;
            writable(channel);
        }

        @Override
        public void writable(StreamChannel stream) {
            Consumer<Optional<String>> then = written;
            if (then == null) {
                return;
            }
            YamuxWrite answer = channel.write(unsent);
            if (answer == YamuxWrite.FULL) {
                return;
            }
            written = null;
            unsent.release();
            unsent = Unpooled.EMPTY_BUFFER;
            if (answer == YamuxWrite.TAKEN && endsBehind) {
                channel.closeWrite();
            }
            then.accept(answer == YamuxWrite.TAKEN ? Optional.empty() : Optional.of("our side is closed"));
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            if (unread.isEmpty()) {
                read(bytes);
            }
            if (bytes.isReadable()) {
                unread.add(Unpooled.copiedBuffer(bytes));
                bytes.skipBytes(bytes.readableBytes());
            }
        }

        // As much as the awaited message takes.
        private void read(ByteBuf bytes) {
            Awaited now = awaited;
            if (now == null) {
                return;
            }
            ByteBuffer view = bytes.nioBuffer();
            int before = view.remaining();
            try {
                Optional<Bytes> body = now.reader().next(view);
                int taken = before - view.remaining();
                bytes.skipBytes(taken);
                channel.consumed(taken);
                if (body.isPresent()) {
                    came(now, body.get());
                }
            } catch (MalformedMessage malformed) {
                missing(now, AskFailure.MALFORMED, String.valueOf(malformed.getMessage()));
            }
        }

        private void came(Awaited now, Bytes body) throws MalformedMessage {
            Message message = now.codec().decode(body);
            awaited = null;
            port.answer(now.id(), now.came().apply(message));
        }

        private void missing(Awaited now, AskFailure why, String detail) {
            awaited = null;
            port.answer(now.id(), now.missing().apply(why, detail));
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            remoteClosed = true;
            endOfInput();
        }

        private void endOfInput() {
            Awaited now = awaited;
            if (now == null || !unread.isEmpty()) {
                return;
            }
            boolean within = now.reader().isWithin();
            try {
                Optional<Bytes> body = now.reader().end();
                if (body.isPresent()) {
                    came(now, body.get());
                } else {
                    missing(now, AskFailure.CANCELLED, "the peer has ended its side");
                }
            } catch (MalformedMessage malformed) {
                missing(now, within ? AskFailure.RESET : AskFailure.MALFORMED, String.valueOf(malformed.getMessage()));
            }
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            over = true;
            lines.remove(channel.handle(), this);
            unread.forEach(ByteBuf::release);
            unread.clear();
            Consumer<Optional<String>> then = written;
            String why = "the stream ended (" + reason + ")";
            if (then != null) {
                written = null;
                unsent.release();
                unsent = Unpooled.EMPTY_BUFFER;
                then.accept(Optional.of(why));
            }
            Awaited now = awaited;
            if (now != null) {
                missing(now, AskFailure.RESET, why);
            }
        }
    }
}
