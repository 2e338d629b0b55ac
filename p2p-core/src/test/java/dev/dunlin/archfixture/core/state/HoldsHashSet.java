package dev.dunlin.archfixture.core.state;

import java.util.HashSet;
import java.util.Set;

/** A state type with a set whose order depends on its history. */
final class HoldsHashSet {
    Set<String> set = new HashSet<>();
}
