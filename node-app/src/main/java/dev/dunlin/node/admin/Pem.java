package dev.dunlin.node.admin;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM (RFC 7468): private keys as PKCS #8 has them, and as older programs write them, PKCS #1 and SEC 1. */
final class Pem {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");

    // The kinds of keys that TLS of this Java serves certificates with.
    private static final List<String> KINDS = List.of("RSA", "EC", "EdDSA");

    private static final byte[] RSA = {
        0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xa0;

    private Pem() {}

    /**
     * A part of a file.
     *
     * @param label what it is, as {@code PRIVATE KEY}
     * @param text what stands in it
     */
    record Block(String label, String text) {

        /** What its text means; nothing if it is no base 64. */
        byte[] bytes() {
            try {
                return Base64.getMimeDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IllegalArgumentException none) {
                return new byte[0];
            }
        }
    }

    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text);
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        return blocks;
    }

    /**
     * The one private key of a file.
     *
     * @throws UnusableFileException if there is none that can be used
     */
    static PrivateKey privateKey(Path file, byte[] bytes) throws UnusableFileException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        // Its own lines have colons and hyphens.
        if (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new UnusableFileException(
                    file,
                    "holds a key that is encrypted",
                    "nobody types its password when a node starts; 'openssl pkey -in FILE -out OTHER' writes it without");
        }
        for (Block block : blocks(text)) {
            if (block.label().endsWith("PRIVATE KEY")) {
                Optional<byte[]> standard = standard(block);
                return standard.flatMap(Pem::decoded).orElseThrow(() -> unsupported(file));
            }
        }
        throw new UnusableFileException(
                file, "holds no private key", "it must have a part 'BEGIN PRIVATE KEY', as PEM has it");
    }

    /** What is said of a key that nothing can be signed with here. */
    static UnusableFileException unsupported(Path file) {
        return new UnusableFileException(
                file,
                "holds a key of a kind that is not supported, or that is damaged",
                "use an RSA key, an EC key of P-256, P-384 or P-521, or an Ed25519 key");
    }

    private static Optional<PrivateKey> decoded(byte[] pkcs8) {
        for (String kind : KINDS) {
            try {
                return Optional.of(KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
            } catch (InvalidKeySpecException | NoSuchAlgorithmException other) {
                // It is one of the next kind, or of none.
            }
        }
        return Optional.empty();
    }

    // As PKCS #8 has it: a version, the kind, and the key as its kind has it.
    private static Optional<byte[]> standard(Block block) {
        byte[] key = block.bytes();
        return switch (block.label()) {
            case "PRIVATE KEY" -> Optional.of(key);
            case "RSA PRIVATE KEY" -> Optional.of(pkcs8(der(SEQUENCE, RSA), key));
            case "EC PRIVATE KEY" -> curve(key).map(curve -> pkcs8(der(SEQUENCE, joined(EC, curve)), key));
            default -> Optional.empty();
        };
    }

    private static byte[] pkcs8(byte[] kind, byte[] key) {
        return der(SEQUENCE, joined(new byte[] {2, 1, 0}, kind, der(OCTETS, key)));
    }

    // SEC 1 has the name of the curve behind the key: SEQUENCE { version, OCTETS, [0] name, … }.
    private static Optional<byte[]> curve(byte[] key) {
        int at = contentOf(key, 0);
        while (at >= 0 && at < key.length) {
            int content = contentOf(key, at);
            int end = endOf(key, at);
            if (content < 0 || end < content || end > key.length) {
                return Optional.empty();
            }
            if ((key[at] & 0xff) == PARAMETERS) {
                return Optional.of(Arrays.copyOfRange(key, content, end));
            }
            at = end;
        }
        return Optional.empty();
    }

    private static int contentOf(byte[] der, int at) {
        if (at + 1 >= der.length) {
            return -1;
        }
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length - 0x80);
    }

    private static int endOf(byte[] der, int at) {
        int content = contentOf(der, at);
        if (content < 0 || content > der.length || content - at > 4) {
            return -1;
        }
        int length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < content; i++) {
                length = length << 8 | der[i] & 0xff;
            }
        }
        return content + length;
    }

    private static byte[] der(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : new byte[] {(byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        return joined(head, content);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
