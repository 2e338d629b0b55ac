package dev.dunlin.core.sim;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.JsonFault;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plans as JSON: a wish's action and a misdeed's deed read as actions do in a log, {@code {"type":…,"payload":…}}; a fault has
 * its name beside its fields.
 */
public final class PlanText {

    private static final Map<String, Class<? extends Fault>> FAULTS = new TreeMap<>(Map.of(
            "crash", Fault.Crash.class,
            "partition", Fault.Partition.class,
            "cut", Fault.Cut.class,
            "stall", Fault.Stall.class,
            "slow", Fault.Slow.class,
            "clockStep", Fault.ClockStep.class,
            "skew", Fault.Skew.class));

    private final Codec codec;
    private final JsonMapper mapper;

    private PlanText(Codec codec) {
        this.codec = codec;
        this.mapper = codec.mapper();
    }

    /** For plans of a scenario: wishes are actions of its store's machines, misdeeds of its own tables. */
    public static PlanText of(Scenario<?> scenario) {
        List<TypeTable> tables = new ArrayList<>();
        for (Machine<?, ?, ?> machine : scenario.store().machines()) {
            tables.add(machine.types());
        }
        tables.addAll(scenario.misdeeds());
        return new PlanText(Codec.of(tables));
    }

    /** Writes a plan. */
    public JsonNode write(Plan plan) {
        ObjectNode tree = mapper.createObjectNode();
        tree.put("scenario", plan.scenario());
        tree.put("seed", plan.seed());
        tree.put("nodes", plan.nodes());
        plan.absent().forEach(tree.putArray("absent")::add);
        plan.byzantine().forEach(tree.putArray("byzantine")::add);
        tree.set("net", mapper.valueToTree(plan.net()));
        tree.put("safe", plan.safe());
        tree.put("live", plan.live());
        ArrayNode faults = tree.putArray("faults");
        for (Fault fault : plan.faults()) {
            ObjectNode node = faults.addObject().put("fault", nameOf(fault));
            node.setAll((ObjectNode) mapper.<JsonNode>valueToTree(fault));
        }
        ArrayNode wishes = tree.putArray("wishes");
        for (Wish wish : plan.wishes()) {
            act(wishes.addObject(), wish.at(), wish.node(), wish.action());
        }
        ArrayNode misdeeds = tree.putArray("misdeeds");
        for (Misdeed misdeed : plan.misdeeds()) {
            act(misdeeds.addObject(), misdeed.at(), misdeed.node(), misdeed.deed());
        }
        return tree;
    }

    private void act(ObjectNode tree, long at, int node, Action action) {
        tree.put("at", at).put("node", node).put("type", codec.nameOf(action));
        tree.set("payload", codec.tree(action));
    }

    private static String nameOf(Fault fault) {
        return FAULTS.entrySet().stream()
                .filter(entry -> entry.getValue().isInstance(fault))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the text is no plan: the message says what is wrong with it
     */
    public Plan read(String text) {
        try {
            JsonNode tree = mapper.readTree(text);
            List<Fault> faults = new ArrayList<>();
            for (JsonNode fault : required(tree, "faults")) {
                faults.add(fault(fault));
            }
            List<Wish> wishes = new ArrayList<>();
            for (JsonNode wish : required(tree, "wishes")) {
                wishes.add(new Wish(
                        required(wish, "at").asLong(), required(wish, "node").asInt(), action(wish)));
            }
            List<Misdeed> misdeeds = new ArrayList<>();
            for (JsonNode misdeed : required(tree, "misdeeds")) {
                misdeeds.add(new Misdeed(
                        required(misdeed, "at").asLong(),
                        required(misdeed, "node").asInt(),
                        action(misdeed)));
            }
            return new Plan(
                    required(tree, "scenario").asString(),
                    required(tree, "seed").asLong(),
                    required(tree, "nodes").asInt(),
                    numbers(required(tree, "absent")),
                    numbers(required(tree, "byzantine")),
                    mapper.treeToValue(required(tree, "net"), Plan.Net.class),
                    required(tree, "safe").asLong(),
                    required(tree, "live").asLong(),
                    faults,
                    wishes,
                    misdeeds);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("this is no plan: " + JsonFault.words(e), e);
        } catch (CodecException e) {
            throw new IllegalArgumentException("this is no plan: " + e.getMessage(), e);
        }
    }

    private Action action(JsonNode tree) {
        return codec.read(required(tree, "type").asString(), required(tree, "payload"));
    }

    private Fault fault(JsonNode tree) {
        String name = required(tree, "fault").asString();
        Class<? extends Fault> type = FAULTS.get(name);
        if (type == null) {
            throw new IllegalArgumentException(
                    "this is no plan: there is no fault " + name + ", only " + FAULTS.keySet());
        }
        ObjectNode fields = ((ObjectNode) tree).deepCopy();
        fields.remove("fault");
        return mapper.treeToValue(fields, type);
    }

    private static List<Integer> numbers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }

    private static JsonNode required(JsonNode tree, String field) {
        JsonNode value = tree.get(field);
        if (value == null) {
            throw new IllegalArgumentException("this is no plan: it lacks the field " + field);
        }
        return value;
    }
}
