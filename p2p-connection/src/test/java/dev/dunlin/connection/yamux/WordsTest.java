package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The words that logs hold: whoever renames a constant sees here that old logs say otherwise. */
class WordsTest {

    @Test
    void endsOfSessions() {
        assertThat(Arrays.stream(YamuxEnd.values()).map(YamuxEnd::word))
                .containsExactly(
                        "unknownVersion",
                        "unknownType",
                        "streamFrameOnSession",
                        "wrongParity",
                        "idUsedTwice",
                        "receiveWindowExceeded",
                        "sendWindowOverflow",
                        "pingFlood",
                        "emptyFrameFlood",
                        "wastedOpenFlood",
                        "pingTimeout",
                        "pingUnanswered",
                        "closedByUs",
                        "connectionLost");
    }

    @Test
    void resetsOfStreams() {
        assertThat(Arrays.stream(ResetCause.values()).map(ResetCause::word))
                .containsExactly("byPeer", "closeTimeout", "memory", "sessionEnded");
    }

    @Test
    void drops() {
        assertThat(Arrays.stream(YamuxDrop.values()).map(YamuxDrop::word))
                .containsExactly(
                        "inboundStreamsFull",
                        "unacceptedStreamsFull",
                        "openAfterGoAway",
                        "openWithReset",
                        "openRefused",
                        "resetBeforeAccept",
                        "outboundStreamsFull",
                        "ackBacklogFull",
                        "openImpossible",
                        "unknownStream",
                        "dataAfterFin",
                        "dataAfterClose",
                        "unsolicitedAck",
                        "unsolicitedPong",
                        "pongsFull",
                        "emptyFrame",
                        "closeTimeout",
                        "windowGrowthRefused",
                        "noMemory",
                        "writeBufferFull",
                        "readingStopped");
    }
}
