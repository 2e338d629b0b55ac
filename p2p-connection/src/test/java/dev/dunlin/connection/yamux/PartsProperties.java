package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The small parts by themselves. */
class PartsProperties {

    @Property
    void idWindowIsASetNearTheHighest(@ForAll List<@IntRange(min = 0, max = 3000) Integer> ids) {
        IdWindow window = new IdWindow();
        Set<Integer> used = new HashSet<>();
        int highest = -1;
        for (int number : ids) {
            boolean tooOld = highest - number >= IdWindow.REACH;
            assertThat(window.use(2 * number + 1)).isEqualTo(!tooOld && used.add(number));
            highest = Math.max(highest, number);
        }
    }

    @Example
    void idWindowReachesTheLastId() {
        IdWindow odd = new IdWindow();
        assertThat(odd.use(1)).isTrue();
        assertThat(odd.use(0xFFFF_FFFF)).isTrue();
        assertThat(odd.use(0xFFFF_FFFF)).isFalse();
        assertThat(odd.use(0xFFFF_FFFD)).isTrue();
        assertThat(odd.use(3)).isFalse();
        IdWindow even = new IdWindow();
        assertThat(even.use(2)).isTrue();
        assertThat(even.use(2)).isFalse();
        assertThat(even.use(0xFFFF_FFFE)).isTrue();
    }

    @Property
    void bucketLetsThroughBurstAndRate(
            @ForAll @IntRange(min = 1, max = 100) int rate,
            @ForAll @IntRange(min = 1, max = 50) int burst,
            @ForAll @Size(max = 200) List<@LongRange(min = 0, max = 100_000) Long> gaps) {
        TokenBucket bucket = new TokenBucket(rate, burst, 0);
        long now = 0;
        long taken = 0;
        for (long gap : gaps) {
            now += gap;
            if (bucket.take(now)) {
                taken++;
            }
        }
        assertThat(taken).isLessThanOrEqualTo(burst + now * rate / 1_000_000);
        // However long nothing came, the burst is what there is.
        now += 1_000_000_000_000L;
        for (int i = 0; i < burst; i++) {
            assertThat(bucket.take(now)).isTrue();
        }
        assertThat(bucket.take(now)).isFalse();
    }

    @Property(tries = 300)
    void anySplitGivesTheSameFrames(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 300) Integer> sizes,
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 40) Integer> cuts,
            @ForAll boolean littleEndian,
            @ForAll boolean direct) {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            frames.add(i % 3 == 2 ? Frame.ping(i, sizes.get(i)) : Frame.data(i, 2L * i + 1, sizes.get(i)));
        }
        byte[] bytes = Frame.bytes(frames);
        List<String> got = new ArrayList<>();
        FrameReader reader = new FrameReader();
        FrameReader.Handler handler = new FrameReader.Handler() {
            private int body;

            @Override
            public boolean ready() {
                return true;
            }

            @Override
            public long header(int word, int id, int length) {
                boolean data = Wire.type(word) == Wire.DATA;
                got.add(Wire.type(word) + " " + Wire.flags(word) + " " + id + " " + length);
                body = 0;
                return data ? length : 0;
            }

            @Override
            public void body(ByteBuffer piece, boolean last) {
                body += piece.remaining();
                if (last) {
                    got.add("body " + body);
                }
            }
        };
        int at = 0;
        for (int cut = 0; at < bytes.length; cut++) {
            int length = Math.min(cuts.get(cut % cuts.size()), bytes.length - at);
            ByteBuffer in = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
            in.put(bytes, at, length).flip();
            in.order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            reader.read(in, handler);
            assertThat(in.hasRemaining()).isFalse();
            at += length;
        }
        List<String> expected = new ArrayList<>();
        for (Frame frame : frames) {
            expected.add(frame.type() + " " + frame.flags() + " " + frame.id() + " " + frame.length());
            if (frame.body().length > 0) {
                expected.add("body " + frame.body().length);
            }
        }
        assertThat(got).isEqualTo(expected);
    }

    @Example
    void everyLimitIsChecked() throws ReflectiveOperationException {
        RecordComponent[] fields = YamuxLimits.class.getRecordComponents();
        Constructor<?> constructor = YamuxLimits.class.getDeclaredConstructors()[0];
        for (int i = 0; i < fields.length; i++) {
            Object[] values = new Object[fields.length];
            for (int j = 0; j < fields.length; j++) {
                values[j] = fields[j].getAccessor().invoke(YamuxLimits.defaults());
            }
            if (fields[i].getType() == int.class) {
                values[i] = -1;
            } else {
                values[i] = -1L;
            }
            String name = fields[i].getName();
            assertThatThrownBy(() -> constructor.newInstance(values))
                    .as(Arrays.toString(values))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(name);
        }
        assertThat(YamuxLimits.defaults().toBuilder().build()).isEqualTo(YamuxLimits.defaults());
    }

    @Example
    void everyBuilderMethodSetsItsField() throws ReflectiveOperationException {
        for (RecordComponent field : YamuxLimits.class.getRecordComponents()) {
            YamuxLimits.Builder builder = YamuxLimits.defaults().toBuilder();
            boolean isInt = field.getType() == int.class;
            Object before = field.getAccessor().invoke(YamuxLimits.defaults());
            Object value = isInt ? (Object) ((Integer) before + 1) : (Object) ((Long) before + 1);
            if (field.getName().equals("initialWindow")) {
                builder.maxStreamWindow(Integer.MAX_VALUE);
            }
            YamuxLimits.Builder.class
                    .getMethod(field.getName(), field.getType())
                    .invoke(builder, value);
            assertThat(field.getAccessor().invoke(builder.build())).isEqualTo(value);
            assertThat(field.getAccessor().invoke(builder.build().toBuilder().build()))
                    .isEqualTo(value);
        }
    }
}
