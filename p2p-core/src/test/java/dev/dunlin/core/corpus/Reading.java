package dev.dunlin.core.corpus;

import dev.dunlin.core.codec.Schema.Fit;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the build behind a change makes of a log, in words: that is what stands in the log's folder beside it. */
final class Reading {

    /** The file of the words. */
    static final String EXPECTED = "expected.txt";

    private static final LogOptions OPTIONS =
            new LogOptions(1 << 20, 64 << 20, Long.MAX_VALUE / 4, 1 << 20, Long.MAX_VALUE / 4, 1);

    private final Change change;
    private final SimDisk log;
    private final List<String> lines = new ArrayList<>();

    private Reading(Change change, SimDisk log) {
        this.change = change;
        this.log = log;
    }

    /** Reads, replays, and goes on; the log itself stays as it is. */
    static String of(Change change, SimDisk log) throws IOException {
        Reading reading = new Reading(change, log.copy());
        reading.read();
        return String.join("\n", reading.lines) + "\n";
    }

    private void say(String heading, String text) {
        lines.add(heading + ":");
        text.lines().forEach(line -> lines.add("  " + line));
    }

    private void read() throws IOException {
        LogReader<Object[]> reader = LogReader.open(log, change.after());
        say("fit", reader.fit().fit().toString());
        say("differences", reader.fit().text());
        if (reader.fit().fit() != Fit.FINE) {
            say("replay", refusal(() -> replayer(log, false)));
        }
        if (reader.fit().fit() == Fit.IMPOSSIBLE) {
            say("going on", refusal(() -> ActionLog.open(log, change.after(), OPTIONS, "after")));
            return;
        }
        say("verified", verified(log));
        for (long input : reader.snapshots()) {
            say("snapshot " + input, snapshot(reader, input));
        }
        goOn();
    }

    private Replayer<Object[]> replayer(SimDisk of, boolean acceptRisky) {
        Store<Object[]> store = change.after();
        return new Replayer<>(LogReader.open(of, store), store, acceptRisky);
    }

    private static String refusal(Attempt attempt) throws IOException {
        try {
            attempt.run();
            return "nothing is in the way";
        } catch (LogException refused) {
            // What the JSON library says is its own affair.
            return String.valueOf(refused.getMessage()).replaceAll(": the payload is no .*", ": …");
        }
    }

    /** Something that may be refused. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws IOException;
    }

    private String verified(SimDisk of) {
        Replayer.Verified verified = replayer(of, true).verify(step -> {});
        List<String> said = new ArrayList<>();
        said.add("steps " + verified.first() + " to " + verified.last() + ", " + verified.actions()
                + " actions, forced " + verified.forced());
        said.add("digest " + verified.digest());
        said.add(verified.divergence().map(divergence -> divergence.text()).orElse("0 divergences"));
        for (Replayer.Failed failed : verified.failures()) {
            said.add("failed then: " + failed.recorded());
            said.add("now: " + failed.now().orElse("it is carried out"));
        }
        verified.tail()
                .ifPresent(
                        tail -> said.add("tail of " + tail.bytes() + " bytes in " + tail.file() + ": " + tail.why()));
        return String.join("\n", said);
    }

    // Whether the state that a snapshot brings is that to which all inputs before it lead.
    private String snapshot(LogReader<Object[]> reader, long input) {
        Optional<StoreState<Object[]>> read = reader.snapshotAt(input);
        if (read.isEmpty()) {
            return "it is damaged";
        }
        Replayer<Object[]> replayer = replayer(log, true);
        replayer.seek(0);
        while (replayer.step() < input && replayer.forward()) {
            // One step after the other: a seek would begin at the snapshot itself.
        }
        List<JsonDifference> differences =
                JsonDifference.between(replayer.json(replayer.state()), replayer.json(read.get()), 10);
        replayer.close();
        return differences.isEmpty() ? "it is read, and is what the inputs before it lead to" : differences.toString();
    }

    private void goOn() throws IOException {
        SimDisk copy = log.copy();
        Store<Object[]> store = change.after();
        ActionLog.Opened opened = ActionLog.open(copy, store, OPTIONS, "after");
        say("going on", "behind input " + opened.lastInput() + "\n" + String.join("\n", opened.notes()));
        long at = opened.lastAt() + 1;
        long run = store.state().node().run() + 1;
        List<Action> more =
                List.of(new NodeAction.Booted(run, "after", Table.empty(), at, 5), change.more(), change.more());
        for (Action action : more) {
            opened.writer().append(store.apply(Input.of(action), at));
        }
        opened.writer().force();
        opened.writer().snapshot(store, store.state());
        opened.writer().close();
        say("verified then", verified(copy));
        Store<Object[]> again = change.after();
        ActionLog.open(copy, again, OPTIONS, "after");
        Replayer<Object[]> replayer = new Replayer<>(LogReader.open(copy, store), store, true);
        List<JsonDifference> differences =
                JsonDifference.between(replayer.json(store.state()), replayer.json(again.state()), 10);
        say("opened again", differences.isEmpty() ? "to the same state" : differences.toString());
    }
}
