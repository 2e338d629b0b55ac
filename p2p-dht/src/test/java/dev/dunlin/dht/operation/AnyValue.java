package dev.dunlin.dht.operation;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.Validator;
import dev.dunlin.dht.namespace.Validators;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Values of tests, under keys that begin with /test/: all that have a byte are valid, and of two the greater is better. */
public record AnyValue() implements Validator {

    /** The standard validators and this one. */
    public static final Validators VALIDATORS = Validators.STANDARD.with(new AnyValue());

    /** A key of these. */
    public static Bytes key(String name) {
        return Bytes.of(("/test/" + name).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String namespace() {
        return "test";
    }

    @Override
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        return value.size() > 0 ? Optional.empty() : Optional.of("the value has no byte");
    }

    @Override
    public int better(Bytes key, Bytes one, Bytes other) {
        return one.compareTo(other);
    }
}
