package dev.dunlin.connection.operations;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in columns, for people. Not thread-safe. */
public final class Grid {

    private final List<List<String>> rows = new ArrayList<>();
    private final String nothing;

    private Grid(String nothing, List<String> heads) {
        this.nothing = nothing;
        rows.add(heads);
    }

    /** A grid with its columns' heads, and what is said where it has no rows. */
    public static Grid of(String nothing, String... heads) {
        return new Grid(nothing, List.of(heads));
    }

    /** One more row, of as many cells as there are heads. */
    public Grid row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The lines. */
    public List<String> lines() {
        if (rows.size() == 1) {
            return List.of(nothing);
        }
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(i == 0 ? "" : "  ")
                        .append(row.get(i))
                        .repeat(' ', widths[i] - row.get(i).length());
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
