package dev.dunlin.node;

import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Violation;
import dev.dunlin.dht.sim.CrowdRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin simulate}: many nodes in one process, under virtual time and a seed. */
@Command(
        name = "simulate",
        description =
                "Runs many nodes in one process, on virtual time: this build's machines, simulated links, and what"
                        + " goes wrong drawn from a seed. A run that finds something wrong is shrunk, and its logs are written.")
final class SimulateCommand implements Runnable {

    private static final int MOST_NODES = CrowdRun.MOST_NODES;
    private static final int NODES = 8;
    private static final int NODES_OF_DHT = 1_000;
    private static final int MOST_CHURN = 1_000;
    private static final int MOST_SEEDS = 1_000_000;
    private static final long MOST_SECONDS = 30L * 24 * 3600;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "How many nodes, 2 to " + MOST_NODES + " (default: " + NODES + "; of the profile dht "
                    + NODES_OF_DHT + ").")
    private @Nullable Integer givenNodes;

    @Option(names = "--seed", paramLabel = "SEED", description = "The one seed to run (default: 1).")
    private @Nullable Long seed;

    @Option(names = "--seeds", paramLabel = "A..B", description = "All seeds from A to B, several in parallel.")
    private @Nullable String seeds;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            defaultValue = "swarm",
            description =
                    "swarm: the seed draws what goes wrong; calm: nothing does; churn: nothing does, each node keeps"
                            + " some twenty connections of ten minutes; dht: nodes join a Kademlia network, store, get and"
                            + " look for one another, and figures tell how well (default: swarm).")
    private Profile profile = Profile.SWARM;

    @Option(
            names = "--time",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long faults and wishes go on, in virtual seconds; then everything must come to rest."
                    + " Of the profile dht how long the network goes on once all have joined (default: 120).")
    private long time;

    @Option(
            names = "--churn",
            paramLabel = "PERCENT",
            description = "Of the profile dht: how many of a hundred nodes leave in an hour, 0 to " + MOST_CHURN
                    + "; half of them come again, and new ones come for the others (default: 0).")
    private @Nullable Integer churn;

    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description = "Runs the plan of a file, as a run that found something wrong wrote it, instead of seeds.")
    private @Nullable Path plan;

    @Option(
            names = "--twice",
            description = "Runs each seed twice: that the two end with other digests is found wrong, too.")
    private boolean twice;

    @Option(names = "--digests-only", description = "Checks no invariants, keeps digests only: several times as quick.")
    private boolean digestsOnly;

    @Option(
            names = "--logs",
            paramLabel = "DIR",
            description =
                    "Where the logs of a run that finds something wrong are written, with its plan and a test that"
                            + " runs it again; with one seed, the logs are written in any case (default: simulation-SEED if"
                            + " something is wrong).")
    private @Nullable Path logs;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many seeds run at once (default: one for each processor).")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "Prints the result as one JSON object.")
    private boolean json;

    /** What is simulated. */
    enum Profile {
        SWARM,
        CALM,
        CHURN,
        DHT;

        /** The scenario of connections; the profile of Kademlia has none. */
        private ConnectionScenario.Profile connections() {
            return switch (this) {
                case SWARM -> ConnectionScenario.Profile.SWARM;
                case CALM -> ConnectionScenario.Profile.CALM;
                case CHURN -> ConnectionScenario.Profile.CHURN;
                case DHT -> throw new IllegalStateException("a Kademlia network is no scenario of connections");
            };
        }
    }

    // In the order in which they ended.
    private final Queue<Outcome> finished = new ConcurrentLinkedQueue<>();

    // Of the only run; several at once share one heap.
    private volatile @Nullable Footprint footprint;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final boolean terminal;

    /**
     * The command.
     *
     * @param terminal whether standard error is a terminal that shows a progress bar
     */
    SimulateCommand(boolean terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        int nodes = nodes();
        usage(nodes >= 2 && nodes <= MOST_NODES, "--nodes is from 2 to " + MOST_NODES + ", not " + nodes);
        usage(time >= 1 && time <= MOST_SECONDS, "--time is from 1 to " + MOST_SECONDS + " seconds, not " + time);
        usage(seed == null || seeds == null, "--seed and --seeds exclude one another");
        usage(plan == null || (seed == null && seeds == null), "--plan has its own seed: leave --seed and --seeds out");
        usage(threads == null || (threads >= 1 && threads <= 1024), "--threads is from 1 to 1024, not " + threads);
        usage(churn == null || profile == Profile.DHT, "--churn is of --profile dht");
        if (profile == Profile.DHT) {
            simulateDht(nodes);
            return;
        }
        ConnectionScenario scenario = ConnectionScenario.of(profile.connections());
        Simulation<SimRoot> simulation = Simulation.of(scenario);
        Scenario.Size size = new Scenario.Size(nodes, time * 1_000_000);
        long begun = System.nanoTime();
        // Drawn when its turn comes: many plans take more room than many seeds.
        List<Supplier<Plan>> plans = plan == null
                ? LongStream.rangeClosed(range()[0], range()[1])
                        .mapToObj(each -> (Supplier<Plan>) () -> scenario.plan(each, size))
                        .toList()
                : List.of(given(plan, scenario));
        SimulationProgress progress = new SimulationProgress(spec.commandLine().getErr(), terminal, plans.size());
        AtInterrupt interrupt = AtInterrupt.run(() -> interrupted(plans.size(), begun, progress));
        List<Outcome> outcomes = outcomes(simulation, plans, progress);
        progress.end();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        Optional<Outcome> wrong = outcomes.stream()
                .filter(outcome -> outcome.violation().isPresent())
                .findFirst();
        SimulationFiles files = new SimulationFiles(simulation, profile.connections(), twice, !digestsOnly, progress);
        Optional<SimulationFiles.Written> written = wrong.map(outcome -> files.writeFailure(
                outcome, logs == null ? Path.of("simulation-" + outcome.plan().seed()) : logs));
        if (!interrupt.done()) {
            return;
        }
        if (wrong.isEmpty() && logs != null && plans.size() == 1) {
            files.writeLogs(plans.getFirst().get(), logs);
        }
        if (json) {
            printJson(outcomes, written, took);
        } else {
            print(outcomes, took);
        }
        wrong.ifPresent(outcome -> {
            throw failure(outcome, written.orElseThrow());
        });
    }

    private int nodes() {
        if (givenNodes != null) {
            return givenNodes;
        }
        return profile == Profile.DHT ? NODES_OF_DHT : NODES;
    }

    private void simulateDht(int nodes) {
        usage(
                seeds == null && plan == null && logs == null && threads == null && !twice && !digestsOnly,
                "--profile dht goes with --nodes, --seed, --time, --churn and --json, and with no other option of this"
                        + " command");
        int percent = churn == null ? 0 : churn;
        usage(percent >= 0 && percent <= MOST_CHURN, "--churn is from 0 to " + MOST_CHURN + " percent, not " + percent);
        PrintWriter err = spec.commandLine().getErr();
        DhtSimulation simulation = new DhtSimulation(
                seed == null ? 1 : seed,
                new CrowdRun.Size(nodes, time * 1_000_000, percent * 10),
                new SimulationProgress(err, terminal, 1));
        simulation.run(spec.commandLine().getOut(), json);
    }

    // What is done so far, which a run of many hours is worth.
    private void interrupted(int all, long begun, SimulationProgress progress) {
        progress.end();
        List<Outcome> done = finished.stream()
                .sorted(Comparator.comparingLong(outcome -> outcome.plan().seed()))
                .toList();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(done, Optional.empty(), took);
        } else {
            if (!done.isEmpty()) {
                print(done, took);
            }
            out.println("interrupted: " + done.size() + " of " + all + " seeds were done");
        }
        out.flush();
    }

    private static Supplier<Plan> given(Path file, ConnectionScenario scenario) {
        Plan read = SimulationFiles.plan(file, PlanText.of(scenario));
        return () -> read;
    }

    private void usage(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), sentence);
        }
    }

    private long[] range() {
        if (seeds == null) {
            long only = seed == null ? 1 : seed;
            return new long[] {only, only};
        }
        int dots = seeds.indexOf("..");
        try {
            long from = Long.parseLong(dots < 0 ? "" : seeds.substring(0, dots), 10);
            long to = Long.parseLong(seeds.substring(dots + 2), 10);
            usage(
                    from <= to && to - from < MOST_SEEDS,
                    "--seeds goes from a lower to a higher seed, at most " + MOST_SEEDS + " of them");
            return new long[] {from, to};
        } catch (NumberFormatException bad) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds is two numbers as in 1..200, not '" + seeds + "'", bad);
        }
    }

    private List<Outcome> outcomes(
            Simulation<SimRoot> simulation, List<Supplier<Plan>> plans, SimulationProgress progress) {
        AtomicLong found = new AtomicLong();
        try (ExecutorService workers = Executors.newFixedThreadPool(
                Math.min(plans.size(), threads == null ? Runtime.getRuntime().availableProcessors() : threads),
                Thread.ofPlatform().name("dunlin-sim-", 0).daemon().factory())) {
            List<Future<Outcome>> running = plans.stream()
                    .map(drawn -> workers.submit(() -> {
                        Plan each = drawn.get();
                        long alive = plans.size() == 1 ? Footprint.alive() : 0;
                        RunOptions options =
                                RunOptions.DEFAULT.auditing(!digestsOnly).telling(progress.of(each));
                        if (plans.size() == 1) {
                            options = options.ending(world -> footprint = Footprint.of(world, alive));
                        }
                        Outcome outcome = twice ? simulation.runTwice(each, options) : simulation.run(each, options);
                        if (outcome.violation().isPresent()) {
                            found.incrementAndGet();
                        }
                        progress.done(outcome, found.get());
                        Outcome kept = outcome.violation().isPresent() ? outcome : outcome.withoutLists();
                        finished.add(kept);
                        return kept;
                    }))
                    .toList();
            return running.stream().map(SimulateCommand::outcome).toList();
        }
    }

    private static Outcome outcome(Future<Outcome> running) {
        try {
            return running.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.INTERNAL, "the simulation was interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw new CommandFailure(
                    ExitCode.INTERNAL,
                    "the simulator failed, which is a fault in Dunlin: " + failed.getCause(),
                    failed);
        }
    }

    /** The exit code of a violation. */
    static ExitCode code(Violation.Kind kind) {
        return switch (kind) {
            case CRASH -> ExitCode.SIMULATED_CRASH;
            case SAFETY -> ExitCode.SAFETY_VIOLATED;
            case LIVENESS -> ExitCode.LIVENESS_VIOLATED;
        };
    }

    private String again(Outcome outcome) {
        return SimulationFiles.command(
                profile.connections(),
                twice,
                !digestsOnly,
                plan == null
                        ? "--seed " + outcome.plan().seed() + " --nodes " + nodes() + " --time " + time
                        : "--plan " + plan);
    }

    private String found(Outcome outcome, Violation violation) {
        return "seed " + outcome.plan().seed() + ": " + violation + "; '" + again(outcome) + "' runs it again";
    }

    private CommandFailure failure(Outcome outcome, SimulationFiles.Written written) {
        Violation violation = outcome.violation().orElseThrow();
        return new CommandFailure(
                code(violation.kind()),
                found(outcome, violation) + "; shrunk to "
                        + written.plan().events() + " events on "
                        + (written.plan().nodes() - written.plan().absent().size()) + " nodes, which '"
                        + written.command() + "' runs again; logs, plan and a JUnit test are in " + written.folder());
    }

    private void print(List<Outcome> outcomes, Duration took) {
        PrintWriter out = spec.commandLine().getOut();
        if (outcomes.size() == 1) {
            Outcome one = outcomes.getFirst();
            out.println("seed " + one.plan().seed() + ": digest " + one.digest());
        }
        // Each has a line; the first stands at the end, too, with what it was shrunk to.
        for (Outcome outcome : outcomes) {
            outcome.violation().ifPresent(violation -> out.println(found(outcome, violation)));
        }
        Footprint each = footprint;
        if (each != null) {
            String heap = each.heapBytes().isPresent() ? each.heapBytes().getAsLong() + " bytes of heap, " : "";
            out.println("a node: " + heap + each.stateBytes() + " bytes of state");
        }
        long events = outcomes.stream().mapToLong(Outcome::events).sum();
        long wrong = outcomes.stream()
                .filter(outcome -> outcome.violation().isPresent())
                .count();
        out.println(String.format(
                Locale.ROOT,
                "%d seeds, %d wrong; %d nodes each, %d s of virtual time; %d events, %d inputs, %d actions, %d rejected,"
                        + " %d refused at doors, %d crashes; %.1f s, %.0f events/s",
                outcomes.size(),
                wrong,
                outcomes.getFirst().plan().nodes(),
                outcomes.stream().mapToLong(Outcome::time).sum() / 1_000_000,
                events,
                outcomes.stream().mapToLong(Outcome::inputs).sum(),
                outcomes.stream().mapToLong(Outcome::actions).sum(),
                outcomes.stream().mapToLong(Outcome::rejections).sum(),
                outcomes.stream().mapToLong(Outcome::refused).sum(),
                outcomes.stream().mapToLong(Outcome::crashes).sum(),
                took.toMillis() / 1000.0,
                events / Math.max(0.001, took.toMillis() / 1000.0)));
    }

    private void printJson(List<Outcome> outcomes, Optional<SimulationFiles.Written> written, Duration took) {
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.put("profile", profile.name().toLowerCase(Locale.ROOT));
        tree.put("millis", took.toMillis());
        Footprint each = footprint;
        if (each != null) {
            each.heapBytes().ifPresent(bytes -> tree.put("heapBytesPerNode", bytes));
            tree.put("stateBytesPerNode", each.stateBytes());
        }
        ArrayNode runs = tree.putArray("runs");
        for (Outcome outcome : outcomes) {
            ObjectNode run = runs.addObject();
            run.put("seed", outcome.plan().seed());
            run.put("digest", outcome.digest().toString());
            run.put("nodes", outcome.plan().nodes());
            run.put("events", outcome.events());
            run.put("inputs", outcome.inputs());
            run.put("actions", outcome.actions());
            run.put("rejections", outcome.rejections());
            run.put("refused", outcome.refused());
            run.put("crashes", outcome.crashes());
            run.put("virtualMicros", outcome.time());
            outcome.violation().ifPresent(violation -> {
                ObjectNode wrong = run.putObject("violation");
                wrong.put("kind", violation.kind().name().toLowerCase(Locale.ROOT));
                wrong.put("name", violation.name());
                wrong.put("node", violation.node());
                wrong.put("input", violation.input());
                wrong.put("atMicros", violation.at());
                wrong.put("why", violation.why());
                wrong.put("command", again(outcome));
            });
        }
        written.ifPresent(files -> {
            ObjectNode shrunk = tree.putObject("shrunk");
            shrunk.put("events", files.plan().events());
            shrunk.put("nodes", files.plan().nodes() - files.plan().absent().size());
            shrunk.put("folder", files.folder().toString());
            shrunk.put("command", files.command());
        });
        spec.commandLine().getOut().println(tree);
    }
}
