package dev.dunlin.core.testkit;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import dev.dunlin.core.multiformats.Multibase;

/**
 * Searches every byte of every file of a folder for secrets that must not be there: raw, in hexadecimal, base64 (each of its
 * three alignments, both alphabets) and base58btc; also inside zstd files.
 *
 * <pre>{@code
 * assertThat(CanaryScan.of(Map.of("key", keyBytes)).except("node.key").in(dataDir)).isEmpty();
 * }</pre>
 */
public final class CanaryScan {

    private static final int MIN_SECRET = 8;

    private final Map<String, List<Needle>> needles;
    private final List<String> exceptions;

    private record Needle(String form, byte[] bytes) {}

    private CanaryScan(Map<String, List<Needle>> needles, List<String> exceptions) {
        this.needles = needles;
        this.exceptions = exceptions;
    }

    /**
     * For secrets by name.
     *
     * @throws IllegalArgumentException if one is shorter than 8 bytes: it would be found by chance
     */
    public static CanaryScan of(Map<String, byte[]> secrets) {
        Map<String, List<Needle>> needles = new LinkedHashMap<>();
        secrets.forEach((name, secret) -> {
            if (secret.length < MIN_SECRET) {
                throw new IllegalArgumentException("a canary has at least " + MIN_SECRET + " bytes: " + name);
            }
            needles.put(name, forms(secret));
        });
        return new CanaryScan(needles, List.of());
    }

    /** Leaves out files of a name, such as the one that holds the key. */
    public CanaryScan except(String fileName) {
        List<String> more = new ArrayList<>(exceptions);
        more.add(fileName);
        return new CanaryScan(needles, List.copyOf(more));
    }

    private static List<Needle> forms(byte[] secret) {
        List<Needle> forms = new ArrayList<>();
        forms.add(new Needle("raw", secret));
        forms.add(text("hex", HexFormat.of().formatHex(secret)));
        forms.add(text("hex", HexFormat.of().withUpperCase().formatHex(secret)));
        forms.add(text("base58", Multibase.BASE58_BTC.encodeBare(secret)));
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[shift + secret.length];
            System.arraycopy(secret, 0, shifted, shift, secret.length);
            // Without the digits that bits of the neighbours share.
            int from = shift == 0 ? 0 : shift + 1;
            int to = shifted.length * 8 / 6;
            forms.add(text("base64", Base64.getEncoder().encodeToString(shifted).substring(from, to)));
            forms.add(text("base64", Base64.getUrlEncoder().encodeToString(shifted).substring(from, to)));
        }
        return forms;
    }

    private static Needle text(String form, String text) {
        return new Needle(form, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** What stands in the files of a folder and those below: one line each, file, secret and form; empty if all is well. */
    public List<String> in(Path folder) throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !exceptions.contains(file.getFileName().toString()))
                    .forEach(file -> {
                        try {
                            scan(folder.relativize(file).toString(), file, found);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
        return List.copyOf(found);
    }

    private void scan(String name, Path file, TreeSet<String> found) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            scan(name, in, found);
        }
        if (name.endsWith(".zst")) {
            try (InputStream in = new ZstdInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
                scan(name + " (unpacked)", in, found);
            }
        }
    }

    private void scan(String name, InputStream in, TreeSet<String> found) throws IOException {
        int longest = needles.values().stream()
                .flatMap(List::stream)
                .mapToInt(needle -> needle.bytes().length)
                .max()
                .orElse(1);
        byte[] window = new byte[Math.max(1 << 16, 4 * longest)];
        int kept = 0;
        for (int count = in.read(window, 0, window.length); count >= 0; count = in.read(window, kept, window.length - kept)) {
            int end = kept + count;
            for (Map.Entry<String, List<Needle>> secret : needles.entrySet()) {
                for (Needle needle : secret.getValue()) {
                    if (contains(window, end, needle.bytes())) {
                        found.add(name + ": " + secret.getKey() + " in " + needle.form());
                    }
                }
            }
            int keep = Math.min(end, longest - 1);
            System.arraycopy(window, end - keep, window, 0, keep);
            kept = keep;
        }
    }

    private static boolean contains(byte[] in, int end, byte[] needle) {
        for (int at = 0; at <= end - needle.length; at++) {
            if (in[at] == needle[0] && Arrays.equals(in, at, at + needle.length, needle, 0, needle.length)) {
                return true;
            }
        }
        return false;
    }
}
