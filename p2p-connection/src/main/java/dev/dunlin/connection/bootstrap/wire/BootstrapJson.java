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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the one value of JSON that a message of a bootstrap session is, in a single pass and within {@link WireLimits}. Names that are not
 * known are passed over; one that stands twice, bytes that are no UTF-8, and what stands behind the value are refused.
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

    private final String text;
    private final JsonParser in;

    private BootstrapJson(String text, JsonParser in) {
        this.text = text;
        this.in = in;
    }

    /** All fields of all messages: those of one are some of them. */
    static final class Fields {
        @Nullable
        String type;

        @Nullable
        String token;

        @Nullable
        String partyId;

        @Nullable
        String identity;

        @Nullable
        List<Multiaddr> cadre;

        @Nullable
        String key;

        @Nullable
        Long deadline;

        @Nullable
        Boolean approved;

        @Nullable
        String reason;

        @Nullable
        Long retryAfter;

        @Nullable
        String tallyId;

        @Nullable
        Role createdBy;

        @Nullable
        String endpoint;

        @Nullable
        String credentialsRef;

        @Nullable
        Bytes session;

        boolean hasTally;
        boolean hasInfo;
    }

    /**
     * The fields of a message.
     *
     * @throws MalformedMessage if it is no object of JSON, is out of its bounds, or a field is not of its type; the sentence has no word of
     *     the sender's
     */
    static Fields read(Bytes body) throws MalformedMessage {
        if (body.size() > WireLimits.MESSAGE_BYTES) {
            throw new MalformedMessage("it is longer than " + WireLimits.MESSAGE_BYTES + " bytes");
        }
        String text = decoded(body);
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), text)) {
            BootstrapJson reader = new BootstrapJson(text, in);
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedMessage("it is no object of JSON");
            }
            Fields fields = new Fields();
            reader.message(fields);
            if (in.nextToken() != null) {
                throw new MalformedMessage("something stands behind its end");
            }
            return fields;
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

    /** What becomes of the value of a name, at which the parser stands. */
    @FunctionalInterface
    private interface Field {
        void take(String name) throws MalformedMessage;
    }

    /** All fields of the object at whose begin the parser stands. */
    private void each(Field field) throws MalformedMessage {
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            field.take(name);
        }
    }

    private void message(Fields fields) throws MalformedMessage {
        each(name -> {
            switch (name) {
                case "type" -> fields.type = text(name);
                case "token" -> fields.token = text(name);
                case "partyId" -> fields.partyId = optionalText(name);
                case "identityBundle" -> fields.identity = raw();
                case "cadrePeerAddrs" -> fields.cadre = in.currentToken() == JsonToken.VALUE_NULL ? null : cadre();
                case "idempotencyKey" -> fields.key = text(name);
                case "deadlineMs" -> fields.deadline = number(name);
                case "approved" -> fields.approved = flag(name);
                case "reason" -> fields.reason = optionalText(name);
                case "retryAfterMs" -> fields.retryAfter = number(name);
                case "sessionRef" -> fields.session = session();
                case "provisionResult" -> {
                    if (in.currentToken() != JsonToken.VALUE_NULL) {
                        object(name);
                        each(inner -> result(inner, fields));
                    }
                }
                default -> result(name, fields);
            }
        });
    }

    // It stands inside message 2, and is message 3.
    private void result(String name, Fields fields) throws MalformedMessage {
        switch (name) {
            case "tally" -> tally(fields);
            case "dbConnectionInfo" -> info(fields);
            default -> skip();
        }
    }

    private void tally(Fields fields) throws MalformedMessage {
        object("tally");
        fields.hasTally = true;
        each(name -> {
            switch (name) {
                case "tallyId" -> fields.tallyId = text(name);
                case "createdBy" ->
                    fields.createdBy = Role.of(text(name))
                            .orElseThrow(() -> new MalformedMessage("createdBy is neither stock nor foil"));
                default -> skip();
            }
        });
    }

    private void info(Fields fields) throws MalformedMessage {
        object("dbConnectionInfo");
        fields.hasInfo = true;
        each(name -> {
            switch (name) {
                case "endpoint" -> fields.endpoint = text(name);
                case "credentialsRef" -> fields.credentialsRef = optionalText(name);
                default -> skip();
            }
        });
    }

    private void object(String name) throws MalformedMessage {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new MalformedMessage(name + " is no object");
        }
    }

    private String text(String name) throws MalformedMessage {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw new MalformedMessage(name + " is no text");
        }
        return in.getString();
    }

    private @Nullable String optionalText(String name) throws MalformedMessage {
        return in.currentToken() == JsonToken.VALUE_NULL ? null : text(name);
    }

    private long number(String name) throws MalformedMessage {
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || !in.isExpectedNumberIntToken()) {
            throw new MalformedMessage(name + " is no whole number");
        }
        long number = in.getLongValue();
        if (number < 0) {
            throw new MalformedMessage(name + " is negative");
        }
        return number;
    }

    private boolean flag(String name) throws MalformedMessage {
        return switch (in.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new MalformedMessage(name + " is neither true nor false");
        };
    }

    private Bytes session() throws MalformedMessage {
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

    private List<Multiaddr> cadre() throws MalformedMessage {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new MalformedMessage("cadrePeerAddrs is no list");
        }
        List<Multiaddr> cadre = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String address = text("an address of cadrePeerAddrs");
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
    private void skip() throws MalformedMessage {
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

    // As it was written: what is hashed and judged is what was said.
    private String raw() throws MalformedMessage {
        int from = (int) in.currentTokenLocation().getCharOffset();
        skip();
        String raw = text.substring(from, (int) in.currentLocation().getCharOffset());
        if (raw.getBytes(StandardCharsets.UTF_8).length > WireLimits.IDENTITY_BYTES) {
            throw new MalformedMessage("identityBundle is longer than " + WireLimits.IDENTITY_BYTES + " bytes");
        }
        return raw;
    }
}
