package dev.dunlin.archfixture.machine;

import java.util.Set;

/** Keeps state in a set whose order differs from run to run. */
final class MakesSet {
    Set<String> set = Set.of("a", "b");
}
