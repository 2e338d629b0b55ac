package dev.dunlin.node;

import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.dht.sim.Churn;
import dev.dunlin.dht.sim.CrowdHealth;
import dev.dunlin.dht.sim.CrowdLookups;
import dev.dunlin.dht.sim.CrowdRun;
import dev.dunlin.dht.sim.KadCrowd;
import dev.dunlin.dht.sim.StoredValues;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The profile dht of {@code dunlin simulate}: a Kademlia network, and how well it does. */
final class DhtSimulation {

    /** How much virtual time goes by between two looks at the progress. */
    private static final long STEP = KadCrowd.SECOND / 10;

    private static final long NOISE = 4 << 20;

    private final long seed;
    private final CrowdRun.Size size;
    private final SimulationProgress progress;

    /**
     * How a network does.
     *
     * @param digest of the state of all nodes at the end
     * @param heapBytes that a node takes; empty if all together have not grown the heap by more than what else happens in it
     * @param millis how long all of it took
     * @param lookupMillis how long the part of it took in which nodes look for one another
     */
    private record Result(
            CrowdRun run,
            String digest,
            CrowdHealth.Tables tables,
            CrowdLookups.Report lookups,
            OptionalLong heapBytes,
            long millis,
            long lookupMillis) {

        double lookupsPerSecond() {
            return lookups.done() * 1000.0 / Math.max(1, lookupMillis);
        }

        double inputsPerSecond() {
            return run.crowd().inputs() * 1000.0 / Math.max(1, millis);
        }
    }

    DhtSimulation(long seed, CrowdRun.Size size, SimulationProgress progress) {
        this.seed = seed;
        this.size = size;
        this.progress = progress;
    }

    /**
     * Runs it and prints what came of it.
     *
     * @throws CommandFailure if a machine throws
     */
    void run(PrintWriter out, boolean json) {
        long begun = System.nanoTime();
        long alive = Footprint.alive();
        CrowdRun run = CrowdRun.of(seed, size);
        AtInterrupt interrupt = AtInterrupt.run(() -> interrupted(run, out, json));
        Result result;
        try {
            runTo(run, run.lived());
            long looking = System.nanoTime();
            runTo(run, run.end());
            long lookupMillis = (System.nanoTime() - looking) / 1_000_000;
            long millis = (System.nanoTime() - begun) / 1_000_000;
            result = new Result(
                    run,
                    run.crowd().digest().toString(),
                    CrowdHealth.tables(run.crowd()),
                    run.lookups().orElseThrow(),
                    heap(run, alive),
                    millis,
                    lookupMillis);
        } catch (StoreFailure failure) {
            throw new CommandFailure(
                    ExitCode.SIMULATED_CRASH, "seed " + seed + ": a machine threw: " + failure.getMessage(), failure);
        } finally {
            progress.end();
        }
        if (!interrupt.done()) {
            return;
        }
        if (json) {
            out.println(json(result));
        } else {
            print(result, out);
        }
    }

    private void runTo(CrowdRun run, long time) {
        KadCrowd crowd = run.crowd();
        while (crowd.now() < time) {
            crowd.runTo(Math.min(time, crowd.now() + STEP));
            progress.part((double) crowd.now() / run.end(), crowd.inputs());
        }
    }

    private static OptionalLong heap(CrowdRun run, long before) {
        long grown = Footprint.alive() - before;
        return grown < NOISE
                ? OptionalLong.empty()
                : OptionalLong.of(grown / run.crowd().up());
    }

    // On a thread of its own: what it reads of the run may be a step old.
    private void interrupted(CrowdRun run, PrintWriter out, boolean json) {
        progress.end();
        long now = run.crowd().now();
        if (json) {
            ObjectNode tree = JsonMapper.shared().createObjectNode();
            tree.put("profile", "dht");
            tree.put("seed", seed);
            tree.put("interrupted", true);
            tree.put("virtualMicros", now);
            out.println(tree);
        } else {
            out.println("interrupted: " + now / KadCrowd.SECOND + " of " + run.end() / KadCrowd.SECOND
                    + " s of virtual time were done");
        }
        out.flush();
    }

    private void print(Result result, PrintWriter out) {
        CrowdRun run = result.run();
        KadCrowd crowd = run.crowd();
        out.println("seed " + seed + ": digest " + result.digest());
        out.println("tables: " + result.tables());
        out.println("lookups: " + result.lookups());
        out.println("values: " + run.values());
        run.churn()
                .ifPresent(churn -> out.println(String.format(
                        Locale.ROOT,
                        "churn: %d left, %d of them came again, %d new ones came; %d nodes are up",
                        churn.left(),
                        churn.returned(),
                        churn.joined(),
                        crowd.up())));
        String heap =
                result.heapBytes().isPresent() ? "a node: " + result.heapBytes().getAsLong() + " bytes of heap; " : "";
        out.println(String.format(
                Locale.ROOT,
                "%s%d nodes, %d s of virtual time; %d inputs, %d questions; %.1f s, %.0f inputs/s, %.0f lookups/s beside"
                        + " what the nodes do for their tables",
                heap,
                size.nodes(),
                crowd.now() / KadCrowd.SECOND,
                crowd.inputs(),
                crowd.questions(),
                result.millis() / 1000.0,
                result.inputsPerSecond(),
                result.lookupsPerSecond()));
    }

    private ObjectNode json(Result result) {
        CrowdRun run = result.run();
        KadCrowd crowd = run.crowd();
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.put("profile", "dht");
        tree.put("seed", seed);
        tree.put("digest", result.digest());
        tree.put("nodes", size.nodes());
        tree.put("up", crowd.up());
        tree.put("virtualMicros", crowd.now());
        tree.put("inputs", crowd.inputs());
        tree.put("questions", crowd.questions());
        tree.put("millis", result.millis());
        result.heapBytes().ifPresent(bytes -> tree.put("heapBytesPerNode", bytes));
        CrowdHealth.Tables tables = result.tables();
        ObjectNode told = tree.putObject("tables");
        told.put("contacts", tables.contacts());
        told.put("knowAll", tables.all());
        told.put("know18", tables.most());
        told.put("dead", tables.dead());
        tables.size().ifPresent(estimate -> told.put("estimatedNodes", estimate));
        CrowdLookups.Report lookups = result.lookups();
        ObjectNode looked = tree.putObject("lookups");
        looked.put("done", lookups.done());
        looked.put("recall", lookups.recall());
        looked.put("questions", lookups.requests());
        looked.put("seconds", lookups.took());
        looked.put("perSecond", result.lookupsPerSecond());
        StoredValues.Report values = run.values();
        ObjectNode stored = tree.putObject("values");
        stored.put("puts", values.puts());
        stored.put("holders", values.holders());
        stored.put("gets", values.gets());
        stored.put("found", values.found());
        stored.put("wrong", values.wrong());
        run.churn().ifPresent(churn -> churn(churn, tree.putObject("churn")));
        return tree;
    }

    private static void churn(Churn churn, ObjectNode into) {
        into.put("left", churn.left());
        into.put("returned", churn.returned());
        into.put("joined", churn.joined());
    }
}
