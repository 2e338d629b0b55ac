package dev.dunlin.dht.trace;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Traces of lookups as text, for people. */
public final class TraceText {

    private static final String BRANCH = "├─ ";
    private static final String LAST = "└─ ";
    private static final String BESIDE = "│  ";
    private static final String BELOW = "   ";

    private TraceText() {}

    /**
     * The tree of who named whom: a line for each node that was asked, under the one that named it first, and one for all others that it
     * named.
     *
     * @param name how a peer is called
     */
    public static List<String> tree(LookupTrace trace, Function<PeerId, String> name) {
        List<String> lines = new ArrayList<>();
        lines.add(summary(trace));
        draw(trace.tree(), Key.ofPreimage(trace.key()), name, "", lines);
        return lines;
    }

    /** How it ended, in a line. */
    public static String summary(LookupTrace trace) {
        int failed = trace.count(Part.Fate.NotReplied.class);
        int awaited = trace.count(Part.Fate.Awaited.class);
        return trace.end().map(TraceText::words).orElse("goes on") + " after " + millis(trace.took()) + ": "
                + trace.asked() + " asked, " + trace.count(Part.Fate.Replied.class) + " answered"
                + (failed > 0 ? ", " + failed + " failed" : "")
                + (awaited > 0 ? ", " + awaited + " not awaited to the end" : "")
                + ", " + trace.count(Part.Fate.NotAsked.class) + " more named";
    }

    private static void draw(
            List<LookupTrace.Branch> branches,
            Key target,
            Function<PeerId, String> name,
            String indent,
            List<String> lines) {
        List<LookupTrace.Branch> told = new ArrayList<>();
        int left = 0;
        for (LookupTrace.Branch branch : branches) {
            // Nobody was named by one that was not asked.
            if (branch.part().fate() instanceof Part.Fate.NotAsked
                    && branch.named().isEmpty()) {
                left++;
            } else {
                told.add(branch);
            }
        }
        for (int i = 0; i < told.size(); i++) {
            LookupTrace.Branch branch = told.get(i);
            boolean isLast = i == told.size() - 1 && left == 0;
            PeerId peer = branch.part().peer();
            lines.add(indent + (isLast ? LAST : BRANCH) + name.apply(peer) + "  "
                    + Counts.of(target.commonPrefix(Key.of(peer)), "bit") + "  "
                    + words(branch.part().fate()));
            draw(branch.named(), target, name, indent + (isLast ? BELOW : BESIDE), lines);
        }
        if (left > 0) {
            lines.add(indent + LAST + left + (told.isEmpty() ? "" : " more") + ", not asked");
        }
    }

    /** The part of a node in words: a clause without a full stop. */
    public static String words(Part part, Function<PeerId, String> name) {
        String who = part.referrer().map(peer -> "named by " + name.apply(peer)).orElse("known to this node")
                + (part.hops() > 1 ? ", " + part.hops() + " hops away" : "");
        return who + "; " + words(part.fate());
    }

    private static String words(Part.Fate fate) {
        return switch (fate) {
            case Part.Fate.NotAsked() -> "not asked before the lookup was over";
            case Part.Fate.Awaited(long askedAt) -> "asked at " + millis(askedAt) + ", and not awaited to the end";
            case Part.Fate.Replied(long askedAt, long endedAt, int named) ->
                "asked at " + millis(askedAt) + ", answered after " + millis(endedAt - askedAt) + ", named " + named;
            case Part.Fate.NotReplied(long askedAt, long endedAt, AskFailure why) ->
                "asked at " + millis(askedAt) + ", failed after " + millis(endedAt - askedAt) + ": " + words(why);
        };
    }

    private static String words(QueryOutcome.End end) {
        return switch (end) {
            case CONVERGED -> "converged";
            case NO_CONTACTS -> "had nobody to ask";
            case NO_ANSWERS -> "ended without an answer";
            case TIMED_OUT -> "ran out of time";
            case STOPPED -> "was stopped";
        };
    }

    /** Why there is no answer, in words. */
    public static String words(AskFailure why) {
        return switch (why) {
            case UNREACHABLE -> "it could not be reached";
            case UNSUPPORTED -> "it does not speak the protocol";
            case TIMED_OUT -> "no answer came in time";
            case RESET -> "the stream ended before the answer";
            case MALFORMED -> "what came was no answer";
            case UNENCODABLE -> "the question could not be written";
            case BUSY -> "this node had no room for the question";
            case CANCELLED -> "the question was no longer wanted";
        };
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
    }
}
