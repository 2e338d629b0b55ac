package dev.dunlin.node.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dunlin.core.operate.NoAnswerException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers as JSON, and back. What is optional and not there is left out; constants are in lower case. */
public final class Answers {

    static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Answers() {}

    /** One line. */
    public static String write(Object answer) {
        return JSON.writeValueAsString(answer);
    }

    /** An answer that was written, perhaps by another build: what this one does not know is left out. */
    public static <A extends Record> A read(String json, Class<A> type) {
        return JSON.readValue(json, type);
    }

    /**
     * A JSON object: one, in which each key stands once.
     *
     * @throws NoAnswerException if the text is something else
     */
    static ObjectNode object(String json) {
        requireOnce(json);
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException none) {
            throw noObject();
        }
        throw noObject();
    }

    private static NoAnswerException noObject() {
        return NoAnswerException.badRequest("the body is no JSON object: send one, such as {}");
    }

    // Of two values of one key, one reader takes the first and another the last.
    private static void requireOnce(String json) {
        Deque<Set<String>> open = new ArrayDeque<>();
        boolean whole = false;
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (whole) {
                    throw trailing();
                }
                switch (token) {
                    case START_OBJECT, START_ARRAY -> open.push(new HashSet<>());
                    case END_OBJECT, END_ARRAY -> open.pop();
                    case PROPERTY_NAME -> {
                        String name = parser.currentName();
                        if (!open.getFirst().add(name)) {
                            throw NoAnswerException.badRequest(
                                    "the body has the key " + Exchange.shown(name) + " twice: give it once");
                        }
                    }
                    default -> {}
                }
                whole = open.isEmpty();
            }
        } catch (JacksonException none) {
            throw whole ? trailing() : noObject();
        }
    }

    private static NoAnswerException trailing() {
        return NoAnswerException.badRequest(
                "something stands behind the JSON object in the body: send the object alone");
    }

    static List<String> names(Class<?> type) {
        return List.of(type.getEnumConstants()).stream()
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
