package dev.dunlin.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** The diagram in each package's page is the one that the transitions give. */
class DiagramTest {

    @Test
    void theConnectionMachinesPageShowsItsTransitions() throws IOException {
        assertThat(page("connection")).contains(diagram(new ConnectionSlice()));
    }

    @Test
    void theStreamMachinesPageShowsItsTransitions() throws IOException {
        assertThat(page("connection/stream")).contains(diagram(new StreamSlice()));
    }

    private static String page(String folder) throws IOException {
        return Files.readString(Path.of("src/main/java/dev/dunlin/" + folder + "/package-info.java"));
    }

    // One arrow for each pair of phases; what leaves the phase as it is, is left out.
    private static String diagram(Slice<?, ?, ?> slice) {
        Map<List<String>, StringJoiner> arrows = new LinkedHashMap<>();
        for (Transition transition : slice.transitions()) {
            if (!transition.from().equals(transition.to())) {
                arrows.computeIfAbsent(List.of(transition.from(), transition.to()), ends -> new StringJoiner(", "))
                        .add(transition.action());
            }
        }
        StringBuilder text = new StringBuilder(" * stateDiagram-v2\n");
        arrows.forEach((ends, actions) -> text.append(" *     ")
                .append(ends.getFirst())
                .append(" --> ")
                .append(ends.getLast())
                .append(": ")
                .append(actions)
                .append('\n'));
        return text.toString();
    }
}
