package dev.dunlin.connection.protocol;

import dev.dunlin.core.config.Setting;
import java.util.List;

/**
 * How names on the wire begin that are a node's choice, as those of a network of one's own.
 *
 * @param setting which says it
 * @param rest what follows it in each name
 */
public record Prefix(Setting setting, List<String> rest) {

    /** Copies the list. */
    public Prefix {
        rest = List.copyOf(rest);
    }

    /** The names that begin so. */
    List<String> ids(String value) {
        return rest.stream().map(value::concat).toList();
    }

    /** Whether this can be one of the names, whatever the setting says. */
    boolean fits(String id) {
        return rest.stream().anyMatch(id::endsWith);
    }
}
