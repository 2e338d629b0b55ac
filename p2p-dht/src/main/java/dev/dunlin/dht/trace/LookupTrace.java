package dev.dunlin.dht.trace;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a lookup went.
 *
 * @param protocol the name of the protocol that was spoken
 * @param key what was looked for
 * @param end why it is over; empty if it goes on
 * @param took how long it has run, microseconds
 * @param parts the part of each node that is known: those that were asked in that order, then the others
 */
public record LookupTrace(String protocol, Bytes key, Optional<QueryOutcome.End> end, long took, List<Part> parts) {

    /** Copies the list. */
    public LookupTrace {
        parts = List.copyOf(parts);
    }

    /** That of a traced lookup which is over. */
    public static LookupTrace of(String protocol, Bytes key, QueryOutcome.Done done) {
        return new LookupTrace(protocol, key, Optional.of(done.end()), done.took(), done.parts());
    }

    /** The part of a node, if it has one. */
    public Optional<Part> of(PeerId peer) {
        return parts.stream().filter(part -> part.peer().equals(peer)).findFirst();
    }

    /** How many nodes were asked. */
    public int asked() {
        return count(Part.Fate.Replied.class) + count(Part.Fate.NotReplied.class) + count(Part.Fate.Awaited.class);
    }

    /** How many nodes have the same fate. */
    public int count(Class<? extends Part.Fate> fate) {
        return (int) parts.stream().filter(part -> fate.isInstance(part.fate())).count();
    }

    /**
     * A node of the tree.
     *
     * @param part its part
     * @param named those that it named first
     */
    public record Branch(Part part, List<Branch> named) {
        /** Copies the list. */
        public Branch {
            named = List.copyOf(named);
        }
    }

    /** The tree: those that this node knew, with those that they named, and so on. Each node stands in it once. */
    public List<Branch> tree() {
        Map<Optional<PeerId>, List<Part>> named = new LinkedHashMap<>();
        Set<PeerId> known = new LinkedHashSet<>();
        parts.forEach(part -> known.add(part.peer()));
        for (Part part : parts) {
            // Whoever was named by somebody of whom nothing is known stands at the root.
            Optional<PeerId> referrer = part.referrer().filter(known::contains);
            named.computeIfAbsent(referrer, any -> new ArrayList<>()).add(part);
        }
        return branches(Optional.empty(), named, new LinkedHashSet<>());
    }

    private static List<Branch> branches(
            Optional<PeerId> of, Map<Optional<PeerId>, List<Part>> named, Set<PeerId> placed) {
        List<Branch> branches = new ArrayList<>();
        for (Part part : named.getOrDefault(of, List.of())) {
            if (placed.add(part.peer())) {
                branches.add(new Branch(part, branches(Optional.of(part.peer()), named, placed)));
            }
        }
        return branches;
    }
}
