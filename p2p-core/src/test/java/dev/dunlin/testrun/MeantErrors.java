package dev.dunlin.testrun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The errors that tests provoke on purpose. A line of the file is a test, two blanks or more, and a regular expression that is
 * found in the line of each error; a test has as many lines as it has kinds of errors, and all of them must come.
 *
 * @param all in the order of the file
 */
record MeantErrors(List<Meant> all) {

    /** The most lines that are told of one test. */
    static final int MOST = 20;

    private static final Pattern GAP = Pattern.compile(" {2,}");

    /** A logged error: the level as the tests' or the program's own pattern writes it. */
    private static final Pattern ERROR = Pattern.compile("^(\\d\\d:\\d\\d:\\d\\d\\.\\d{3} )?ERROR ");

    private static final Pattern TRACE =
            Pattern.compile("^\\s+at [\\w.$/<>@-]+\\(.*\\)$|^Caused by: |^\\s+\\.\\.\\. \\d+ more$");

    /**
     * One error.
     *
     * @param test class and method, with a dot between them
     * @param line what is found in the error's line
     */
    record Meant(String test, Pattern line) {}

    /** Those of a file. */
    static MeantErrors read(Path file) throws IOException {
        List<Meant> all = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = GAP.split(line, 2);
            if (parts.length != 2) {
                throw new IOException(file + ": a test and a pattern, with two blanks between them, not: " + line);
            }
            all.add(new Meant(parts[0], Pattern.compile(parts[1])));
        }
        return new MeantErrors(List.copyOf(all));
    }

    /** What is wrong with what a test that has passed has printed: errors and stack traces that it does not mean, and errors that did not come. */
    List<String> wrong(String test, String printed) {
        List<Meant> meant = all.stream().filter(one -> one.test().equals(test)).toList();
        List<Meant> missing = new ArrayList<>(meant);
        List<String> wrong = new ArrayList<>();
        boolean isOfMeant = false;
        for (String line : printed.lines().toList()) {
            if (ERROR.matcher(line).find()) {
                isOfMeant =
                        meant.stream().anyMatch(one -> one.line().matcher(line).find());
                missing.removeIf(one -> one.line().matcher(line).find());
                if (!isOfMeant) {
                    wrong.add(line);
                }
            } else if (TRACE.matcher(line).find() && !isOfMeant) {
                wrong.add(line);
            }
        }
        missing.forEach(one -> wrong.addFirst("it did not log the error that it means to: " + one.line()));
        return wrong.size() <= MOST ? wrong : List.copyOf(wrong.subList(0, MOST));
    }
}
