package dev.dunlin.core.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every block of the tutorial's page is a piece of the source file that it names, character for character, and at the end of the
 * page stands each file of the tutorial whole, as the project {@code docs/your-own-machine} has it: but for their package these are
 * the files here. To write the project's files and the end of the page anew: {@code -Ddunlin.page.accept=true}.
 */
final class TutorialPageTest {

    private static final Path PAGE = Path.of("../docs/tutorial.md");
    private static final Path TESTING = Path.of("../docs/testing.md");
    private static final Path OWN_NODE = Path.of("../docs/own-node.md");
    private static final Path PROJECT = Path.of("../docs/your-own-machine");
    private static final Path NAMES = Path.of("src/test/resources/names/vouchers.txt");
    private static final String WHOLE = "package ";
    private static final Path SOURCES = Path.of("src/test/java/dev/dunlin/core");

    /**
     * A fenced block.
     *
     * @param language the first word of the opening fence
     * @param file the second, or nothing
     */
    private record Block(String language, String file, String text) {}

    private static List<Block> blocks() throws IOException {
        return blocks(PAGE);
    }

    private static List<Block> blocks(Path page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> inside = new ArrayList<>();
        String opening = "";
        for (String line : Files.readAllLines(page)) {
            if (opening.isEmpty()) {
                opening = line.startsWith("```") ? line : "";
            } else if (line.equals("```")) {
                String[] words = opening.substring(3).split(" ", 2);
                blocks.add(new Block(words[0], words.length > 1 ? words[1] : "", String.join("\n", inside)));
                inside.clear();
                opening = "";
            } else {
                inside.add(line);
            }
        }
        assertThat(opening).as("the last fence is closed").isEmpty();
        return blocks;
    }

    private static boolean isPieceOf(String block, String source) {
        return ("\n" + unindented(source) + "\n").contains("\n" + unindented(block) + "\n");
    }

    private static String unindented(String text) {
        return text.lines().map(String::stripLeading).collect(Collectors.joining("\n"));
    }

    @Test
    void everyBlockIsAPieceOfItsFile() throws IOException {
        List<Block> blocks = blocks().stream()
                .filter(block -> block.language().equals("java"))
                .toList();
        assertThat(blocks).hasSizeGreaterThan(20);
        arePiecesOfTheirFiles(blocks);
    }

    @Test
    void soAreThoseOfThePageOnTesting() throws IOException {
        List<Block> blocks = blocks(TESTING).stream()
                .filter(block -> block.file().startsWith("tutorial/"))
                .toList();
        assertThat(blocks).hasSize(2);
        arePiecesOfTheirFiles(blocks);
    }

    @Test
    void andThoseOfThePageOnANodeOfYourOwn() throws IOException {
        List<Block> blocks = blocks(OWN_NODE).stream()
                .filter(block -> block.file().startsWith("tutorial/"))
                .toList();
        assertThat(blocks).hasSizeGreaterThan(4);
        arePiecesOfTheirFiles(blocks);
    }

    /** Whoever types the page into a project of his own needs no other file. */
    @Test
    void everyFileIsShownWhole() throws IOException {
        if (Boolean.getBoolean("dunlin.page.accept")) {
            accept();
        }
        Map<String, String> shown = new TreeMap<>();
        for (Block block : blocks()) {
            if (block.text().startsWith(WHOLE)) {
                shown.put(block.file(), block.text() + "\n");
            }
        }
        Map<String, String> files = new TreeMap<>();
        for (String name : files()) {
            files.put(name, ofProject(name));
        }
        assertThat(shown).isEqualTo(files);
    }

    // As a stranger has it, in a package of his own.
    private static String ofProject(String name) throws IOException {
        return Files.readString(SOURCES.resolve(name))
                .replace("dev.dunlin.core.tutorial", "com.example.shop")
                .replace("({@code docs/tutorial.md})", "of Dunlin");
    }

    private static Path inProject(String name) {
        String file = name.substring(name.indexOf('/') + 1);
        boolean tests =
                file.endsWith("Test.java") || file.startsWith("VoucherScenario") || file.startsWith("Warehouse");
        return PROJECT.resolve(tests ? "src/test/java" : "src/main/java").resolve("com/example/shop/" + file);
    }

