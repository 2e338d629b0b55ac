package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Decodes lines whose checksum holds. */
final class FrameReader {

    private static final TypeReference<Map<String, Map<String, String>>> SCHEMA = new TypeReference<>() {};

    private final Codec codec;
    private @Nullable Upcaster upcaster;
    private Set<String> machines = Set.of();

    FrameReader(Codec codec) {
        this.codec = codec;
    }

    /** From here on, inputs were recorded by a node that had these machines. */
    void recordedBy(Set<String> those) {
        machines = those;
    }

    /** From here on, payloads are of another build's shape, or of this one's. */
    void upcastBy(@Nullable Upcaster by) {
        upcaster = by;
    }

    Frame read(Lines line) {
        try (JsonParser in = codec.mapper().createParser(line.bytes(), line.from(), line.length() - 1)) {
            in.nextToken();
            expect(in.nextName(), "type");
            in.nextToken();
            String type = in.getString();
            expect(in.nextName(), "payload");
            in.nextToken();
            return switch (type) {
                case Frame.HEADER -> header(codec.mapper().readTree(in));
                case Frame.FORCED ->
                    new Frame.Force(codec.mapper().readTree(in).path("input").asLong());
                default -> recorded(type, in);
            };
        }
    }

    private static void expect(@Nullable String found, String wanted) {
        if (!wanted.equals(found)) {
            throw new LogException("a frame has the field " + wanted + " here, not " + found);
        }
    }

    private Frame.Header header(JsonNode payload) {
        int format = payload.path("format").asInt();
        if (format > Frame.FORMAT) {
            throw new LogException("the log has format " + format + " and this build reads up to " + Frame.FORMAT
                    + ": use a newer build");
        }
        if (format < Frame.OLDEST) {
            throw new LogException(
                    "the log has format " + format + ", of a build before the first release, and this build reads "
                            + Frame.OLDEST + " and later: start with another data folder");
        }
        Map<String, Map<String, String>> types =
                codec.mapper().readerFor(SCHEMA).readValue(payload.path("schema"));
        return new Frame.Header(
                format,
                payload.path("build").asString(),
                payload.path("first").asLong(),
                payload.path("forced").asLong(),
                payload.path("wallOffset").asLong(),
                new Schema(types));
    }

    private Frame recorded(String written, JsonParser in) {
        String type = upcaster == null ? written : upcaster.name(written);
        Action action = upcaster == null
                ? codec.read(type, in)
                : codec.read(type, upcaster.payload(type, codec.mapper().readTree(in)));
        expect(in.nextName(), "meta");
        in.nextToken();
        long number = 0;
        long at = 0;
        int size = 1;
        ActionId answers = ActionId.NONE;
        List<Frame.Rejected> rejected = List.of();
        Digest derived = Digest.ZERO;
        Map<String, Digest> changed = Map.of();
        boolean durable = false;
        Optional<String> failed = Optional.empty();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            in.nextToken();
            switch (field) {
                case "input" -> number = in.getLongValue();
                case "at" -> at = in.getLongValue();
                case "size" -> size = in.getIntValue();
                case "answers" -> answers = ActionId.parse(in.getString());
                case "derived" -> derived = Digest.parse(in.getString());
                case "durable" -> durable = in.getBooleanValue();
                case "failed" -> failed = Optional.of(in.getString());
                case "changed" -> changed = digests(in);
                case "rejected" -> rejected = rejections(codec.mapper().readTree(in));
                default -> in.skipChildren();
            }
        }
        return new Frame.Recorded(
                number, at, action, answers, rejected, size, derived, changed, durable, failed, machines);
    }

    private static Map<String, Digest> digests(JsonParser in) {
        Map<String, Digest> digests = new LinkedHashMap<>();
        for (String machine = in.nextName(); machine != null; machine = in.nextName()) {
            in.nextToken();
            digests.put(machine, Digest.parse(in.getString()));
        }
        if (in.currentToken() != JsonToken.END_OBJECT) {
            throw new LogException("a frame's digests are an object");
        }
        return digests;
    }

    static List<Frame.Rejected> rejections(JsonNode array) {
        List<Frame.Rejected> rejected = new ArrayList<>();
        for (JsonNode node : array) {
            List<Operand> operands = new ArrayList<>();
            node.path("operands")
                    .properties()
                    .forEach(entry -> operands.add(
                            new Operand(entry.getKey(), entry.getValue().asString())));
            rejected.add(new Frame.Rejected(
                    node.path("index").asInt(),
                    node.path("type").asString(),
                    new Subject(
                            node.path("subject").asString(), node.path("key").asString()),
                    node.path("clause").asString(),
                    List.copyOf(operands)));
        }
        return rejected;
    }
}
