package dev.dunlin.connection.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A page of the documents with pieces of this package's files. */
final class Page {

    static final Path SOURCES = Path.of("src/test/java/dev/dunlin/connection/tutorial");

    private static final Pattern BLOCK =
            Pattern.compile("```(java|js)(?: tutorial/(\\w+\\.java))?\\n(.*?)```", Pattern.DOTALL);

    private Page() {}

    /** Each block of a page is a piece of the file that it names; there are so many. */
    static void showsTheFiles(String name, int pieces) throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../docs", name)));
        int found = 0;
        for (; blocks.find(); found++) {
            Path source = blocks.group(1).equals("js")
                    ? Path.of("../node-app/src/interop/js/protocols.mjs")
                    : SOURCES.resolve(blocks.group(2));
            assertThat(unindented(Files.readString(source))).contains(unindented(blocks.group(3)));
        }
        assertThat(found).isEqualTo(pieces);
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
