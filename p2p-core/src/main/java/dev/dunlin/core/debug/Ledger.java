package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what two histories have led to, where they differ. */
final class Ledger {

    private final Codec codec;
    private final Map<Kind, Map<String, long[]>> sums = new EnumMap<>(Kind.class);

    /** What became of an action. */
    enum Kind {
        /** It was reduced. */
        ACTION,
        /** It left the node. */
        EFFECT,
        /** A guard refused it. */
        REJECTION
    }

    Ledger(Codec codec) {
        this.codec = codec;
    }

    /** One step of both histories: what cancels out is not counted. */
    void step(List<Turn> recorded, List<Turn> changed) {
        if (same(recorded, changed)) {
            return;
        }
        Map<Entry, Integer> balance = new TreeMap<>();
        recorded.forEach(turn -> count(turn, -1, balance));
        changed.forEach(turn -> count(turn, 1, balance));
        balance.forEach((entry, difference) -> {
            long[] cameAndWent = sums.computeIfAbsent(entry.kind, any -> new TreeMap<>())
                    .computeIfAbsent(entry.name, any -> new long[2]);
            cameAndWent[difference > 0 ? 0 : 1] += Math.abs(difference);
        });
    }

    private static boolean same(List<Turn> recorded, List<Turn> changed) {
        if (recorded.size() != 1 || changed.size() != 1) {
            return recorded.isEmpty() && changed.isEmpty();
        }
        Turn one = recorded.getFirst();
        Turn other = changed.getFirst();
        if (one.size() != other.size() || !one.entry(0).equals(other.entry(0))) {
            return false;
        }
        Verdict.Disabled why = one.rejection(0);
        Verdict.Disabled mine = other.rejection(0);
        boolean alike =
                why == null ? mine == null : mine != null && why.clause().equals(mine.clause());
        return alike && one.derived().equals(other.derived()) && clauses(one).equals(clauses(other));
    }

    private static List<String> clauses(Turn turn) {
        List<String> clauses = new ArrayList<>();
        for (int i = 1; i < turn.size(); i++) {
            Verdict.Disabled why = turn.rejection(i);
            clauses.add(why == null ? "" : why.clause());
        }
        return clauses;
    }

    private void count(Turn turn, int by, Map<Entry, Integer> balance) {
        for (int i = 0; i < turn.size(); i++) {
            String type = codec.nameOf(turn.entry(i));
            Verdict.Disabled why = turn.rejection(i);
            Entry entry = new Entry(
                    why != null ? Kind.REJECTION : turn.entry(i) instanceof Effect ? Kind.EFFECT : Kind.ACTION,
                    why == null ? type : type + " by " + why.clause(),
                    codec.tree(turn.entry(i)).toString());
            balance.merge(entry, by, (sum, more) -> sum + more == 0 ? null : sum + more);
        }
    }

    private record Entry(Kind kind, String name, String payload) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int order = kind.compareTo(other.kind);
            if (order == 0) {
                order = name.compareTo(other.name);
            }
            return order != 0 ? order : payload.compareTo(other.payload);
        }
    }

    /** What came and went, by name. */
    List<WhatIf.Moved> moved(Kind kind) {
        return sums.getOrDefault(kind, Map.of()).entrySet().stream()
                .map(entry -> new WhatIf.Moved(entry.getKey(), entry.getValue()[0], entry.getValue()[1]))
                .toList();
    }
}
