package dev.dunlin.node.stepper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.node.screen.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Screens as a terminal shows them. Where they were changed on purpose: {@code -Ddunlin.screen.accept=true}. */
class ScreenTest {

    private static final Path GOLDEN = Path.of("src", "test", "resources", "dev", "dunlin", "node", "stepper");

    private final Past past = new FakePast(60);

    private static void isGolden(String name, List<Line> lines) throws IOException {
        String drawn = lines.stream()
                .map(line -> "%-8s|%s\n".formatted(line.style(), line.text()))
                .collect(Collectors.joining());
        Path file = GOLDEN.resolve(name + ".txt");
        if (Boolean.getBoolean("dunlin.screen.accept")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, drawn);
        }
        assertThat(drawn).isEqualTo(Files.readString(file));
    }

    @Test
    void aStepInTheMiddle() throws IOException {
        isGolden("middle", new Screen(80, 24, false).draw(Model.at(28), past));
    }

    @Test
    void theBeginning() throws IOException {
        isGolden("beginning", new Screen(80, 24, false).draw(Model.at(0), past));
    }

    @Test
    void aFilterAndAPlaceInTheState() throws IOException {
        Model model = Stepper.command(Model.at(21), 'f', "rejected", past);
        model = Stepper.command(Stepper.command(model, 's', "", past), '/', "line 30", past);
        isGolden("filter", new Screen(60, 24, false).draw(model, past));
    }

    @Test
    void anAsciiTerminal() throws IOException {
        List<Line> lines = new Screen(70, 16, true).draw(Model.at(28), past);
        isGolden("plain", lines);
        assertThat(lines).allMatch(line -> line.text().chars().allMatch(unit -> unit >= ' ' && unit < 0x7F));
    }

    @Test
    void help() throws IOException {
        isGolden("help", new Screen(100, 24, false).draw(Model.at(3).helping(true), past));
    }

    @Test
    void anySizeIsFilledAndNotLeft() {
        Model typing = Model.at(28).typing(Optional.of(new Model.Typing('/', "x".repeat(300))));
        for (Model model :
                List.of(Model.at(0), Model.at(28), Model.at(60), Model.at(28).helping(true), typing)) {
            for (int width = 1; width < 130; width += 7) {
                for (int height = 1; height < 50; height += 3) {
                    List<Line> lines = new Screen(width, height, false).draw(model, past);
                    assertThat(lines).hasSize(height);
                    int most = width;
                    assertThat(lines)
                            .allMatch(line ->
                                    line.text().codePointCount(0, line.text().length()) <= most);
                }
            }
        }
    }

    @Test
    void whatTakesLongIsLeftOutAtFirst() {
        Screen screen = new Screen(80, 24, false);
        assertThat(screen.draw(Model.at(55), past, true))
                .contains(new Line("replaying up to this step …", Line.Style.DIM));
        assertThat(screen.draw(Model.at(28), past, true)).isEqualTo(screen.draw(Model.at(28), past));
    }

    @Test
    void whatCannotBeReadIsSaid() {
        List<Line> lines = new Screen(80, 24, false).draw(Model.at(13), past);
        assertThat(lines).hasSize(24);
        assertThat(lines.getLast().text()).isEqualTo("step 13 is damaged");
    }
}
