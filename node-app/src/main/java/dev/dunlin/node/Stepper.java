package dev.dunlin.node;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Goes through a log by hand: one command a line, until {@code q} or the end of what is typed. */
final class Stepper {

    /** What can be typed. */
    static final String HELP =
            "Enter or n: forward   b: back   g N: go to step N   s: state   d: fields that the step changed   "
                    + "w: what it led to   q: quit";

    private static final int MAX_DIFFERENCES = 200;

    private final Replayer<NodeRoot> replayer;
    private final Codec codec;
    private final long earliest;
    private final PrintWriter out;

    Stepper(LogReader<NodeRoot> log, Replayer<NodeRoot> replayer, PrintWriter out) {
        this.replayer = replayer;
        this.codec = log.codec();
        this.earliest = log.earliestState().input();
        this.out = out;
    }

    /** Reads commands and answers each. */
    void run(BufferedReader in) throws IOException {
        out.println(HELP);
        goTo(earliest);
        for (String line = prompt(in); line != null; line = prompt(in)) {
            String typed = line.strip();
            if (typed.equals("q")) {
                return;
            }
            try {
                answer(typed);
            } catch (LogException failure) {
                out.println(LogFailure.sentence(failure));
            }
        }
    }

    private @Nullable String prompt(BufferedReader in) throws IOException {
        out.print("> ");
        out.flush();
        return in.readLine();
    }

    private void answer(String typed) {
        switch (typed) {
            case "", "n" -> forward();
            case "b" -> back();
            case "s" -> out.println(replayer.json(replayer.state()).toPrettyString());
            case "d" -> changed();
            case "w" -> ledTo();
            default -> {
                if (typed.matches("g\\s*\\d{1,18}")) {
                    goTo(Long.parseLong(typed.substring(1).strip()));
                } else {
                    out.println("there is no '" + LogLine.shortened(typed) + "'; " + HELP);
                }
            }
        }
    }

    private void forward() {
        if (replayer.forward()) {
            where();
        } else {
            out.println("the log ends at step " + replayer.step());
        }
    }

    private void back() {
        if (replayer.step() == earliest) {
            out.println("the log begins here");
        } else {
            goTo(replayer.step() - 1);
        }
    }

    // One step short and then forward: a step that is reached in another way does not know what it led to.
    private void goTo(long step) {
        if (step > earliest) {
            replayer.seek(step - 1);
            forward();
        } else {
            replayer.seek(step);
            where();
        }
    }

    private void where() {
        replayer.turn()
                .ifPresentOrElse(
                        turn -> out.println(
                                "step " + turn.number() + "  " + LogLine.time(turn.now()) + "  " + line(turn, 0)),
                        () -> out.println("step " + replayer.step()
                                + (replayer.step() == 0 ? "  before the first input" : "  the earliest that is kept")));
    }

    private String line(Turn turn, int index) {
        Action action = turn.entry(index);
        StringBuilder text = new StringBuilder(codec.nameOf(action) + " "
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

    private void changed() {
        long step = replayer.step();
        if (step == earliest) {
            out.println("nothing stands before this step");
            return;
        }
        JsonNode after = replayer.json(replayer.state());
        replayer.seek(step - 1);
        List<JsonDifference> differences =
                JsonDifference.between(replayer.json(replayer.state()), after, MAX_DIFFERENCES);
        replayer.forward();
        if (differences.isEmpty()) {
            out.println("no field");
        }
        differences.forEach(difference -> out.println(LogLine.printable(difference.toString())));
        if (differences.size() == MAX_DIFFERENCES) {
            out.println("… and perhaps more");
        }
    }

    private void ledTo() {
        replayer.turn().ifPresentOrElse(this::ledTo, () -> out.println("no input led to this step"));
    }

    private void ledTo(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            String kind = i == 0 ? "input " : turn.entry(i) instanceof Effect ? "effect" : "action";
            String cause = turn.cause(i).isNone() ? "" : " <- " + turn.cause(i);
            out.println("  " + turn.id(i) + cause + "  " + kind + "  " + line(turn, i));
        }
    }
}
