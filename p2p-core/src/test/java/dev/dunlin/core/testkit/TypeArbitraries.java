package dev.dunlin.core.testkit;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/**
 * Arbitraries of any type that may stand in an action or in state, derived from its components: sealed interfaces of
 * records, records, enums, numbers, truth values, strings, Optional, List, Table, Bytes, PeerId, Multiaddr, Cid,
 * Multihash, Handle, Ticket, ActionId. Immutable; each {@code with} gives a changed copy.
 *
 * <pre>{@code
 * TypeArbitraries.small()
 *     .with(PeerId.class, Arbitraries.of(alice, bob))          // wherever the type stands
 *     .with(Connect.class, "attempts", Arbitraries.integers().between(1, 3))
 *     .without(Reset.class)                                    // never of itself
 *     .of(ConnectionAction.class)
 * }</pre>
 */
public final class TypeArbitraries {

    private static final long PLACEHOLDER = Long.MAX_VALUE;
    private static final int MAX_MISSES = 2_000;

    private static final int FEW = 4;
    private static final List<Multiaddr> FEW_ADDRESSES =
            IntStream.range(0, 3 * FEW).mapToObj(i -> address(i / 3, i % 3)).toList();

    private final boolean wide;
    private final Map<Class<?>, Arbitrary<?>> byType;
    private final Map<String, Arbitrary<?>> byComponent;
    private final Map<Class<?>, Integer> weights;

    private TypeArbitraries(
            boolean wide,
            Map<Class<?>, Arbitrary<?>> byType,
            Map<String, Arbitrary<?>> byComponent,
            Map<Class<?>, Integer> weights) {
        this.wide = wide;
        this.byType = byType;
        this.byComponent = byComponent;
        this.weights = weights;
    }

    /** Values from small pools, so that keys meet often: four peers, six addresses, four tickets, small numbers, a few extremes. */
    public static TypeArbitraries small() {
        return new TypeArbitraries(false, pools(FEW), Map.of(), Map.of());
    }

    /** Values that hardly ever meet, and long ones: what a flood is made of. */
    public static TypeArbitraries wide() {
        return new TypeArbitraries(true, pools(1 << 20), Map.of(), Map.of());
    }

    /** With another arbitrary for a type, wherever it stands. */
    public <T> TypeArbitraries with(Class<T> type, Arbitrary<? extends T> arbitrary) {
        return new TypeArbitraries(wide, added(byType, type, arbitrary), byComponent, weights);
    }

    /**
     * With another arbitrary for one component of one record.
     *
     * @throws IllegalArgumentException if the record has no such component
     */
    public TypeArbitraries with(Class<? extends Record> record, String component, Arbitrary<?> arbitrary) {
        for (RecordComponent present : record.getRecordComponents()) {
            if (present.getName().equals(component)) {
                return new TypeArbitraries(
                        wide, byType, added(byComponent, key(record, component), arbitrary), weights);
            }
        }
        throw new IllegalArgumentException(record.getName() + " has no component " + component);
    }

    /** With a record chosen more often among its siblings: each has the weight 1 unless told otherwise. */
    public TypeArbitraries weighing(Class<? extends Record> record, int weight) {
        return new TypeArbitraries(wide, byType, byComponent, added(weights, record, weight));
    }

    /** Without a record among its siblings: a sealed interface never yields it. */
    public TypeArbitraries without(Class<? extends Record> record) {
        return weighing(record, 0);
    }

    /**
     * Placeholders of handles of a kind. The laws put in a new handle where a fact {@linkplain
     * dev.dunlin.core.store.Action.BringsHandle brings} one, one that is open where it {@linkplain
     * dev.dunlin.core.store.Action.EndsHandle ends} one, and elsewhere mostly one that is open. By default the kind is
     * {@code handle}; a machine with several kinds names each at its components.
     */
    public static Arbitrary<Handle> handles(String kind) {
        return Arbitraries.integers().between(0, 7).map(number -> new Handle(kind, PLACEHOLDER, number));
    }

