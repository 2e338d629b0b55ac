package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Two sessions over a simulated link that delays and splits at will. */
class LinkProperties {

    /** How streams end, besides by a FIN each way. */
    private enum Ending {
        HALVES,
        CLOSES,
        RESETS,
        /** One session is finished while streams run and are opened. */
        FINISHES
    }

    /** What one side does with one stream. */
    private static final class Use {
        final YamuxStream stream;
        final int toSend;
        /** Reads nothing until it has sent this much. */
        final int silentUntil;
        /** Reads no more once it has sent all. */
        final boolean closes;

        int sent;
        int received;
        int reset = Integer.MAX_VALUE;
        boolean eof;
        int ends;

        Use(YamuxStream stream, int toSend, int silentUntil, boolean closes) {
            this.stream = stream;
            this.toSend = toSend;
            this.silentUntil = silentUntil;
            this.closes = closes;
        }
    }

    private static final class End {
        final Random random;
        final int side;
        final YamuxSession session;
        final List<Use> uses = new ArrayList<>();
        final ArrayDeque<ByteBuffer> wire = new ArrayDeque<>();
        final ArrayDeque<Long> arrivals = new ArrayDeque<>();
        final int mostBytes;
        final Ending ending;
        final ByteAccount.Share share = Probe.roomy();

        End(YamuxRole role, YamuxLimits limits, Random random, int mostBytes, Ending ending) {
            this.random = random;
            this.side = role.ordinal();
            this.mostBytes = mostBytes;
            this.ending = ending;
            this.session = YamuxSession.create(role, limits, share, this::on, 0);
        }

        private Use use(YamuxStream stream) {
            return (Use) stream.attachment().orElseThrow();
        }

        void begin(YamuxStream stream) {
            int toSend = random.nextInt(mostBytes + 1);
            int silentUntil = random.nextBoolean() ? Math.min(toSend, Wire.INITIAL_WINDOW) : 0;
            Use use = new Use(stream, toSend, silentUntil, ending == Ending.CLOSES && random.nextBoolean());
            if (ending == Ending.RESETS && random.nextInt(4) == 0) {
                use.reset = random.nextInt(toSend + 1);
            }
            stream.attach(use);
            uses.add(use);
        }

        private void on(YamuxEvent event) {
            switch (event) {
                case YamuxEvent.StreamOpened(YamuxStream stream) -> {
                    begin(stream);
                    stream.accept();
                }
                case YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes) -> {
                    Use use = use(stream);
                    assertThat(use.eof).isFalse();
                    while (bytes.hasRemaining()) {
                        byte expected = content(stream.id(), 1 - side, use.received);
                        if (bytes.get() != expected) {
                            throw new AssertionError("wrong byte " + use.received + " of " + stream);
                        }
                        use.received++;
                    }
                    assertThat(stream.unread()).isLessThanOrEqualTo(stream.receiveWindow());
                }
                case YamuxEvent.RemoteClosed(YamuxStream stream) -> use(stream).eof = true;
                case YamuxEvent.StreamClosed(YamuxStream stream) -> use(stream).ends++;
                case YamuxEvent.StreamReset(YamuxStream stream, YamuxEvent.ResetCause cause, long code) -> {
                    if (ending == Ending.FINISHES) {
                        assertThat(stream.outbound() && !stream.acknowledged()).isTrue();
                    } else {
                        assertThat(cause).isEqualTo(YamuxEvent.ResetCause.BY_PEER);
                        assertThat(code).isEqualTo(42);
                    }
                    use(stream).ends++;
                }
                case YamuxEvent.SessionEnded(YamuxEnd reason) -> {
                    assertThat(ending).as("ended: " + reason).isEqualTo(Ending.FINISHES);
                    assertThat(reason).isEqualTo(side == 0 ? YamuxEnd.CLOSED_BY_US : YamuxEnd.CONNECTION_LOST);
                    assertThat(side == 1 || uses.stream().allMatch(this::done)).isTrue();
                }
                case YamuxEvent.StreamAcked ignored -> {}
                case YamuxEvent.Writable ignored -> {}
                case YamuxEvent.PingAnswered ignored -> {}
                case YamuxEvent.GoAwayReceived ignored -> {}
            }
        }

        /** Lets one stream write and read some. */
        void work(Use use) {
            YamuxStream stream = use.stream;
            if (use.sent >= use.reset) {
                if (stream.state() != YamuxStream.State.RESET) {
                    stream.reset(42);
                }
                return;
            }
            if (use.sent < use.toSend) {
                int size = Math.min(1 + random.nextInt(100_000), use.toSend - use.sent);
                size = (int) Math.min(size, Math.max(1, stream.writable()));
                byte[] bytes = new byte[size];
                for (int i = 0; i < size; i++) {
                    bytes[i] = content(stream.id(), side, use.sent + i);
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                stream.write(buffer);
                use.sent += buffer.position();
            }
            if (use.sent >= use.toSend) {
                if (use.closes) {
                    stream.close();
                } else {
                    stream.closeWrite();
                }
            }
            if (use.sent >= use.silentUntil && stream.unread() > 0) {
                stream.consumed(1 + random.nextInt((int) stream.unread()));
            }
        }

        boolean done(Use use) {
            return use.stream.state() == YamuxStream.State.RESET || use.ends > 0;
        }

        /** Or it crossed the GoAway: the other session never had it. */
        boolean doneOrUnheard(Use use) {
            return done(use) || use.stream.outbound() && !use.stream.acknowledged();
        }

        void drainTo(End other, long now) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            session.drain(Probe.sink(out), 1 + random.nextInt(200_000), now);
            if (out.size() > 0) {
                other.wire.add(ByteBuffer.wrap(out.toByteArray()));
                other.arrivals.add(now + random.nextInt(20_000));
            }
        }

