package dev.dunlin.dht.sim;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.Validator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Values of simulations, under keys that begin with /sim/: a number, and a hash of key and number in place of a signature. Of two the one
 * with the greater number is better. Adversaries make no such hash.
 */
public record SignedValue() implements Validator {

    private static final String NAMESPACE = "sim";
    private static final int HASH = 32;

    /** The standard validators and this one. */
    public static final Validators VALIDATORS = Validators.STANDARD.with(new SignedValue());

    /** A key of these. */
    public static Bytes key(long number) {
        return Bytes.of(("/" + NAMESPACE + "/" + number).getBytes(StandardCharsets.UTF_8));
    }

    /** The valid value of a number. */
    public static ValueRecord record(Bytes key, long number) {
        ByteBuffer value =
                ByteBuffer.allocate(Long.BYTES + HASH).putLong(number).put(signature(key, number));
        return ValueRecord.of(key, Bytes.of(value.array()));
    }

    private static byte[] signature(Bytes key, long number) {
        byte[] of = key.toArray();
        ByteBuffer signed = ByteBuffer.allocate(of.length + Long.BYTES).put(of).putLong(number);
        return Multihash.sha256(signed.array()).digest().toArray();
    }

    /** The number of a value, valid or not; 0 if it has none. */
    public static long number(Bytes value) {
        return value.size() < Long.BYTES ? 0 : ByteBuffer.wrap(value.toArray()).getLong();
    }

    @Override
    public String namespace() {
        return NAMESPACE;
    }

    @Override
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        byte[] bytes = value.toArray();
        boolean isSigned = bytes.length == Long.BYTES + HASH
                && Arrays.equals(Arrays.copyOfRange(bytes, Long.BYTES, bytes.length), signature(key, number(value)));
        return isSigned ? Optional.empty() : Optional.of("the signature is not of this key and number");
    }

    @Override
    public int better(Bytes key, Bytes one, Bytes other) {
        return Long.compare(number(one), number(other));
    }
}
