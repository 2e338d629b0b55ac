package dev.dunlin.connection.yamux;

import dev.dunlin.connection.account.ByteAccount;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One session under test: feeds it frames, keeps its events, takes its frames. */
final class Probe {

    final List<YamuxEvent> events = new ArrayList<>();
    /** What the application does at once on an event. */
    Consumer<YamuxEvent> reaction = event -> {};

    final YamuxSession session;
    final ByteAccount.Share share;
    long now;

    private Probe(YamuxRole role, YamuxLimits limits, ByteAccount.Share share) {
        this.share = share;
        session = YamuxSession.create(
                role,
                limits,
                share,
                event -> {
                    events.add(event);
                    reaction.accept(event);
                },
                0);
    }

    /** An account that never runs dry. */
    static ByteAccount.Share roomy() {
        return new ByteAccount(Long.MAX_VALUE, Long.MAX_VALUE).share();
    }

    static Probe listener(YamuxLimits limits) {
        return listener(limits, roomy());
    }

    static Probe listener(YamuxLimits limits, ByteAccount.Share share) {
        return new Probe(YamuxRole.LISTENER, limits, share);
    }

    static Probe dialer(YamuxLimits limits) {
        return dialer(limits, roomy());
    }

    static Probe dialer(YamuxLimits limits, ByteAccount.Share share) {
        return new Probe(YamuxRole.DIALER, limits, share);
    }

    /** Limits under which no ping is sent, so that tests see only the frames they provoke. */
    static YamuxLimits.Builder quiet() {
        return YamuxLimits.defaults().toBuilder().keepaliveInterval(YamuxLimits.NEVER);
    }

    Probe receive(Frame... frames) {
        receive(Frame.bytes(List.of(frames)));
        return this;
    }

    /** How many bytes were left. */
    int receive(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        session.receive(in, now);
        return in.remaining();
    }

    List<Frame> drain() {
        return drain(Long.MAX_VALUE);
    }

    List<Frame> drain(long maxBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long count = session.drain(sink(out), maxBytes, now);
        if (count != out.size()) {
            throw new IllegalStateException("drain says " + count + ", but wrote " + out.size());
        }
        return Frame.parse(out.toByteArray());
    }

    static YamuxOutput sink(ByteArrayOutputStream out) {
        return new YamuxOutput() {
            @Override
            public void header(ByteBuffer header) {
                write(header);
            }

            @Override
            public void body(YamuxStream stream, ByteBuffer bytes) {
                write(bytes);
            }

            private void write(ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.duplicate().get(copy);
                out.writeBytes(copy);
            }
        };
    }

    YamuxStream open() {
        return switch (session.open(now)) {
            case YamuxOpen.Opened(YamuxStream stream) -> stream;
            case YamuxOpen.Refused(YamuxOpen.Reason reason) -> throw new IllegalStateException("refused: " + reason);
        };
    }

    /** The stream that the peer opened last. */
    YamuxStream opened() {
        return of(YamuxEvent.StreamOpened.class).getLast().stream();
    }

    <E extends YamuxEvent> List<E> of(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** All bytes delivered to a stream. */
    byte[] data(YamuxStream stream) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (YamuxEvent.Data data : of(YamuxEvent.Data.class)) {
            if (data.stream() == stream) {
                byte[] copy = new byte[data.bytes().remaining()];
                data.bytes().duplicate().get(copy);
                out.writeBytes(copy);
            }
        }
        return out.toByteArray();
    }

    long dropped(YamuxDrop reason) {
        return session.counters().of(reason);
    }

    Probe at(long time) {
        now = time;
        session.onTime(time);
        return this;
    }
}
