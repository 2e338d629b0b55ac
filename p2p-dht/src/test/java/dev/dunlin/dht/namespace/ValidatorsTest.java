package dev.dunlin.dht.namespace;

import static dev.dunlin.dht.namespace.Signed.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorsTest {

    /** Longer values are better. */
    private record Longest(String namespace) implements Validator {
        @Override
        public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
            return value.size() < wallTime ? Optional.of("too short") : Optional.empty();
        }

        @Override
        public int better(Bytes key, Bytes one, Bytes other) {
            return Integer.compare(one.size(), other.size());
        }
    }

    private static final Validators OWN = Validators.STANDARD.with(new Longest("own"));

    @ParameterizedTest
    @CsvSource({"/pk/x, pk", "/ipns/, ipns", "/a/b/c, a", "/é/x, Ã©"})
    void theNamespaceStandsBetweenTheFirstTwoSlashes(String key, String namespace) {
        assertThat(Validators.namespaceOf(bytes(key))).contains(namespace);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "//x", "pk", "pk/x", "/pk", "x/pk/y"})
    void aKeyWithoutTwoSlashesHasNone(String key) {
        assertThat(Validators.namespaceOf(bytes(key))).isEmpty();
        assertThat(OWN.problem(bytes(key), bytes("v"), 0)).isPresent();
    }

    @Test
    void whatFollowsMayBeAnyBytes() {
        assertThat(Validators.namespaceOf(
                        Bytes.of((byte) '/', (byte) 'a', (byte) '/', (byte) 0, (byte) '/', (byte) 0xff)))
                .contains("a");
        assertThat(Validators.namespaceOf(bytes("/" + "a".repeat(64) + "/"))).isPresent();
        assertThat(Validators.namespaceOf(bytes("/" + "a".repeat(65) + "/"))).isEmpty();
    }

    @Test
    void theProblemOfAnotherNamespaceSaysWhichThereAre() {
        assertThat(Validators.STANDARD.problem(bytes("/own/a"), bytes("v"), 0))
                .hasValueSatisfying(why -> assertThat(why).contains("/ipns/ or /pk/"));
        assertThat(Validators.none().problem(bytes("/pk/a"), bytes("v"), 0)).isPresent();
        assertThat(Validators.STANDARD.namespaces()).containsExactly("ipns", "pk");
    }

    @Test
    void theValidatorOfTheNamespaceIsAsked() {
        assertThat(OWN.problem(bytes("/own/a"), bytes("vv"), 3)).contains("too short");
        assertThat(OWN.problem(bytes("/own/a"), bytes("vvv"), 3)).isEmpty();
        assertThat(OWN.better(bytes("/own/a"), bytes("v"), bytes("vv"))).isNegative();
        assertThat(OWN.better(bytes("/other/a"), bytes("v"), bytes("vv"))).isZero();
    }

    @Test
    void theFirstOfTheBestIsTheBest() {
        Bytes key = bytes("/own/a");
        assertThat(OWN.best(key, List.of())).isEmpty();
        assertThat(OWN.best(key, List.of(bytes("a"), bytes("bb"), bytes("cc"), bytes("d"))))
                .contains(bytes("bb"));
    }

    @Test
    void aNamespaceHasOneValidator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OWN.with(new Longest("own")))
                .withMessageContaining("own");
        assertThatIllegalArgumentException().isThrownBy(() -> OWN.with(new PublicKeyValidator()));
        assertThat(Validators.STANDARD.namespaces()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "é", "\n"})
    void aNamespaceIsAWord(String namespace) {
        assertThatIllegalArgumentException().isThrownBy(() -> Validators.none().with(new Longest(namespace)));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void aPublicKeyIsValidUnderItsPeer(KeyType type) {
        PrivateKey own = Signed.key(type);
        Bytes key = PublicKeyValidator.keyOf(own.publicKey().peerId());
        Bytes value = Bytes.of(own.publicKey().toProtobuf());
        assertThat(Validators.STANDARD.problem(key, value, 0)).isEmpty();
        PeerId other = Signed.key(type == KeyType.RSA ? KeyType.ED25519 : KeyType.RSA)
                .publicKey()
                .peerId();
        assertThat(Validators.STANDARD.problem(PublicKeyValidator.keyOf(other), value, 0))
                .hasValueSatisfying(why -> assertThat(why).contains(other.toString()));
        assertThat(Validators.STANDARD.better(key, value, bytes("x"))).isZero();
    }

    @Test
    void aPublicKeyIsNotValidOtherwise() {
        PrivateKey own = Signed.key(KeyType.ED25519);
        Bytes key = PublicKeyValidator.keyOf(own.publicKey().peerId());
        byte[] value = own.publicKey().toProtobuf();
        PublicKeyValidator validator = new PublicKeyValidator();
        // No key; a key cut short; a key with something behind it; no peer id; a text; another namespace.
        assertThat(validator.problem(key, Bytes.EMPTY, 0)).isPresent();
        assertThat(validator.problem(key, Bytes.of(Arrays.copyOf(value, value.length - 1)), 0))
                .isPresent();
        assertThat(validator.problem(key, Bytes.of(Arrays.copyOf(value, value.length + 1)), 0))
                .isPresent();
        assertThat(validator.problem(bytes("/pk/"), Bytes.of(value), 0)).isPresent();
        assertThat(validator.problem(bytes("/pk/" + own.publicKey().peerId()), Bytes.of(value), 0))
                .isPresent();
        assertThat(validator.problem(IpnsValidator.keyOf(own.publicKey().peerId()), Bytes.of(value), 0))
                .isPresent();
        Bytes longer = Bytes.of(Arrays.copyOf(key.toArray(), key.size() + 1));
        assertThat(validator.problem(longer, Bytes.of(value), 0)).isPresent();
    }

    @Property(tries = 5000)
    void anyKeyAndValueHaveAnAnswer(
            @ForAll("keys") Bytes key,
            @ForAll @Size(max = 80) byte[] one,
            @ForAll @Size(max = 80) byte[] other,
            @ForAll long time) {
        assertThat(OWN.problem(key, Bytes.of(one), time))
                .satisfies(why ->
                        why.ifPresent(text -> assertThat(text).isNotBlank().doesNotEndWith(".")));
        assertThat(Integer.signum(OWN.better(key, Bytes.of(one), Bytes.of(other))))
                .isEqualTo(-Integer.signum(OWN.better(key, Bytes.of(other), Bytes.of(one))));
        assertThat(OWN.best(key, List.of(Bytes.of(one), Bytes.of(other)))).isPresent();
    }

    @Property(tries = 5000)
    void aDamagedPublicKeyIsNotThatOfThePeer(@ForAll KeyType type, @ForAll int place, @ForAll byte value) {
        PrivateKey own = Signed.key(type);
        Bytes key = PublicKeyValidator.keyOf(own.publicKey().peerId());
        byte[] damaged = own.publicKey().toProtobuf();
        int at = Math.floorMod(place, damaged.length);
        boolean same = damaged[at] == value;
        damaged[at] = value;
        assertThat(OWN.problem(key, Bytes.of(damaged), 0).isEmpty()).isEqualTo(same);
    }

    @Provide
    static Arbitrary<Bytes> keys() {
        PeerId peer = Signed.key(KeyType.ED25519).publicKey().peerId();
        return Arbitraries.oneOf(
                Arbitraries.of(
                        PublicKeyValidator.keyOf(peer), IpnsValidator.keyOf(peer), bytes("/own/x"), bytes("/pk/")),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(60).map(Bytes::of));
    }
}
