package dev.dunlin.connection.channel;

import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.state.Bytes;
import java.util.List;

/** Two protocols for tests: who opens sends lines, who accepts sends notes. */
final class Flow {

    static final String FEED = "feed";
    static final String WIRE = "wire";
    static final String FEED_ID = "/flow/feed/1";
    static final String WIRE_ID = "/flow/wire/1";

    private Flow() {}

    record Line(Bytes words) implements Message {}

    record Note(Bytes words) implements Message {}

    static ChannelProtocol<Line, Note> feed(ChannelLimits limits) {
        return protocol(FEED, FEED_ID, new Framing.LengthPrefixed(1 << 16), limits);
    }

    static ChannelProtocol<Line, Note> wire(ChannelLimits limits) {
        return protocol(WIRE, WIRE_ID, new Framing.Fixed(8), limits);
    }

    static ChannelProtocol<Line, Note> protocol(String name, String id, Framing framing, ChannelLimits limits) {
        return new ChannelProtocol<>(
                name,
                List.of(id),
                MessageCodec.of(Line.class, framing, Line::words, Line::new),
                MessageCodec.of(Note.class, framing, Note::words, Note::new),
                limits);
    }
}
