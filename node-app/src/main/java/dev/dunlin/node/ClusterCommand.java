package dev.dunlin.node;

import dev.dunlin.connection.correlation.PeerCorrelation;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.debug.Cluster;
import dev.dunlin.core.debug.ClusterLog;
import dev.dunlin.core.debug.Timeline;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Store;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin cluster}: the logs of several nodes as one timeline. */
@Command(
        name = "cluster",
        description = "Joins the logs of several nodes into one timeline, in which what was sent comes before what it"
                + " caused, whatever the nodes' clocks say.")
final class ClusterCommand implements Runnable {

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR",
            description = "The nodes' data directories, or the folders that hold their logs. One alone is joined with "
                    + DataDirectory.DEFAULT_TEXT + ".")
    private List<Path> directories = List.of();

    @Option(
            names = "--about",
            paramLabel = "PEER",
            description = "Only what concerns this peer: the input names it, or a message went to it or came from it.")
    private @Nullable String about;

    @Option(
            names = "--accept-risky",
            description = "Joins logs with parts that this build no longer looks at; digests of them are not compared.")
    private boolean acceptRisky;

    @Option(names = "--json", description = "Prints JSON, one object a line; the last says what is unmatched.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;

    ClusterCommand(Machines machines) {
        this.machines = machines;
    }

    @Override
    public void run() {
        Optional<String> peer = about == null ? Optional.empty() : Optional.of(peerId(about));
        SequencedMap<String, ClusterLog> logs = new LinkedHashMap<>();
        for (Path directory : all()) {
            String name = directory.toString();
            Path folder = DataDirectory.resolveLog(directory);
            Store<NodeRoot> store = machines.storeOf(folder);
            LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(folder), store);
            if (logs.put(name, ClusterLog.of(name, log, store, acceptRisky)) != null) {
                throw new ParameterException(spec.commandLine(), name + " is given twice");
            }
            warn(name, log.fit());
        }
        Timeline timeline = Cluster.join(logs, new PeerCorrelation());
        new TimelineReport(timeline, machines, spec.commandLine().getOut(), json, peer).print();
    }

    private List<Path> all() {
        return directories.size() == 1 ? List.of(DataDirectory.standard(), directories.getFirst()) : directories;
    }

    private void warn(String name, Schema.Report fit) {
        if (fit.fit() == Schema.Fit.RISKY) {
            spec.commandLine()
                    .getErr()
                    .println("dunlin: warning: the log of " + name
                            + " fits this build only with losses, see dunlin replay " + name);
        }
    }

    private String peerId(String text) {
        try {
            return PeerId.parse(text).toString();
        } catch (MultiformatException bad) {
            throw new ParameterException(spec.commandLine(), "--about is no peer id: " + bad.getMessage(), bad);
        }
    }
}
