package dev.dunlin.connection.words;

import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.connection.words.StoryLine.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.words.Counts;
import dev.dunlin.core.words.Spans;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells in lines what an input has changed of listeners, dials and connections: what {@code dunlin run} says. */
public final class Story {

    private Story() {}

    /** Whether there may be anything to tell of an input: cheap enough to be asked of each. */
    public static boolean isWorthTelling(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            boolean isSilent = switch (turn.entry(i)) {
                case ConnectionAction.Hold _, ConnectionAction.Release _ -> true;
                case ConnectionAction _,
                        ConnectionEffect.ConnectInit _,
                        ConnectionEffect.ResolveInit _,
                        PeerAction.Describe _ -> false;
                default -> true;
            };
            if (!isSilent) {
                return true;
            }
        }
        return false;
    }

    /**
     * The lines of an input.
     *
     * @param after the connections after it
     */
    public static List<StoryLine> of(Turn turn, ConnectionState after) {
        ConnectionState before = turn.changed().stream()
                .filter(changed -> changed.machine().equals(ConnectionMachine.NAME))
                .map(changed -> (ConnectionState) changed.before())
                .findFirst()
                .orElse(after);
        List<StoryLine> lines = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            Verdict.Disabled rejection = turn.rejection(i);
            Optional<StoryLine> line = rejection == null
                    ? happened(turn.entry(i), before, after, turn.now())
                    : refused(turn.entry(i), rejection, after);
            line.ifPresent(lines::add);
        }
        return lines;
    }

    private static Optional<StoryLine> happened(
            Action action, ConnectionState before, ConnectionState after, long now) {
        return switch (action) {
            case ConnectionEffect.ResolveInit(long _, PeerId peer, var address) ->
                told(Kind.DIALLING, peer, "looking up where " + peer + " is: " + address + which(after, peer));
            case ConnectionEffect.ConnectInit(long _, PeerId peer, var address) ->
                told(Kind.DIALLING, peer, "dialling " + peer + " at " + address + which(after, peer));
            case ConnectionAction.ConnectionFailed fact ->
                told(
                        Kind.FAILED,
                        fact.peer(),
                        fact.peer() + " not reached at " + fact.address() + ": "
                                + fact.error().text() + then(after, fact.peer(), now));
            case ConnectionAction.Connected fact ->
                told(Kind.CONNECTED, fact.peer(), "connected to " + fact.peer() + " at " + fact.address());
            case ConnectionAction.Accepted fact ->
                told(Kind.CONNECTED, fact.peer(), fact.peer() + " has connected from " + fact.remoteAddress());
            case PeerAction.Describe fact ->
                told(Kind.DESCRIBED, fact.peer(), fact.agentVersion().orElse(""));
            case ConnectionAction.Closed fact -> closed(fact, before, after, now);
            case ConnectionAction.Listening fact ->
                Optional.of(StoryLine.of(
                        Kind.LISTENING,
                        "listening at " + fact.requested()
                                + (fact.bound().equals(List.of(fact.requested()))
                                        ? ""
                                        : fact.bound().isEmpty()
                                                ? ", and at no address that others could reach"
                                                : ": " + joined(fact.bound()))));
            case ConnectionAction.Rebound fact ->
                Optional.of(StoryLine.of(
                        Kind.LISTENING,
                        "the interfaces have changed: listening at " + fact.requested() + " is now "
                                + (fact.bound().isEmpty()
                                        ? "at no address that others could reach"
                                        : joined(fact.bound()))));
            case ConnectionAction.NetworkCame _ ->
                Optional.of(StoryLine.of(
                        Kind.LISTENING, "this machine has a new address: all that are kept are tried again"));
            case ConnectionAction.ListenFailed fact ->
                Optional.of(StoryLine.of(
                        Kind.LISTENING,
                        "not listening at " + fact.requested() + ": "
                                + fact.error().text()));
            case ConnectionAction.ListenerClosed fact ->
                Optional.of(StoryLine.of(Kind.LISTENING, "listening no more at " + fact.requested()));
            case ConnectionAction.Ban wish ->
                told(
                        Kind.BANNED,
                        wish.peer(),
                        wish.peer() + " is banned" + (wish.span() <= 0 ? "" : " for " + Spans.of(wish.span()))
                                + (wish.why().isEmpty() ? "" : ": " + wish.why()));
            case ConnectionAction.Unban(PeerId peer) -> told(Kind.BANNED, peer, peer + " is banned no longer");
            case ConnectionAction.BanEnded(PeerId peer) ->
                told(Kind.BANNED, peer, peer + " is banned no longer: the time is over");
            case ConnectionAction.Drain _ ->
                Optional.of(StoryLine.of(
                        Kind.STOPPING,
                        "draining: no new connections are made or taken; "
                                + Counts.of(before.connections().size(), "is", "are")
                                + " open"));
            default -> Optional.empty();
        };
    }

    private static String joined(List<Multiaddr> addresses) {
        return addresses.stream().map(Multiaddr::toString).collect(Collectors.joining(" "));
    }

    private static Optional<StoryLine> told(Kind kind, PeerId peer, String text) {
        return Optional.of(StoryLine.of(kind, peer, text));
    }

    // The first try needs no number where it may be the only one.
    private static String which(ConnectionState after, PeerId peer) {
        return after.diallingTo(peer)
                .map(Connecting::attempt)
                .filter(attempt -> attempt.attempts() > 1)
                .map(attempt -> " (" + Counts.nth(attempt.attempts()) + " try)")
                .orElse("");
    }

    private static String then(ConnectionState after, PeerId peer, long now) {
        return switch (after.phaseOf(peer)) {
            case ConnectionFailed failure
            when failure.isPermanent() ->
                "; given up after " + Counts.of(failure.attempt().attempts(), "try", "tries");
            case ConnectionFailed failure -> "; next try in " + Spans.of(failure.at() - now);
            case Connecting _ -> "; trying its next address";
            case ConnectionState.Connected _ -> "; there is another connection";
            case ConnectionState.Disconnected _ -> "; not tried again";
        };
    }

    private static Optional<StoryLine> closed(
            ConnectionAction.Closed fact, ConnectionState before, ConnectionState after, long now) {
        Optional<Connection> gone = before.connections().find(fact.connection());
        String where =
                gone.map(connection -> " at " + connection.remoteAddress()).orElse("");
        String how = gone.map(connection -> " after " + Spans.of(now - connection.openedAt()))
                        .orElse("")
                + ": "
                + after.ends()
                        .find(fact.peer())
                        .flatMap(end -> end.reason().map(reason -> reason.words(end.detail())))
                        .orElse(fact.reason().words(fact.detail()));
        boolean isLast = !after.open().held().has(fact.peer());
        return isLast
                ? told(Kind.LOST, fact.peer(), "lost " + fact.peer() + where + how + again(after, fact.peer(), now))
                : told(
                        Kind.CLOSED,
                        fact.peer(),
                        "one of several connections to " + fact.peer() + where + " ended after "
                                + gone.map(connection -> Spans.of(now - connection.openedAt()))
                                        .orElse("some time")
                                + ": " + fact.reason().words(fact.detail()));
    }

    private static String again(ConnectionState after, PeerId peer, long now) {
        return after.failureOf(peer)
                .filter(failure -> !failure.isPermanent())
                .map(failure -> "; dialling it again in " + Spans.of(failure.at() - now))
                .orElse("");
    }

    private static Optional<StoryLine> refused(Action action, Verdict.Disabled rejection, ConnectionState after) {
        return switch (action) {
            case ConnectionAction.Accepted fact -> {
                String why = why("connection/accepted", rejection);
                yield Optional.of(new StoryLine(
                        Kind.REFUSED,
                        Optional.of(fact.peer()),
                        fact.peer() + " from " + fact.remoteAddress() + " was refused: " + why + Crowd.of(after),
                        "connections of others were refused: " + why));
            }
            case ConnectionAction.Connect(PeerId peer, var _, var _) ->
                wish("connect to ", peer, why("connection/connect", rejection));
            case ConnectionAction.Keep(PeerId peer, var _, String reason) ->
                wish("stay connected (" + reason + ") to ", peer, why("connection/keep", rejection));
            case ConnectionAction.Ban(PeerId peer, long _, String _) ->
                wish("ban ", peer, why("connection/ban", rejection));
            case ConnectionAction.Disconnect(PeerId peer) ->
                wish("disconnect ", peer, why("connection/disconnect", rejection));
            default -> Optional.empty();
        };
    }

    private static Optional<StoryLine> wish(String what, PeerId peer, String why) {
        return Optional.of(new StoryLine(
                Kind.REFUSED,
                Optional.of(peer),
                "the wish to " + what + peer + " was refused: " + why,
                "wishes were refused: " + why));
    }

    private static String why(String type, Verdict.Disabled rejection) {
        return Refusals.why(type, rejection.clause(), rejection.operands());
    }
}
