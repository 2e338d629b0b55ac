package dev.dunlin.node;

import dev.dunlin.core.debug.CauseTree;
import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.store.ActionId;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dunlin replay DIR --cause STEP[.INDEX]}: what led to an action, and what it led to. */
final class CauseMode {

    private static final int MAX_ENTRIES = 1000;
    private static final Pattern ID = Pattern.compile("[1-9]\\d{0,14}(\\.\\d{1,5})?");

    private CauseMode() {}

    /**
     * Reads {@code STEP} or {@code STEP.INDEX}.
     *
     * @throws CommandFailure with {@link ExitCode#USAGE} if it is neither
     */
    static ActionId id(String text) {
        CommandFailure.require(
                ID.matcher(text).matches(), "--cause is STEP or STEP.INDEX, as 12 or 12.3, not '" + text + "'");
        int dot = text.indexOf('.');
        return dot < 0
                ? new ActionId(Long.parseLong(text), 0)
                : new ActionId(Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    /** Prints the causes, the root first, and below the action what it led to, each line indented below its cause. */
    static void print(LogIndex<NodeRoot> index, ActionId id, PrintWriter out, boolean json) {
        EntryText texts = new EntryText(new WallClock(index.log()), true);
        CauseTree tree = CauseTree.of(index, id, MAX_ENTRIES);
        if (json) {
            ObjectNode object = Report.object();
            ArrayNode causes = object.putArray("causes");
            tree.causes().reversed().forEach(entry -> causes.add(texts.json(entry)));
            ArrayNode led = object.putArray("action");
            walk(tree, (depth, entry) -> led.add(texts.json(entry)));
            out.println(object.put("complete", tree.complete()));
            return;
        }
        tree.causes().reversed().forEach(entry -> out.println("  " + texts.line(entry)));
        walk(tree, (depth, entry) -> out.println((depth == 0 ? "> " : "  " + "  ".repeat(depth)) + texts.line(entry)));
        if (!tree.complete()) {
            out.println("… and more: what the log no longer has, or more than " + MAX_ENTRIES + " are left out");
        }
    }

    private interface Visitor {
        void visit(int depth, Entry entry);
    }

    private record At(int depth, CauseTree.Node node) {}

    // Without recursion: a chain of answers may be long.
    private static void walk(CauseTree tree, Visitor visitor) {
        Deque<At> open = new ArrayDeque<>();
        open.push(new At(0, tree.action()));
        while (!open.isEmpty()) {
            At at = open.pop();
            visitor.visit(at.depth(), at.node().entry());
            at.node().led().reversed().forEach(led -> open.push(new At(at.depth() + 1, led)));
        }
    }
}
