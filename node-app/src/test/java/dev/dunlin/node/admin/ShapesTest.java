package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Means;
import org.junit.jupiter.api.Test;

class ShapesTest {

    private static final class One {
        record Done(@Means("a number") int number) {}
    }

    private static final class Other {
        record Done(@Means("a text") String text) {}
    }

    /** Machines of several authors may call their answers the same. */
    @Test
    void answersOfOneNameAreToldApart() {
        Shapes shapes = new Shapes();
        String first = shapes.of(One.Done.class).path("$ref").asString();
        String second = shapes.of(Other.Done.class).path("$ref").asString();
        assertThat(first).endsWith("/Done");
        assertThat(second)
                .endsWith("/dev.dunlin.node.admin.ShapesTest.Other.Done")
                .matches("#[/A-Za-z0-9._-]+");
        assertThat(shapes.of(Other.Done.class).path("$ref").asString()).isEqualTo(second);
        assertThat(shapes.of(One.Done.class).path("$ref").asString()).isEqualTo(first);
        assertThat(shapes.schemas()).hasSize(2).containsKey("Done");
        assertThat(String.valueOf(shapes.schemas().get("Done"))).contains("a number");
    }
}
