package dev.dunlin.core.debug;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A dictionary of types, clauses or kinds: what the code has names for, so it stays small. */
final class Names {

    private final List<String> names = new ArrayList<>();

    // Lookup only.
    private final Map<String, Integer> numbers = new HashMap<>();

    Names(Iterable<String> known) {
        known.forEach(this::numberOf);
    }

    int numberOf(String name) {
        Integer number = numbers.get(name);
        if (number != null) {
            return number;
        }
        if (names.size() == Records.NONE) {
            throw new IllegalStateException("more than " + Records.NONE + " names: " + name);
        }
        names.add(name);
        numbers.put(name, names.size() - 1);
        return names.size() - 1;
    }

    String at(int number) {
        return names.get(number);
    }

    List<String> all() {
        return List.copyOf(names);
    }
}
