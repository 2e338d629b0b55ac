package dev.dunlin.testrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeantErrorsTest {

    @TempDir
    private Path folder;

    private MeantErrors read(String... lines) throws IOException {
        return MeantErrors.read(Files.write(folder.resolve("meant"), List.of(lines)));
    }

    @Test
    void whatIsMeantIsFine() throws IOException {
        MeantErrors meant = read("# a remark", "", "a.Test.b  the disk is full");
        String printed = "WARN  c slow\nERROR c the disk is full\njava.io.IOException: full\n\tat a.B.c(B.java:1)\n";
        assertThat(meant.wrong("a.Test.b", printed)).isEmpty();
        assertThat(meant.wrong("a.Test.b", "12:00:00.123 ERROR the disk is full"))
                .isEmpty();
        assertThat(meant.wrong("a.Test.other", printed))
                .containsExactly("ERROR c the disk is full", "\tat a.B.c(B.java:1)");
    }

    @Test
    void whatDoesNotComeIsTold() throws IOException {
        assertThat(read("a.Test.b  the disk is full").wrong("a.Test.b", "ERROR c other\n"))
                .containsExactly("it did not log the error that it means to: the disk is full", "ERROR c other");
    }

    @Test
    void aStackTraceOfAnotherErrorIsNotMeant() throws IOException {
        MeantErrors meant = read("a.Test.b  full");
        assertThat(meant.wrong("a.Test.b", "ERROR c full\n\tat a.B.c(B.java:1)\nERROR c other\n\tat a.B.d(B.java:2)\n"))
                .containsExactly("ERROR c other", "\tat a.B.d(B.java:2)");
        assertThat(meant.wrong("a.Test.c", "Caused by: x\n\t... 7 more\n at the door\n"))
                .hasSize(2);
    }

    @Test
    void aLineWithoutAPatternIsRefused() {
        assertThatThrownBy(() -> read("a.Test.b the disk"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("two blanks");
    }

    @Test
    void heldOutputIsBoundedAndTheFileHasAll() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        HeldOutput held = new HeldOutput(file);
        held.write(new byte[HeldOutput.MOST + 7], 0, HeldOutput.MOST + 7);
        assertThat(held.take())
                .hasSizeBetween(HeldOutput.MOST, HeldOutput.MOST + 100)
                .contains("7 bytes more");
        held.write("after".getBytes(StandardCharsets.UTF_8));
        assertThat(held.take()).isEqualTo("after");
        assertThat(file.size()).isEqualTo(HeldOutput.MOST + 12);
    }
}
