package dev.dunlin.node.stepper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Commands typed as lines, or piped in: each is answered by lines, until {@code q} or the end. */
public final class LineMode {

    private static final int WIDTH = 80;
    private static final int MOST_FOUND = 200;

    private final Past past;
    private final PrintWriter out;
    private Model model;

    /** Over a past, from its beginning. */
    public LineMode(Past past, PrintWriter out) {
        this.past = past;
        this.out = out;
        this.model = Model.at(past.first());
    }

    /** Reads commands and answers each. */
    public void run(BufferedReader in) throws IOException {
        out.println(Stepper.HELP);
        out.println(headline());
        for (String line = prompt(in); line != null; line = prompt(in)) {
            String typed = line.strip();
            char command = typed.isEmpty() ? 'n' : typed.charAt(0);
            String argument = typed.isEmpty() ? "" : typed.substring(1);
            model = Stepper.command(model, command, argument, past);
            if (model.quit()) {
                return;
            }
            answer(command);
        }
    }

    private @Nullable String prompt(BufferedReader in) throws IOException {
        out.print("> ");
        // Who reads no more asks no more.
        return out.checkError() ? null : in.readLine();
    }

    private void answer(char command) {
        boolean isSearch = command == '/' || command == '.' || command == ',';
        if (!model.message().isEmpty() && !(isSearch && model.found() >= 0)) {
            out.println(model.message());
        }
        try {
            switch (command) {
                case 's', 'd', 'w' -> model.pane().lines(past, model.step()).forEach(out::println);
                case '/', '.', ',' -> found();
                case 'i' -> strip();
                case '?' -> Stepper.ALL.forEach(out::println);
                default -> {
                    if (model.message().isEmpty() || command == 'f') {
                        out.println(headline());
                    }
                }
            }
        } catch (Past.Unreadable unreadable) {
            out.println(unreadable.getMessage());
        }
    }

    private String headline() {
        if (model.step() == past.first()) {
            return "step " + model.step()
                    + (model.step() == 0 ? "  before the first input" : "  the earliest that is kept");
        }
        Row row = past.row(model.step());
        return "step " + row.step() + "  " + row.time() + "  " + row.type() + " " + row.text();
    }

    // All places at once: a line has no screen to scroll.
    private void found() {
        List<String> lines = model.pane().lines(past, model.step());
        List<Integer> places = IntStream.range(0, lines.size())
                .filter(i -> Stepper.contains(lines.get(i), model.search()))
                .boxed()
                .limit(MOST_FOUND + 1L)
                .toList();
        places.stream()
                .limit(MOST_FOUND)
                .forEach(i -> out.println(String.format(Locale.ROOT, "%6d  %s", i + 1, lines.get(i))));
        if (places.size() > MOST_FOUND) {
            out.println("… and more");
        }
    }

    private void strip() {
        past.density().ifPresent(density -> {
            long at = model.step() == past.first()
                    ? density.begin()
                    : past.row(model.step()).at();
            Strip strip = Strip.of(density, at, WIDTH);
            out.println(strip.bars());
            out.println(strip.marks());
        });
    }
}
