package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a range of steps as a state file of the Redux DevTools: a lifted state of {@code @redux-devtools/instrument}, as the
 * DevTools export and import it. Id 0 is {@code @@INIT}, the state before the range; each further id is one step, its action that of
 * the log, with what it led to in {@code meta}. Integers that a JavaScript number cannot hold are strings.
 */
public final class DevToolsExport {

    /** The most steps: each has the whole state after it. */
    public static final int MAX_STEPS = 5000;

    private static final long MAX_SAFE = (1L << 53) - 1;
    private static final long MICROS_PER_MILLI = 1000;

    /** The one name that the DevTools' reader takes for a reference. */
    private static final String REFERENCE = "$jsan";

    private DevToolsExport() {}

    /**
     * Writes the file; the stream is flushed and left open.
     *
     * @param log the log that the replayer replays
     * @throws LogException if the range is empty or has more than {@link #MAX_STEPS} steps, or the log does not have it
     * @throws UncheckedIOException if the stream fails
     */
    public static <R> void write(LogReader<R> log, Replayer<R> replayer, long from, long to, OutputStream out) {
        Steps steps = Steps.of(from, to, MAX_STEPS);
        Codec codec = log.codec();
        try (JsonGenerator json = codec.mapper().createGenerator(new Unclosed(out))) {
            json.writeStartObject();
            json.writeName("actionsById");
            json.writeStartObject();
            steps.walk(replayer, step -> {
                json.writeName(Long.toString(step - from + 1));
                json.writeTree(lifted(
                        step < from ? init() : action(codec, replayer, step),
                        replayer.state().now()));
            });
            json.writeEndObject();
            json.writeName("computedStates");
            json.writeStartArray();
            steps.walk(replayer, step -> json.writeTree(state(replayer)));
            json.writeEndArray();
            long count = to - from + 1;
            json.writeNumberProperty("nextActionId", count + 1);
            json.writeName("stagedActionIds");
            json.writeStartArray();
            for (long id = 0; id <= count; id++) {
                json.writeNumber(id);
            }
            json.writeEndArray();
            json.writeName("skippedActionIds");
            json.writeTree(JsonNodeFactory.instance.arrayNode());
            replayer.seek(from - 1);
            json.writeName("committedState");
            json.writeTree(forJavaScript(replayer.json(replayer.state())));
            json.writeNumberProperty("currentStateIndex", count);
            json.writeName("monitorState");
            json.writeTree(JsonNodeFactory.instance.objectNode());
            json.writeBooleanProperty("isLocked", false);
            json.writeBooleanProperty("isPaused", false);
            json.writeEndObject();
        } catch (JacksonIOException failure) {
            throw new UncheckedIOException(failure.getCause());
        } finally {
            replayer.close();
        }
    }

    private static JsonNode init() {
        return object().put("type", "@@INIT");
    }

    private static JsonNode lifted(JsonNode action, long at) {
        ObjectNode lifted = object().put("type", "PERFORM_ACTION");
        lifted.set("action", forJavaScript(action));
        return lifted.put("timestamp", at / MICROS_PER_MILLI);
    }

    private static <R> JsonNode state(Replayer<R> replayer) {
        ObjectNode computed = object();
        computed.set("state", forJavaScript(replayer.json(replayer.state())));
        return computed;
    }

    private static JsonNode action(Codec codec, Replayer<?> replayer, long step) {
        if (replayer.turn().isEmpty()) {
            Frame.Recorded frame =
                    replayer.recordedAt(step).orElseThrow(() -> new LogException.NoStep("there is no step " + step));
            ObjectNode action = written(codec, frame.action());
            action.putObject("meta")
                    .put("input", step)
                    .put("at", frame.at())
                    .put("failed", frame.failed().orElse(""));
            return action;
        }
        Turn turn = replayer.turn().get();
        ObjectNode action = written(codec, turn.entry(0));
        ObjectNode meta = action.putObject("meta").put("input", step).put("at", turn.now());
        describe(meta, turn, 0);
        ArrayNode ledTo = meta.putArray("ledTo");
        for (int i = 1; i < turn.size(); i++) {
            ObjectNode entry =
                    written(codec, turn.entry(i)).put("id", turn.id(i).toString());
            describe(entry, turn, i);
            ledTo.add(entry);
        }
        return action;
    }

    private static void describe(ObjectNode into, Turn turn, int index) {
        ActionId cause = turn.cause(index);
        if (!cause.isNone()) {
            into.put(index == 0 ? "answers" : "cause", cause.toString());
        }
        Verdict.Disabled why = turn.rejection(index);
        if (why != null) {
            ObjectNode rejected = into.putObject("rejected").put("clause", why.clause());
            for (Operand operand : why.operands()) {
                rejected.put(operand.name(), operand.value());
            }
        }
    }

    private static ObjectNode written(Codec codec, Action action) {
        ObjectNode tree = object().put("type", codec.nameOf(action));
        tree.set("payload", codec.tree(action));
        return tree;
    }

    /** A tree without what JavaScript would round, or the DevTools take for a reference. */
    static JsonNode forJavaScript(JsonNode tree) {
        if (tree.isObject()) {
            ObjectNode copy = object();
            for (Map.Entry<String, JsonNode> field : tree.properties()) {
                String name = field.getKey().equals(REFERENCE) ? "$" + REFERENCE : field.getKey();
                copy.set(name, forJavaScript(field.getValue()));
            }
            return copy;
        }
        if (tree.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            tree.forEach(element -> copy.add(forJavaScript(element)));
            return copy;
        }
        if (tree.isIntegralNumber()
                && (!tree.canConvertToLong() || tree.asLong() > MAX_SAFE || tree.asLong() < -MAX_SAFE)) {
            return JsonNodeFactory.instance.stringNode(tree.asString());
        }
        return tree;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
