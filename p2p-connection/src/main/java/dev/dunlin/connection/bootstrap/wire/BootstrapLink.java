package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a party gives to another outside of the network, so that it may come: a text that fits into a message, or a QR code. Whoever has it can
 * redeem its token, so it is a secret: {@link #toString} does not tell it.
 *
 * <p>As text it is {@code dunlin:} and, in base32 (multibase {@code b}), the bytes: a version (1), who makes the database (0 the one who has made the
 * link, 1 the one who redeems it), when it ends (seconds since 1970, a varint), the token (its length as a varint, and UTF-8), how many addresses
 * follow (a varint), each of them (its length as a varint, and a binary multiaddr that ends in the id of a node), and the first four bytes of the
 * SHA-256 of all that, so that a mistyped link is known for one. All of it may be in capitals, as QR codes like it.
 *
 * @param responders where the party's nodes are, each with the id of its node, 1 to {@link #MOST_RESPONDERS}
 * @param token 1 to {@link #MOST_TOKEN} characters
 * @param expires from when on the token is not taken, by the wall clock, in seconds since 1970; not negative
 * @param role which side makes the database
 */
public record BootstrapLink(List<Multiaddr> responders, String token, long expires, Role role) {

    /** The most addresses. */
    public static final int MOST_RESPONDERS = 16;

    /** The longest token, in characters. */
    public static final int MOST_TOKEN = 512;

    /** The longest text of a link, in characters. */
    public static final int MOST_TEXT = 16 << 10;

    /** How every link begins. */
    public static final String SCHEME = "dunlin:";

    private static final int VERSION = 1;
    private static final int CHECK = 4;

    /** Copies the list and checks the bounds. */
    public BootstrapLink {
        responders = List.copyOf(responders);
        if (responders.isEmpty() || responders.size() > MOST_RESPONDERS) {
            throw new IllegalArgumentException(
                    "a link has 1 to " + MOST_RESPONDERS + " addresses, not " + responders.size());
        }
        if (responders.stream().anyMatch(address -> address.peerId().isEmpty())) {
            throw new IllegalArgumentException("each address of a link ends in /p2p/ and the id of a node");
        }
        if (token.isEmpty() || token.length() > MOST_TOKEN) {
            throw new IllegalArgumentException("the token of a link has 1 to " + MOST_TOKEN + " characters");
        }
        if (expires < 0) {
            throw new IllegalArgumentException("a link ends in 1970 or later");
        }
    }

    /** What it is as text. */
    public String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(VERSION);
        bytes.write(role == Role.STOCK ? 0 : 1);
        bytes.writeBytes(Varint.encode(expires));
        counted(bytes, token.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(Varint.encode(responders.size()));
        responders.forEach(address -> counted(bytes, address.toBytes()));
        bytes.writeBytes(check(bytes.toByteArray()));
        return SCHEME + Multibase.BASE32.encode(bytes.toByteArray());
    }

    private static void counted(ByteArrayOutputStream to, byte[] bytes) {
        to.writeBytes(Varint.encode(bytes.length));
        to.writeBytes(bytes);
    }

    private static byte[] check(byte[] bytes) {
        return Arrays.copyOf(Multihash.sha256(bytes).digest().toArray(), CHECK);
    }

    /**
     * Reads a text; spaces at its ends are no part of it.
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong with it, and nothing of what stands in it
     */
    public static BootstrapLink parse(String text) {
        String link = text.strip();
        if (link.length() > MOST_TEXT) {
            throw new IllegalArgumentException("a link has " + MOST_TEXT + " characters at most, not " + link.length());
        }
        String lower = link.toLowerCase(Locale.ROOT);
        if (!lower.startsWith(SCHEME) || !(link.equals(lower) || link.equals(link.toUpperCase(Locale.ROOT)))) {
            throw new IllegalArgumentException("a link begins with " + SCHEME
                    + " and is in small letters or in capitals: take all of it, as it was given");
        }
        try {
            String base = lower.substring(SCHEME.length());
            if (!base.startsWith("b")) {
                throw damaged();
            }
            byte[] all = Multibase.decode(base);
            if (all.length <= CHECK) {
                throw damaged();
            }
            byte[] bytes = Arrays.copyOf(all, all.length - CHECK);
            if (!Arrays.equals(check(bytes), Arrays.copyOfRange(all, bytes.length, all.length))) {
                throw damaged();
            }
            BootstrapLink read = read(ByteBuffer.wrap(bytes));
            // One link has one text: not another in which bits differ that the bytes have not, or letters that only
            // look alike.
            String one = read.text();
            if (!link.equals(one) && !link.equals(one.toUpperCase(Locale.ROOT))) {
                throw damaged();
            }
            return read;
        } catch (MultiformatException | BufferUnderflowException | CharacterCodingException e) {
            throw damaged();
        }
    }

    private static BootstrapLink read(ByteBuffer from) throws CharacterCodingException {
        if (from.get() != VERSION) {
            throw new IllegalArgumentException("the link is of a later version of this program: take that one");
        }
        byte role = from.get();
        long expires = Varint.decode(from);
        String token = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(counted(from)))
                .toString();
        long count = Varint.decode(from);
        if (role < 0 || role > 1 || count > MOST_RESPONDERS) {
            throw damaged();
        }
        List<Multiaddr> responders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            responders.add(Multiaddr.fromBytes(counted(from)));
        }
        if (from.hasRemaining()) {
            throw damaged();
        }
        return new BootstrapLink(responders, token, expires, role == 0 ? Role.STOCK : Role.FOIL);
    }

    private static byte[] counted(ByteBuffer from) {
        long length = Varint.decode(from);
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[(int) length];
        from.get(bytes);
        return bytes;
    }

    private static IllegalArgumentException damaged() {
        return new IllegalArgumentException(
                "the link is damaged, or not all of it is there: take all of it, as it was given");
    }

    /** Tells all but the token. */
    @Override
    public String toString() {
        return "BootstrapLink[responders=" + responders + ", expires=" + expires + ", role=" + role + "]";
    }
}
