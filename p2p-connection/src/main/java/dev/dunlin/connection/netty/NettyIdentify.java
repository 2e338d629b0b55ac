package dev.dunlin.connection.netty;

import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyContent;
import dev.dunlin.connection.identify.IdentifyDecoder;
import dev.dunlin.connection.identify.IdentifyException;
import dev.dunlin.connection.identify.IdentifyLimits;
import dev.dunlin.connection.identify.IdentifyService;
import dev.dunlin.connection.identify.IdentifySigner;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/** Identify messages over the transport's streams, sealed with the node's key. */
public final class NettyIdentify implements IdentifyService {

    private final NettyTransport transport;
    private final Port port;
    private final IdentifySigner signer;
    private final IdentifyLimits limits;

    /** Over a transport; facts go to the port. */
    public NettyIdentify(NettyTransport transport, Port port, PrivateKey key, IdentifyLimits limits) {
        this.transport = transport;
        this.port = port;
        this.signer = new IdentifySigner(key);
        this.limits = limits;
    }

    @Override
    public void read(ActionId id, Handle stream, PeerId peer) {
        Optional<StreamChannel> channel = transport.stream(stream);
        if (channel.isEmpty()) {
            port.answer(id, new IdentifyAction.ReadFailed(stream, peer, "the stream is closed"));
            return;
        }
        channel.get().execute(() -> {
            Reader reader = new Reader(id, stream, peer);
            if (transport.stream(stream).isEmpty()) {
                reader.failed("the stream is closed");
                return;
            }
            // We have nothing to say on a stream that we read.
            channel.get().closeWrite();
            channel.get().attach(reader);
        });
    }

    @Override
    public void send(ActionId id, Handle stream, PeerId peer, IdentifyContent content) {
        Optional<StreamChannel> channel = transport.stream(stream);
        if (channel.isEmpty()) {
            port.answer(id, new IdentifyAction.SendFailed(stream, peer, "the stream is closed"));
            return;
        }
        channel.get().execute(() -> {
            Sender sender = new Sender(id, stream, peer);
            if (transport.stream(stream).isEmpty()) {
                sender.answer(Optional.of("the stream is closed"));
                return;
            }
            try {
                sender.begin(channel.get(), content.seal(signer).toBytes());
            } catch (IdentifyException e) {
                sender.answer(Optional.of(String.valueOf(e.getMessage())));
                channel.get().reset();
            }
        });
    }

    private final class Reader implements StreamReader {
        private final ActionId id;
        private final Handle handle;
        private final PeerId peer;
        private final IdentifyDecoder decoder = new IdentifyDecoder(limits);
        private boolean answered;

        Reader(ActionId id, Handle handle, PeerId peer) {
            this.id = id;
            this.handle = handle;
            this.peer = peer;
        }

        void failed(String why) {
            if (!answered) {
                answered = true;
                port.answer(id, new IdentifyAction.ReadFailed(handle, peer, why));
            }
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            if (answered) {
                return;
            }
            try {
                int count = bytes.readableBytes();
                decoder.feed(bytes.nioBuffer());
                stream.consumed(count);
            } catch (IdentifyException e) {
                failed(String.valueOf(e.getMessage()));
                stream.reset();
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {
            if (answered) {
                return;
            }
            try {
                Identified identified = Identified.of(decoder.end());
                answered = true;
                port.answer(id, new IdentifyAction.Received(handle, peer, identified));
            } catch (IdentifyException e) {
                failed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            failed("the stream ended (" + reason + ")");
        }
    }

    private final class Sender implements StreamReader {
        private final ActionId id;
        private final Handle handle;
        private final PeerId peer;
        private ByteBuf unsent = Unpooled.EMPTY_BUFFER;
        private boolean answered;

        Sender(ActionId id, Handle handle, PeerId peer) {
            this.id = id;
            this.handle = handle;
            this.peer = peer;
        }

        void begin(StreamChannel stream, byte[] message) {
            unsent = Unpooled.wrappedBuffer(message);
            stream.attach(this);
            writable(stream);
        }

        void answer(Optional<String> failure) {
            if (!answered) {
                answered = true;
                port.answer(
                        id,
                        failure.<IdentifyAction>map(why -> new IdentifyAction.SendFailed(handle, peer, why))
                                .orElseGet(() -> new IdentifyAction.Sent(handle, peer)));
            }
        }

        @Override
        public void writable(StreamChannel stream) {
            if (answered) {
                return;
            }
            switch (stream.write(unsent)) {
                case TAKEN -> {
                    stream.close();
                    answer(Optional.empty());
                }
                case FULL -> {}
                case CLOSED -> answer(Optional.of("our side is closed"));
            }
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            // Whoever asks has nothing to say; what it says is dropped.
            stream.consumed(bytes.readableBytes());
        }

        @Override
        public void remoteClosed(StreamChannel stream) {}

        @Override
        public void ended(StreamChannel stream, EndReason reason) {
            answer(Optional.of("the stream ended (" + reason + ")"));
        }
    }
}
