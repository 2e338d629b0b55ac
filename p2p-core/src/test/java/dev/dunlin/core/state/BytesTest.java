package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BytesTest {

    @Property
    void textReadsBack(@ForAll byte[] value) {
        Bytes bytes = Bytes.of(value);
        assertThat(bytes.toString()).isEqualTo(Base64.getEncoder().encodeToString(value));
        assertThat(Bytes.parse(bytes.toString())).isEqualTo(bytes).hasSameHashCodeAs(bytes);
        assertThat(bytes.toArray()).isEqualTo(value);
        assertThat(bytes.size()).isEqualTo(value.length);
    }

    @Property
    void ordersAsUnsigned(@ForAll byte[] one, @ForAll byte[] other) {
        assertThat(Integer.signum(Bytes.of(one).compareTo(Bytes.of(other))))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(one, other)));
        assertThat(Bytes.of(one).equals(Bytes.of(other))).isEqualTo(Arrays.equals(one, other));
    }

    @Example
    void nobodyCanWriteIntoThem() {
        byte[] value = {1, 2};
        Bytes bytes = Bytes.of(value);
        value[0] = 9;
        bytes.toArray()[1] = 9;
        assertThat(bytes).isEqualTo(Bytes.of((byte) 1, (byte) 2));
        assertThat(bytes.at(1)).isEqualTo((byte) 2);
    }

    @Example
    void refusesOtherTexts() {
        for (String bad : new String[] {"QQ", "QR==", "Q", "Q-==", "QQ==\n"}) {
            assertThatThrownBy(() -> Bytes.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Bytes.parse("")).isEqualTo(Bytes.EMPTY);
    }

    @Example
    void hasNoOtherPlaces() {
        assertThatThrownBy(() -> Bytes.EMPTY.at(0)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThat(Bytes.of((byte) 1).equals((Object) "AQ==")).isFalse();
        assertThat(Bytes.of((byte) 1).hashCode())
                .isNotEqualTo(Bytes.of((byte) 2).hashCode());
    }
}
