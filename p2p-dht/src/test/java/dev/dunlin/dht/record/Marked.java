package dev.dunlin.dht.record;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.namespace.Validator;
import dev.dunlin.dht.namespace.Validators;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Values of the namespace "mark" for tests: the first byte is their rank, the second says how many hours they are valid after {@link
 * StoreDriver#START}, 0 for ever. The rank 0 is never valid.
 */
final class Marked implements Validator {

    static final Validators VALIDATORS = Validators.none().with(new Marked());

    private static final long HOUR = 3_600_000_000L;

    static Bytes key(String name) {
        return Bytes.of(("/mark/" + name).getBytes(StandardCharsets.US_ASCII));
    }

    static Bytes key(int number) {
        return key(Integer.toString(number));
    }

    static Bytes value(int rank) {
        return value(rank, 0);
    }

    static Bytes value(int rank, int hours) {
        return value(rank, hours, 2);
    }

    static Bytes value(int rank, int hours, int bytes) {
        byte[] value = new byte[bytes];
        Arrays.fill(value, (byte) 7);
        value[0] = (byte) rank;
        value[1] = (byte) hours;
        return Bytes.of(value);
    }

    @Override
    public String namespace() {
        return "mark";
    }

    @Override
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        if (value.size() < 2 || value.at(0) == 0) {
            return Optional.of("it has no rank");
        }
        return value.at(1) != 0 && wallTime >= StoreDriver.START + value.at(1) * HOUR
                ? Optional.of("its time is over")
                : Optional.empty();
    }

    @Override
    public int better(Bytes key, Bytes one, Bytes other) {
        return Integer.compare(rank(one), rank(other));
    }

    private static int rank(Bytes value) {
        return value.size() == 0 ? 0 : value.at(0);
    }
}
