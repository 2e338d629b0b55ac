package dev.dunlin.node.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
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

    /** A JSON object, or null if the text is none. */
    static @Nullable ObjectNode object(String json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return tree instanceof ObjectNode object ? object : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    static List<String> names(Class<?> type) {
        return List.of(type.getEnumConstants()).stream()
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