    /** The project that whoever begins copies has these very files, and nothing else beside them but what it says itself. */
    @Test
    void theProjectHasTheSameFiles() throws IOException {
        List<String> names = new ArrayList<>(files());
        names.add("tutorial/package-info.java");
        Path golden = PROJECT.resolve(NAMES);
        if (Boolean.getBoolean("dunlin.page.accept")) {
            for (String name : names) {
                Files.createDirectories(inProject(name).getParent());
                Files.writeString(inProject(name), ofProject(name));
            }
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, Files.readString(NAMES));
        }
        for (String name : names) {
            assertThat(inProject(name)).hasContent(ofProject(name));
        }
        assertThat(golden).hasSameTextualContentAs(NAMES);
        Set<Path> known = names.stream().map(TutorialPageTest::inProject).collect(Collectors.toSet());
        known.add(PROJECT.resolve("src/test/java/com/example/shop/ArchitectureTest.java"));
        // What a running node is asked is no part of the tutorial.
        known.add(PROJECT.resolve("src/main/java/com/example/shop/ShopOperations.java"));
        known.add(PROJECT.resolve("src/test/java/com/example/shop/ShopOperationsTest.java"));
        for (String tree : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> all = Files.list(PROJECT.resolve(tree).resolve("com/example/shop"))) {
                assertThat(all.filter(Files::isRegularFile)).allMatch(known::contains);
            }
        }
    }

    /** What its pom says of versions is what this build has. */
    @Test
    void theVersionsOfTheProjectAreThoseOfThisBuild() throws IOException {
        String parent = Files.readString(Path.of("../pom.xml"));
        String project = Files.readString(PROJECT.resolve("pom.xml"));
        assertThat(first(project, "<dunlin.version>([^<]+)"))
                .isEqualTo(first(parent, "<artifactId>dunlin-parent</artifactId>\\s*<version>([^<]+)"));
        for (String plugin : List.of("resources", "jar", "dependency", "compiler", "surefire")) {
            String artifact =
                    "<artifactId>maven-" + plugin + "-plugin</artifactId>\\s*(?:<!--[^>]*-->\\s*)?<version>([^<]+)";
            assertThat(first(project, artifact)).as(plugin).isEqualTo(first(parent, artifact));
        }
    }

    /** Its tests say as little of what passes as this build's. */
    @Test
    void theProjectIsAsQuietAsThisBuild() throws IOException {
        String quiet = first(
                Files.readString(Path.of("../pom.xml")), "<configurationParameters>([^<]+)</configurationParameters>");
        assertThat(Files.readAllLines(PROJECT.resolve("src/test/resources/junit-platform.properties")))
                .contains(quiet.strip());
    }

    private static String first(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }

    // All but this test and the package's own page.
    private static List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(SOURCES.resolve("tutorial"))) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .filter(name -> !name.equals("TutorialPageTest.java") && !name.equals("package-info.java"))
                    .sorted()
                    .map(name -> "tutorial/" + name)
                    .toList();
        }
    }

    private static void accept() throws IOException {
        StringBuilder whole = new StringBuilder();
        for (String name : files()) {
            whole.append("\n<details>\n<summary>")
                    .append(name.substring(name.indexOf('/') + 1))
                    .append("</summary>\n\n```java ")
                    .append(name)
                    .append('\n')
                    .append(ofProject(name))
                    .append("```\n\n</details>\n");
        }
        String page = Files.readString(PAGE);
        Files.writeString(PAGE, page.substring(0, page.indexOf("\n<details>")) + whole);
    }

    private static void arePiecesOfTheirFiles(List<Block> blocks) throws IOException {
        for (Block block : blocks) {
            assertThat(isPieceOf(block.text(), ofProject(block.file())))
                    .as("in " + block.file() + ":\n" + block.text())
                    .isTrue();
        }
    }

    @Test
    void aBlockThatWasChangedIsFound() throws IOException {
        Block block = blocks().stream()
                .filter(any -> any.language().equals("java"))
                .findFirst()
                .orElseThrow();
        String source = Files.readString(SOURCES.resolve(block.file()));
        assertThat(isPieceOf("    " + block.text(), source)).isTrue();
        assertThat(isPieceOf(block.text() + "x", source)).isFalse();
        assertThat(isPieceOf(block.text().substring(1), source)).isFalse();
        assertThat(isPieceOf(block.text().replaceFirst(" ", "  "), source)).isFalse();
    }

    @Test
    void everyFileOfTheMachineIsShown() throws IOException {
        assertThat(blocks().stream().map(Block::file))
                .contains(
                        "tutorial/VoucherState.java",
                        "tutorial/VoucherAction.java",
                        "tutorial/VoucherEffect.java",
                        "tutorial/VoucherEffects.java",
                        "tutorial/VoucherGuards.java",
                        "tutorial/VoucherReducer.java",
                        "tutorial/VoucherService.java",
                        "tutorial/VoucherMachine.java",
                        "tutorial/VoucherOutcome.java",
                        "tutorial/VoucherLawsTest.java",
                        "tutorial/Warehouse.java",
                        "tutorial/VoucherScenario.java",
                        "tutorial/VoucherSimulationTest.java",
                        "tutorial/PlantedBugTest.java");
    }

    @Test
    void onlyCommandsAndTheDiagramAreNotOfASourceFile() throws IOException {
        assertThat(blocks().stream().map(Block::language)).containsOnly("java", "sh", "text", "mermaid");
    }

    @Test
    void theTestsThatThePageRunsAreThere() throws IOException {
        String commands = blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .map(Block::text)
                .collect(Collectors.joining("\n"));
        List<String> tests = Pattern.compile("-Dtest=(\\w+)")
                .matcher(commands)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(tests).hasSizeGreaterThan(2);
        for (String test : tests) {
            assertThat(SOURCES.resolve("tutorial").resolve(test + ".java")).exists();
        }
    }

    @Test
    void theDiagramsAreTheTransitions() throws IOException {
        Map<List<String>, StringJoiner> arrows = new LinkedHashMap<>();
        for (Transition transition : VoucherMachine.of(1).transitions()) {
            if (!transition.from().equals(transition.to())) {
                arrows.computeIfAbsent(List.of(transition.from(), transition.to()), ends -> new StringJoiner(", "))
                        .add(transition.action());
            }
        }
        String diagram = arrows.entrySet().stream()
                .map(arrow -> "    " + arrow.getKey().getFirst() + " --> "
                        + arrow.getKey().getLast() + ": " + arrow.getValue())
                .collect(Collectors.joining("\n", "stateDiagram-v2\n", ""));
        assertThat(blocks()).contains(new Block("mermaid", "", diagram));
        assertThat(Files.readString(SOURCES.resolve("tutorial/package-info.java")))
                .contains(diagram.lines().collect(Collectors.joining("\n * ", " * ", "\n")));
    }
}
