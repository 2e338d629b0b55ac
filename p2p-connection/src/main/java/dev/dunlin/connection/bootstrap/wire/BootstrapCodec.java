package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The messages of a bootstrap session as bytes. What a {@link Vault} keeps is put in as they are written and taken out as they are read.
 * What is no message is read as {@link BootstrapQuestion.Malformed}, so that its sender is told; only what is far too long is not read at all.
 */
public final class BootstrapCodec {

    /** What is read at most: somewhat more than a message may have, so that who sends a longer one is told so. */
    private static final int READ_BYTES = 2 * WireLimits.MESSAGE_BYTES;

    private static final String CONTACT = "inboundContact";
    private static final String RESULT = "provisioningResult";
    private static final String DATABASE = "databaseResult";
    private static final String TAKEN = "databaseTaken";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Pattern KEY =
            Pattern.compile("[\\x21-\\x7e]{" + WireLimits.LEAST_KEY + "," + WireLimits.MOST_KEY + "}");
    /** With an authority, or without any slash: no path of a file, and nothing that a browser runs. */
    private static final Pattern URI = Pattern.compile(
            "(?!file:|jar:|data:|javascript:|vbscript:)[a-z][a-z0-9+.-]{0,31}:(//[\\x21-\\x7e]{1,2000}|[\\x21-\\x7e&&[^/\\\\]]{1,2000})");

    private static final Pattern REFERENCE = Pattern.compile("[\\x20-\\x7e]{0,512}");
    private static final Pattern PARTY = Pattern.compile("[\\x21-\\x7e]{1,256}");

    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final Vault vault;
    private final Form form;

    /** How messages stand on the wire. */
    public enum Form {
        /** One value to the end of the stream, with the fields that Taleus knows. */
        COMPATIBLE(new Framing.ToTheEnd(READ_BYTES)),
        /** Behind its length, with its type and all fields. */
        FRAMED(new Framing.LengthPrefixed(READ_BYTES));

        private final Framing framing;

        Form(Framing framing) {
            this.framing = framing;
        }
    }

    private BootstrapCodec(Vault vault, Form form) {
        this.vault = vault;
        this.form = form;
    }

    /** The messages of a dialer. */
    public static MessageCodec<BootstrapQuestion> questions(Vault vault, Form form) {
        BootstrapCodec codec = new BootstrapCodec(vault, form);
        return MessageCodec.of(BootstrapQuestion.class, form.framing, codec::written, codec::question);
    }

    /** The messages of a listener. */
    public static MessageCodec<BootstrapAnswer> answers(Vault vault, Form form) {
        BootstrapCodec codec = new BootstrapCodec(vault, form);
        return MessageCodec.of(BootstrapAnswer.class, form.framing, codec::written, codec::answer);
    }

    /** What keeps a tally from being sent, in words without a full stop; empty if it can be. */
    public static Optional<String> problem(Tally tally) {
        try {
            matching("tallyId", tally.tallyId(), NAME);
            matching("endpoint", tally.endpoint(), URI);
            matching("credentialsRef", tally.credentialsRef(), REFERENCE);
            return Optional.empty();
        } catch (MalformedMessage e) {
            return Optional.of("a tally's " + e.getMessage());
        }
    }

    // Reading

