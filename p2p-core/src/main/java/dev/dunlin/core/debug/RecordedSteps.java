package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.JsonFault;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.Closeable;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;

/**
 * The steps that {@link JUnitExport} has taken out of a log, for the test that it has made: the state before them, and their inputs,
 * as JSON lines. What they led to stands in the test.
 *
 * @param <R> the root of the state tree
 */
public final class RecordedSteps<R> implements Closeable {

    /** The type of the first line. */
    static final String STATE = "@steps/state";

    /** Stands beside the first input, and beside each before which the node had been started with other machines. */
    static final String MACHINES = "machines";

    private final Store<R> store;
    private final Codec codec;
    private final MappingIterator<JsonNode> lines;

    private RecordedSteps(Store<R> store, Codec codec, MappingIterator<JsonNode> lines) {
        this.store = store;
        this.codec = codec;
        this.lines = lines;
    }

    /**
     * What a step leads to, as the log records it.
     *
     * @param number the step
     * @param size how many actions and effects, the input included
     * @param derived the digest of all but the input, in hexadecimal digits; zeros if there are none
     * @param changed the machines that it changes with their digests, as {@code name=digest}, a space between two
     * @param rejected the places of disabled actions and the clauses, as {@code 0:clause}, a space between two
     */
    public record Step(long number, int size, String derived, String changed, String rejected) {

        static Step of(Frame.Recorded frame) {
            return new Step(
                    frame.number(),
                    frame.size(),
                    frame.derived().toString(),
                    changed(frame.changed()),
                    frame.rejected().stream()
                            .map(rejected -> rejected.index() + ":" + rejected.clause())
                            .collect(Collectors.joining(" ")));
        }

        static Step of(Turn turn) {
            return new Step(
                    turn.number(),
                    turn.size(),
                    turn.derived().toString(),
                    changed(turn.changedDigests()),
                    IntStream.range(0, turn.size())
                            .boxed()
                            .flatMap(i -> {
                                Verdict.Disabled why = turn.rejection(i);
                                return why == null ? Stream.empty() : Stream.of(i + ":" + why.clause());
                            })
                            .collect(Collectors.joining(" ")));
        }

        private static String changed(Map<String, Digest> digests) {
            return digests.entrySet().stream()
                    .map(machine -> machine.getKey() + "=" + machine.getValue())
                    .collect(Collectors.joining(" "));
        }
    }

    /**
     * Brings a store to the state before the first step.
     *
     * @param in the lines; closed with this
     * @throws LogException if they are not what {@link JUnitExport} writes, or of a shape that this build does not read
     */
    public static <R> RecordedSteps<R> open(Store<R> store, InputStream in) {
        Codec codec = Codec.of(store);
        MappingIterator<JsonNode> lines =
                codec.mapper().readerFor(JsonNode.class).readValues(in);
        RecordedSteps<R> steps = new RecordedSteps<>(store, codec, lines);
        steps.restore(steps.line());
        return steps;
    }

    private JsonNode line() {
        if (!hasNext()) {
            throw new LogException("there are no more steps: the test and its resource do not belong together");
        }
        try {
            return lines.nextValue();
        } catch (JacksonException e) {
            throw new LogException("the steps are no JSON: " + JsonFault.words(e), e);
        }
    }

    private void restore(JsonNode line) {
        if (!line.path("type").asString("").equals(STATE)) {
            throw new LogException("the first line of steps is a " + STATE + ", not a " + line.path("type"));
        }
        JsonNode payload = line.path("payload");
        Map<String, Object> states = new LinkedHashMap<>();
        try {
            for (Machine<?, ?, ?> machine : store.machines()) {
                JsonNode tree = payload.path("state").path(machine.name());
                if (!tree.isMissingNode()) {
                    states.put(machine.name(), codec.value(tree, machine.state()));
                }
            }
        } catch (CodecException e) {
            throw new LogException("this build cannot read the state before the steps: " + e.getMessage(), e);
        }
        store.restore(
                store.stateOf(payload.path("input").asLong(), payload.path("at").asLong(), states));
    }

    /**
     * Takes the next input.
     *
     * @throws LogException if there is none, or this build does not know it
     * @throws StoreFailure if it stops the store, which then stands as if it had not come, and can take the next one
     */
    public Step next() {
        return Step.of(turn());
    }

    /**
     * Takes all inputs that are left, and looks after each at what it may have broken.
     *
     * @return what is broken first; empty if nothing is
     * @throws LogException if this build does not know an input
     * @throws StoreFailure if an input stops the store
     */
    public Optional<Audit.Broken> audit() {
        Audit audit = Audit.thorough(store);
        Optional<Audit.Broken> broken = Optional.empty();
        while (broken.isEmpty() && hasNext()) {
            broken = audit.after(turn());
        }
        return broken;
    }

    private boolean hasNext() {
        try {
            return lines.hasNextValue();
        } catch (JacksonException e) {
            throw new LogException("the steps are no JSON: " + JsonFault.words(e), e);
        }
    }

    private Turn turn() {
        JsonNode line = line();
        JsonNode meta = line.path("meta");
        long number = meta.path("input").asLong();
        StoreState<R> before = store.state();
        try {
            JsonNode answers = meta.path("answers");
            Input input = new Input(
                    codec.read(line.path("type").asString(""), line.path("payload")),
                    answers.isMissingNode() ? ActionId.NONE : ActionId.parse(answers.asString("")));
            if (meta.path(MACHINES).isArray()) {
                store.only(meta.path(MACHINES)
                        .valueStream()
                        .map(JsonNode::asString)
                        .collect(Collectors.toSet()));
            }
            return store.apply(input, meta.path("at").asLong());
        } catch (CodecException e) {
            throw new LogException("this build cannot read step " + number + ": " + e.getMessage(), e);
        } catch (StoreFailure failure) {
            store.restore(new StoreState<>(number, meta.path("at").asLong(), before.node(), before.root()));
            throw failure;
        }
    }

    @Override
    public void close() {
        lines.close();
    }

    /** The first line. */
    static String header(Codec codec, long input, long at, JsonNode state) {
        var header = codec.mapper().createObjectNode().put("type", STATE);
        header.putObject("payload").put("input", input).put("at", at).set("state", state);
        return header.toString();
    }
}
