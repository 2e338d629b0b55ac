package dev.dunlin.core.operate;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What an operator gave with a question or an order: checked, and in recorded form. */
public final class Arguments {

    /** The longest value, in characters. */
    public static final int MAX_VALUE = 65_536;

    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads what somebody wrote.
     *
     * @param given written values by name
     * @throws NoAnswerException that names all that is wrong, if anything is
     */
    public static Arguments of(List<Parameter> parameters, Map<String, String> given) {
        Map<String, String> values = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (String name : given.keySet()) {
            if (parameters.stream().noneMatch(known -> known.name().equals(name))) {
                problems.add("there is no " + shown(name) + " here"
                        + (parameters.isEmpty()
                                ? ", nothing can be given"
                                : ": what can be given is "
                                        + parameters.stream()
                                                .map(Parameter::name)
                                                .collect(Collectors.joining(", "))));
            }
        }
        for (Parameter parameter : parameters) {
            read(parameter, given, values, problems);
        }
        if (!problems.isEmpty()) {
            throw NoAnswerException.badRequest(String.join("; ", problems));
        }
        return new Arguments(values);
    }

    private static void read(
            Parameter parameter, Map<String, String> given, Map<String, String> values, List<String> problems) {
        String name = parameter.name();
        String written = given.get(name);
        if (written == null) {
            parameter.standard().ifPresent(standard -> values.put(name, standard));
            if (parameter.isRequired()) {
                problems.add(name + " is missing: " + parameter.meaning());
            }
        } else if (written.length() > MAX_VALUE) {
            problems.add(name + " is longer than " + MAX_VALUE + " characters");
        } else {
            try {
                values.put(name, parameter.kind().recorded(written));
            } catch (BadValueException e) {
                problems.add(name + " = " + shown(written) + " " + e.why());
            }
        }
    }

    private static String shown(String text) {
        String bare = text.replaceAll("\\p{Cntrl}", "?");
        return bare.length() > 100 ? bare.substring(0, 100) + "…" : bare;
    }

    /** Whether a value is there. */
    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * A value that is required or has a standard one.
     *
     * @throws IllegalStateException if the parameter was not declared so
     */
    public String text(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException(name + " is not given"));
    }

    /** As {@link #text}, of a count, a size or a time. */
    public long number(String name) {
        return Long.parseLong(text(name));
    }

    /** As {@link #text}, of a flag. */
    public boolean isOn(String name) {
        return text(name).equals("true");
    }

    /** As {@link #text}, of a peer. */
    public PeerId peer(String name) {
        return PeerId.parse(text(name));
    }

    /** The addresses that were given; none if there are none. */
    public List<Multiaddr> addresses(String name) {
        String text = find(name).orElse("");
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(",")).stream().map(Multiaddr::parse).toList();
    }
}
