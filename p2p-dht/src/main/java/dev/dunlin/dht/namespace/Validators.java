package dev.dunlin.dht.namespace;

import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The validators of a network, by namespace. The namespace of a key stands between its first two slashes, and what follows may be any
 * bytes: {@code /pk/} and a peer id. A value under a key of another namespace, or of none, is not valid. Immutable.
 */
public final class Validators {

    private static final int MAX_NAMESPACE = 64;
    private static final Pattern NAMESPACE = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_NAMESPACE + "}");

    /** Those of Amino, which has no others (ipfs/specs src/routing/kad-dht.md, "Value Storage and Retrieval"): pk and ipns. */
    public static final Validators STANDARD =
            new Validators(new TreeMap<>()).with(new PublicKeyValidator()).with(new IpnsValidator());

    private final NavigableMap<String, Validator> byNamespace;

    private Validators(NavigableMap<String, Validator> byNamespace) {
        this.byNamespace = byNamespace;
    }

    /** No validators: nothing is valid. */
    public static Validators none() {
        return new Validators(new TreeMap<>());
    }

    /**
     * These and one more.
     *
     * @throws IllegalArgumentException if there is one of its namespace already, or that is no word of 1 to 64 letters, digits, dots,
     *     dashes and underscores
     */
    public Validators with(Validator validator) {
        String namespace = validator.namespace();
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("a namespace has 1 to " + MAX_NAMESPACE
                    + " letters, digits, dots, dashes and underscores, and no others");
        }
        NavigableMap<String, Validator> more = new TreeMap<>(byNamespace);
        if (more.put(namespace, validator) != null) {
            throw new IllegalArgumentException("two validators are of the namespace " + namespace + ": leave one out");
        }
        return new Validators(more);
    }

    /** Their namespaces, in order. */
    public List<String> namespaces() {
        return List.copyOf(byNamespace.keySet());
    }

    /** As {@link Validator#problem}. Also a key of a namespace that is not known has one. */
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        return of(key).map(validator -> validator.problem(key, value, wallTime))
                .orElseGet(() -> Optional.of(unknown()));
    }

    /** What is wrong with a key whose namespace is not known, a clause without its full stop. */
    public String unknown() {
        return byNamespace.isEmpty()
                ? "no values are stored here"
                : "a key begins with one of the namespaces that are known here, /"
                        + String.join("/ or /", byNamespace.keySet()) + "/, and this does not";
    }

    /** As {@link Validator#better}; 0 if the namespace is not known. */
    public int better(Bytes key, Bytes one, Bytes other) {
        return of(key).map(validator -> validator.better(key, one, other)).orElse(0);
    }

    /**
     * The value that is to be preferred to the others, the first of equally good ones; empty if there are none. Which are valid is not
     * asked.
     */
    public Optional<Bytes> best(Bytes key, List<Bytes> values) {
        Optional<Bytes> best = Optional.empty();
        for (Bytes value : values) {
            if (best.isEmpty() || better(key, value, best.get()) > 0) {
                best = Optional.of(value);
            }
        }
        return best;
    }

    /** The namespace of a key; empty if it has none. */
    public static Optional<String> namespaceOf(Bytes key) {
        if (key.size() == 0 || key.at(0) != '/') {
            return Optional.empty();
        }
        StringBuilder namespace = new StringBuilder();
        for (int i = 1; i < key.size() && i <= MAX_NAMESPACE + 1; i++) {
            if (key.at(i) == '/') {
                return Optional.of(namespace.toString()).filter(name -> !name.isEmpty());
            }
            namespace.append((char) (key.at(i) & 0xFF));
        }
        return Optional.empty();
    }

    /** That of a key's namespace; empty if it is not known. */
    public Optional<Validator> of(Bytes key) {
        return namespaceOf(key).map(byNamespace::get);
    }

    @Override
    public String toString() {
        return "validators of " + byNamespace.keySet();
    }
}
