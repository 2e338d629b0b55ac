package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** One stream against a model that knows the specification's rules and nothing of the code. */
class StreamModelProperties {

    private static final int STEPS = 12;

    /** What both ends may know of one stream, seen from our side. */
    private static final class Model {
        final Probe probe;
        final YamuxStream stream;
        final boolean outbound;

        boolean synSeen;
        boolean ackSeen;
        boolean over;
        boolean reset;
        boolean finIn;
        boolean finWanted;
        boolean finOut;
        boolean discarding;
        long unread;
        long peerMaySend = Wire.INITIAL_WINDOW;
        long weMaySend = Wire.INITIAL_WINDOW;
        long queued;
        boolean rstDue;
        boolean rstSeen;
        int lastEvents;

        Model(boolean outbound) {
            this.outbound = outbound;
            this.probe = outbound
                    ? Probe.dialer(Probe.quiet().build())
                    : Probe.listener(Probe.quiet().build());
            if (outbound) {
                stream = probe.open();
            } else {
                probe.receive(Frame.window(Wire.SYN, 1, 0));
                stream = probe.opened();
                synSeen = true;
            }
        }

        void step(int kind, int amount) {
            switch (kind) {
                case 0 -> stream.accept();
                case 1 -> write(amount);
                case 2 -> {
                    stream.closeWrite();
                    finWanted |= !over;
                }
                case 3 -> {
                    stream.close();
                    finWanted |= !over;
                    discarding |= !over;
                    unread = over ? unread : 0;
                }
                case 4 -> {
                    stream.reset(amount);
                    if (!over) {
                        rstDue = synSeen && !(finIn && finOut);
                        over = true;
                        reset = true;
                    }
                }
                case 5 -> consume(amount);
                case 6 -> data(amount, 0);
                case 7 -> data(amount, Wire.FIN);
                case 8 -> fromPeer(Frame.window(Wire.FIN, 1, 0), true, false);
                case 9 -> fromPeer(Frame.window(Wire.RST, 1, amount), false, true);
                case 10 -> {
                    if (synSeen) {
                        probe.receive(Frame.window(outbound ? Wire.ACK : 0, 1, amount));
                        weMaySend += amount;
                    }
                }
                default -> drain();
            }
            finish();
            compare();
        }

        private void write(int amount) {
            ByteBuffer bytes = ByteBuffer.allocate(amount);
            YamuxWrite result = stream.write(bytes);
            if (over || finWanted) {
                assertThat(result).isEqualTo(YamuxWrite.CLOSED);
                assertThat(bytes.position()).isZero();
            } else {
                assertThat(bytes.position()).isEqualTo((int) Math.min(amount, 256 * 1024 - queued));
                queued += bytes.position();
            }
        }

        private void consume(int amount) {
            int bytes = (int) Math.min(amount, unread);
            stream.consumed(bytes);
            unread -= bytes;
        }

        private void data(int amount, int flags) {
            int length = (int) Math.min(amount, peerMaySend);
            if (!synSeen || finIn) {
                return;
            }
            peerMaySend -= length;
            int before = probe.of(YamuxEvent.Data.class).size();
            boolean alive = !over;
            fromPeer(Frame.data(flags, 1, length), (flags & Wire.FIN) != 0, false);
            boolean delivered = alive && !discarding && length > 0;
            assertThat(probe.of(YamuxEvent.Data.class)).hasSize(before + (delivered ? 1 : 0));
            unread += delivered ? length : 0;
        }

        private void fromPeer(Frame frame, boolean fin, boolean rst) {
            if (!synSeen) {
                return;
            }
            probe.receive(frame);
            if (!over) {
                finIn |= fin;
                reset = rst;
                over = rst;
            }
        }