    /** A placeholder of a handle: in a fact that brings it, the laws put in a new one of the kind. */
    public static Handle someHandle(String kind) {
        return new Handle(kind, PLACEHOLDER, 1);
    }

    static boolean isPlaceholder(Handle handle) {
        return handle.run() == PLACEHOLDER;
    }

    static boolean isPlaceholder(ActionId id) {
        return id.input() == PLACEHOLDER;
    }

    /** Microseconds within an hour of {@link StoreDriver#START}, and exactly there. */
    public static Arbitrary<Long> times() {
        return Arbitraries.longs().between(-3_600_000_000L, 3_600_000_000L).map(offset -> StoreDriver.START + offset);
    }

    /**
     * The arbitrary of a type.
     *
     * @throws IllegalArgumentException if the type, or one inside it, can neither be derived nor was given
     */
    @SuppressWarnings("unchecked")
    public <T> Arbitrary<T> of(Class<T> type) {
        return (Arbitrary<T>) derived(type, Map.of(), List.of());
    }

    private Arbitrary<Object> derived(Type type, Map<TypeVariable<?>, Type> bound, List<Class<?>> above) {
        return switch (type) {
            case Class<?> raw -> ofClass(raw, List.of(), bound, above);
            case ParameterizedType generic ->
                ofClass((Class<?>) generic.getRawType(), List.of(generic.getActualTypeArguments()), bound, above);
            case TypeVariable<?> variable ->
                derived(bound.getOrDefault(variable, variable.getBounds()[0]), Map.of(), above);
            case WildcardType wildcard -> derived(wildcard.getUpperBounds()[0], bound, above);
            default ->
                throw new IllegalArgumentException("no arbitrary of " + type.getTypeName() + ": give one by with()");
        };
    }

