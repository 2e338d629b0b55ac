package dev.dunlin.core.debug;

import dev.dunlin.core.debug.Correlation.Key;
import dev.dunlin.core.debug.Correlation.Told;
import dev.dunlin.core.debug.Timeline.Message;
import dev.dunlin.core.debug.Timeline.Place;
import dev.dunlin.core.debug.Timeline.Reason;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins the logs of several nodes into one {@link Timeline}: each message's send at one node with its receipt at another.
 * Each log is replayed once here, and once more each time that the timeline is read.
 */
public final class Cluster {

    /** The most messages and ends of connections and streams, of all logs together, that are kept in memory. */
    public static final int MAX_TOLD = 1_000_000;

    private final List<String> names;
    private final List<Member> members = new ArrayList<>();
    private final int most;
    // In the order in which they were first told, so that nothing depends on hashes.
    private final Map<Key, Pair> pairs = new LinkedHashMap<>();
    private int told;

    /** What is known of one node. */
    private static final class Member {
        private Optional<String> id = Optional.empty();
        private final Set<String> connections = new HashSet<>();
        private final Set<Told.Ended> ended = new HashSet<>();
    }

    /** The two ends of a message, as far as they are told. */
    private static final class Pair {
        private @Nullable Place sent;
        private @Nullable Place received;
        private boolean expected;
        private String sender = "";
        private String receiver = "";
    }

    private Cluster(List<String> names, int most) {
        this.names = names;
        this.most = most;
    }

    /**
     * Joins logs.
     *
     * @param logs by the name that the timeline gives each node
     * @throws LogException if a log cannot be replayed, two are of one node, or they tell of more than {@link #MAX_TOLD}
     *     messages and ends
     */
    public static Timeline join(SequencedMap<String, ClusterLog> logs, Correlation correlation) {
        return join(logs, correlation, MAX_TOLD);
    }

    static Timeline join(SequencedMap<String, ClusterLog> logs, Correlation correlation, int most) {
        Cluster cluster = new Cluster(List.copyOf(logs.sequencedKeySet()), most);
        logs.forEach((name, log) -> cluster.read(name, log, correlation.reader()));
        cluster.refuseTwins();
        return new Timeline(logs, cluster.messages());
    }

    private void read(String name, ClusterLog log, Correlation.Reader reader) {
        Member member = new Member();
        members.add(member);
        try (ClusterLog.Turns turns = log.turns()) {
            for (Optional<Turn> next = turns.next(); next.isPresent(); next = turns.next()) {
                for (Told one : reader.read(next.get())) {
                    take(name, member, one);
                }
            }
        }
    }

    private void take(String name, Member member, Told one) {
        if (++told > most) {
            throw new LogException("the logs tell of more than " + most
                    + " messages and ends of streams: join fewer nodes, or logs that cover less time");
        }
        switch (one) {
            case Told.Self(String id) -> member.id = Optional.of(id);
            case Told.Ended ended -> member.ended.add(ended);
            case Told.Sent sent -> {
                member.connections.add(sent.key().connection());
                Pair pair = pairs.computeIfAbsent(sent.key(), key -> new Pair());
                pair.sent = new Place(name, sent.at());
                pair.receiver = sent.peer();
            }
            case Told.Received received -> {
                member.connections.add(received.key().connection());
                Pair pair = pairs.computeIfAbsent(received.key(), key -> new Pair());
                pair.received = new Place(name, received.at());
                pair.expected = received.expected();
                pair.sender = received.peer();
            }
        }
    }

    private void refuseTwins() {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < members.size(); i++) {
            String name = this.names.get(i);
            members.get(i).id.ifPresent(id -> {
                String other = names.put(id, name);
                if (other != null) {
                    throw new LogException(
                            other + " and " + name + " are logs of one node, " + id + ": give one of them");
                }
            });
        }
    }

    private List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        pairs.forEach((key, pair) -> {
            Optional<Place> sent = Optional.ofNullable(pair.sent);
            Optional<Place> received = Optional.ofNullable(pair.received);
            String from = sent.map(this::idOf).orElse(pair.sender);
            String to = received.map(this::idOf).orElse(pair.receiver);
            if (sent.isPresent() && received.isPresent()) {
                messages.add(new Message(key, from, to, sent, received, Optional.empty()));
            } else if (sent.isPresent()) {
                messages.add(new Message(key, from, to, sent, received, Optional.of(why(key, sent.get(), to))));
            } else if (received.isPresent() && pair.expected) {
                messages.add(new Message(key, from, to, sent, received, Optional.of(why(key, received.get(), from))));
            }
        });
        return messages;
    }

    private String idOf(Place place) {
        return member(place).id.orElse(place.node());
    }

    private Member member(Place place) {
        return members.get(names.indexOf(place.node()));
    }

    // Why the other end of a message is not there.
    private Reason why(Key key, Place here, String peer) {
        Optional<Member> there = members.stream()
                .filter(member -> member.id.filter(peer::equals).isPresent())
                .findFirst();
        if (there.isEmpty()) {
            return Reason.NO_LOG;
        }
        Member own = member(here);
        if (key.stream() != 0 && there.get().ended.contains(new Told.Ended(key.connection(), key.stream()))) {
            return Reason.STREAM_ENDED;
        }
        if (hasEnded(there.get(), key) || (!there.get().connections.contains(key.connection()) && hasEnded(own, key))) {
            return Reason.CONNECTION_ENDED;
        }
        return Reason.NODE_STOPPED;
    }

    private static boolean hasEnded(Member member, Key key) {
        return member.ended.contains(new Told.Ended(key.connection(), 0));
    }
}