        private void drain() {
            for (Frame frame : probe.drain()) {
                assertThat(frame.id()).isEqualTo(1);
                assertThat(rstSeen).as("frames after RST").isFalse();
                sent(frame);
            }
            assertThat(probe.session.wantsWrite()).isFalse();
            if (discarding && !over && !finIn) {
                assertThat(2 * peerMaySend).as("half a window to end in").isGreaterThan(stream.receiveWindow());
            }
        }

        private void sent(Frame frame) {
            if ((frame.flags() & Wire.SYN) != 0) {
                assertThat(synSeen).isFalse();
                synSeen = true;
            }
            assertThat(synSeen).as("SYN is first").isTrue();
            if ((frame.flags() & Wire.ACK) != 0) {
                assertThat(ackSeen || outbound).isFalse();
                ackSeen = true;
            }
            if ((frame.flags() & Wire.RST) != 0) {
                assertThat(rstDue).isTrue();
                rstDue = false;
                rstSeen = true;
                return;
            }
            assertThat(over).as("frames of a stream that is over").isFalse();
            if (frame.type() == Wire.WINDOW_UPDATE) {
                assertThat(frame.length() == 0 || !finIn).isTrue();
                peerMaySend += frame.length();
                assertThat(peerMaySend + unread).isLessThanOrEqualTo(stream.receiveWindow());
            } else {
                assertThat(finOut).as("data after FIN").isFalse();
                assertThat(frame.length() > 0 || (frame.flags() & Wire.FIN) != 0)
                        .isTrue();
                queued -= frame.length();
                weMaySend -= frame.length();
                assertThat(weMaySend).isNotNegative();
            }
            if ((frame.flags() & Wire.FIN) != 0) {
                assertThat(finWanted && queued == 0).isTrue();
                finOut = true;
            }
        }

        private void finish() {
            if (!over && finIn && finOut && unread == 0) {
                over = true;
            }
        }

        private void compare() {
            YamuxStream.State expected = reset
                    ? YamuxStream.State.RESET
                    : finIn
                            ? finWanted ? YamuxStream.State.CLOSED : YamuxStream.State.REMOTE_CLOSED
                            : finWanted ? YamuxStream.State.LOCAL_CLOSED : YamuxStream.State.OPEN;
            assertThat(stream.state()).isEqualTo(expected);
            assertThat(probe.session.inboundStreams() + probe.session.outboundStreams())
                    .isEqualTo(over ? 0 : 1);
            assertThat(probe.session.ended()).isEmpty();
            long ends = probe.of(YamuxEvent.StreamClosed.class).size()
                    + probe.of(YamuxEvent.StreamReset.class).size();
            assertThat(ends).isLessThanOrEqualTo(over ? 1 : 0);
            assertThat(probe.of(YamuxEvent.RemoteClosed.class)).hasSize(finIn ? 1 : 0);
            if (over) {
                assertThat(probe.events.size() - lastEvents)
                        .as("events after the end")
                        .isLessThanOrEqualTo(3);
                assertThat(stream.queued()).isZero();
                assertThat(probe.share.used()).isZero();
                return;
            }
            lastEvents = probe.events.size();
            assertThat(stream.unread()).isEqualTo(unread);
            assertThat(stream.queued()).isEqualTo(queued);
            assertThat(probe.share.used()).isEqualTo(Math.min(unread, Wire.INITIAL_WINDOW) + queued);
            assertThat(stream.sendCredit()).isEqualTo(finWanted ? 0 : Math.max(0, weMaySend - queued));
        }
    }

    private static int amount(int number) {
        int choice = number / STEPS;
        return choice < 100 ? choice : choice * 700;
    }

    @Property(tries = 3000)
    void behavesAsTheModel(
            @ForAll boolean outbound,
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = STEPS * 400 - 1) Integer> steps) {
        Model model = new Model(outbound);
        for (int number : steps) {
            model.step(number % STEPS, amount(number));
        }
        model.drain();
        model.finish();
        model.compare();
        assertThat(model.rstDue).as("an RST that was never sent").isFalse();
    }
}