    @SuppressWarnings("unchecked")
    private Arbitrary<Object> ofClass(
            Class<?> raw, List<Type> unresolved, Map<TypeVariable<?>, Type> bound, List<Class<?>> above) {
        Arbitrary<?> given = byType.get(raw);
        if (given != null) {
            return (Arbitrary<Object>) given;
        }
        List<Type> arguments = unresolved.stream()
                .map(argument -> (Type) bound.getOrDefault(argument, argument))
                .toList();
        if (raw == long.class || raw == Long.class) {
            return numbers().map(number -> number);
        }
        if (raw == int.class || raw == Integer.class) {
            return numbers().map(number -> (int) Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        if (raw == short.class || raw == Short.class) {
            return numbers().map(number -> (short) Math.clamp(number, Short.MIN_VALUE, Short.MAX_VALUE));
        }
        if (raw == byte.class || raw == Byte.class) {
            return numbers().map(number -> (byte) Math.clamp(number, Byte.MIN_VALUE, Byte.MAX_VALUE));
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return Arbitraries.of(false, true).map(truth -> truth);
        }
        if (raw == char.class || raw == Character.class) {
            return Arbitraries.of('a', 'b', '\u0000', '\uffff').map(unit -> unit);
        }
        if (raw == double.class || raw == Double.class) {
            return Arbitraries.of(0.0, 1.0, -0.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY)
                    .map(number -> number);
        }
        if (raw == String.class) {
            return strings().map(text -> text);
        }
        if (raw == Bytes.class) {
            return bytes().map(octets -> octets);
        }
        if (raw == OptionalLong.class) {
            return numbers()
                    .optional(0.7)
                    .map(number -> number.map(OptionalLong::of).orElse(OptionalLong.empty()));
        }
        if (raw == OptionalInt.class) {
            return Arbitraries.integers()
                    .between(0, 4)
                    .optional(0.7)
                    .map(number -> number.map(OptionalInt::of).orElse(OptionalInt.empty()));
        }
        if (raw == Optional.class) {
            return repeats(arguments.get(0), above)
                    ? Arbitraries.just(Optional.empty())
                    : derived(arguments.get(0), bound, above).optional(0.7).map(value -> value);
        }
        if (raw == List.class) {
            return repeats(arguments.get(0), above)
                    ? Arbitraries.just(List.of())
                    : derived(arguments.get(0), bound, above)
                            .list()
                            .ofMaxSize(wide ? 8 : 3)
                            .map(List::copyOf);
        }
        if (raw == Table.class) {
            return repeats(arguments.get(1), above)
                    ? Arbitraries.just(Table.empty())
                    : tables(derived(arguments.get(0), bound, above), derived(arguments.get(1), bound, above));
        }
        if (raw.isEnum()) {
            return Arbitraries.of(List.of(raw.getEnumConstants())).map(constant -> constant);
        }
        if (raw.isSealed()) {
            return oneOf(raw, arguments, above);
        }
        if (raw.isRecord()) {
            return records(raw, arguments, above);
        }
        throw new IllegalArgumentException("no arbitrary of " + raw.getName() + ": give one by with()");
    }

    // A record inside itself ends at the second level.
    private static boolean repeats(Type type, List<Class<?>> above) {
        return type instanceof Class<?> raw
                && above.stream().filter(raw::isAssignableFrom).count() > 1;
    }

    private Arbitrary<Object> oneOf(Class<?> sealed, List<Type> arguments, List<Class<?>> above) {
        List<Tuple.Tuple2<Integer, Arbitrary<Object>>> choices = new ArrayList<>();
        for (Class<?> leaf : leaves(sealed)) {
            int weight = weights.getOrDefault(leaf, 1);
            if (weight > 0 && (Collections.frequency(above, leaf) == 0 || leaf.getRecordComponents().length == 0)) {
                List<Type> own = leaf.getTypeParameters().length == arguments.size() ? arguments : List.of();
                choices.add(Tuple.of(weight, ofClass(leaf, own, Map.of(), above)));
            }
        }
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("nothing is left of " + sealed.getName() + " to choose from");
        }
        return Arbitraries.frequencyOf(choices);
    }

    private Arbitrary<Object> records(Class<?> type, List<Type> arguments, List<Class<?>> above) {
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            bound.put(type.getTypeParameters()[i], arguments.get(i));
        }
        List<Class<?>> below = new ArrayList<>(above);
        below.add(type);
        if (Collections.frequency(below, type) > 3) {
            throw new IllegalArgumentException(
                    type.getName() + " holds itself without end: give an arbitrary by with()");
        }
        List<Arbitrary<Object>> parts = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            parts.add(ofComponent(type, component, bound, below));
        }
        Constructor<?> constructor = Values.canonical(type);
        if (parts.isEmpty()) {
            return Arbitraries.create(() -> Values.make(constructor));
        }
        return Combinators.combine(parts)
                .as(values -> made(constructor, values))
                .filter(MAX_MISSES, Optional::isPresent)
                .map(Optional::orElseThrow);
    }

    // A constructor that refuses its values says that there is no such record.
    private static Optional<Object> made(Constructor<?> constructor, List<Object> values) {
        try {
            return Optional.of(Values.make(constructor, values.toArray()));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked")
    private Arbitrary<Object> ofComponent(
            Class<?> type, RecordComponent component, Map<TypeVariable<?>, Type> bound, List<Class<?>> above) {
        Arbitrary<?> given = byComponent.get(key(type, component.getName()));
        if (given != null) {
            return (Arbitrary<Object>) given;
        }
        // When a value is due: mostly a time that can be met.
        boolean due = Due.class.isAssignableFrom(type)
                && component.getName().equals("at")
                && component.getType() == long.class;
        return due ? dues().map(at -> at) : derived(component.getGenericType(), bound, above);
    }

    private static Arbitrary<Long> dues() {
        return Arbitraries.frequencyOf(Tuple.of(4, times()), Tuple.of(1, Arbitraries.just(Due.NEVER)));
    }

    private Arbitrary<Long> numbers() {
        if (wide) {
            return spread();
        }
        return Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.longs().between(0, 4)),
                Tuple.of(5, times()),
                Tuple.of(1, Arbitraries.of(-1L, Integer.MAX_VALUE + 0L, Long.MAX_VALUE, Long.MIN_VALUE)));
    }

    private static Arbitrary<Long> spread() {
        return Arbitraries.longs().withDistribution(RandomDistribution.uniform());
    }

    private Arbitrary<String> strings() {
        return wide
                ? spread().map(number -> Long.toHexString(number).repeat((int) (number & 15) + 1))
                : Arbitraries.of("a", "b", "c", "d", "", "\u00e4\ud83d\ude00\u0000\"\\");
    }

    private Arbitrary<Bytes> bytes() {
        return wide
                ? spread().map(TypeArbitraries::octets)
                : Arbitraries.of(Bytes.of((byte) 1), Bytes.of((byte) 2, (byte) -1), Bytes.EMPTY);
    }

    private static Bytes octets(long number) {
        byte[] octets = new byte[(int) (number & 255)];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (number >>> (i & 63));
        }
        return Bytes.of(octets);
    }

    private Arbitrary<Object> tables(Arbitrary<Object> keys, Arbitrary<Object> values) {
        return Combinators.combine(keys, values)
                .as((key, value) -> Map.entry(key, value))
                .list()
                .ofMaxSize(wide ? 8 : 3)
                .map(TypeArbitraries::table);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object table(List<Map.Entry<Object, Object>> entries) {
        Table table = Table.empty();
        for (Map.Entry<Object, Object> entry : entries) {
            table = table.with((Comparable) entry.getKey(), entry.getValue());
        }
        return table;
    }

    private static Map<Class<?>, Arbitrary<?>> pools(int size) {
        Arbitrary<Integer> numbers =
                Arbitraries.integers().between(0, size - 1).withDistribution(RandomDistribution.uniform());
        Map<Class<?>, Arbitrary<?>> pools = new HashMap<>();
        pools.put(PeerId.class, numbers.map(TypeArbitraries::peer));
        // Made when it is drawn: of an arbitrary for each number jqwik remembers all.
        pools.put(
                Multiaddr.class,
                Combinators.combine(numbers, Arbitraries.of(0, 1, 2))
                        .as((number, form) ->
                                number < FEW ? FEW_ADDRESSES.get(3 * number + form) : address(number, form)));
        pools.put(Multihash.class, numbers.map(TypeArbitraries::hash));
        pools.put(Cid.class, numbers.map(number -> Cid.v1(Multicodec.RAW, hash(number))));
        pools.put(Digest.class, numbers.map(number -> new Digest(number, number)));
        pools.put(Handle.class, handles("handle"));
        pools.put(Ticket.class, numbers.map(number -> number == 0 ? Ticket.NONE : new Ticket(Ticket.API, number)));
        pools.put(
                ActionId.class, Arbitraries.integers().between(0, 7).map(number -> new ActionId(PLACEHOLDER, number)));
        return pools;
    }

    /** The peer of a number: the same everywhere, so that tests can name it. */
    public static PeerId peer(int number) {
        return PeerId.of(hash(number));
    }

    private static Multihash hash(int number) {
        return Multihash.sha256(new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16)});
    }

    private static Multiaddr address(int number, int form) {
        String host =
                "/ip4/10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255) + "/tcp/4001";
        return switch (form) {
            case 0 -> Multiaddr.parse(host);
            case 1 -> Multiaddr.parse(host).withPeer(peer(number));
            default -> Multiaddr.parse("/dns4/n" + number + ".example/tcp/443");
        };
    }

    /** The records and enums of a sealed type, in the order of declaration. */
    static List<Class<?>> leaves(Class<?> type) {
        if (!type.isSealed()) {
            return List.of(type);
        }
        List<Class<?>> leaves = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            for (Class<?> leaf : leaves(permitted)) {
                if (!leaves.contains(leaf)) {
                    leaves.add(leaf);
                }
            }
        }
        return leaves;
    }

    private static String key(Class<?> type, String component) {
        return type.getName() + "." + component;
    }

    private static <K, V> Map<K, V> added(Map<K, V> to, K key, V value) {
        Map<K, V> copy = new LinkedHashMap<>(to);
        copy.put(key, value);
        return copy;
    }
}
