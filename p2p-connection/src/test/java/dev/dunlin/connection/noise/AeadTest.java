package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both ways of ChaCha20-Poly1305 give the same bytes, and those of the RFC. */
final class AeadTest {

    /** What is sealed: random bytes, and such as carries run through. */
    record Message(byte[] key, long nonce, byte[] associated, byte[] plain, int at) {}

    @Provide
    Arbitrary<Message> messages() {
        Arbitrary<Byte> any = Arbitraries.oneOf(Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) -1, (byte) -5));
        return Combinators.combine(
                        any.array(byte[].class).ofSize(32),
                        Arbitraries.longs(),
                        any.array(byte[].class).ofMaxSize(40),
                        any.array(byte[].class).ofMaxSize(600),
                        Arbitraries.integers().between(0, 20))
                .as(Message::new);
    }

    private static byte[] sealed(Aead aead, Message message, int at) throws GeneralSecurityException {
        byte[] bytes = new byte[at + message.plain.length + Aead.TAG];
        System.arraycopy(message.plain, 0, bytes, at, message.plain.length);
        int written = aead.seal(message.nonce, message.associated, bytes, at, message.plain.length, bytes, at);
        assertThat(written).isEqualTo(message.plain.length + Aead.TAG);
        return Arrays.copyOfRange(bytes, at, bytes.length);
    }

    @Property
    void bothWaysAreOne(@ForAll("messages") Message message) throws GeneralSecurityException {
        ChaChaKey key = new ChaChaKey(message.key);
        byte[] split = sealed(new SplitAead(key), message, message.at);
        assertThat(split).isEqualTo(sealed(new JdkAead(key), message, 0));
        for (Aead opening : new Aead[] {new SplitAead(key), new JdkAead(key)}) {
            byte[] opened = new byte[message.plain.length];
            int size = opening.open(message.nonce, message.associated, split, 0, split.length, opened, 0);
            assertThat(size).isEqualTo(opened.length);
            assertThat(opened).isEqualTo(message.plain);
        }
    }

    @Property
    void nothingIsWrittenOfWhatIsForged(
            @ForAll("messages") Message message, @ForAll int where, @ForAll boolean ofAssociated)
            throws GeneralSecurityException {
        ChaChaKey key = new ChaChaKey(message.key);
        byte[] sealed = sealed(new SplitAead(key), message, 0);
        byte[] associated = message.associated.clone();
        byte[] forged = ofAssociated && associated.length > 0 ? associated : sealed;
        int bit = Math.floorMod(where, forged.length * Byte.SIZE);
        forged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        byte[] opened = new byte[message.plain.length];
        SplitAead opening = new SplitAead(key);
        assertThatThrownBy(() -> opening.open(message.nonce, associated, sealed, 0, sealed.length, opened, 0))
                .isInstanceOf(AEADBadTagException.class);
        assertThat(opened).isEqualTo(new byte[opened.length]);
    }

    @Example
    void whatHasNoRoomForATagIsRefused() throws GeneralSecurityException {
        SplitAead aead = new SplitAead(new ChaChaKey(new byte[32]));
        assertThatThrownBy(() -> aead.open(0, new byte[0], new byte[15], 0, 15, new byte[15], 0))
                .isInstanceOf(AEADBadTagException.class);
    }

    /** The message of RFC 8439, section 2.8.2, under Noise's kind of nonce: the JDK's bytes are the judge. */
    @Example
    void theRfcsMessage() throws GeneralSecurityException {
        byte[] key = HexFormat.of().parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        byte[] associated = HexFormat.of().parseHex("50515253c0c1c2c3c4c5c6c7");
        byte[] plain = ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                        + "sunscreen would be it.")
                .getBytes(StandardCharsets.US_ASCII);
        Message message = new Message(key, 0x4746454443424140L, associated, plain, 0);
        assertThat(sealed(new SplitAead(new ChaChaKey(key)), message, 0))
                .isEqualTo(sealed(new JdkAead(new ChaChaKey(key)), message, 0));
    }
}
