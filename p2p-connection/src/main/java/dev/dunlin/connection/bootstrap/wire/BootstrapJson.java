package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the one value of JSON that a message of a bootstrap session is, within {@link WireLimits}. Names that are not known are passed over; one
 * that stands twice, bytes that are no UTF-8, and what stands behind the value are refused. What a field has is looked at when it is asked for,
 * so that fields of other messages are passed over too, whatever they have.
 */
final class BootstrapJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(WireLimits.DEPTH)
                    .maxStringLength(WireLimits.TEXT)
                    .maxNameLength(WireLimits.TEXT)
                    .maxNumberLength(32)
                    .maxDocumentLength(WireLimits.MESSAGE_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** All fields of all messages. */
    private static final Set<String> NAMES = Set.of(
            "type",
            "token",
            "partyId",
            "identityBundle",
            "cadrePeerAddrs",
            "idempotencyKey",
            "deadlineMs",
            "approved",
            "reason",
            "retryAfterMs",
            "sessionRef",
            "provisionResult",
            "tally",
            "dbConnectionInfo",
            "tallyId",
            "createdBy",
            "endpoint",
            "credentialsRef");

    private BootstrapJson() {}

    /**
     * The fields of an object that are known, each as it was written. Whoever asks for one that is not there, or not of its type, has a
     * {@link MalformedMessage}; the sentence has no word of the sender's.
     */
    static final class Fields {

        private final Map<String, String> values = new TreeMap<>();

        /** Whether a name stands there, whatever it has. */
        boolean has(String name) {
            return values.containsKey(name);
        }

        /** Whether it has something, which is not null. */
        boolean isGiven(String name) {
            return !values.getOrDefault(name, "null").equals("null");
        }

        /** As it was written: what is hashed and judged is what was said. */
        String raw(String name) throws MalformedMessage {
            String raw = values.get(name);
            if (raw == null) {
                throw new MalformedMessage("it has no " + name);
            }
            return raw;
        }

        String text(String name) throws MalformedMessage {
            return value(name, in -> {
                if (in.currentToken() != JsonToken.VALUE_STRING) {
                    throw new MalformedMessage(name + " is no text");
                }
                return in.getString();
            });
        }

        Optional<String> optionalText(String name) throws MalformedMessage {
            return isGiven(name) ? Optional.of(text(name)) : Optional.empty();
        }

        Optional<Long> optionalNumber(String name) throws MalformedMessage {
            return has(name) ? Optional.of(number(name)) : Optional.empty();
        }

        private long number(String name) throws MalformedMessage {
            return value(name, in -> {
                if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || !in.isExpectedNumberIntToken()) {
                    throw new MalformedMessage(name + " is no whole number");
                }
                long number = in.getLongValue();
                if (number < 0) {
                    throw new MalformedMessage(name + " is negative");
                }
                return number;
            });
        }

        boolean flag(String name) throws MalformedMessage {
            return switch (raw(name)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new MalformedMessage(name + " is neither true nor false");
            };
        }

        Bytes session() throws MalformedMessage {
            String hex = text("sessionRef");
            if (hex.length() == 2 * WireLimits.SESSION_BYTES) {
                try {
                    return Bytes.of(HexFormat.of().parseHex(hex));
                } catch (IllegalArgumentException noHex) {
                    // Told below.
                }
            }
            throw new MalformedMessage("sessionRef is not " + 2 * WireLimits.SESSION_BYTES + " hexadecimal digits");
        }

        List<Multiaddr> cadre() throws MalformedMessage {
            if (!isGiven("cadrePeerAddrs")) {
                throw new MalformedMessage("it has no cadrePeerAddrs");
            }
            return value("cadrePeerAddrs", BootstrapJson::addresses);
        }

        Fields object(String name) throws MalformedMessage {
            return value(name, in -> {
                if (in.currentToken() != JsonToken.START_OBJECT) {
                    throw new MalformedMessage(name + " is no object");
                }
                return fields(in, raw(name));
            });
        }

        private <T> T value(String name, Reading<T> reading) throws MalformedMessage {
            return parsed(raw(name), reading);
        }
    }

    /** Reads the value at whose first token a parser stands, to its last. */
    @FunctionalInterface
    private interface Reading<T> {
        T from(JsonParser in) throws MalformedMessage;
    }

    /**
     * The fields of a message.
     *
     * @throws MalformedMessage if it is no object of JSON, or is out of its bounds; the sentence has no word of the sender's
     */
    static Fields read(Bytes body) throws MalformedMessage {
        if (body.size() > WireLimits.MESSAGE_BYTES) {
            throw new MalformedMessage("it is longer than " + WireLimits.MESSAGE_BYTES + " bytes");
        }
        String text = decoded(body);
        return parsed(text, in -> {
            if (in.currentToken() != JsonToken.START_OBJECT) {
                throw new MalformedMessage("it is no object of JSON");
            }
            Fields fields = fields(in, text);
            if (in.nextToken() != null) {
                throw new MalformedMessage("something stands behind its end");
            }
            return fields;
        });
    }

    private static <T> T parsed(String text, Reading<T> reading) throws MalformedMessage {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), text)) {
            in.nextToken();
            return reading.from(in);
        } catch (JacksonException e) {
            throw new MalformedMessage("it is no JSON, or out of its bounds: " + WireLimits.DEPTH + " deep, texts of "
                    + WireLimits.TEXT + " characters, each name once");
        }
    }

    private static String decoded(Bytes body) throws MalformedMessage {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.toArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessage("it is no UTF-8");
        }
    }

    // Of the object at whose begin the parser stands.
    private static Fields fields(JsonParser in, String text) throws MalformedMessage {
        Fields fields = new Fields();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            int from = (int) in.currentTokenLocation().getCharOffset();
            skip(in);
            if (NAMES.contains(name)) {
                fields.values.put(
                        name, text.substring(from, (int) in.currentLocation().getCharOffset()));
            }
        }
        return fields;
    }

    private static List<Multiaddr> addresses(JsonParser in) throws MalformedMessage {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new MalformedMessage("cadrePeerAddrs is no list");
        }
        List<Multiaddr> cadre = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                throw new MalformedMessage("an address of cadrePeerAddrs is no text");
            }
            String address = in.getString();
            if (cadre.size() == WireLimits.ADDRESSES || address.length() > WireLimits.ADDRESS_TEXT) {
                throw new MalformedMessage("cadrePeerAddrs has more than " + WireLimits.ADDRESSES
                        + " addresses, or one of more than " + WireLimits.ADDRESS_TEXT + " characters");
            }
            try {
                cadre.add(Multiaddr.parse(address));
            } catch (MultiformatException e) {
                throw new MalformedMessage("an address of cadrePeerAddrs is no multiaddress");
            }
        }
        return cadre;
    }

    // To the last token of the value at hand. What is passed over by the parser itself is not held to the bounds of
    // texts.
    private static void skip(JsonParser in) throws MalformedMessage {
        int depth = 0;
        do {
            switch (in.currentToken()) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT, END_ARRAY -> depth--;
                case VALUE_STRING, PROPERTY_NAME -> {
                    if (in.getStringLength() > WireLimits.TEXT) {
                        throw new MalformedMessage("a text has more than " + WireLimits.TEXT + " characters");
                    }
                }
                default -> in.finishToken();
            }
        } while (depth > 0 && in.nextToken() != null);
    }
}
