package dev.dunlin.node;

import dev.dunlin.connection.words.StoryLine;
import dev.dunlin.connection.words.StoryLine.Kind;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.words.Counts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Decides which events a running node tells, and when: a connection together with what the peer says it is, like refusals once and then
 * in sums, no flood of lines, and after a minute of silence how things stand. Not thread-safe; time is an argument.
 */
final class Narration {

    /** How long a connection's line waits for the peer to say what it is, microseconds. */
    static final long FOR_AGENT = 2_000_000;

    /** After so long a silence the state is told, and like refusals are summed up as often; microseconds. */
    static final long MINUTE = 60_000_000;

    /** The most lines at once. */
    static final int BURST = 200;

    /** The most lines a second in the long run. */
    static final int PER_SECOND = 20;

    /** The most connections whose lines wait, and the most kinds of refusals that are counted. */
    static final int MOST = 1024;

    private static final long SECOND = 1_000_000;

    private final Supplier<String> state;
    private final Map<PeerId, Held> held = new LinkedHashMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private long lastTold;
    private long lastSum;
    private long room = BURST * SECOND;
    private long refilled;
    private long leftOut;

    private record Held(StoryLine line, long since) {}

    /**
     * From a time on.
     *
     * @param state says how things stand
     */
    Narration(long now, Supplier<String> state) {
        this.state = state;
        lastTold = now;
        lastSum = now;
        refilled = now;
    }

    /** An event; what is to be told now. */
    List<StoryLine> accept(StoryLine line, long now) {
        List<StoryLine> told = new ArrayList<>();
        switch (line.kind()) {
            case CONNECTED -> hold(line, now, told);
            case DESCRIBED ->
                line.peer()
                        .map(held::remove)
                        .ifPresent(waiting -> tell(described(waiting.line(), line.text()), now, told));
            case REFUSED -> refuse(line, now, told);
            case LOST -> {
                line.peer().map(held::remove).ifPresent(waiting -> tell(waiting.line(), now, told));
                tell(line, now, told);
            }
            case LISTENING, DIALLING, FAILED, BANNED, CLOSED, STOPPING -> tell(line, now, told);
        }
        return told;
    }

    private void hold(StoryLine line, long now, List<StoryLine> told) {
        PeerId peer = line.peer().orElseThrow();
        Optional.ofNullable(held.remove(peer)).ifPresent(before -> tell(before.line(), now, told));
        if (held.size() >= MOST) {
            PeerId oldest = held.keySet().iterator().next();
            Optional.ofNullable(held.remove(oldest)).ifPresent(before -> tell(before.line(), now, told));
        }
        held.put(peer, new Held(line, now));
    }

    private static StoryLine described(StoryLine line, String agent) {
        return agent.isEmpty()
                ? line
                : new StoryLine(
                        line.kind(), line.peer(), line.text() + ", " + LogLine.shortened(agent, 80), line.like());
    }

    private void refuse(StoryLine line, long now, List<StoryLine> told) {
        Long before = refusals.get(line.like());
        if (before == null && refusals.size() < MOST) {
            refusals.put(line.like(), 0L);
            tell(line, now, told);
        } else if (before != null) {
            refusals.put(line.like(), before + 1);
        } else {
            leftOut++;
        }
    }

    /** Time has passed; what is to be told now. */
    List<StoryLine> tick(long now) {
        List<StoryLine> told = new ArrayList<>();
        held.entrySet().removeIf(waiting -> {
            boolean isLate = now - waiting.getValue().since() >= FOR_AGENT;
            if (isLate) {
                tell(waiting.getValue().line(), now, told);
            }
            return isLate;
        });
        if (now - lastSum >= MINUTE) {
            sum(now, told);
        }
        if (leftOut > 0 && hasRoom(now)) {
            long count = leftOut;
            leftOut = 0;
            tell(plain(Counts.of(count, "more event") + " came too fast to be told, and are in the log"), now, told);
        }
        if (now - lastTold >= MINUTE) {
            tell(plain(state.get()), now, told);
        }
        return told;
    }

    private void sum(long now, List<StoryLine> told) {
        lastSum = now;
        refusals.forEach((like, count) -> {
            if (count > 0) {
                tell(new StoryLine(Kind.REFUSED, Optional.empty(), count + " more " + like, like), now, told);
            }
        });
        refusals.clear();
    }

    private static StoryLine plain(String text) {
        return new StoryLine(Kind.LISTENING, Optional.empty(), text, text);
    }

    private void tell(StoryLine line, long now, List<StoryLine> told) {
        if (hasRoom(now)) {
            room -= SECOND;
            lastTold = now;
            told.add(line);
        } else {
            leftOut++;
        }
    }

    private boolean hasRoom(long now) {
        room = Math.min(BURST * SECOND, room + (now - refilled) * PER_SECOND);
        refilled = now;
        return room >= SECOND;
    }
}
