package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.words.StoryLine;
import dev.dunlin.connection.words.StoryLine.Kind;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NarrationTest {

    private static final long SECOND = 1_000_000;
    private static final PeerId P =
            PrivateKey.generate(KeyType.ED25519, new SecureRandom()).publicKey().peerId();

    private final Narration narration = new Narration(0, () -> "all is quiet");
    private final List<String> told = new ArrayList<>();

    private void say(long now, Kind kind, String text) {
        say(now, kind, P, text, text);
    }

    private void say(long now, Kind kind, PeerId peer, String text, String like) {
        narration
                .accept(new StoryLine(kind, Optional.of(peer), text, like), now)
                .forEach(line -> told.add(line.text()));
    }

    private void tick(long now) {
        narration.tick(now).forEach(line -> told.add(line.text()));
    }

    @Test
    void aConnectionIsToldWithWhatThePeerIs() {
        say(0, Kind.CONNECTED, "connected");
        assertThat(told).isEmpty();
        say(1, Kind.DESCRIBED, "go-libp2p/0.51");
        assertThat(told).containsExactly("connected, go-libp2p/0.51");
        say(2, Kind.DESCRIBED, "go-libp2p/0.51");
        assertThat(told).hasSize(1);
    }

    /** Whatever happens is told, if not at once, then within a minute. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void eachKindIsTold(Kind kind) {
        say(0, Kind.CONNECTED, "connected");
        say(0, kind, "what is new");
        tick(61 * SECOND);
        assertThat(told).anyMatch(line -> line.contains("what is new"));
    }

    @Test
    void whoDoesNotSayWhatItIsIsToldWithout() {
        say(0, Kind.CONNECTED, "connected");
        tick(Narration.FOR_AGENT - 1);
        assertThat(told).isEmpty();
        tick(Narration.FOR_AGENT);
        assertThat(told).containsExactly("connected");
    }

    @Test
    void whoIsLostBeforeIsToldInOrder() {
        say(0, Kind.CONNECTED, "connected");
        say(1, Kind.LOST, "lost");
        assertThat(told).containsExactly("connected", "lost");
    }

    /** The agent's name is the peer's to choose. */
    @Test
    void aNameIsShortAndPrintable() {
        say(0, Kind.CONNECTED, "connected");
        say(1, Kind.DESCRIBED, "\u001b[2J" + "x".repeat(10_000));
        assertThat(told.getFirst()).hasSizeLessThan(120).doesNotContain("\u001b");
    }

    @Test
    void likeRefusalsAreToldOnceAndThenCountedEachMinute() {
        for (int i = 0; i < 500; i++) {
            say(i, Kind.REFUSED, P, "number " + i + " was refused: full", "connections of others were refused: full");
        }
        say(600, Kind.REFUSED, P, "a wish was refused", "wishes were refused");
        assertThat(told).containsExactly("number 0 was refused: full", "a wish was refused");
        tick(Narration.MINUTE - 1);
        assertThat(told).hasSize(2);
        tick(Narration.MINUTE);
        assertThat(told).hasSize(3).endsWith("499 more connections of others were refused: full");
        say(
                Narration.MINUTE + 1,
                Kind.REFUSED,
                P,
                "number 500 was refused: full",
                "connections of others were refused: full");
        assertThat(told).endsWith("number 500 was refused: full");
    }

    @Test
    void aMinuteOfSilenceIsToldAndNoneBefore() {
        say(5 * SECOND, Kind.FAILED, "failed");
        tick(5 * SECOND + Narration.MINUTE - 1);
        assertThat(told).containsExactly("failed");
        tick(5 * SECOND + Narration.MINUTE);
        assertThat(told).containsExactly("failed", "all is quiet");
        tick(5 * SECOND + 2 * Narration.MINUTE - 1);
        assertThat(told).hasSize(2);
        tick(5 * SECOND + 2 * Narration.MINUTE);
        assertThat(told).hasSize(3);
    }

    @Test
    void aFloodOfEventsIsCutAndCounted() {
        for (int i = 0; i < 1000; i++) {
            say(0, Kind.LOST, "lost " + i);
        }
        assertThat(told).hasSize(Narration.BURST);
        tick(0);
        assertThat(told).hasSize(Narration.BURST);
        tick(SECOND);
        assertThat(told)
                .hasSize(Narration.BURST + 1)
                .endsWith("800 more events came too fast to be told, and are in the log");
        for (int i = 0; i < 100; i++) {
            say(2 * SECOND, Kind.LOST, "again " + i);
        }
        assertThat(told.size() - Narration.BURST - 1).isEqualTo(2 * Narration.PER_SECOND - 1);
    }

    @Test
    void noMoreConnectionsWaitThanMay() {
        for (int i = 0; i < Narration.MOST + 50; i++) {
            PeerId peer = PeerId.of(Multihash.identity(new byte[] {(byte) i, (byte) (i >> 8)}));
            say(i * SECOND, Kind.CONNECTED, peer, "connected " + i, "");
        }
        assertThat(told).hasSize(50).startsWith("connected 0", "connected 1");
    }
}
