package dev.dunlin.core.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One arrow of a state diagram: in this phase, an enabled action of this type may lead to that phase.
 *
 * @param from phase before
 * @param action the action's type name without its machine, such as {@code connected}; {@link #BOOTED} for the boot
 * @param to phase after; the same as {@code from} where the action changes details only
 */
public record Transition(String from, String action, String to) {

    /** What stands for the boot, at which a machine says what survives. */
    public static final String BOOTED = "booted";

    private static final String ANY = "*";
    private static final String WORD = "[A-Za-z][A-Za-z0-9]*";
    private static final String LIST = "(?:\\*|" + WORD + "(?:, *" + WORD + ")*)";
    private static final Pattern LINE =
            Pattern.compile(LIST + "(?: *> *(?:" + WORD + "))? *: *" + WORD + "(?:, *" + WORD + ")*");
    private static final Pattern COLON = Pattern.compile(" *: *");
    private static final Pattern ARROW = Pattern.compile(" *> *");
    private static final Pattern COMMA = Pattern.compile(", *");

    /**
     * Reads arrows, one line for those of equal ends:
     *
     * <pre>{@code
     * idle > opening: ping, pongDue
     * idle, opening > unknown: unlinked
     * opening: ping
     * *: streamEnded
     * }</pre>
     *
     * A line without {@code >} names actions that leave the phase as it is. The star is every phase that another line names.
     *
     * @throws IllegalArgumentException if a line is none
     */
    public static List<Transition> parse(String text) {
        List<String[]> lines = new ArrayList<>();
        Set<String> phases = new LinkedHashSet<>();
        for (String line :
                text.lines().map(String::strip).filter(any -> !any.isEmpty()).toList()) {
            if (!LINE.matcher(line).matches()) {
                throw new IllegalArgumentException(
                        "a line of transitions is 'from, from > to: action, action' or 'phase: action', not '" + line
                                + "'");
            }
            String[] parts = COLON.split(line, -1);
            String[] ends = ARROW.split(parts[0], -1);
            lines.add(new String[] {ends[0], ends.length > 1 ? ends[1] : "", parts[1]});
            for (String end : ends) {
                phases.addAll(List.of(COMMA.split(end, -1)));
            }
        }
        phases.remove(ANY);
        Set<Transition> all = new LinkedHashSet<>();
        for (String[] line : lines) {
            Set<String> froms = line[0].equals(ANY) ? phases : new LinkedHashSet<>(List.of(COMMA.split(line[0], -1)));
            for (String from : froms) {
                for (String action : COMMA.split(line[2], -1)) {
                    all.add(new Transition(from, action, line[1].isEmpty() ? from : line[1]));
                }
            }
        }
        return List.copyOf(all);
    }
}
