package dev.dunlin.connection.correlation;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.WentAway;
import dev.dunlin.connection.ConnectionEffect.DisconnectInit;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerCame;
import dev.dunlin.connection.exchange.ExchangeAction.AskCame;
import dev.dunlin.connection.exchange.ExchangeEffect.AskInit;
import dev.dunlin.connection.exchange.ExchangeEffect.ReplyInit;
import dev.dunlin.connection.exchange.ExchangeEffect.Then;
import dev.dunlin.connection.identify.Identified;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.connection.stream.StreamEffect.CloseInit;
import dev.dunlin.core.debug.Correlation;
import dev.dunlin.core.debug.Correlation.Direction;
import dev.dunlin.core.debug.Correlation.Key;
import dev.dunlin.core.debug.Correlation.Told;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction.Booted;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Goes through one node's turns, and knows its open connections and streams by the names they have at both ends. */
final class PeerReader implements Correlation.Reader {

    private static final String CONNECT = "connect";
    private static final String DISCONNECT = "disconnect";
    private static final String OPEN = "open";
    private static final String CLOSE = "close";
    private static final String RESET = "reset";
    private static final String IDENTIFY = "identify";

    // No more than the node has open.
    private final Map<Handle, Line> lines = new HashMap<>();

    /**
     * A connection, or a stream on one.
     *
     * @param connection the hash of its handshake
     * @param stream the stream's number; 0 for the connection itself
     * @param out the direction of what this node sends
     * @param said what was sent on it so far
     */
    private record Line(String connection, long stream, String peer, Direction out, Set<String> said) {
        Line(String connection, long stream, String peer, Direction out) {
            this(connection, stream, peer, out, new HashSet<>());
        }

        private Direction in() {
            return out == Direction.FORTH ? Direction.BACK : Direction.FORTH;
        }

        Key key(Direction direction, String what) {
            return new Key(connection, stream, direction, what, 0);
        }

        // Each of these is said once on a line; said again, the service drops it.
        void send(ActionId at, String what, List<Told> told) {
            if (said.add(what)) {
                told.add(new Told.Sent(at, key(out, what), peer));
            }
        }

        // Heard in more than one way.
        void receiveOnce(ActionId at, String what, List<Told> told) {
            if (said.add("heard " + what)) {
                receive(at, what, false, told);
            }
        }

        void receive(ActionId at, String what, boolean expected, List<Told> told) {
            told.add(new Told.Received(at, key(in(), what), peer, expected));
        }
    }

    @Override
    public List<Told> read(Turn turn) {
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            entry(turn.entry(i), turn.id(i), turn.cause(i), told);
        }
        return told;
    }

    // Other machines' actions are no messages: there is no exhaustive list of all that a store may have mounted.
    private void entry(Action action, ActionId at, ActionId cause, List<Told> told) {
        switch (action) {
            case Booted booted -> {
                lines.clear();
                booted.config().find("node.peerId").ifPresent(id -> told.add(new Told.Self(id)));
            }
            case Connected fact ->
                up(fact.connection(), fact.handshakeHash(), fact.peer().toString(), Direction.FORTH)
                        .ifPresent(line -> line.send(cause, CONNECT, told));
            case Accepted fact ->
                up(fact.connection(), fact.handshakeHash(), fact.peer().toString(), Direction.BACK)
                        .ifPresent(line -> line.receive(at, CONNECT, true, told));
            // This says GoAway. Who answers the other side's says nothing new.
            case DisconnectInit effect ->
                known(effect.connection())
                        .filter(line -> effect.reason() != CloseReason.WENT_AWAY)
                        .ifPresent(line -> line.send(at, DISCONNECT, told));
            case WentAway fact -> known(fact.connection()).ifPresent(line -> line.receiveOnce(at, DISCONNECT, told));
            case Closed fact ->
                gone(fact.connection(), told).ifPresent(line -> {
                    if (fact.reason() == CloseReason.REMOTE) {
                        line.receiveOnce(at, DISCONNECT, told);
                    }
                });
            case StreamOpened fact ->
                up(fact.stream(), fact.connection(), fact.wireId()).ifPresent(line -> line.send(cause, OPEN, told));
            case StreamAccepted fact ->
                up(fact.stream(), fact.connection(), fact.wireId())
                        .ifPresent(line -> line.receive(at, OPEN, true, told));
            case CloseInit effect ->
                known(effect.stream())
                        .ifPresent(line -> line.send(at, effect.mode() == CloseMode.RESET ? RESET : CLOSE, told));
            case StreamClosed fact ->
                gone(fact.stream(), told).ifPresent(line -> {
                    if (fact.reason() == EndReason.CLOSED) {
                        line.receive(at, CLOSE, false, told);
                    } else if (fact.reason() == EndReason.REMOTE_RESET) {
                        line.receive(at, RESET, false, told);
                    }
                });
            case AskInit effect -> said(effect.stream(), effect.message(), effect.keep(), at, told);
            case ReplyInit effect -> said(effect.stream(), effect.message(), effect.then() != Then.END, at, told);
            case AskCame fact -> heard(fact.stream(), fact.message(), at, told);
            case AnswerCame fact -> heard(fact.stream(), fact.message(), at, told);
            default -> {}
        }
    }

    // A message behind which nothing follows closes this side of the stream.
    private void said(Handle stream, Message message, boolean keep, ActionId at, List<Told> told) {
        known(stream).ifPresent(line -> {
            if (message instanceof Identified) {
                line.send(at, IDENTIFY, told);
            }
            if (!keep) {
                line.send(at, CLOSE, told);
            }
        });
    }

    private void heard(Handle stream, Message message, ActionId at, List<Told> told) {
        if (message instanceof Identified) {
            known(stream).ifPresent(line -> line.receive(at, IDENTIFY, true, told));
        }
    }

    private Optional<Line> known(Handle handle) {
        return Optional.ofNullable(lines.get(handle));
    }

    private Optional<Line> up(Handle handle, Bytes hash, String peer, Direction out) {
        if (hash.size() == 0) {
            return Optional.empty();
        }
        Line line = new Line(hash.toString(), 0, peer, out);
        lines.put(handle, line);
        return Optional.of(line);
    }

    // Nothing where the connection came up before the log's beginning, or the stream's number was not recorded.
    private Optional<Line> up(Handle stream, Handle connection, long wireId) {
        Optional<Line> line = wireId == 0
                ? Optional.empty()
                : known(connection).map(below -> new Line(below.connection(), wireId, below.peer(), below.out()));
        line.ifPresent(known -> lines.put(stream, known));
        return line;
    }

    private Optional<Line> gone(Handle handle, List<Told> told) {
        Optional<Line> line = Optional.ofNullable(lines.remove(handle));
        line.ifPresent(known -> told.add(new Told.Ended(known.connection(), known.stream())));
        return line;
    }
}
