package dev.dunlin.connection.words;

import dev.dunlin.connection.Ban;
import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.Ends.End;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.words.Counts;
import dev.dunlin.core.words.Spans;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Says of a peer what is the case. A pure function of the state and of the last refusal, so it is the same of a running node and of its
 * log.
 *
 * @param connection the connections
 * @param peers what is known of peers
 * @param now the node's time, microseconds since the Unix epoch
 * @param wallOffset by how much the wall clock is ahead of it, microseconds
 * @param clock writes a time of the node's, for people
 */
public record PeerWords(
        ConnectionState connection, PeerState peers, long now, long wallOffset, LongFunction<String> clock) {

    /**
     * The answer about a peer.
     *
     * @param refusal the last of the actions about it that was disabled, of those that {@link Refusal#isTold}, if there was one
     */
    public PeerAnswer about(PeerId peer, Optional<Refusal> refusal) {
        if (connection.config().self().filter(peer::equals).isPresent()) {
            return new PeerAnswer(
                    peer + " is this node itself", "it never connects to itself", "give the id of another peer");
        }
        Optional<Ban> ban = connection.bans().find(peer);
        if (ban.isPresent()) {
            return banned(peer, ban.get());
        }
        return switch (connection.phaseOf(peer)) {
            case Connected connected -> connected(connected, refusal);
            case Connecting dialling -> dialling(dialling);
            case ConnectionFailed failure -> failed(peer, failure);
            case Disconnected _ -> disconnected(peer, refusal);
        };
    }

    private PeerAnswer banned(PeerId peer, Ban ban) {
        String why = ban.why().isEmpty() ? "" : ", because " + ban.why();
        return new PeerAnswer(
                peer + " is not connected: it is banned " + since(ban.since() - wallOffset) + why,
                ban.at() == Due.NEVER
                        ? "it is not dialled, and what it opens is not taken, until somebody lifts the ban"
                        : "the ban ends " + in(ban.at()) + "; it is not dialled by itself then",
                "lift the ban, if it is to be connected");
    }

    private String since(long time) {
        return "since " + clock.apply(time) + " (" + Spans.of(now - time) + ")";
    }

    private String ago(long time) {
        return "at " + clock.apply(time) + " (" + Spans.of(now - time) + " ago)";
    }

    private String in(long time) {
        return time <= now ? "now" : "in " + Spans.of(time - now);
    }

    private String keptBy(PeerId peer) {
        return connection
                .kept()
                .find(peer)
                .map(kept -> "kept by " + String.join(" and ", kept.why()))
                .orElse("");
    }

    private PeerAnswer connected(Connected connected, Optional<Refusal> refusal) {
        PeerId peer = connected.peer();
        Connection current = connection.connections().at(connected.current());
        String way = current.direction() == Direction.INBOUND ? ", which it opened" : "";
        String more = connected.open().size() == 1
                ? ""
                : ", and by " + (connected.open().size() - 1) + " more";
        String agent = agent(peer).map(name -> ", " + name).orElse("");
        String wish = refusal.filter(last -> last.at() >= connected.time())
                .filter(last -> last.clause().equals("not-kept"))
                .map(last -> "; a wish to disconnect was refused " + ago(last.at()) + ", because it is " + keptBy(peer))
                .orElse("");
        return new PeerAnswer(
                peer + " is connected " + since(connected.time()) + ": by " + current.remoteAddress() + way + more
                        + agent + wish,
                connection.isKept(peer) ? keptBy(peer) + ": whenever it is lost it is dialled again" : idle(current),
                wish.isEmpty() ? Advice.NOTHING : "stop keeping it first, if it is to be disconnected");
    }

    private String idle(Connection current) {
        long idle = connection.config().idleTimeout();
        int lowWater = connection.config().lowWater();
        if (current.direction() == Direction.INBOUND && connection.connections().size() <= lowWater) {
            return "the connection stays, with no more than " + lowWater + " of them (connection.lowWater)";
        }
        return idle == 0
                ? "the connection stays"
                : current.users() > 0
                        ? Counts.of(current.users(), "stream") + " in use; without any it is closed after "
                                + Spans.of(idle)
                        : "it is closed when nobody uses it, " + in(current.at());
    }

    /** The software that a peer says it is, if it has said so. */
    public Optional<String> agent(PeerId peer) {
        return peers.description(peer).map(Description::agentVersion).filter(name -> !name.isEmpty());
    }

    private PeerAnswer dialling(Connecting dialling) {
        PeerId peer = dialling.attempt().peer();
        String left = dialling.left().isEmpty()
                ? ""
                : ", then " + Counts.of(dialling.left().size(), "more address", "more addresses");
        return new PeerAnswer(
                peer + " is not connected: it is being dialled " + since(dialling.time()) + ", the "
                        + Counts.nth(dialling.attempt().attempts()) + " try, at " + dialling.address() + left,
                "this address is given up " + in(dialling.at()),
                "wait");
    }

    private PeerAnswer failed(PeerId peer, ConnectionFailed failure) {
        int attempts = failure.attempt().attempts();
        String what = attempts == 0
                ? peer + " is not connected " + since(failure.time()) + ": " + whatFailed(failure)
                : peer + " is not connected: the " + Counts.nth(attempts) + " try failed " + ago(failure.time()) + ", "
                        + whatFailed(failure) + lostBefore(peer);
        String kept = connection.isKept(peer) ? "; " + keptBy(peer) : "";
        if (failure.isPermanent()) {
            return new PeerAnswer(
                    what + "; it was the last of " + Counts.of(attempts, "try", "tries"),
                    "it is not dialled again by itself",
                    Advice.of(failure.error().kind()) + "; then ask for a connection again, or keep the peer");
        }
        String again = attempts == 0
                ? "it is dialled " + in(failure.at())
                : "the " + Counts.nth(attempts + 1L) + " try begins " + in(failure.at());
        return new PeerAnswer(
                what,
                (connection.draining() ? "this node stops; when it runs again, it dials again" : again) + kept,
                Advice.of(failure.error().kind()));
    }

    // Since when there is no connection, where there was one.
    private String lostBefore(PeerId peer) {
        return connection
                .ends()
                .find(peer)
                .flatMap(end -> end.reason()
                        .map(reason -> "; it was lost " + ago(end.at()) + ", " + reason.words(end.detail())))
                .orElse("");
    }

    /** What failed and where: {@code nobody listens there (/ip4/192.0.2.1/tcp/4001)}. */
    public static String whatFailed(ConnectionFailed failure) {
        boolean isOfAddress = failure.attempt().attempts() > 0;
        return isOfAddress
                ? failure.error().text() + " (" + failure.address() + ")"
                : failure.error().text();
    }

    private PeerAnswer disconnected(PeerId peer, Optional<Refusal> refusal) {
        if (connection.open().held().has(peer)) {
            return leaving(peer);
        }
        Optional<End> end = connection.ends().find(peer);
        // What was refused later than the end is the reason that there is nothing since.
        Optional<Refusal> later = refusal.filter(
                        last -> end.isEmpty() || last.at() >= end.get().at())
                .filter(Refusal::isAboutConnecting)
                // The ban is lifted since.
                .filter(last -> !last.clause().equals("not-banned"));
        if (later.isPresent()) {
            return refused(peer, later.get());
        }
        if (connection.isKept(peer)) {
            return keptAndNotDialled(peer);
        }
        return end.isPresent() ? ended(peer, end.get()) : neverAsked(peer);
    }

    // Its connections take no new streams, or are being closed.
    private PeerAnswer leaving(PeerId peer) {
        long until = now;
        int streams = 0;
        for (Connection open : connection.connections().values()) {
            if (open.peer().equals(peer)) {
                until = Math.max(until, open.at());
                streams += open.users();
            }
        }
        String left = streams == 0 ? "" : ", when " + Counts.of(streams, "stream has", "streams have") + " ended";
        return new PeerAnswer(
                peer + " is being disconnected" + left,
                until == Due.NEVER
                        ? "it is closed with the last stream"
                        : "it is closed " + in(until) + " at the latest",
                "wait");
    }

    private PeerAnswer refused(PeerId peer, Refusal last) {
        String why = Refusals.why(last.type(), last.clause(), last.operands());
        boolean isTheirs = last.type().equals("connection/accepted");
        boolean isFull = last.clause().endsWith("-not-full");
        String crowd =
                isFull && last.clause().contains("connections") || last.clause().equals("inbound-not-full")
                        ? Crowd.of(connection)
                        : "";
        return new PeerAnswer(
                peer + " is not connected: " + (isTheirs ? "its connection" : "the wish to connect") + " was refused "
                        + ago(last.at()) + ", because " + why + crowd,
                isTheirs ? "it is taken when it comes again and there is room" : "it is not dialled by itself",
                isFull ? "raise the limit, or disconnect others" : "ask again when this is no longer so");
    }

    private PeerAnswer keptAndNotDialled(PeerId peer) {
        List<Multiaddr> addresses = connection.kept().at(peer).addresses();
        if (connection.draining()) {
            return new PeerAnswer(
                    peer + " is not connected: this node drains, or has stopped",
                    "it is dialled when the node runs again",
                    "start the node again");
        }
        return addresses.isEmpty()
                ? new PeerAnswer(
                        peer + " is not connected: it is " + keptBy(peer)
                                + ", and no address of it is known that can be dialled",
                        "it is dialled as soon as one is known",
                        "give an address of it")
                : new PeerAnswer(
                        peer + " is not connected: it is " + keptBy(peer) + ", and there is no room for one more peer ("
                                + connection.activePeers() + ", connection.maxPeers is "
                                + connection.config().maxPeers() + ")",
                        "it is dialled as soon as there is room",
                        "raise connection.maxPeers, or disconnect others");
    }

    private PeerAnswer ended(PeerId peer, End end) {
        String where = " (" + end.address() + ")";
        if (end.reason().filter(CloseReason.BANNED::equals).isPresent()) {
            return new PeerAnswer(
                    peer + " is not connected " + since(end.at()) + ": this node banned it then" + lasted(end)
                            + ", and does so no longer" + where,
                    "it is not dialled by itself, and what it opens is taken",
                    "ask for a connection, or keep the peer, if one is wanted");
        }
        return end.reason()
                .map(reason -> new PeerAnswer(
                        peer + " is not connected " + since(end.at()) + ": " + reason.words(end.detail()) + lasted(end)
                                + where,
                        "it is not dialled by itself",
                        Advice.of(reason)))
                .orElseGet(() -> new PeerAnswer(
                        peer + " is not connected " + since(end.at())
                                + ": the wish to connect was called off before there was a connection" + where,
                        "it is not dialled by itself",
                        "ask for a connection again, if one is wanted"));
    }

    private static String lasted(End end) {
        return end.at() == end.since() ? "" : ", after " + Spans.of(end.at() - end.since());
    }

    private PeerAnswer neverAsked(PeerId peer) {
        List<Multiaddr> addresses = peers.addresses(peer);
        boolean isMet = peers.met().has(peer);
        boolean isHeard = peers.heard().has(peer);
        if (!isMet && !isHeard) {
            return new PeerAnswer(
                    peer + " is not connected: nothing is known of it, and nobody has asked for it",
                    "nothing",
                    "see that the id is right; then give an address of it, or keep it");
        }
        String known = isMet ? "it was connected before" : "others have told of it";
        return addresses.isEmpty()
                ? new PeerAnswer(
                        peer + " is not connected: " + known + ", and no address of it is known",
                        "it is not dialled by itself",
                        "give an address of it")
                : new PeerAnswer(
                        peer + " is not connected: nobody has asked for it; " + known + ", and it may be at "
                                + addresses.getFirst(),
                        "it is not dialled by itself",
                        "ask for a connection, or keep it, if one is wanted");
    }
}
