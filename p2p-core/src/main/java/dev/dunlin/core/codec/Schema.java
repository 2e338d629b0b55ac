package dev.dunlin.core.codec;

import dev.dunlin.core.state.TextType;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a build can write: every action, effect, state and record inside them with its fields and their types. It stands in the
 * header of each log segment, and is compared with the reader's before anything is replayed.
 *
 * @param types type name to fields: actions as {@code connection/connect}, effects likewise with a leading {@code !}, states as
 *     {@code connection}, records inside by machine and simple name as {@code #connection.Peer}, enums and sealed interfaces
 *     likewise with one field per constant or variant
 */
public record Schema(Map<String, Map<String, String>> types) {

    /** Stands among {@link #incomparable} for the digests of derived actions and effects. */
    public static final String DERIVED = "derived";

    private static final String EFFECT = "!";

    // The machine that is in every store.
    private static final String NODE = "node";

    static final String INSIDE = "#";
    static final String CONSTANT = "constant";
    static final String VARIANT = "variant ";

    /**
     * The schema of a store's machines.
     *
     * @throws IllegalArgumentException if something in a payload or state cannot be written, or two types of one machine have
     *     the same simple name
     */
    public static Schema of(Store<?> store) {
        Map<Class<?>, Map<String, Class<?>>> variants = new LinkedHashMap<>();
        store.machines().forEach(machine -> addTo(variants, machine.types()));
        List<TextType<?>> texts =
                TextTypes.of(store.machines().stream().map(Machine::types).toList());
        Map<String, Map<String, String>> types = new TreeMap<>();
        for (Machine<?, ?, ?> machine : store.machines()) {
            SchemaCollector collector = new SchemaCollector(machine.name(), variants, texts, types);
            machine.types().actions().forEach((name, type) -> {
                String full = machine.types().fullName(name);
                collector.record(Effect.class.isAssignableFrom(type) ? EFFECT + full : full, type);
            });
            collector.record(machine.name(), machine.state());
        }
        Map<String, List<Map<String, String>>> owned = new HashMap<>();
        types.forEach((name, fields) ->
                owned.computeIfAbsent(owner(name), any -> new ArrayList<>()).add(fields));
        store.machines().forEach(machine -> checkEvolution(machine.types(), types, owned));
        return new Schema(types);
    }

    // Of an open union each machine knows some.
    static void addTo(Map<Class<?>, Map<String, Class<?>>> variants, TypeTable table) {
        table.variants()
                .forEach((union, names) -> names.forEach((name, type) -> {
                    Class<?> other = variants.computeIfAbsent(union, any -> new LinkedHashMap<>())
                            .put(name, type);
                    if (other != null && other != type) {
                        throw new IllegalArgumentException("two " + union.getSimpleName() + "s are named " + name + ", "
                                + other.getName() + " and " + type.getName() + ": rename one, or give it a @Named");
                    }
                }));
    }

    // What is declared for older logs is about what this build has, or it is a slip that no log would show.
    private static void checkEvolution(
            TypeTable table, Map<String, Map<String, String>> types, Map<String, List<Map<String, String>>> owned) {
        table.renamed().forEach((former, present) -> {
            if (types.containsKey(former) || types.containsKey(EFFECT + former)) {
                throw new IllegalArgumentException(
                        former + " is said to be a former name of " + present + ", and is the name of another type");
            }
            if (!types.containsKey(present) && !types.containsKey(EFFECT + present)) {
                throw new IllegalArgumentException(
                        former + " is said to be a former name of " + present + ", which there is not");
            }
        });
        table.defaults().forEach((field, json) -> {
            String type = typeOf(table.machine(), field, owned);
            JsonNode value = json(json)
                    .orElseThrow(() ->
                            new IllegalArgumentException("the default of " + field + " is no JSON: '" + json + "'"));
            if (!fits(type, value)) {
                throw new IllegalArgumentException(
                        "the default of " + field + " is " + json + ", which is no " + plain(type));
            }
        });
        table.formerFields().keySet().forEach(field -> typeOf(table.machine(), field, owned));
    }

    private static Optional<JsonNode> json(String text) {
        try {
            JsonNode read = JsonMapper.shared().readTree(text);
            return read.isMissingNode() ? Optional.empty() : Optional.of(read);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    // Whether a value may be of a type, as far as its outermost shape tells.
    private static boolean fits(String type, JsonNode value) {
        return switch (owner(type)) {
            case "long", "int", "short", "byte" -> value.isIntegralNumber();
            case "double" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "list" -> value.isArray();
            case "table" -> value.isObject();
            case "optional" -> true;
            // A record or an alternative, or a constant.
            default -> type.startsWith(INSIDE) ? value.isObject() || value.isString() : value.isString();
        };
    }

    private static String typeOf(String machine, String told, Map<String, List<Map<String, String>>> owned) {
        String full = Upcaster.defaultOf(machine, told);
        int dot = full.lastIndexOf('.');
        String type = full.substring(0, dot);
        String field = full.substring(dot + 1);
        return owned.getOrDefault(type, List.of()).stream()
                .flatMap(fields -> Optional.ofNullable(fields.get(field)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the machine " + machine + " says what the field "
                        + told + " was in older logs, and has no such field"));
    }

    // A type's name without what it is and without arguments.
    private static String owner(String name) {
        String plain = plain(name);
        int arguments = plain.indexOf('<');
        return arguments < 0 ? plain : plain.substring(0, arguments);
    }

    /** How well a log fits a build. */
    public enum Fit {
        /** Every frame means what it meant. */
        FINE,
        /** It can be read, but something in it is no longer looked at: digests may differ. */
        RISKY,
        /** Something in it cannot be read. */
        IMPOSSIBLE
    }

    /**
     * One difference between a log's schema and this build's.
     *
     * @param fit how bad it is
     * @param what one sentence
     */
    public record Difference(Fit fit, String what) {}

    /**
     * The comparison of a log's schema with this build's.
     *
     * @param fit the worst of the differences
     * @param foreign whether the two have no machine in common: no other build of the program, but another program
     * @param missing the names of the log's machines that this build does not have, in order
     * @param differences all of them, the worst first
     */
    public record Report(Fit fit, boolean foreign, List<String> missing, List<Difference> differences) {

        private static final int BRIEFLY = 3;

        /** One line per difference. */
        public String text() {
            return differences.stream()
                    .map(difference -> difference.fit() + ": " + difference.what())
                    .collect(Collectors.joining("\n"));
        }

        /** The worst few of them in one line, and how many more there are. */
        public String brief() {
            String worst =
                    differences.stream().limit(BRIEFLY).map(Difference::what).collect(Collectors.joining("; "));
            int more = differences.size() - BRIEFLY;
            return more <= 0 ? worst : worst + "; and " + more + (more == 1 ? " difference more" : " differences more");
        }

        /**
         * Those, and what to do about a log that does not fit.
         *
         * @param otherwise what can be done but for changing this build
         */
        public String advice(String otherwise) {
            return foreign
                    ? brief()
                    : brief()
                            + ". Say on the machine what was renamed or added since (renamed, renamedField, defaulted;"
                            + " @Named on a class), or " + otherwise;
        }
    }

    /**
     * Compares the schema of a log with this one, that of the reading build.
     *
     * @param log the schema in the log's header
     * @param tables this build's type tables, with defaults and renamed types
     */
    public Report compare(Schema log, List<TypeTable> tables) {
        Map<String, String> renamed = new TreeMap<>();
        Map<String, String> defaults = new TreeMap<>();
        Map<String, String> formerFields = new TreeMap<>();
        for (TypeTable table : tables) {
            table.renamed().forEach((former, name) -> {
                renamed.put(former, name);
                renamed.put(EFFECT + former, EFFECT + name);
            });
            table.defaults().forEach((field, json) -> defaults.put(Upcaster.defaultOf(table.machine(), field), json));
            table.formerFields()
                    .forEach((field, name) -> formerFields.put(Upcaster.defaultOf(table.machine(), field), name));
        }
        Set<String> mounted = machines();
        Set<String> recorded = log.machines();
        List<Difference> found = new ArrayList<>();
        if (sharesNothing(recorded, mounted)) {
            found.add(new Difference(
                    Fit.IMPOSSIBLE,
                    "the log is of other machines (" + named(recorded) + ") than this program's (" + named(mounted)
                            + "): it is for the program that wrote it"));
            return new Report(
                    Fit.IMPOSSIBLE,
                    true,
                    recorded.stream().filter(name -> !name.equals(NODE)).toList(),
                    List.copyOf(found));
        }
        List<String> missing = new ArrayList<>();
        for (String machine : recorded) {
            if (!mounted.contains(machine)) {
                missing.add(machine);
                found.add(new Difference(Fit.IMPOSSIBLE, "the machine " + machine + " was removed"));
            }
        }
        for (String machine : mounted) {
            if (!recorded.contains(machine)) {
                found.add(new Difference(Fit.FINE, "the machine " + machine + " was added"));
            }
        }
        log.types.forEach((name, fields) -> {
            if (!mounted.contains(machineOf(name))) {
                return;
            }
            boolean effect = name.startsWith(EFFECT);
            String now = renamed.getOrDefault(name, name);
            if (!now.equals(name)) {
                found.add(new Difference(Fit.FINE, "type " + plain(name) + " is now " + plain(now)));
            }
            Map<String, String> mine = types.get(now);
            if (mine == null) {
                found.add(new Difference(effect ? Fit.RISKY : Fit.IMPOSSIBLE, "type " + plain(name) + " was removed"));
                return;
            }
            // Fields under their present names.
            Map<String, String> written = new LinkedHashMap<>(fields);
            mine.keySet().forEach(field -> {
                String before = formerFields.get(owner(now) + "." + field);
                String type = before == null || fields.containsKey(field) ? null : written.remove(before);
                if (type != null) {
                    written.put(field, type);
                    found.add(new Difference(
                            Fit.FINE, plain(now) + "." + before + " is now " + plain(now) + "." + field));
                }
            });
            written.forEach((field, type) -> {
                String present = mine.get(field);
                if (present == null) {
                    found.add(new Difference(
                            isAlternative(type) ? Fit.IMPOSSIBLE : Fit.RISKY,
                            plain(now) + "." + field + " was removed"));
                } else if (!present.equals(type)) {
                    found.add(new Difference(
                            effect ? Fit.RISKY : Fit.IMPOSSIBLE,
                            plain(now) + "." + field + " was " + plain(type) + " and is " + plain(present)));
                }
            });
            mine.forEach((field, type) -> {
                if (written.containsKey(field)) {
                    return;
                }
                String json = defaults.get(owner(now) + "." + field);
                if (effect || isAlternative(type)) {
                    found.add(new Difference(Fit.FINE, plain(now) + "." + field + " was added"));
                } else if (json != null) {
                    found.add(
                            new Difference(Fit.FINE, plain(now) + "." + field + " was added; older logs get " + json));
                } else {
                    found.add(
                            new Difference(Fit.IMPOSSIBLE, plain(now) + "." + field + " was added and has no default"));
                }
            });
            if (fields.equals(mine) && !sameOrder(fields, mine)) {
                found.add(new Difference(Fit.FINE, "the fields of " + plain(now) + " stand in another order"));
            }
        });
        types.forEach((name, fields) -> {
            if (!log.types.containsKey(name) && !renamed.containsValue(name) && recorded.contains(machineOf(name))) {
                found.add(new Difference(Fit.FINE, "type " + plain(name) + " was added"));
            }
        });
        found.sort((one, other) -> other.fit().compareTo(one.fit()));
        return new Report(
                found.isEmpty() ? Fit.FINE : found.getFirst().fit(), false, List.copyOf(missing), List.copyOf(found));
    }

    /**
     * The digests that this build cannot be held to, of a log of another build: what they are made of had another shape. They
     * say so by the name of the machine whose state it is, or by {@link #DERIVED} for actions and effects.
     */
    public Set<String> incomparable(Schema log) {
        Set<String> changed = new TreeSet<>();
        log.types.forEach((name, fields) -> {
            Map<String, String> mine = types.get(name);
            if (mine == null || !sameOrder(fields, mine)) {
                if (name.startsWith(INSIDE)) {
                    changed.add(name.substring(1, name.indexOf('.')));
                    changed.add(DERIVED);
                } else {
                    changed.add(name.indexOf('/') < 0 ? name : DERIVED);
                }
            }
        });
        return Collections.unmodifiableSet(changed);
    }

    /** Whether another one has the same types, with the same fields in the same order. */
    public boolean isSame(Schema other) {
        return types.size() == other.types.size() && incomparable(other).isEmpty();
    }

    // A digest depends on the order of a record's components, and JSON does not.
    private static boolean sameOrder(Map<String, String> one, Map<String, String> other) {
        return List.copyOf(one.entrySet()).equals(List.copyOf(other.entrySet()));
    }

    // A constant of an enum or a variant of a sealed interface: one of several, not one beside others.
    private static boolean isAlternative(String type) {
        return type.equals(CONSTANT) || type.startsWith(VARIANT);
    }

    /** The names of the machines whose types it has. */
    public Set<String> machines() {
        Set<String> machines = new TreeSet<>();
        types.keySet().forEach(name -> machines.add(machineOf(name)));
        return machines;
    }

    private static String machineOf(String name) {
        return owner(name).split("[./]", 2)[0];
    }

    private static boolean sharesNothing(Set<String> recorded, Set<String> mounted) {
        return !named(recorded).isEmpty()
                && !named(mounted).isEmpty()
                && recorded.stream().noneMatch(machine -> !machine.equals(NODE) && mounted.contains(machine));
    }

    private static String named(Set<String> machines) {
        return machines.stream().filter(name -> !name.equals(NODE)).collect(Collectors.joining(", "));
    }

    private static String plain(String name) {
        return name.replace(EFFECT, "").replace(INSIDE, "");
    }
}
