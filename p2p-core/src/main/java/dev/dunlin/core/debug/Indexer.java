package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Fills an index: replays the log, and writes down every action of every turn. */
final class Indexer<R> {

    private static final int MAX_KEY = 4096;
    private static final long BYTES_PER_INPUT = 4;
    private static final long MANY = 1_000;
    private static final String TO_PEER = "/p2p/";

    private final LogReader<R> log;
    private final Store<R> store;
    private final Codec codec;
    private final IndexFiles files;
    private final long first;
    private final String build;
    private final LogIndex.Options options;
    private final LongConsumer progress;

    // Lookup only.
    private final Map<Class<?>, Machine<?, ?, ?>> owners = new HashMap<>();
    private final ByteBuffer scratch = ByteBuffer.allocate(64);
    private final TreeSet<Integer> concerned = new TreeSet<>();
    private final ChangedParts parts;
    private int[] about = new int[64];

    Indexer(
            LogReader<R> log,
            Store<R> store,
            IndexFiles files,
            long first,
            String build,
            LogIndex.Options options,
            LongConsumer progress) {
        this.log = log;
        this.store = store;
        this.codec = log.codec();
        this.files = files;
        this.first = first;
        this.build = build;
        this.options = options;
        this.progress = progress;
        this.parts = new ChangedParts(new Parts(codec));
        for (Machine<?, ?, ?> machine : store.machines()) {
            machine.types().actions().values().forEach(type -> owners.put(type, machine));
        }
    }

    /** Goes on from a state to the end of the log; what is before the index's end is passed by. */
    void goOn(StoreState<R> from) throws IOException {
        new Walk<>(log, store, Walk::noClock).from(from, this::take);
        endStretch();
    }

    private void take(Walk.Step step) throws IOException {
        long number = step.recorded().number();
        if (number < first + files.steps.count()) {
            return;
        }
        long firstAct = files.acts.count();
        for (Turn.Changed change : step.turn().map(Turn::changed).orElse(List.of())) {
            parts.add(change.machine(), change.before(), change.state());
        }
        int peer = step.turn().isPresent() ? turn(step.turn().get()) : failed(step);
        Frame.Recorded recorded = step.recorded();
        if (peer < 0) {
            peer = peerOfAnswered(recorded.answers());
        }
        scratch.clear();
        new Records.Step(
                        recorded.at(),
                        firstAct,
                        step.offset(),
                        step.bytes(),
                        recorded.answers().input(),
                        recorded.answers().index(),
                        peer)
                .write(scratch);
        files.steps.append(scratch.array(), scratch.position());
        if (number >= files.next) {
            long bytes = log.saveSnapshot(files.storage, store.state(), build);
            files.dense = number;
            files.next = number + interval(bytes, number - first);
            endStretch();
        }
        if ((number & 0x3FF) == 0) {
            progress.accept(number);
        }
    }

    // As long as from one snapshot to the next, or shorter where an index was extended.
    private void endStretch() throws IOException {
        for (int hash : parts.take()) {
            scratch.clear();
            files.changes.append(scratch.putInt(hash).array(), Integer.BYTES);
        }
        scratch.clear();
        new Records.Stretch(first + files.steps.count() - 1, files.changes.count()).write(scratch);
        files.stretches.append(scratch.array(), scratch.position());
    }

    // Bigger snapshots are read more slowly than inputs are replayed, and a long log has many of them.
    private long interval(long snapshotBytes, long soFar) {
        long wanted = Math.max(snapshotBytes / BYTES_PER_INPUT, soFar / MANY);
        return Math.clamp(wanted, options.least(), options.most());
    }

    // The peer that the input concerns.
    private int turn(Turn turn) throws IOException {
        if (about.length < turn.size()) {
            about = new int[turn.size()];
        }
        int peer = -1;
        for (int i = 0; i < turn.size(); i++) {
            int caused = entry(turn, i);
            peer = i == 0 ? caused : peer;
        }
        return peer;
    }

