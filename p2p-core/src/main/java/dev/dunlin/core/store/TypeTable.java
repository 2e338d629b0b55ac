package dev.dunlin.core.store;

import dev.dunlin.core.state.TextType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The explicit table of names under which one machine's types are written: a contract with every log ever recorded. No
 * class name is ever written to a log or read from it.
 *
 * @param machine the machine's name
 * @param actions name, as {@code connected}, to action or effect type; written as {@code machine/name}
 * @param variants for each sealed interface inside state and payloads: name to record, written in the field {@code kind}
 * @param defaults {@code type.field} to the JSON text that stands for a field missing in older logs
 * @param renamed former full name, as {@code connection/dialled}, to present full name
 * @param formerFields {@code type.field} to the field's former name
 * @param texts value types of the machine that are written as one text
 */
public record TypeTable(
        String machine,
        Map<String, Class<? extends Action>> actions,
        Map<Class<?>, Map<String, Class<?>>> variants,
        Map<String, String> defaults,
        Map<String, String> renamed,
        Map<String, String> formerFields,
        List<TextType<?>> texts) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9]*");

    /** Starts the table of a machine. */
    public static Builder of(String machine) {
        return new Builder(named(machine));
    }

    /** The full name of an entry. */
    public String fullName(String name) {
        return machine + "/" + name;
    }

    private static String named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a type's name is in camel case, not '" + name + "'");
        }
        return name;
    }

    /** Collects the names. */
    public static final class Builder {
        private final String machine;
        private final Map<String, Class<? extends Action>> actions = new LinkedHashMap<>();
        private final Map<Class<?>, Map<String, Class<?>>> variants = new LinkedHashMap<>();
        private final Map<String, String> defaults = new LinkedHashMap<>();
        private final Map<String, String> renamed = new LinkedHashMap<>();
        private final Map<String, String> formerFields = new LinkedHashMap<>();
        private final List<TextType<?>> texts = new ArrayList<>();

        private Builder(String machine) {
            this.machine = machine;
        }

        /** An action or effect. */
        public Builder action(String name, Class<? extends Action> type) {
            if (actions.put(named(name), type) != null) {
                throw new IllegalArgumentException("two actions are named " + machine + "/" + name);
            }
            return this;
        }

        /** A record that stands in state or payload where a sealed interface is declared. */
        public <T> Builder variant(Class<T> sealed, String name, Class<? extends T> type) {
            if (variants.computeIfAbsent(sealed, any -> new LinkedHashMap<>()).put(named(name), type) != null) {
                throw new IllegalArgumentException("two variants of " + sealed.getSimpleName() + " are named " + name);
            }
            return this;
        }

        /**
         * What stands for a field that logs before its time do not have.
         *
         * @param type full name of the action as {@code connection/connect}, or simple name of the record inside
         * @param field the field
         * @param json its value as JSON text
         */
        public Builder defaulted(String type, String field, String json) {
            defaults.put(type + "." + field, json);
            return this;
        }

        /** An action's former name, under which older logs have it. */
        public Builder renamed(String formerName, String name) {
            renamed.put(machine + "/" + named(formerName), machine + "/" + named(name));
            return this;
        }

        /** A field's former name, under which older logs have it; the type as in {@link #defaulted}. */
        public Builder renamedField(String type, String formerName, String field) {
            formerFields.put(type + "." + field, formerName);
            return this;
        }

        /** A value type that is written as one text. */
        public Builder text(TextType<?> type) {
            texts.add(type);
            return this;
        }

        /** The table. */
        public TypeTable build() {
            Map<Class<?>, Map<String, Class<?>>> frozen = new LinkedHashMap<>();
            variants.forEach((type, names) -> frozen.put(type, Collections.unmodifiableMap(names)));
            return new TypeTable(
                    machine,
                    Collections.unmodifiableMap(actions),
                    Collections.unmodifiableMap(frozen),
                    Collections.unmodifiableMap(defaults),
                    Collections.unmodifiableMap(renamed),
                    Collections.unmodifiableMap(formerFields),
                    List.copyOf(texts));
        }
    }
}
