package dev.dunlin.node.admin.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DoorTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void aNetworkOfOneMachineHasOneShare() throws Exception {
        assertThat(Door.source(InetAddress.getByName("2001:db8::1")))
                .isEqualTo(Door.source(InetAddress.getByName("2001:db8::ffff:0:0:1")))
                .isNotEqualTo(Door.source(InetAddress.getByName("2001:db8:0:1::1")));
        assertThat(Door.source(InetAddress.getByName("192.0.2.1")))
                .isEqualTo(Door.source(InetAddress.getByName("::ffff:192.0.2.1")))
                .isNotEqualTo(Door.source(InetAddress.getByName("192.0.2.2")));
    }

    @Test
    void whoLeavesMakesRoom() {
        Door door = new Door(new Door.Bounds(3, 2, LONG, LONG, 1));
        assertThat(door.enter("a")).isTrue();
        assertThat(door.enter("a")).isTrue();
        assertThat(door.enter("a")).as("its share").isFalse();
        assertThat(door.enter("b")).isTrue();
        assertThat(door.enter("c")).as("all").isFalse();
        assertThat(door.stats()).isEqualTo(new Door.Stats(3, 1, 1, 0, 0, 0));
        door.leave("a");
        assertThat(door.enter("c")).isTrue();
        door.leave("a");
        door.leave("b");
        door.leave("c");
        assertThat(door.stats().open()).isZero();
        assertThat(door.enter("a")).isTrue();
        assertThat(door.enter("a")).isTrue();
    }
}
