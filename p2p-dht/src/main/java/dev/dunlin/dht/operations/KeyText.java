package dev.dunlin.dht.operations;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.RecordKeys;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.wire.KadQuestion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Keys as people write them. What a lookup is for is a CID, a multihash in base58, a peer id, the name of a record such as {@code /ipns/}
 * and a peer id, or {@code hex:} and any bytes. A CID stands for its multihash, whatever its codec and version are.
 */
final class KeyText {

    private static final String HEX = "hex:";

    /** Namespaces whose keys end in a peer id in its binary form (ipfs/specs src/routing/kad-dht.md, "Value Storage and Retrieval"). */
    private static final List<String> OF_PEERS = List.of("pk", "ipns");

    /** Any key of a lookup. */
    static final Kind KEY = new Kind.Formed(
            "a CID, a multihash in base58, a peer id, a name such as /ipns/12D3KooW…, or hex: and bytes",
            KeyText::recorded);

    /** The key of a value. */
    static final Kind NAME = new Kind.Formed(
            "a name such as /ipns/12D3KooW… or /pk/12D3KooW…, or hex: and its bytes", written -> shown(name(written)));

    /** The key of content. */
    static final Kind CONTENT = new Kind.Formed("a CID, or a multihash in base58", written -> {
        content(written);
        return recorded(written);
    });

    private KeyText() {}

    /**
     * The key that a text stands for.
     *
     * @throws BadValueException if it is none of 1 to {@link KadQuestion#MAX_KEY} bytes
     */
    static Bytes key(String written) throws BadValueException {
        Bytes key;
        if (written.startsWith(HEX)) {
            key = hex(written.substring(HEX.length()));
        } else if (written.startsWith("/")) {
            key = named(written);
        } else {
            key = Bytes.of(multihash(written).toBytes());
        }
        if (key.size() < 1 || key.size() > KadQuestion.MAX_KEY) {
            throw new BadValueException("has " + key.size() + " bytes, and may have 1 to " + KadQuestion.MAX_KEY);
        }
        return key;
    }

    private static Bytes name(String written) throws BadValueException {
        if (written.startsWith(HEX) || written.startsWith("/")) {
            Bytes key = key(written);
            if (Validators.namespaceOf(key).isPresent()) {
                return key;
            }
        }
        throw new BadValueException(
                "does not begin with a namespace: write it as /ipns/ or /pk/ and a peer id, or hex: and its bytes");
    }

    // A CID stays as it was written: who gives one gets it back.
    private static String recorded(String written) throws BadValueException {
        Bytes key = key(written);
        try {
            Cid.parse(written);
            return written;
        } catch (MultiformatException noCid) {
            return shown(key);
        }
    }

    private static Bytes content(String written) throws BadValueException {
        Bytes key = Bytes.of(multihash(written).toBytes());
        if (key.size() > KadQuestion.MAX_CONTENT_KEY) {
            throw new BadValueException("is a multihash of " + key.size()
                    + " bytes, and content is provided under one of " + KadQuestion.MAX_CONTENT_KEY + " at most");
        }
        return key;
    }

    /** Some bytes in hexadecimal digits. */
    static Bytes hex(String digits) throws BadValueException {
        try {
            return Bytes.of(HexFormat.of().parseHex(digits));
        } catch (IllegalArgumentException noHex) {
            throw new BadValueException("has something else than pairs of hexadecimal digits in it");
        }
    }

    private static Multihash multihash(String written) throws BadValueException {
        // A CID first: read as base58, one in several thousand would be some multihash, too. The other way round that
        // takes a rare hash function and luck.
        try {
            return Cid.parse(written).hash();
        } catch (MultiformatException noCid) {
            try {
                return Multihash.parse(written);
            } catch (MultiformatException noMultihash) {
                throw new BadValueException("is neither a CID nor a multihash in base58 (" + noCid.getMessage() + ")");
            }
        }
    }

    private static Bytes named(String written) throws BadValueException {
        for (String namespace : OF_PEERS) {
            String prefix = "/" + namespace + "/";
            if (written.startsWith(prefix)) {
                try {
                    return RecordKeys.of(namespace, PeerId.parse(written.substring(prefix.length())));
                } catch (MultiformatException noPeer) {
                    throw new BadValueException("has no peer id behind " + prefix + " (" + noPeer.getMessage()
                            + "): write " + prefix + "12D3KooW…");
                }
            }
        }
        return Bytes.of(written.getBytes(StandardCharsets.UTF_8));
    }

    /** The text of a key, which reads back as it: the shortest form that there is of it. */
    static String shown(Bytes key) {
        return text(key)
                .filter(text -> readsAs(text, key))
                .orElseGet(() -> HEX + HexFormat.of().formatHex(key.toArray()));
    }

    private static boolean readsAs(String text, Bytes key) {
        try {
            return text.equals(text.strip()) && key(text).equals(key);
        } catch (BadValueException noKey) {
            return false;
        }
    }

    private static Optional<String> text(Bytes key) {
        if (key.size() > 0 && key.at(0) != '/') {
            try {
                return Optional.of(Multihash.fromBytes(key.toArray()).toString());
            } catch (MultiformatException noMultihash) {
                return Optional.empty();
            }
        }
        for (String namespace : OF_PEERS) {
            Optional<PeerId> peer = RecordKeys.peer(namespace, key);
            if (peer.isPresent()) {
                return peer.map(id -> "/" + namespace + "/" + id);
            }
        }
        return printable(key);
    }

    /** Bytes as the text that they are in UTF-8; empty if they are none, or one with characters that nobody sees. */
    static Optional<String> printable(Bytes bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toArray()))
                    .toString();
            return Optional.of(text).filter(read -> read.codePoints().noneMatch(KeyText::isHidden));
        } catch (CharacterCodingException noText) {
            return Optional.empty();
        }
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
