package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames byte for byte, both ways. */
class FramesTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final Map<String, String> VECTORS = vectors();

    private static Map<String, String> vectors() {
        Map<String, String> vectors = new LinkedHashMap<>();
        try (InputStream in = FramesTest.class.getResourceAsStream("frames.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" ", 2);
                    vectors.put(parts[0], parts[1].replace(" ", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return vectors;
    }

    private static void feed(Probe probe, String name) {
        probe.receive(HEX.parseHex(VECTORS.get(name)));
    }

    private static String written(Probe probe) {
        return HEX.formatHex(Frame.bytes(probe.drain()));
    }

    @Test
    void opensWritesAndCloses() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = dialer.open();
        assertThat(written(dialer)).isEqualTo(VECTORS.get("window-syn-1"));
        stream.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        assertThat(written(dialer)).isEqualTo(VECTORS.get("data-1-hello"));
        stream.closeWrite();
        assertThat(written(dialer)).isEqualTo(VECTORS.get("window-fin-1"));
    }

    @Test
    void closesBehindTheLastData() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = dialer.open();
        dialer.drain();
        stream.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        stream.closeWrite();
        assertThat(written(dialer)).isEqualTo(VECTORS.get("data-1-hello") + VECTORS.get("window-fin-1"));
    }

    @Test
    void acceptsAndCredits() {
        Probe listener = Probe.listener(Probe.quiet().build());
        feed(listener, "window-syn-1");
        listener.opened().accept();
        assertThat(written(listener)).isEqualTo(VECTORS.get("window-ack-1"));
        listener.receive(Frame.data(0, 1, 131072));
        listener.opened().consumed(131072);
        assertThat(written(listener)).isEqualTo(VECTORS.get("window-1-131072"));
    }

    @Test
    void opensAsListener() {
        Probe listener = Probe.listener(Probe.quiet().build());
        listener.open();
        assertThat(written(listener)).isEqualTo(VECTORS.get("window-syn-2"));
    }

    @Test
    void resetsWithACode() {
        Probe listener = Probe.listener(Probe.quiet().build());
        feed(listener, "window-syn-1");
        listener.opened().reset(0xFFFF_FFFEL);
        assertThat(written(listener)).isEqualTo(VECTORS.get("window-rst-1-fffffffe"));
    }

    @Test
    void pings() {
        Probe listener = Probe.listener(Probe.quiet().build());
        feed(listener, "ping-syn-deadbeef");
        assertThat(written(listener)).isEqualTo(VECTORS.get("ping-ack-deadbeef"));
        Probe dialer = Probe.dialer(YamuxLimits.defaults()).at(0);
        assertThat(written(dialer)).isEqualTo(VECTORS.get("ping-syn-0"));
    }

    @Test
    void saysGoAway() {
        Probe normal = Probe.listener(Probe.quiet().build());
        normal.session.goAway();
        assertThat(written(normal)).isEqualTo(VECTORS.get("goaway-0"));
        Probe broken = Probe.listener(Probe.quiet().build());
        broken.receive(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertThat(written(broken)).isEqualTo(VECTORS.get("goaway-1"));
        Probe silent = Probe.listener(YamuxLimits.defaults()).at(0).at(40_000_000);
        assertThat(silent.session.ended()).contains(YamuxEnd.PING_TIMEOUT);
        assertThat(written(silent)).isEqualTo(VECTORS.get("goaway-2"));
    }

    @Test
    void readsThem() {
        Probe listener = Probe.listener(Probe.quiet().build());
        feed(listener, "window-syn-1");
        YamuxStream stream = listener.opened();
        assertThat(stream.id()).isEqualTo(1);
        feed(listener, "data-1-hello");
        assertThat(listener.data(stream)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
        feed(listener, "window-1-131072");
        assertThat(stream.sendCredit()).isEqualTo(262144 + 131072);
        feed(listener, "data-fin-1-hello");
        assertThat(listener.of(YamuxEvent.RemoteClosed.class)).hasSize(1);
        feed(listener, "window-rst-1-fffffffe");
        assertThat(listener.events)
                .last()
                .isEqualTo(new YamuxEvent.StreamReset(stream, YamuxEvent.ResetCause.BY_PEER, 0xFFFF_FFFEL));
        feed(listener, "goaway-0");
        assertThat(listener.events).last().isEqualTo(new YamuxEvent.GoAwayReceived(0));
    }

    @Test
    void theOpeningOfAJsConnection() {
        // Both ends ping with value 0 at once and open their identify stream with WindowUpdate+SYN, delta 0.
        Probe listener = Probe.listener(YamuxLimits.defaults()).at(0);
        listener.open();
        feed(listener, "ping-syn-0");
        feed(listener, "window-syn-1");
        assertThat(listener.drain())
                .containsExactly(Frame.ping(Wire.SYN, 0), Frame.ping(Wire.ACK, 0), Frame.window(Wire.SYN, 2, 0));
        listener.now = 250;
        listener.receive(Frame.ping(Wire.ACK, 0), Frame.window(Wire.ACK, 2, 0));
        assertThat(listener.of(YamuxEvent.PingAnswered.class)).containsExactly(new YamuxEvent.PingAnswered(250));
        assertThat(listener.of(YamuxEvent.StreamAcked.class)).hasSize(1);
        assertThat(listener.session.roundTrip()).hasValue(250);
    }

    @Test
    void goAwayStopsOpeningNotStreams() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = dialer.open();
        dialer.receive(Frame.goAway(0));
        assertThat(dialer.session.open(0)).isEqualTo(new YamuxOpen.Refused(YamuxOpen.Reason.PEER_WENT_AWAY));
        assertThat(stream.write(ByteBuffer.allocate(3))).isEqualTo(YamuxWrite.TAKEN);

        Probe listener = Probe.listener(Probe.quiet().build());
        listener.receive(Frame.window(Wire.SYN, 1, 0));
        listener.session.goAway();
        listener.receive(Frame.window(Wire.SYN, 3, 0), Frame.data(0, 1, 4));
        assertThat(listener.drain()).containsExactly(Frame.window(Wire.RST, 3, 0));
        assertThat(listener.of(YamuxEvent.Data.class)).hasSize(1);
        assertThat(listener.session.open(0)).isEqualTo(new YamuxOpen.Refused(YamuxOpen.Reason.SESSION_ENDED));
        assertThat(listener.dropped(YamuxDrop.OPEN_AFTER_GO_AWAY)).isEqualTo(1);
    }
}
