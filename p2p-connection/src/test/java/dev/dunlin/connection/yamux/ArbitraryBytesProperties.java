package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a peer sends: nothing is thrown, the books balance, and every stream ends once. */
class ArbitraryBytesProperties {

    private static final long[] LENGTHS = {
        0, 1, 11, 12, 4096, 262_143, 262_144, 262_145, 1 << 20, 0x8000_0000L, Wire.MAX_WINDOW
    };

    /** An application that does anything at any moment. */
    private static final class Chaos implements YamuxListener {
        final Random random;
        final Map<YamuxStream, Integer> ends = new HashMap<>();
        boolean ended;

        Chaos(long seed) {
            random = new Random(seed);
        }

        @Override
        public void on(YamuxEvent event) {
            switch (event) {
                case YamuxEvent.StreamOpened(YamuxStream stream) -> {
                    assertThat(ended).isFalse();
                    ends.put(stream, 0);
                    act(stream);
                }
                case YamuxEvent.StreamAcked(YamuxStream stream) -> live(stream);
                case YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes) -> {
                    assertThat(bytes.hasRemaining()).isTrue();
                    assertThat(stream.unread()).isLessThanOrEqualTo(stream.receiveWindow());
                    live(stream);
                }
                case YamuxEvent.RemoteClosed(YamuxStream stream) -> live(stream);
                case YamuxEvent.Writable(YamuxStream stream) -> live(stream);
                case YamuxEvent.StreamClosed(YamuxStream stream) -> end(stream);
                case YamuxEvent.StreamReset(YamuxStream stream, YamuxEvent.ResetCause cause, long code) -> end(stream);
                case YamuxEvent.PingAnswered(long micros) -> assertThat(micros).isPositive();
                case YamuxEvent.GoAwayReceived(long code) -> assertThat(code).isNotNegative();
                case YamuxEvent.SessionEnded ignored -> {
                    assertThat(ended).isFalse();
                    ended = true;
                }
            }
        }

        private void live(YamuxStream stream) {
            assertThat(ended).isFalse();
            assertThat(ends.getOrDefault(stream, 0)).isZero();
            act(stream);
        }

        private void end(YamuxStream stream) {
            assertThat(ends.merge(stream, 1, Integer::sum)).isEqualTo(1);
            act(stream);
        }

        void act(YamuxStream stream) {
            switch (random.nextInt(12)) {
                case 0, 1 -> stream.accept();
                case 2, 3 -> stream.write(ByteBuffer.allocate(random.nextInt(300_000)));
                case 4, 5, 6 -> stream.consumed((int) stream.unread());
                case 7 -> stream.closeWrite();
                case 8 -> stream.close();
                case 9 -> stream.reset(random.nextInt(100));
                default -> {}
            }
        }
    }

    private static void feed(YamuxSession session, Chaos chaos, byte[] bytes, long now) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int i = 0; in.hasRemaining(); i++) {
            session.receive(in, now);
            assertThat(in.hasRemaining() && session.wantsRead()).isFalse();
            session.drain(Probe.sink(new ByteArrayOutputStream()), Long.MAX_VALUE, now);
            assertThat(i).isLessThan(10_000);
        }
        if (chaos.random.nextInt(20) == 0 && session.open(now) instanceof YamuxOpen.Opened(YamuxStream stream)) {
            chaos.ends.put(stream, 0);
            chaos.act(stream);
        }
        if (session.nextDeadline() <= now) {
            session.onTime(now);
            assertThat(session.nextDeadline()).isGreaterThan(now);
        }
    }

    private static void settle(YamuxSession session, Chaos chaos) {
        session.close();
        assertThat(chaos.ended).isTrue();
        assertThat(session.inboundStreams() + session.outboundStreams()).isZero();
        assertThat(session.queued()).isZero();
        assertThat(session.windowGrowth()).isZero();
        chaos.ends.forEach((stream, ends) -> {
            boolean once = ends == 1 || ends == 0 && stream.state() == YamuxStream.State.RESET;
            assertThat(once).as(stream.toString()).isTrue();
        });
    }

    @Property(tries = 500)
    void anyBytes(@ForAll @Size(max = 400) byte[] bytes, @ForAll long seed, @ForAll YamuxRole role) {
        Chaos chaos = new Chaos(seed);
        ByteAccount.Share share = Probe.roomy();
        YamuxSession session = YamuxSession.create(role, YamuxLimits.defaults(), share, chaos, 0);
        feed(session, chaos, bytes, 0);
        settle(session, chaos);
        assertThat(share.used()).isZero();
    }

    @Property(tries = 300)
    void anyFrames(@ForAll long seed, @ForAll YamuxRole role, @ForAll @IntRange(min = 1, max = 300) int count) {
        Chaos chaos = new Chaos(seed);
        Random random = chaos.random;
        YamuxLimits limits = YamuxLimits.defaults().toBuilder()
                .maxInboundStreams(1 + random.nextInt(10))
                .maxUnacceptedStreams(1 + random.nextInt(10))
                .maxControlFrames(1 + random.nextInt(5))
                .initialWindow(Wire.INITIAL_WINDOW + random.nextInt(2) * 100_000)
                .closeTimeout(1 + random.nextInt(5_000_000))
                .build();
        // Often too small for what is sent.
        ByteAccount.Share share = new ByteAccount(1 + random.nextInt(400_000), 1 + random.nextInt(400_000)).share();
        YamuxSession session = YamuxSession.create(role, limits, share, chaos, 0);
        long now = 0;
        int peerId = role == YamuxRole.DIALER ? 2 : 1;
        for (int i = 0; i < count && session.ended().isEmpty(); i++) {
            now += random.nextInt(200_000);
            int type = random.nextInt(10) == 0 ? 2 + random.nextInt(2) : random.nextInt(2);
            type = random.nextInt(100) == 0 ? 4 : type;
            int flags = random.nextInt(3) == 0 ? random.nextInt(32) & ~Wire.SYN : 0;
            long id = 1 + random.nextInt(20);
            if (random.nextInt(3) == 0) {
                flags |= Wire.SYN;
                id = peerId;
                peerId += 2;
            }
            // Extremes end the session at once; most frames are to get further than that.
            long length = random.nextInt(50) == 0 ? LENGTHS[random.nextInt(LENGTHS.length)] : random.nextInt(30_000);
            byte[] body = new byte[type == Wire.DATA ? (int) Math.min(length, 1 << 20) : 0];
            Frame header = new Frame(type, flags, type >= Wire.PING ? 0 : id, length, "");
            feed(session, chaos, header.bytes(), now);
            feed(session, chaos, body, now);
        }
        settle(session, chaos);
        assertThat(share.used()).isZero();
    }

    @Property(tries = 200)
    void theSameInputsGiveTheSameFrames(@ForAll long seed) {
        assertThat(recorded(seed)).isEqualTo(recorded(seed));
    }

    private static String recorded(long seed) {
        Random random = new Random(seed);
        Probe probe = Probe.listener(YamuxLimits.defaults());
        StringBuilder log = new StringBuilder();
        probe.reaction = event -> {
            if (event instanceof YamuxEvent.StreamOpened(YamuxStream stream)) {
                stream.write(ByteBuffer.allocate(random.nextInt(100)));
            }
        };
        for (int i = 0; i < 50; i++) {
            probe.receive(Frame.data(Wire.SYN | random.nextInt(16), 2L * i + 1, random.nextInt(50)));
            if (random.nextBoolean()) {
                log.append(probe.drain());
            }
            log.append(probe.events);
            probe.at(probe.now + random.nextInt(10_000_000));
        }
        return log.append(probe.drain()).toString();
    }
}