        void read(long now) {
            if (session.ended().isPresent()) {
                wire.clear();
                arrivals.clear();
            }
            while (!wire.isEmpty() && arrivals.element() <= now && session.wantsRead()) {
                ByteBuffer first = wire.element();
                int length = random.nextInt(10) == 0
                        ? Math.min(first.remaining(), 1 + random.nextInt(20))
                        : first.remaining();
                ByteBuffer part = first.slice(first.position(), length);
                session.receive(part, now);
                first.position(first.position() + part.position());
                if (!first.hasRemaining()) {
                    wire.remove();
                    arrivals.remove();
                }
            }
        }
    }

    private static byte content(long id, int side, int at) {
        long mixed = (id * 31 + side * 17L + at) * 0x9E3779B97F4A7C15L;
        return (byte) (mixed >>> 56);
    }

    private static void run(long seed, int streams, int mostBytes, Ending ending, YamuxLimits limits) {
        Random random = new Random(seed);
        End a = new End(YamuxRole.DIALER, limits, random, mostBytes, ending);
        End b = new End(YamuxRole.LISTENER, limits, random, mostBytes, ending);
        int toOpen = streams;
        long now = 0;
        for (int round = 0; ; round++) {
            assertThat(round).as("rounds: a deadlock").isLessThan(20_000);
            now += random.nextInt(5_000);
            if (ending == Ending.FINISHES && random.nextInt(50) == 0) {
                a.session.finish();
            }
            if (a.session.peerGoAway().isPresent() || b.session.peerGoAway().isPresent()) {
                toOpen = 0;
            }
            for (End end : List.of(a, b)) {
                End other = end == a ? b : a;
                if (toOpen > 0 && end.session.open(now) instanceof YamuxOpen.Opened(YamuxStream stream)) {
                    end.begin(stream);
                    toOpen--;
                }
                for (Use use : end.uses) {
                    if (!end.done(use) && random.nextInt(3) > 0) {
                        end.work(use);
                    }
                }
                if (end.session.nextDeadline() <= now) {
                    end.session.onTime(now);
                    assertThat(end.session.nextDeadline()).isGreaterThan(now);
                }
                end.drainTo(other, now);
                end.read(now);
            }
            if (a.session.ended().isPresent()
                    && b.wire.isEmpty()
                    && b.uses.stream().allMatch(b::doneOrUnheard)) {
                b.session.connectionLost();
            }
            boolean finished = ending != Ending.FINISHES || a.session.ended().isPresent();
            boolean quiet = finished && toOpen == 0 && a.wire.isEmpty() && b.wire.isEmpty();
            if (quiet
                    && !a.session.wantsWrite()
                    && !b.session.wantsWrite()
                    && a.uses.stream().allMatch(a::done)
                    && b.uses.stream().allMatch(b::done)) {
                break;
            }
        }
        check(a, b, ending);
        check(b, a, ending);
    }

    private static void check(End end, End other, Ending ending) {
        assertThat(end.session.inboundStreams() + end.session.outboundStreams()).isZero();
        assertThat(end.session.queued()).isZero();
        assertThat(end.session.windowGrowth()).isZero();
        assertThat(end.share.used()).isZero();
        for (Use use : end.uses) {
            assertThat(use.ends).isLessThanOrEqualTo(1);
            if (use.stream.state() == YamuxStream.State.RESET) {
                assertThat(ending).isIn(Ending.RESETS, Ending.FINISHES);
                continue;
            }
            assertThat(use.eof).isTrue();
            Use peer = other.uses.stream()
                    .filter(candidate -> candidate.stream.id() == use.stream.id())
                    .findFirst()
                    .orElseThrow();
            if (use.closes) {
                assertThat(use.received).isLessThanOrEqualTo(peer.toSend);
            } else {
                assertThat(use.received).isEqualTo(peer.toSend);
            }
        }
    }

    @Property(tries = 30)
    void bigStreamsArriveWhole(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int streams) {
        run(seed, streams, 1_500_000, Ending.HALVES, YamuxLimits.defaults());
    }

    @Property(tries = 30)
    void manyStreamsArriveWhole(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int streams) {
        YamuxLimits tight = YamuxLimits.defaults().toBuilder()
                .maxDataFrame(1000)
                .writeBufferFloor(500)
                .writeBufferPerStream(3000)
                .writeBufferPerConnection(10_000)
                .maxControlFrames(2)
                .ackBacklog(5)
                .maxOutboundStreams(10)
                .build();
        run(seed, streams, 20_000, Ending.HALVES, tight);
    }

    @Property(tries = 30)
    void whoReadsNoMoreHearsThePeerOutAllTheSame(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int streams) {
        run(seed, streams, 1_500_000, Ending.CLOSES, YamuxLimits.defaults());
    }

    @Property(tries = 60)
    void aFinishedSessionLosesNoByte(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int streams) {
        run(seed, streams, 300_000, Ending.FINISHES, YamuxLimits.defaults());
    }

    @Property(tries = 60)
    void resetsAtAnyMomentHarmNoOtherStream(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int streams) {
        run(seed, streams, 50_000, Ending.RESETS, YamuxLimits.defaults());
    }
}
