package dev.dunlin.node;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.node.stepper.Density;
import dev.dunlin.node.stepper.Past;
import dev.dunlin.node.stepper.Row;
import dev.dunlin.node.stepper.Wanted;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A log that is gone through by hand. Steps are listed and found by the lines' text, a segment at a time; states and what a step led
 * to are replayed. Not thread-safe but for {@link #density()}.
 */
final class RecordedPast implements Past {

    private static final int MAX_DIFFERENCES = 200;
    private static final int MAX_LINES = 100_000;
    private static final int LONGEST = 1000;

    // A list around a step is looked for in so many segments before and after it, and no farther.
    private static final int LISTED_SEGMENTS = 4;

    // So many steps are replayed before anybody notices.
    private static final int NEAR = 1000;

    private static final int BLOCK = 256;
    private static final int BLOCKS = 16;

    private final String name;
    private final LogReader<NodeRoot> log;
    private final Replayer<NodeRoot> replayer;
    private final Codec codec;
    private final WallClock clock;
    private final List<Long> segments;
    private final long first;
    private long last;
    private String end;

    private final Map<Long, List<Row>> blocks = new LinkedHashMap<>(BLOCKS, 0.75f, true);
    private final Map<String, List<String>> panes = new LinkedHashMap<>();
    private @Nullable Listed listed;
    private volatile @Nullable Density density;
    private boolean inBackground;
    private Watcher watcher = (step, to) -> true;

    private record Listed(Wanted wanted, long step, int before, int after, List<Row> rows) {}

    private interface Visitor {
        /** Takes an input's line; false to see no more. */
        boolean visit(long step, String line);
    }

    /**
     * A log as it is now.
     *
     * @param name what it is called
     * @throws LogException if the ring has dropped its beginning, and no good snapshot is left
     */
    RecordedPast(String name, LogReader<NodeRoot> log, Replayer<NodeRoot> replayer) {
        this.name = LogLine.printable(name);
        this.log = log;
        this.replayer = replayer;
        this.codec = log.codec();
        this.clock = new WallClock(log);
        this.segments = log.segmentStarts();
        this.first = log.earliestState().input();
        this.last = first;
        this.end = "";
        findEnd();
    }

    // A damaged log ends for who goes through it where the damage begins.
    private void findEnd() {
        for (int i = segments.size() - 1; i >= 0 && last == first; i--) {
            try {
                segment(i, (step, line) -> {
                    last = Math.max(last, step);
                    return true;
                });
            } catch (LogException damaged) {
                end = LogFailure.sentence(damaged);
            }
        }
        if (end.isEmpty()) {
            end = "the log ends at step " + last;
        }
    }

    /** From now on, {@link #density()} is counted by a thread of its own. */
    RecordedPast countingInBackground() {
        inBackground = true;
        Thread.ofPlatform().name("dunlin-density").daemon().start(this::count);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long first() {
        return first;
    }

    @Override
    public long last() {
        return last;
    }

    @Override
    public String end() {
        return end;
    }

    // The inputs of one segment, in order.
    private void segment(int index, Visitor visitor) {
        long next = index + 1 < segments.size() ? segments.get(index + 1) : Long.MAX_VALUE;
        try (LogCursor cursor = log.cursor(segments.get(index))) {
            for (Optional<String> text = cursor.nextText(); text.isPresent(); text = cursor.nextText()) {
                String line = text.get();
                if (!Frame.isOwn(line)) {
                    long step = Frame.inputOf(line);
                    if (step >= next || !visitor.visit(step, line)) {
                        return;
                    }
                }
            }
        }
    }

    // The segment that holds a step, or would hold it.
    private int segmentOf(long step) {
        int index = 0;
        while (index + 1 < segments.size() && segments.get(index + 1) <= step) {
            index++;
        }
        return index;
    }

    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (LogException failure) {
            throw new Unreadable(LogFailure.sentence(failure), failure);
        } catch (UncheckedIOException failure) {
            throw new Unreadable(
                    String.valueOf(FileFailure.of("read the log", failure).getMessage()), failure);
        }
    }

    @Override
    public Row row(long step) {
        List<Row> block = read(() -> block(step / BLOCK));
        return block.stream()
                .filter(row -> row.step() == step)
                .findFirst()
                .orElseThrow(
                        () -> new Unreadable("the log has no step " + step, LogException.NoStep.behind(last, step)));
    }

    private List<Row> block(long number) {
        List<Row> known = blocks.get(number);
        if (known != null) {
            return known;
        }
        long from = number * BLOCK;
        long to = Math.min(last + 1, from + BLOCK);
        List<Row> rows = new ArrayList<>();
        for (int i = segmentOf(from); i < segments.size() && segments.get(i) < to; i++) {
            segment(i, (step, line) -> {
                if (step >= from && step < to) {
                    rows.add(row(step, line));
                }
                // Not one step farther: it may be damaged.
                return step < to - 1;
            });
        }
        blocks.put(number, rows);
        if (blocks.size() > BLOCKS) {
            blocks.remove(blocks.keySet().iterator().next());
        }
        return rows;
    }

    private Row row(long step, String raw) {
        LogLine line = LogLine.of(raw);
        long at = line.frame().path("meta").path("at").asLong();
        return new Row(
                step,
                at,
                LogLine.time(clock.of(step, at)),
                LogLine.printable(line.type()),
                LogLine.shortened(line.details(true), LONGEST),
                isRejected(raw));
    }

    private static boolean isRejected(String raw) {
        int meta = raw.lastIndexOf(Frame.META_INPUT);
        return meta >= 0 && (raw.indexOf("\"rejected\":[", meta) > 0 || raw.indexOf("\"failed\":\"", meta) > 0);
    }

    private boolean fits(Wanted wanted, String raw) {
        return raw.startsWith("{\"type\":\"" + wanted.type() + (wanted.isWholeType() ? "\"" : ""))
                && raw.contains(wanted.peer())
                && (!wanted.isRejected() || isRejected(raw))
                && (wanted.text().isEmpty() || raw.contains(wanted.text()))
                && (wanted.subject().isEmpty() || isAbout(raw, wanted.subject()));
    }

    // Numbers are keys, too, and stand everywhere: the action itself is asked.
    private boolean isAbout(String raw, String subject) {
        String key = subject.substring(subject.indexOf(':') + 1);
        if (!raw.contains(key)) {
            return false;
        }
        LogLine line = LogLine.of(raw);
        if (action(line)
                .map(Action::about)
                .map(RecordedPast::text)
                .filter(subject::equals)
                .isPresent()) {
            return true;
        }
        for (JsonNode rejected : line.frame().path("meta").path("rejected")) {
            if (text(new Subject(
                            rejected.path("subject").asString(),
                            rejected.path("key").asString()))
                    .equals(subject)) {
                return true;
            }
        }
        return false;
    }

    private static String text(Subject subject) {
        return subject.kind() + ":" + subject.key();
    }

    private Optional<Action> action(LogLine line) {
        try {
            return Optional.of(codec.read(line.type(), line.frame().path("payload")));
        } catch (CodecException ofAnotherBuild) {
            return Optional.empty();
        }
    }

    private Optional<LogLine> line(long step) {
        Optional<?>[] found = {Optional.empty()};
        segment(segmentOf(step), (number, line) -> {
            if (number == step) {
                found[0] = Optional.of(LogLine.of(line));
            }
            return number < step;
        });
        return found[0].map(LogLine.class::cast);
    }

    @Override
    public Optional<String> subject(long step) {
        return read(() -> line(step)
                .flatMap(this::action)
                .map(Action::about)
                .filter(about -> !about.equals(Subject.MACHINE))
                .map(RecordedPast::text));
    }

    @Override
    public Optional<String> peer(long step) {
        return read(() -> {
            Optional<String> named = line(step).flatMap(this::action).stream()
                    .flatMap(RecordedPast::peer)
                    .findFirst();
            if (named.isPresent() || step == first) {
                return named;
            }
            stand(step);
            return replayer.turn().stream()
                    .flatMap(turn ->
                            Stream.iterate(0, i -> i < turn.size(), i -> i + 1).map(turn::entry))
                    .flatMap(RecordedPast::peer)
                    .findFirst();
        });
    }

    private static Stream<String> peer(Action action) {
        return action instanceof OfPeer of ? Stream.of(of.peer().toString()) : Stream.empty();
    }

    @Override
    public OptionalLong find(Wanted wanted, long from, boolean isForward) {
        return read(() -> {
            List<Long> found = new ArrayList<>();
            if (isForward) {
                forward(wanted, from + 1, 1, Integer.MAX_VALUE).forEach(row -> found.add(row.step()));
            } else {
                back(wanted, from, 1, Integer.MAX_VALUE).forEach(row -> found.add(row.step()));
            }
            return found.isEmpty() ? OptionalLong.empty() : OptionalLong.of(found.getFirst());
        });
    }

    @Override
    public List<Row> around(Wanted wanted, long step, int before, int after) {
        Listed known = listed;
        if (known != null
                && known.wanted.equals(wanted)
                && known.step == step
                && known.before == before
                && known.after == after) {
            return known.rows;
        }
        List<Row> rows = new ArrayList<>(read(() -> back(wanted, step, before, LISTED_SEGMENTS)));
        rows.addAll(read(() -> forward(wanted, step, after, LISTED_SEGMENTS)));
        listed = new Listed(wanted, step, before, after, List.copyOf(rows));
        return rows;
    }

    // The first ones from a step on.
    private List<Row> forward(Wanted wanted, long from, int most, int mostSegments) {
        List<Row> rows = new ArrayList<>();
        if (wanted.isAll()) {
            for (long step = Math.max(from, first + 1); step <= last && rows.size() < most; step++) {
                rows.add(row(step));
            }
            return rows;
        }
        int begin = segmentOf(from);
        for (int i = begin; i < segments.size() && i - begin < mostSegments && rows.size() < most; i++) {
            segment(i, (step, line) -> {
                if (step > last) {
                    return false;
                }
                if (step >= from && step > first && fits(wanted, line)) {
                    rows.add(row(step, line));
                }
                return rows.size() < most && step < last;
            });
        }
        return rows;
    }

    // The last ones before a step, in order.
    private List<Row> back(Wanted wanted, long before, int most, int mostSegments) {
        Deque<Row> rows = new ArrayDeque<>();
        if (wanted.isAll()) {
            for (long step = before - 1; step > first && rows.size() < most; step--) {
                rows.addFirst(row(step));
            }
            return List.copyOf(rows);
        }
        int begin = segmentOf(before - 1);
        for (int i = begin; i >= 0 && begin - i < mostSegments && rows.size() < most; i--) {
            Deque<Row> here = new ArrayDeque<>();
            int left = most - rows.size();
            segment(i, (step, line) -> {
                if (step >= before) {
                    return false;
                }
                if (step > first && fits(wanted, line)) {
                    here.addLast(row(step, line));
                    if (here.size() > left) {
                        here.removeFirst();
                    }
                }
                return step + 1 < before;
            });
            here.descendingIterator().forEachRemaining(rows::addFirst);
        }
        return List.copyOf(rows);
    }

    // One step short and then forward: a step that is reached in another way does not know what it led to.
    private void stand(long step) {
        if (replayer.step() == step && (replayer.turn().isPresent() || step == first)) {
            return;
        }
        if (step > first) {
            seek(step - 1);
            replayer.forward();
        } else {
            seek(step);
        }
    }

    private void seek(long step) {
        boolean[] stopped = {false};
        boolean isThere = replayer.trySeek(step, here -> {
            stopped[0] = !watcher.goesOn(here, step);
            return !stopped[0];
        });
        if (stopped[0]) {
            throw new Unreadable(
                    "stopped at step " + replayer.step() + ", on the way to step " + step
                            + ": what is shown next goes on from there",
                    LogException.NoStep.behind(replayer.step(), step));
        }
        if (!isThere) {
            throw LogException.NoStep.behind(replayer.step(), step);
        }
    }

    @Override
    public void watched(Watcher by) {
        watcher = by;
    }

    @Override
    public boolean isNear(long step) {
        return panes.keySet().stream().anyMatch(known -> known.substring(1).equals(Long.toString(step)))
                || (replayer.step() <= step && step - replayer.step() < NEAR);
    }

    private List<String> pane(String kind, long step, Supplier<List<String>> making) {
        String key = kind + step;
        List<String> known = panes.get(key);
        if (known != null) {
            return known;
        }
        List<String> lines = read(making);
        // One of each kind: the step at which the user stands.
        panes.keySet().removeIf(other -> other.startsWith(kind));
        panes.put(key, lines);
        return lines;
    }

    @Override
    public List<String> state(long step) {
        return pane("s", step, () -> {
            stand(step);
            return lines(replayer.json(replayer.state()).toPrettyString().lines(), MAX_LINES);
        });
    }

    private static List<String> lines(Stream<String> all, int most) {
        List<String> lines = all.limit(most + 1L)
                .map(line -> LogLine.shortened(line, LONGEST))
                .collect(Collectors.toList());
        if (lines.size() > most) {
            lines.set(most, "… and more");
        }
        return lines;
    }

    @Override
    public List<String> changed(long step) {
        return pane("d", step, () -> {
            if (step == first) {
                return List.of("nothing stands before this step");
            }
            seek(step - 1);
            JsonNode before = replayer.json(replayer.state());
            replayer.forward();
            List<JsonDifference> differences =
                    JsonDifference.between(before, replayer.json(replayer.state()), MAX_DIFFERENCES);
            if (differences.isEmpty()) {
                return List.of("no field");
            }
            List<String> lines = lines(differences.stream().map(JsonDifference::toString), MAX_DIFFERENCES);
            if (differences.size() == MAX_DIFFERENCES) {
                lines.add("… and perhaps more");
            }
            return lines;
        });
    }

    @Override
    public List<String> ledTo(long step) {
        return pane("w", step, () -> {
            stand(step);
            if (step == first) {
                return List.of("no input led to this step");
            }
            return replayer.turn()
                    .map(turn -> Stream.iterate(0, i -> i < turn.size(), i -> i + 1)
                            .map(i -> ledTo(turn, i))
                            .toList())
                    .orElse(List.of("this input stopped the node: nothing came of it"));
        });
    }

    private String ledTo(Turn turn, int index) {
        String kind = index == 0 ? "input " : turn.entry(index) instanceof Effect ? "effect" : "action";
        String cause = turn.cause(index).isNone() ? "" : " <- " + turn.cause(index);
        Action action = turn.entry(index);
        StringBuilder text = new StringBuilder("  " + turn.id(index) + cause + "  " + kind + "  "
                + codec.nameOf(action) + " "
                + LogLine.shortened(codec.tree(action).toString()));
        Verdict.Disabled why = turn.rejection(index);
        if (why != null) {
            String operands = why.operands().stream()
                    .map(operand -> operand.name() + "=" + operand.value())
                    .collect(Collectors.joining(", "));
            text.append(LogLine.printable(
                    "  [rejected by " + why.clause() + (operands.isEmpty() ? "" : ": " + operands) + "]"));
        }
        return text.toString();
    }

    @Override
    public Optional<Density> density() {
        if (density == null && !inBackground) {
            count();
        }
        return Optional.ofNullable(density);
    }

    // What cannot be read is not counted; who goes there is told.
    private void count() {
        Density counted = new Density();
        try {
            for (int i = 0; i < segments.size(); i++) {
                segment(i, (step, line) -> {
                    counted.add(LogPlaces.timeOf(line), isRejected(line));
                    return step < last;
                });
            }
        } catch (LogException | UncheckedIOException unreadable) {
            density = counted;
            return;
        }
        density = counted;
    }
}
