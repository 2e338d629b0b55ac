package dev.dunlin.archfixture.pure;

import java.util.HashMap;
import java.util.Map;

/** Breaks nothing: no reducer lives here. */
final class HashMapOutsideReducers {
    Map<String, String> map = new HashMap<>();
}
