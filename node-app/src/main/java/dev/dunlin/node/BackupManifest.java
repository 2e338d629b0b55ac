package dev.dunlin.node;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a backup holds, as its last file {@code backup.json} says it.
 *
 * @param made when, ISO 8601 in UTC
 * @param build which build made it
 * @param peerId whose node it is; empty if neither key nor log tell
 * @param files the SHA-256 of each file, in hexadecimal digits, by its path
 */
record BackupManifest(String made, String build, Optional<String> peerId, Map<String, String> files) {

    /** Its own path. */
    static final String FILE = "backup.json";

    /** No manifest is longer, bytes. */
    static final int MOST_BYTES = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int FORMAT = 1;

    byte[] bytes() {
        ObjectNode root = MAPPER.createObjectNode()
                .put("format", FORMAT)
                .put("made", made)
                .put("build", build)
                .put("peerId", peerId.orElse(null));
        ObjectNode sums = root.putObject("sha256");
        files.forEach(sums::put);
        return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Of the file's content.
     *
     * @throws CommandFailure if it is none, or of another format
     */
    static BackupManifest of(byte[] content) {
        try {
            JsonNode root = MAPPER.readTree(content);
            if (root.path("format").asInt() != FORMAT) {
                throw new CommandFailure(
                        ExitCode.DATA_ERROR,
                        "the backup has format "
                                + LogLine.shortened(root.path("format").toString(), 20)
                                + ", and this build reads format " + FORMAT + ": use the build that made it");
            }
            if (!root.path("sha256").isObject()) {
                throw new CommandFailure(
                        ExitCode.DATA_ERROR, "the backup's " + FILE + " is damaged: use another backup");
            }
            Map<String, String> files = new LinkedHashMap<>();
            root.path("sha256")
                    .properties()
                    .forEach(file -> files.put(file.getKey(), file.getValue().asString("")));
            return new BackupManifest(
                    root.path("made").asString(""),
                    root.path("build").asString(""),
                    root.path("peerId").isString()
                            ? Optional.of(root.path("peerId").asString())
                            : Optional.empty(),
                    files);
        } catch (JacksonException noJson) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR, "the backup's " + FILE + " is damaged: use another backup", noJson);
        }
    }
}