    private int entry(Turn turn, int i) throws IOException {
        Action action = turn.entry(i);
        boolean effect = action instanceof Effect;
        int causedBy = i == 0 ? 0 : turn.cause(i).index();
        about[i] = effect ? about[causedBy] : subject(action);
        JsonNode payload = codec.tree(action);
        Verdict.Disabled why = turn.rejection(i);
        int clause = why == null ? Records.NONE : files.clauses.numberOf(why.clause());
        String text = cut(payload.toString());
        if (why != null) {
            ObjectNode operands = codec.mapper().createObjectNode();
            for (Operand operand : why.operands()) {
                operands.put(operand.name(), operand.value());
            }
            String operandText = operands.toString();
            text += "\n" + (operandText.length() > Texts.MAX_TEXT ? "{}" : operandText);
        }
        return write(action, turn.number(), i, causedBy, clause, payload, text);
    }

    private int failed(Walk.Step step) throws IOException {
        Action action = step.recorded().action();
        about[0] = subject(action);
        JsonNode payload = codec.tree(action);
        String text = cut(payload.toString()) + "\n{}\n"
                + cut(step.recorded().failed().orElse(""));
        return write(action, step.recorded().number(), 0, 0, Records.NONE, payload, text);
    }

    private int write(Action action, long step, int i, int causedBy, int clause, JsonNode payload, String text)
            throws IOException {
        long act = files.acts.count();
        String type = (action instanceof Effect ? LogIndex.EFFECT : "") + codec.nameOf(action);
        scratch.clear();
        new Records.Act(step, i, causedBy, files.types.numberOf(type), clause, about[i], files.texts.append(text))
                .write(scratch);
        files.acts.append(scratch.array(), scratch.position());
        concerned.clear();
        concerned.add(about[i]);
        named(payload);
        if (concerned.size() > 1) {
            concerned.remove(0);
        }
        if (clause != Records.NONE) {
            Subjects.Known own = files.subjects.at(about[i]);
            own.rejected++;
            own.lastRejected = act + 1;
        }
        int peer = -1;
        int peers = 0;
        for (int subject : concerned) {
            post(subject, act);
            if (files.subjects.isPeer(subject)) {
                peer = subject;
                peers++;
            }
        }
        Subjects.Known own = files.subjects.at(about[i]);
        if (about[i] > 0 && peers == 1 && own.peer < 0 && !files.subjects.isPeer(about[i])) {
            own.peer = peer;
        }
        if (files.subjects.isPeer(about[i])) {
            return about[i];
        }
        return peers == 1 ? peer : own.peer;
    }

    private void post(int subject, long act) throws IOException {
        Subjects.Known known = files.subjects.at(subject);
        long number = files.postings.count();
        scratch.clear();
        new Records.Posting(act, known.head).write(scratch);
        files.postings.append(scratch.array(), scratch.position());
        known.head = number + 1;
        known.count++;
    }

    // A subject whose key stands in the payload is concerned by the action, whatever machine it is of.
    private void named(JsonNode payload) {
        if (payload.isString()) {
            String text = payload.asString();
            concerned.addAll(files.subjects.named(text));
            int peer = text.lastIndexOf(TO_PEER);
            if (peer >= 0) {
                concerned.addAll(files.subjects.named(text.substring(peer + TO_PEER.length())));
            }
        } else {
            payload.forEach(this::named);
        }
    }

    private int subject(Action action) {
        Machine<?, ?, ?> owner = owners.get(action.getClass());
        Subject subject = action.about();
        // The store refuses wishes about the subjects of other machines.
        if (owner != null && !(action instanceof NodeOutcome) && !subject.equals(Subject.MACHINE)) {
            files.kinds.numberOf(owner.name() + " " + subject.kind());
        }
        return files.subjects.numberOf(subject.key().length() > MAX_KEY ? Subject.MACHINE : subject);
    }

    private int peerOfAnswered(ActionId answers) throws IOException {
        if (answers.isNone() || answers.input() < first || answers.input() >= first + files.steps.count()) {
            return -1;
        }
        Records.Step asked = Records.Step.read(files.steps.at(answers.input() - first));
        long act = asked.first() + answers.index();
        if (act < files.acts.count()) {
            Records.Act effect = Records.Act.read(files.acts.at(act));
            if (effect.step() == answers.input()) {
                int peer = files.subjects.peerOf(effect.subject());
                return peer >= 0 ? peer : asked.peer();
            }
        }
        return asked.peer();
    }

    private static String cut(String text) {
        return text.length() <= Texts.MAX_TEXT ? text : text.substring(0, Texts.MAX_TEXT - 1) + LogIndex.CUT;
    }
}
