package dev.dunlin.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.channel.ChannelConfig;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelState;
import dev.dunlin.connection.protocol.MissedDial;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The byte budgets hold for the greatest configuration with every field at its longest. */
class BudgetTest {

    private static final PeerId PEER = Bench.peer(1);
    private static final Handle HANDLE = new Handle("connection", Long.MAX_VALUE, Long.MAX_VALUE);
    private static final Ticket TICKET = new Ticket("\u20ac".repeat(64), Long.MIN_VALUE);
    private static final Multiaddr LONG = longest();

    private static Multiaddr longest() {
        StringBuilder text = new StringBuilder("/dns4/" + "x".repeat(253) + "/tcp/4001");
        for (int i = 0; i < 2; i++) {
            text.append("/dns4/").append("x".repeat(253)).append("/tcp/4001");
        }
        return Multiaddr.parse(text + "/dns4/" + "x".repeat(220));
    }

    @Test
    void theConnectionMachineStaysWithinItsBudget() {
        assertThat(LONG.toBytes().length).isBetween(1000, Multiaddr.MAX_BYTES);
        List<Multiaddr> addresses = Collections.nCopies(ConnectionConfig.MOST_ADDRESSES, LONG);
        List<Ticket> tickets = Collections.nCopies(ConnectionConfig.MOST_WAITERS, TICKET);
        ConnectionError error = new ConnectionError(ConnectionError.Kind.IO, "\u20ac".repeat(256));
        ConnectionState.Attempt attempt = new ConnectionState.Attempt(PEER, 1, 1, addresses, List.of());
        ConnectionState.Connecting dial = new ConnectionState.Connecting(
                0, attempt, LONG, Collections.nCopies(ConnectionState.MOST_LEFT, LONG), 1, 0);
        long peer = Math.max(
                Content.bytes(new ConnectionState.Connected(
                        0, PEER, LONG, addresses, Collections.nCopies(64, HANDLE), HANDLE, Optional.of(dial))),
                Content.bytes(
                        new ConnectionState.ConnectionFailed(0, attempt.withTickets(tickets), 1, LONG, error, 0)));
        long connection = Content.bytes(new Connection(
                PEER,
                Direction.INBOUND,
                LONG,
                Bytes.of(new byte[64]),
                0,
                0,
                0,
                Connection.Stage.OPEN,
                Optional.empty(),
                0));
        long listener = Content.bytes(new Listener.Listening(HANDLE, Collections.nCopies(64, LONG)));
        long keys = 3 * Content.bytes(PEER) + 2 * Content.bytes(HANDLE);
        long failures = ConnectionConfig.MOST_FAILED_ADDRESSES * (Content.bytes(LONG) + 64);
        List<String> reasons =
                Collections.nCopies(ConnectionConfig.MOST_REASONS, "\u20ac".repeat(ConnectionAction.MAX_TEXT));
        long kept = ConnectionConfig.MOST_KEPT
                * (Content.bytes(PEER) + Content.bytes(new ConnectionState.Kept(reasons, addresses)));
        long worst = 2L * ConnectionConfig.MOST_PEERS * (peer + keys)
                + 16_384 * (connection + keys)
                + 64 * listener
                + failures
                + kept;
        assertThat(worst).isLessThan(ConnectionMachine.CONNECTION.byteBudget());
    }

    @Test
    void theStreamMachineStaysWithinItsBudget() {
        List<String> protocols = Collections.nCopies(StreamAction.MAX_PROTOCOLS, "\u20ac".repeat(128));
        long opening =
                Content.bytes(new StreamState.PendingOpen(TICKET, PEER, protocols, false, Optional.of(HANDLE), 0));
        long keys = 2 * Content.bytes(PEER) + 4 * Content.bytes(HANDLE);
        assertThat(StreamConfig.MOST_STREAMS * (opening + keys)).isLessThan(StreamMachine.STREAM.byteBudget());
    }

    @Test
    void theChannelMachineStaysWithinItsBudget() {
        String name = "x".repeat(64);
        StreamState.Tally tally = StreamState.Tally.NONE.plus(Direction.INBOUND, 1);
        long opening = Content.bytes(new ChannelState.Opening(
                TICKET,
                PEER,
                Collections.nCopies(ConnectionAction.MAX_ADDRESSES, LONG),
                name,
                ChannelState.Stage.REACHING,
                new MissedDial("\u20ac".repeat(ConnectionAction.MAX_TEXT), 0),
                0,
                0));
        long channel = Content.bytes(new ChannelState.Channel(
                PEER,
                name,
                Direction.OUTBOUND,
                true,
                new ChannelState.Inbox(ChannelState.Reading.UNDER_WAY, 1, 1),
                new ChannelState.Outbox(ChannelState.Writing.UNDER_WAY, Table.empty(), 1, 1, false),
                false,
                0));
        long keys = Content.bytes(Table.of(TICKET, 1L))
                + Content.bytes(HANDLE)
                + Content.bytes(Table.of(PEER, Table.of(name, tally)));
        // A channel that is being opened is an outbound one.
        long worst = ChannelConfig.MOST_BYTES + ChannelConfig.MOST_CHANNELS * (opening + channel + 2 * keys);
        assertThat(worst).isLessThan(ChannelMachine.of(List.of()).byteBudget());
    }

    @Test
    void aPeerKeepsOnlySoManyAddresses() {
        Bench bench = Bench.streams("connection.maxAddresses", "2");
        List<Multiaddr> many = List.of(Bench.address(1), Bench.address(2), Bench.address(3));
        bench.say(new ConnectionAction.Connect(PEER, many, Ticket.NONE));
        bench.say(new ConnectionAction.Connect(PEER, List.of(Bench.address(4)), TICKET));
        assertThat(bench.connection().diallingTo(PEER).orElseThrow().attempt().addresses())
                .containsExactly(Bench.address(1), Bench.address(2));
    }

    @Test
    void oversizedActionsAreRefusedWithASentence() {
        List<Multiaddr> many = Collections.nCopies(65, Bench.address(1));
        assertThatThrownBy(() -> new ConnectionAction.Connect(PEER, many, Ticket.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 64 addresses");
        assertThatThrownBy(() -> new Ticket("x".repeat(65), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 64 characters");
        assertThatThrownBy(() -> new ConnectionAction.Accepted(HANDLE, PEER, LONG, Bytes.of(new byte[65])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectionError(ConnectionError.Kind.IO, "x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void errorTextsAreCutWithoutBreakingACharacter() {
        String text = ConnectionError.of(ConnectionError.Kind.IO, "x".repeat(255) + "\ud83d\ude00")
                .text();
        assertThat(text).isEqualTo("x".repeat(255));
        assertThat(ConnectionError.of(ConnectionError.Kind.IO, "short").text()).isEqualTo("short");
    }

    @Test
    void configurationsThatMakeNoSenseCountAsMissing() {
        ConnectionConfig config = ConnectionConfig.of(Table.<String, String>empty()
                .with("connection.maxAttempts", "many")
                .with("connection.maxPeers", "-1")
                .with("connection.dialTimeout", "2000000")
                .with("node.peerId", "nobody"));
        assertThat(config.maxAttempts()).isEqualTo(3);
        assertThat(config.maxPeers()).isEqualTo(1024);
        assertThat(config.dialTimeout()).isEqualTo(2_000_000);
        assertThat(config.self()).isEmpty();
        assertThat(StreamConfig.of(Table.of("stream.background", "/a,,/b")).background())
                .containsExactly("/a", "/b");
    }
}
