package dev.dunlin.connection.wire;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelEffect;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelService;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.MessageStream;
import dev.dunlin.connection.protocol.MessageStream.Read;
import dev.dunlin.connection.protocol.MessageStream.Write;
import dev.dunlin.connection.protocol.MessageStreams;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.util.function.Consumer;

/** Channels over the streams of a node, in production and in simulation. */
public final class StreamChannels implements ChannelService {

    private static final String CLOSED = "the stream is closed";

    private final MessageStreams streams;
    private final Port port;
    private final Given<ChannelProtocol<?, ?>> given;

    /**
     * Over these streams; facts go to the port.
     *
     * @param catalogue the protocols of the machine, by the same names
     */
    public StreamChannels(MessageStreams streams, Port port, Catalogue<ChannelProtocol<?, ?>> catalogue) {
        this.streams = streams;
        this.port = port;
        this.given = new Given<>(ChannelMachine.NAME, catalogue, streams);
    }

    @Override
    public void serve(ChannelEffect.ServeInit init) {
        given.serve(init.ids());
    }

    @Override
    public void unserve(ChannelEffect.UnserveInit init) {
        streams.unserve(init.ids());
    }

    @Override
    public void read(ActionId id, ChannelEffect.ReadInit init) {
        Handle channel = init.channel();
        ChannelProtocol<?, ?> protocol = given.named(init.protocol()).orElse(null);
        if (protocol == null) {
            port.answer(id, new ChannelAction.ReadFailed(channel, false, Given.NOT_GIVEN));
            return;
        }
        on(
                channel,
                stream -> stream.read(
                        protocol.received(init.direction()),
                        read -> port.answer(
                                id,
                                switch (read) {
                                    case Read.Came(var message) -> new ChannelAction.MessageCame(channel, message);
                                    case Read.Finished _ -> new ChannelAction.ReadFinished(channel);
                                    case Read.Malformed(String why) ->
                                        new ChannelAction.ReadFailed(channel, true, ConnectionAction.shortened(why));
                                    case Read.Lost(var _, String why) ->
                                        new ChannelAction.ReadFailed(channel, false, ConnectionAction.shortened(why));
                                })),
                () -> port.answer(id, new ChannelAction.ReadFailed(channel, false, CLOSED)));
    }

    @Override
    public void write(ActionId id, ChannelEffect.WriteInit init) {
        Handle channel = init.channel();
        ChannelProtocol<?, ?> protocol = given.named(init.protocol()).orElse(null);
        if (protocol == null) {
            port.answer(id, new ChannelAction.WriteFailed(channel, false, Given.NOT_GIVEN));
            return;
        }
        on(
                channel,
                stream -> stream.write(
                        protocol.sent(init.direction()),
                        init.message(),
                        false,
                        write -> port.answer(
                                id,
                                switch (write) {
                                    case Write.Taken _ -> new ChannelAction.Written(channel);
                                    case Write.Unencodable(String why) ->
                                        new ChannelAction.WriteFailed(channel, true, ConnectionAction.shortened(why));
                                    case Write.Lost(String why) ->
                                        new ChannelAction.WriteFailed(channel, false, ConnectionAction.shortened(why));
                                })),
                () -> port.answer(id, new ChannelAction.WriteFailed(channel, false, CLOSED)));
    }

    @Override
    public void finish(ChannelEffect.FinishInit init) {
        on(init.channel(), MessageStream::finish, () -> {
            // That it is over is told by its end.
        });
    }

    private void on(Handle channel, Consumer<MessageStream> does, Runnable missing) {
        streams.on(channel, open -> open.ifPresentOrElse(does, missing));
    }
}