    private BootstrapQuestion question(Bytes body) {
        try {
            BootstrapJson.Fields fields = BootstrapJson.read(body);
            return switch (type(fields)) {
                case CONTACT -> contact(fields);
                case DATABASE -> new BootstrapQuestion.DatabaseResult(tally(fields), session(fields));
                default ->
                    new BootstrapQuestion.Malformed(
                            Reason.UNKNOWN_TYPE, "its type is neither " + CONTACT + " nor " + DATABASE);
            };
        } catch (MalformedMessage e) {
            return new BootstrapQuestion.Malformed(Reason.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    /** The compatible form has no types: a token makes a contact, whatever else there is; without one a tally and its place a result. */
    private String type(BootstrapJson.Fields fields) throws MalformedMessage {
        if (form == Form.FRAMED) {
            return fields.text("type");
        }
        if (fields.has("token")) {
            return CONTACT;
        }
        if (fields.has("tally") && fields.has("dbConnectionInfo")) {
            return DATABASE;
        }
        throw new MalformedMessage("it has neither a token, nor a tally and its dbConnectionInfo");
    }

    private BootstrapQuestion.Contact contact(BootstrapJson.Fields fields) throws MalformedMessage {
        String token = fields.text("token");
        if (token.isEmpty()) {
            throw new MalformedMessage("token is empty");
        }
        Optional<String> key = key(fields);
        String partyId = matching("partyId", fields.text("partyId"), PARTY);
        String identity = fields.raw("identityBundle");
        if (identity.getBytes(StandardCharsets.UTF_8).length > WireLimits.IDENTITY_BYTES) {
            throw new MalformedMessage("identityBundle is longer than " + WireLimits.IDENTITY_BYTES + " bytes");
        }
        List<Multiaddr> cadre = fields.cadre();
        Optional<Long> patience = form == Form.FRAMED ? fields.optionalNumber("deadlineMs") : Optional.empty();
        // Last: of what is no contact nothing is kept.
        return new BootstrapQuestion.Contact(
                Hashes.sha256(token), partyId, vault.keep(Vault.Kind.IDENTITY, identity), cadre, key, patience);
    }

    /** To the compatible form it is a field that Taleus does not know, so that whatever else stands there is none. */
    private Optional<String> key(BootstrapJson.Fields fields) throws MalformedMessage {
        try {
            String key = fields.text("idempotencyKey");
            if (KEY.matcher(key).matches()) {
                return Optional.of(key);
            }
        } catch (MalformedMessage e) {
            if (form == Form.FRAMED) {
                throw e;
            }
        }
        if (form == Form.FRAMED) {
            throw new MalformedMessage("idempotencyKey has not " + WireLimits.LEAST_KEY + " to " + WireLimits.MOST_KEY
                    + " printable characters");
        }
        return Optional.empty();
    }

    private BootstrapAnswer answer(Bytes body) throws MalformedMessage {
        if (form == Form.COMPATIBLE && body.size() == 0) {
            return new BootstrapAnswer.Taken();
        }
        BootstrapJson.Fields fields = BootstrapJson.read(body);
        if (form == Form.FRAMED) {
            String type = fields.text("type");
            if (type.equals(TAKEN)) {
                return new BootstrapAnswer.Taken();
            }
            if (!type.equals(RESULT)) {
                throw new MalformedMessage("its type is neither " + RESULT + " nor " + TAKEN);
            }
        }
        if (!fields.flag("approved")) {
            return new BootstrapAnswer.Rejected(
                    fields.optionalText("reason").flatMap(Reason::of),
                    form == Form.FRAMED ? fields.optionalNumber("retryAfterMs") : Optional.empty());
        }
        return new BootstrapAnswer.Approved(
                matching("partyId", fields.text("partyId"), PARTY),
                fields.cadre(),
                fields.isGiven("provisionResult")
                        ? Optional.of(tally(fields.object("provisionResult")))
                        : Optional.empty(),
                // Only where a third message is to come there is a name for it.
                form == Form.FRAMED && fields.has("sessionRef") ? Optional.of(fields.session()) : Optional.empty());
    }

    private static Tally tally(BootstrapJson.Fields fields) throws MalformedMessage {
        BootstrapJson.Fields tally = fields.object("tally");
        BootstrapJson.Fields info = fields.object("dbConnectionInfo");
        return new Tally(
                matching("tallyId", tally.text("tallyId"), NAME),
                Role.of(tally.text("createdBy"))
                        .orElseThrow(() -> new MalformedMessage("createdBy is neither stock nor foil")),
                matching("endpoint", info.text("endpoint"), URI),
                matching("credentialsRef", info.optionalText("credentialsRef").orElse(""), REFERENCE));
    }

    private Optional<Bytes> session(BootstrapJson.Fields fields) throws MalformedMessage {
        return form == Form.FRAMED ? Optional.of(fields.session()) : Optional.empty();
    }

    private static String matching(String name, String text, Pattern pattern) throws MalformedMessage {
        if (!pattern.matcher(text).matches()) {
            throw new MalformedMessage(name + " is empty, too long, or has characters that it may not have");
        }
        return text;
    }

    // Writing

    private Bytes written(BootstrapQuestion question) {
        return json(out -> {
            switch (question) {
                case BootstrapQuestion.Contact contact -> contact(contact, out);
                case BootstrapQuestion.DatabaseResult(Tally tally, Optional<Bytes> session) -> {
                    type(DATABASE, out);
                    tally(tally, out);
                    session(session, out);
                }
                case BootstrapQuestion.Malformed _ ->
                    throw new IllegalArgumentException("what could not be read is not sent");
            }
        });
    }

    private void contact(BootstrapQuestion.Contact contact, JsonGenerator out) {
        type(CONTACT, out);
        out.writeStringProperty("token", kept(Vault.Kind.TOKEN, contact.token()));
        out.writeStringProperty("partyId", contact.partyId());
        out.writeName("identityBundle");
        out.writeRawValue(kept(Vault.Kind.IDENTITY, contact.identity()));
        addresses(contact.cadre(), out);
        if (form == Form.FRAMED && contact.key().isEmpty()) {
            throw new IllegalArgumentException("a contact without a key is sent in the compatible form");
        }
        // Taleus passes over it; a node of ours that is asked so knows whoever comes again.
        contact.key().ifPresent(key -> out.writeStringProperty("idempotencyKey", key));
        if (form == Form.FRAMED) {
            contact.patience().ifPresent(patience -> out.writeNumberProperty("deadlineMs", patience));
        }
    }

    private String kept(Vault.Kind kind, Bytes hash) {
        return vault.find(kind, hash)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the " + kind.name().toLowerCase(Locale.ROOT) + " to be sent is not kept any more"));
    }

    private Bytes written(BootstrapAnswer answer) {
        if (form == Form.COMPATIBLE && answer instanceof BootstrapAnswer.Taken) {
            return Bytes.EMPTY;
        }
        return json(out -> {
            switch (answer) {
                case BootstrapAnswer.Approved approved -> {
                    type(RESULT, out);
                    out.writeBooleanProperty("approved", true);
                    out.writeStringProperty("partyId", approved.partyId());
                    addresses(approved.cadre(), out);
                    approved.tally().ifPresent(tally -> {
                        out.writeObjectPropertyStart("provisionResult");
                        tally(tally, out);
                        out.writeEndObject();
                    });
                    session(approved.session(), out);
                }
                case BootstrapAnswer.Rejected(Optional<Reason> reason, Optional<Long> retryAfter) -> {
                    type(RESULT, out);
                    out.writeBooleanProperty("approved", false);
                    reason.ifPresent(why -> out.writeStringProperty("reason", why.word()));
                    if (form == Form.FRAMED) {
                        reason.ifPresent(why -> out.writeStringProperty("code", why.name()));
                        retryAfter.ifPresent(millis -> out.writeNumberProperty("retryAfterMs", millis));
                    }
                }
                case BootstrapAnswer.Taken _ -> type(TAKEN, out);
            }
        });
    }

    private void type(String type, JsonGenerator out) {
        if (form == Form.FRAMED) {
            out.writeStringProperty("type", type);
            out.writeNumberProperty("v", 1);
        }
    }

    private void session(Optional<Bytes> session, JsonGenerator out) {
        if (form == Form.FRAMED) {
            session.ifPresent(
                    ref -> out.writeStringProperty("sessionRef", HexFormat.of().formatHex(ref.toArray())));
        }
    }

    private static void addresses(List<Multiaddr> addresses, JsonGenerator out) {
        out.writeArrayPropertyStart("cadrePeerAddrs");
        addresses.forEach(address -> out.writeString(address.toString()));
        out.writeEndArray();
    }

    private static void tally(Tally tally, JsonGenerator out) {
        out.writeObjectPropertyStart("tally");
        out.writeStringProperty("tallyId", tally.tallyId());
        out.writeStringProperty("createdBy", tally.createdBy().word());
        out.writeEndObject();
        out.writeObjectPropertyStart("dbConnectionInfo");
        out.writeStringProperty("endpoint", tally.endpoint());
        out.writeStringProperty("credentialsRef", tally.credentialsRef());
        out.writeEndObject();
    }

    /** Writes the fields of an object. */
    @FunctionalInterface
    private interface Writing {
        void to(JsonGenerator out);
    }

    private static Bytes json(Writing fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            fields.to(out);
            out.writeEndObject();
        }
        if (bytes.size() > WireLimits.MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a message of " + bytes.size() + " bytes is longer than " + WireLimits.MESSAGE_BYTES);
        }
        return Bytes.of(bytes.toByteArray());
    }
}
