package dev.dunlin.node;

import dev.dunlin.core.debug.Blame;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.debug.StatePath;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin replay DIR --blame PATH}: which action last changed a part of the state. */
final class BlameMode {

    private BlameMode() {}

    /**
     * Reads a path.
     *
     * @throws CommandFailure with {@link ExitCode#USAGE} if it is none, or there is no such machine
     */
    static StatePath path(String text, Store<NodeRoot> store) {
        try {
            StatePath path = StatePath.parse(text);
            List<String> machines = store.machines().stream().map(Machine::name).toList();
            CommandFailure.require(
                    machines.contains(path.machine()),
                    "no machine is named " + path.machine() + ": there are " + String.join(", ", machines));
            return path;
        } catch (IllegalArgumentException bad) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(bad.getMessage()), bad);
        }
    }

    /** Prints the action and the values, or one sentence that there is none. */
    static void print(LogIndex<NodeRoot> index, StatePath path, Optional<Long> to, PrintWriter out, boolean json) {
        EntryText texts = new EntryText(new WallClock(index.log()), true);
        Blame blame = Blame.of(index, path, to.orElse(index.last()));
        if (json) {
            out.println(tree(blame, texts));
        } else {
            print(path, blame, texts, out);
        }
        if (blame instanceof Blame.NeverThere) {
            throw new CommandFailure(
                    ExitCode.NOTHING_FOUND,
                    "there is no " + path + " in the state at any of these steps: check the names against dunlin replay"
                            + " DIR --to N");
        }
    }

    private static void print(StatePath path, Blame blame, EntryText texts, PrintWriter out) {
        switch (blame) {
            case Blame.Changed(var _, var action, var before, var after) -> {
                out.println(texts.line(action));
                out.println(
                        LogLine.printable(path + ": " + before.orElse("(absent)") + " -> " + after.orElse("(absent)")));
            }
            case Blame.Unchanged(var _, String value, long since) ->
                out.println(LogLine.printable(path + " has been " + value + since(since) + ": no action changed it"));
            case Blame.NeverThere(var _, long since) ->
                out.println(LogLine.printable(path + " was never in the state" + since(since)));
        }
    }

    private static String since(long step) {
        return step == 0 ? " from the beginning on" : " since step " + step + ", the first that the log still has";
    }

    private static ObjectNode tree(Blame blame, EntryText texts) {
        ObjectNode tree = Report.object().put("path", blame.path().toString());
        switch (blame) {
            case Blame.Changed(var _, var action, var before, var after) -> {
                tree.put("result", "changed").set("action", texts.json(action));
                tree.put("before", before.orElse("")).put("after", after.orElse(""));
            }
            case Blame.Unchanged(var _, String value, long since) ->
                tree.put("result", "unchanged").put("value", value).put("since", since);
            case Blame.NeverThere(var _, long since) ->
                tree.put("result", "never there").put("since", since);
        }
        return tree;
    }
}
