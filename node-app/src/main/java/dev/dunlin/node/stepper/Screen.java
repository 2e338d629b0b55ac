package dev.dunlin.node.stepper;

import dev.dunlin.node.screen.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a terminal shows: a title, the strip of times, a list of steps around the one at which the user stands, a pane about it, and
 * a line for messages and typing. Always as many lines as the terminal has.
 *
 * @param width of the terminal, in characters
 * @param height in lines
 * @param isPlain whether it has no more characters than ASCII
 */
record Screen(int width, int height, boolean isPlain) {

    /** A terminal that is smaller shows the beginning of this. */
    private static final int LEAST_HEIGHT = 12;

    private static final int FRAME = 6;

    private static final String KEYS =
            "? help  q quit  ←→ step  PgUp PgDn page  g go to  t type  p peer  u subject  r rejected  f filter  / find";

    private static final String RICH = "━…←→▁▂▃▄▅▆▇█";
    private static final String PLAIN = "-~<>.,:;=+*#";

    /** How many rows the list has. */
    int list() {
        return Math.max(3, (tall() - FRAME) / 3);
    }

    /** How many lines the pane has. */
    int pane() {
        return tall() - FRAME - list();
    }

    private int tall() {
        return Math.max(LEAST_HEIGHT, height);
    }

    /** The screen's lines. */
    List<Line> draw(Model model, Past past) {
        return draw(model, past, false);
    }

    /**
     * As {@link #draw(Model, Past)}, or what of it is known at once.
     *
     * @param isQuick whether the pane is left out if many steps have to be replayed for it
     */
    List<Line> draw(Model model, Past past, boolean isQuick) {
        List<Line> lines = drawn(model, past, isQuick && !past.isNear(model.step()));
        return isPlain
                ? lines.stream()
                        .map(line -> new Line(plain(line.text()), line.style()))
                        .toList()
                : lines;
    }

    private static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(unit -> {
            int at = RICH.indexOf(unit);
            shown.append(at < 0 ? (char) unit : PLAIN.charAt(at));
        });
        return shown.toString();
    }

    private List<Line> drawn(Model model, Past past, boolean isWaiting) {
        List<Line> lines = new ArrayList<>();
        String message = model.message();
        try {
            title(lines, model, past);
            strip(lines, model, past);
            if (model.help()) {
                lines.add(rule("help"));
                Stepper.ALL.forEach(line -> lines.add(Line.of(" " + line, Line.Style.PLAIN, width)));
            } else {
                list(lines, model, past);
                lines.add(rule(tabs(model.pane())));
                if (isWaiting) {
                    lines.add(Line.of("replaying up to this step …", Line.Style.DIM, width));
                } else {
                    pane(lines, model, past);
                }
            }
        } catch (Past.Unreadable unreadable) {
            message = String.valueOf(unreadable.getMessage());
        }
        while (lines.size() < height - 1) {
            lines.add(new Line("", Line.Style.PLAIN));
        }
        List<Line> shown = new ArrayList<>(lines.subList(0, Math.max(0, height - 1)));
        shown.add(bottom(model, message));
        return shown;
    }

    private void title(List<Line> lines, Model model, Past past) {
        String time = model.step() == past.first()
                ? ""
                : "   " + past.row(model.step()).time();
        String filter = model.filter().isAll() ? "" : "   only " + model.filter();
        lines.add(Line.of(
                " step " + model.step() + " of " + past.last() + time + "   " + past.name() + filter,
                Line.Style.TITLE,
                width));
    }

    private void strip(List<Line> lines, Model model, Past past) {
        if (past.density().isEmpty()) {
            lines.add(Line.of("reading the log …", Line.Style.DIM, width));
            lines.add(new Line("", Line.Style.DIM));
            return;
        }
        Density density = past.density().get();
        long at = model.step() == past.first()
                ? density.begin()
                : past.row(model.step()).at();
        Strip strip = Strip.of(density, at, Math.max(1, width));
        lines.add(Line.of(strip.bars(), Line.Style.DIM, width));
        lines.add(Line.of(strip.marks(), Line.Style.REJECTED, width));
    }

    private Line rule(String title) {
        String begun = "━━ " + title + " ";
        return Line.of(begun + "━".repeat(Math.max(0, width - begun.length())), Line.Style.DIM, width);
    }

    private static String tabs(Pane shown) {
        StringBuilder text = new StringBuilder();
        for (Pane pane : Pane.values()) {
            text.append(text.isEmpty() ? "" : "   ")
                    .append(pane == shown ? "[" + pane.title() + "]" : pane.command() + ": " + pane.title());
        }
        return text.toString();
    }

    private void list(List<Line> lines, Model model, Past past) {
        int begun = lines.size();
        boolean isAtBeginning = model.step() == past.first() && model.filter().isAll();
        List<Row> rows = window(past.around(model.filter(), model.step(), list(), list()), model.step());
        if (isAtBeginning) {
            lines.add(Line.of(
                    String.format(
                            Locale.ROOT,
                            ">%8d  %s",
                            model.step(),
                            model.step() == 0 ? "before the first input" : "the earliest that is kept"),
                    Line.Style.CURRENT,
                    width));
        }
        for (Row row : rows) {
            boolean isHere = row.step() == model.step();
            String text = String.format(
                    Locale.ROOT,
                    "%s%8d%s %s  %s  %s",
                    isHere ? ">" : " ",
                    row.step(),
                    row.isRejected() ? "!" : " ",
                    row.time(),
                    row.type(),
                    row.text());
            Line.Style style = isHere ? Line.Style.CURRENT : row.isRejected() ? Line.Style.REJECTED : Line.Style.PLAIN;
            if (lines.size() - begun < list()) {
                lines.add(Line.of(text, style, width));
            }
        }
        while (lines.size() - begun < list()) {
            lines.add(new Line("", Line.Style.PLAIN));
        }
    }

    // As many as the list has rows, with the step in the middle where it is not near an end.
    private List<Row> window(List<Row> rows, long step) {
        int here = 0;
        while (here < rows.size() && rows.get(here).step() < step) {
            here++;
        }
        int from = Math.clamp(here - list() / 2, 0, Math.max(0, rows.size() - list()));
        return rows.subList(from, Math.min(rows.size(), from + list()));
    }

    private void pane(List<Line> lines, Model model, Past past) {
        List<String> all = model.pane().lines(past, model.step());
        int from = Math.clamp(model.scroll(), 0, Math.max(0, all.size() - 1));
        int to = Math.min(all.size(), from + pane());
        for (int i = from; i < to; i++) {
            lines.add(Line.of(all.get(i), i == model.found() ? Line.Style.CURRENT : Line.Style.PLAIN, width));
        }
    }

    private Line bottom(Model model, String message) {
        if (model.typing().isPresent()) {
            Model.Typing typing = model.typing().get();
            String what = switch (typing.command()) {
                case 'g' -> "go to step: ";
                case 'f' -> "only (type:… peer:… about:… rejected, or text): ";
                default -> "/";
            };
            // The end of what is typed is what the user looks at.
            String text = what + typing.text();
            int most = Math.max(0, width - 1);
            int length = text.codePointCount(0, text.length());
            return new Line(
                    length <= most ? text : text.substring(text.offsetByCodePoints(0, length - most)),
                    Line.Style.PLAIN);
        }
        return message.isEmpty() ? Line.of(KEYS, Line.Style.DIM, width) : Line.of(message, Line.Style.TITLE, width);
    }
}
