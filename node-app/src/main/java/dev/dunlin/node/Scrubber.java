package dev.dunlin.node;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts pseudonyms in the place of whatever names somebody or some place in a text: peer ids in any of their forms, IP addresses, names
 * of hosts and users, paths. What it has met once it finds in other texts, too: whoever wants nothing to be left shows it all texts
 * first, and takes what it makes of them the second time.
 */
final class Scrubber {

    private static final Pattern ESCAPED =
            Pattern.compile("[A-Za-z0-9._~:/+-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~:/+-]*)+");
    private static final Pattern NAME_IN_ADDRESS =
            Pattern.compile("(/(?:dns|dns4|dns6|dnsaddr|sni)/)([^/\\s,\"'()\\[\\]{}<>;]+)");
    private static final Pattern ZONE_IN_ADDRESS = Pattern.compile("(/ip6zone/)([^/\\s,\"']+)");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{N}._-]*[\\p{L}\\p{N}])?");
    private static final Pattern PARTS = Pattern.compile("[\\p{L}\\p{N}]+");
    private static final Pattern DOMAIN =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z]");
    private static final Pattern SIX = Pattern.compile(
            "(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f.]*(?:%[A-Za-z0-9._-]+)?(?![0-9A-Za-z:])");
    private static final Pattern FOUR = Pattern.compile("(?<![0-9.])\\d{1,6}(?:\\.\\d{1,6}){3}(?![0-9]|\\.\\d)");
    private static final Pattern LONG = Pattern.compile("[A-Za-z0-9]{40,}");
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/_-]{40,}={0,2}");
    private static final Pattern IN_HEX = Pattern.compile("(?i)(?:00240801)?1220[0-9a-f]{64}");
    private static final Pattern BLOB = Pattern.compile("(?=.*[A-Z0-9+=])[A-Za-z0-9+/]{10,}={0,2}");

    // Names of types and fields are letters with slashes between; what is random bytes has all kinds of characters.
    private static final Predicate<String> PARTS_ONLY = Pattern.compile(
                    "[a-z]+(?:[A-Z][a-z]+)*(?:/[a-z]+(?:[A-Z][a-z]+)*)*|[0-9]+|[A-Z]+")
            .asMatchPredicate();

    // Endings of what has a dot in its name and is no host.
    private static final Set<String> ENDINGS = Set.of(
            "json", "jsonl", "txt", "toml", "zst", "key", "lock", "pem", "crt", "tar", "token", "url", "part", "jar");

    private static final int MOST_NESTED = 4;
    private static final int LEAST_NAME = 2;

    private final Pseudonyms pseudonyms = new Pseudonyms();
    private final Map<String, String> paths =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
    private final Map<String, String> words = new TreeMap<>();
    // Names with dashes, dots or underscores in them, which may stand behind more of these.
    private final Map<Pattern, String> parted = new LinkedHashMap<>();
    private final Set<String> ordinary;

    /**
     * One that knows nobody yet.
     *
     * @param ordinary words of the program itself, which name nobody even where a host or a user is called so
     */
    Scrubber(Set<String> ordinary) {
        this.ordinary = Set.copyOf(ordinary);
    }

    /** Which name each pseudonym stands for, as JSON. */
    String mapping() {
        return pseudonyms.json();
    }

    /** A path that is replaced wherever it stands, with what it is called instead. */
    void path(String path, String kind) {
        if (path.length() > 1 && !paths.containsKey(path)) {
            paths.put(path, pseudonyms.of(kind, path));
        }
    }

    /** The name of a host or user, which is replaced wherever it stands as a word. */
    void name(String kind, String name) {
        String word = name.toLowerCase(Locale.ROOT);
        if (word.length() >= LEAST_NAME && !ordinary.contains(word)) {
            words.put(word, pseudonyms.of(kind, word));
            if (!PARTS.matcher(word).matches()) {
                parted.put(
                        Pattern.compile(
                                "(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])",
                                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                        pseudonyms.of(kind, word));
            }
        }
    }

    /** What stands for a name of a kind, be it an ordinary word. */
    String pseudonym(String kind, String name) {
        return pseudonyms.of(kind, name.toLowerCase(Locale.ROOT));
    }

    /** A text with pseudonyms. */
    String text(String text) {
        return text(text, 0);
    }

    /** A text that may be bytes as the log writes them, of which nothing is left then but how many they are. */
    String value(String value) {
        String shown = text(value);
        return shown.equals(value)
                        && BLOB.matcher(value).matches()
                        && value.length() % 4 == 0
                        && !PARTS_ONLY.test(value)
                ? bytes(value)
                : shown;
    }

    private String bytes(String encoded) {
        return pseudonyms.of("bytes", encoded) + " (" + encoded.replace("=", "").length() * 3 / 4 + " bytes)";
    }

    private String text(String text, int depth) {
        String shown = withoutPaths(text);
        if (shown.indexOf('%') >= 0 && depth < MOST_NESTED) {
            shown = each(ESCAPED, shown, found -> unescaped(found, depth));
        }
        shown = NAME_IN_ADDRESS.matcher(shown).replaceAll(found -> quoted(found.group(1) + host(found.group(2))));
        shown = ZONE_IN_ADDRESS.matcher(shown).replaceAll(found -> quoted(found.group(1) + zone(found.group(2))));
        for (Map.Entry<Pattern, String> name : parted.entrySet()) {
            shown = each(name.getKey(), shown, found -> name.getValue());
        }
        shown = each(WORD, shown, this::word);
        shown = each(SIX, shown, this::six);
        shown = each(FOUR, shown, this::four);
        shown = each(LONG, shown, this::peer);
        return each(ENCODED, shown, this::encoded);
    }

    private static String each(Pattern pattern, String text, UnaryOperator<String> shown) {
        return pattern.matcher(text).replaceAll((MatchResult found) -> quoted(shown.apply(found.group())));
    }

    private static String quoted(String text) {
        return Matcher.quoteReplacement(text);
    }

    private String withoutPaths(String text) {
        String shown = text;
        for (Map.Entry<String, String> path : paths.entrySet()) {
            int at = shown.indexOf(path.getKey());
            while (at >= 0) {
                int end = at + path.getKey().length();
                boolean isWhole = end == shown.length()
                        || !Character.isLetterOrDigit(shown.charAt(end)) && shown.charAt(end) != '_';
                String instead = isWhole ? path.getValue() : path.getKey();
                shown = shown.substring(0, at) + instead + shown.substring(end);
                at = shown.indexOf(path.getKey(), at + instead.length());
            }
        }
        return shown;
    }

    // What has nothing in it that is replaced stays as it is written.
    private String unescaped(String found, int depth) {
        String plain = URLDecoder.decode(found.replace("+", "%2B"), StandardCharsets.UTF_8);
        String shown = text(plain, depth + 1);
        return shown.equals(plain) ? found : URLEncoder.encode(shown, StandardCharsets.UTF_8);
    }

    private String host(String name) {
        String word = name.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        String pseudonym = pseudonyms.of(word.equals("localhost") ? "name-loopback" : "name", word);
        if (!ordinary.contains(word)) {
            words.putIfAbsent(word, pseudonym);
        }
        return pseudonym;
    }

    private String zone(String name) {
        return pseudonyms.of("zone", name);
    }

    // The whole word first, then what stands between its dots, dashes and underscores.
    private String word(String found) {
        String word = found.toLowerCase(Locale.ROOT);
        String known = words.get(word);
        if (known != null) {
            return known;
        }
        if (isDomain(found, word)) {
            return host(found);
        }
        return words.isEmpty()
                ? found
                : each(PARTS, found, part -> {
                    String own = words.get(part.toLowerCase(Locale.ROOT));
                    return own == null ? part : own;
                });
    }

    // In one case throughout, and no key of a setting, nor a file of a kind that is known.
    private boolean isDomain(String found, String word) {
        int dot = word.lastIndexOf('.');
        return dot > 0
                && (found.equals(word) || found.equals(found.toUpperCase(Locale.ROOT)))
                && DOMAIN.matcher(word).matches()
                && !ENDINGS.contains(word.substring(dot + 1))
                && !ordinary.contains(found);
    }

    private String six(String found) {
        int zone = found.indexOf('%');
        String plain = zone < 0 ? found : found.substring(0, zone);
        String sentence = plain.replaceFirst("\\.+$", "");
        String trimmed = sentence.endsWith(":") && !sentence.endsWith("::")
                ? sentence.substring(0, sentence.length() - 1)
                : sentence;
        return IpKind.of(trimmed)
                .map(this::ip)
                .map(shown -> shown + plain.substring(trimmed.length()))
                .orElse(found);
    }

    private String four(String found) {
        return IpKind.of(found.replaceAll("(?<![0-9])0+(?=[0-9])", ""))
                .map(this::ip)
                .orElse(found);
    }

    // Of all addresses, and of the addresses of all, there is nothing to hide.
    private String ip(IpKind kind) {
        return kind.reach().equals("any")
                ? (kind.version() == 4 ? "0.0.0.0" : "::")
                : pseudonyms.of("ip" + kind.version() + "-" + kind.reach(), kind.canonical());
    }

    private String peer(String found) {
        Optional<String> whole = peerOf(found);
        if (whole.isPresent()) {
            return whole.get();
        }
        Matcher hex = IN_HEX.matcher(found);
        return hex.find() ? hex.replaceAll(match -> quoted(ofHex(match.group()))) : found;
    }

    private String ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.toLowerCase(Locale.ROOT));
        return named(bytes).orElseGet(() -> pseudonyms.of("bytes", hex.toLowerCase(Locale.ROOT)));
    }

    // As text, then in each base with and without the character that names it.
    private Optional<String> peerOf(String found) {
        if (found.length() > PeerId.MAX_TEXT) {
            return Optional.empty();
        }
        for (String text : List.of(found, found.substring(1))) {
            for (Multibase base : Multibase.values()) {
                try {
                    Optional<String> peer = named(base.decodeBare(text));
                    if (peer.isPresent()) {
                        return peer;
                    }
                } catch (MultiformatException otherBase) {
                    // The next one is tried.
                }
            }
        }
        return Optional.empty();
    }

    // A multihash, a CID, or the public key that a name is made of.
    private Optional<String> named(byte[] bytes) {
        if (bytes.length < 34) {
            return Optional.empty();
        }
        return multihash(bytes).or(() -> cid(bytes)).or(() -> key(bytes)).map(id -> pseudonyms.of("peer", id));
    }

    private static Optional<String> multihash(byte[] bytes) {
        try {
            return Optional.of(PeerId.of(Multihash.fromBytes(bytes)).toString());
        } catch (MultiformatException none) {
            return Optional.empty();
        }
    }

    private static Optional<String> cid(byte[] bytes) {
        try {
            return Optional.of(PeerId.of(Cid.fromBytes(bytes).hash()).toString());
        } catch (MultiformatException none) {
            return Optional.empty();
        }
    }

    // Kind, length and key of an Ed25519 or secp256k1 key.
    private static Optional<String> key(byte[] bytes) {
        boolean isKey =
                bytes[0] == 8 && (bytes[1] == 1 || bytes[1] == 2) && bytes[2] == 0x12 && bytes[3] == bytes.length - 4;
        return isKey ? Optional.of(PeerId.ofPublicKey(bytes).toString()) : Optional.empty();
    }

    // The beginning of a public key; or the hash of one that is known otherwise.
    private boolean hasPeer(byte[] bytes) {
        for (int i = 0; i + 34 <= bytes.length; i++) {
            boolean isHash = bytes[i] == 0x12 && bytes[i + 1] == 0x20;
            if (isHash && i >= 2 && bytes[i - 2] == 8 && bytes[i - 1] == 1
                    || isHash
                            && multihash(Arrays.copyOfRange(bytes, i, i + 34))
                                    .flatMap(id -> pseudonyms.find("peer", id))
                                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    // Base64 with an id or a key somewhere in it; the text may begin anywhere.
    private String encoded(String found) {
        String standard = found.replace('-', '+').replace('_', '/').replace("=", "");
        for (int skipped = 0; skipped < 4; skipped++) {
            String part = standard.substring(skipped);
            // One digit alone is no byte.
            byte[] bytes =
                    Base64.getDecoder().decode(part.length() % 4 == 1 ? part.substring(0, part.length() - 1) : part);
            if (hasPeer(bytes)) {
                return bytes(found);
            }
        }
        return found;
    }
}
