package dev.dunlin.dht.query;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is remembered of those that a lookup has asked, if somebody wants to know.
 *
 * @param isKept whether anything is
 * @param parts by the numbers of the questions: the first {@link Part#MOST}
 */
public record Trace(boolean isKept, Table<Integer, Part> parts) {

    static Trace of(boolean isKept) {
        return new Trace(isKept, Table.empty());
    }

    Trace asked(int request, Candidate candidate, long at) {
        return isKept && parts.size() < Part.MOST
                ? new Trace(true, parts.with(request, Part.of(candidate, new Part.Fate.Awaited(at))))
                : this;
    }

    Trace answered(int request, long at, int named) {
        return parts.find(request)
                .map(part -> with(request, part, new Part.Fate.Replied(askedAt(part), at, named)))
                .orElse(this);
    }

    Trace unanswered(int request, long at, AskFailure why) {
        return parts.find(request)
                .map(part -> with(request, part, new Part.Fate.NotReplied(askedAt(part), at, why)))
                .orElse(this);
    }

    private Trace with(int request, Part part, Part.Fate fate) {
        return new Trace(true, parts.with(request, part.with(fate)));
    }

    private static long askedAt(Part part) {
        return switch (part.fate()) {
            case Part.Fate.NotAsked() -> 0;
            case Part.Fate.Awaited(long at) -> at;
            case Part.Fate.Replied(long at, long _, int _) -> at;
            case Part.Fate.NotReplied(long at, long _, AskFailure _) -> at;
        };
    }

    /** All parts: those that were asked in that order, then those that were not, the nearest first. */
    List<Part> all(Lookup lookup) {
        if (!isKept) {
            return List.of();
        }
        List<Part> all = new ArrayList<>();
        Set<PeerId> told = new LinkedHashSet<>();
        for (Part part : parts.values()) {
            told.add(part.peer());
            all.add(part);
        }
        Table<Key, Candidate> heard = Table.empty();
        for (Path path : lookup.paths()) {
            for (Map.Entry<Key, Candidate> each : path.heard()) {
                heard = heard.has(each.getKey()) ? heard : heard.with(each.getKey(), each.getValue());
            }
        }
        for (Candidate candidate : heard.values()) {
            if (all.size() < Part.MOST && told.add(candidate.contact().peer())) {
                all.add(Part.of(candidate, new Part.Fate.NotAsked()));
            }
        }
        return all;
    }
}
