package dev.dunlin.archfixture.machine;

import java.util.HashMap;
import java.util.Map;

/** Keeps state in a map whose order depends on its history. */
final class HoldsHashMap {
    Map<String, String> map = new HashMap<>();
}
