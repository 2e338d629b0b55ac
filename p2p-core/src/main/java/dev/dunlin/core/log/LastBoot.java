package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a log says of its last boot, whatever build wrote it. A boot is the first input of its segment, so that the first lines of
 * the segments tell; where the ring has dropped that one, the last good snapshot does.
 */
public final class LastBoot {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String BOOTED = "{\"type\":\"node/booted\"";

    private LastBoot() {}

    /**
     * How the node was configured that wrote the log last, {@code node.peerId} among it.
     *
     * @return in the order of the keys; empty if there is no boot that can be read
     * @throws IOException if the files cannot even be listed
     */
    public static Optional<Map<String, String>> config(LogStorage storage) throws IOException {
        for (Segments.Segment segment : Segments.segments(storage).reversed()) {
            Optional<JsonNode> config = inSegment(storage, segment);
            if (config.isPresent()) {
                return config.map(LastBoot::map);
            }
        }
        for (Segments.Snapshot snapshot : Segments.snapshots(storage).reversed()) {
            Map<String, String> config = inSnapshot(storage, snapshot);
            if (!config.isEmpty()) {
                return Optional.of(config);
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> inSegment(LogStorage storage, Segments.Segment segment) {
        try (Lines lines = Segments.open(storage, segment)) {
            while (lines.next() == Lines.Next.GOOD) {
                String text = lines.text();
                if (text.startsWith(BOOTED)) {
                    return Optional.of(MAPPER.readTree(text).path("payload").path("config"));
                }
                if (!Frame.isOwn(text)) {
                    return Optional.empty();
                }
            }
            return Optional.empty();
        } catch (IOException | JacksonException unreadable) {
            // What is wrong with the file is told by the check of the log; another may tell of the boot.
            return Optional.empty();
        }
    }

    private static Map<String, String> inSnapshot(LogStorage storage, Segments.Snapshot snapshot) {
        Map<String, String> config = new TreeMap<>();
        try (Lines lines = new Lines(new ZstdInputStream(storage.read(snapshot.name(), 0)))) {
            while (lines.next() == Lines.Next.GOOD) {
                JsonNode payload = MAPPER.readTree(lines.text()).path("payload");
                List<String> path = payload.path("path")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList();
                if (path.equals(List.of("node"))) {
                    config.putAll(map(payload.path("value").path("config")));
                } else if (path.equals(List.of("node", "config"))) {
                    config.putAll(map(payload.path("value")));
                    config.putAll(map(payload.path("entries")));
                } else if (!config.isEmpty()) {
                    return config;
                }
            }
            return config;
        } catch (IOException | JacksonException unreadable) {
            return Map.of();
        }
    }

    private static Map<String, String> map(JsonNode config) {
        Map<String, String> map = new TreeMap<>();
        config.properties().forEach(one -> map.put(one.getKey(), one.getValue().asString("")));
        return map;
    }
}
