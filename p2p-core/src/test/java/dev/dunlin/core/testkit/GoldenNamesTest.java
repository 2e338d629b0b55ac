package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.gate.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenNamesTest {

    @TempDir
    Path folder;

    private static Map<String, String> fields(String... namesAndTypes) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.put(namesAndTypes[i], namesAndTypes[i + 1]);
        }
        return fields;
    }

    @Test
    void theStoresOwnNamesAreAsCommitted() {
        GoldenNames.check(
                Path.of("src/test/resources/names/core.txt"), Store.of("root").build());
    }

    @Test
    void whatWasAcceptedIsFoundEqualOneLineATypeSorted() throws IOException {
        Path file = folder.resolve("names").resolve("house.txt");
        GoldenNames.check(file, Schema.of(House.store()), true);
        assertThat(Files.readAllLines(file))
                .contains(
                        "gate/open: gate string, ticket Ticket",
                        "!gate/lock: handle Handle",
                        "#gate.gate: opening variant #gate.opening, open variant #gate.open, closing variant #gate.closing",
                        "gate: gates table<string,#gate.gate>",
                        "node/tick:")
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .isSorted();
        assertThatCode(() -> GoldenNames.check(file, House.store())).doesNotThrowAnyException();
    }

    @Test
    void aMissingFileIsNoAgreement() {
        assertThatThrownBy(() -> GoldenNames.check(folder.resolve("none.txt"), House.store()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("there is no file")
                .hasMessageContaining("-Ddunlin.golden.accept=true");
        assertThat(folder.resolve("none.txt")).doesNotExist();
    }

    @Test
    void eachDifferenceIsNamedAndWhatToDoIsSaid() throws IOException {
        Schema before = new Schema(Map.of(
                "door/open", fields("who", "string", "wide", "boolean", "why", "string"),
                "door/shut", fields("who", "string", "softly", "boolean"),
                "door/bell", fields(),
                "door", fields("count", "long")));
        Schema after = new Schema(Map.of(
                "door/open", fields("who", "PeerId", "wide", "boolean", "how", "int"),
                "door/shut", fields("softly", "boolean", "who", "string"),
                "door/ring", fields(),
                "door", fields("count", "long")));
        Path file = folder.resolve("door.txt");
        GoldenNames.check(file, before, true);
        List<String> committed = Files.readAllLines(file);

        assertThatThrownBy(() -> GoldenNames.check(file, after, false))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(file + """
                         has other names than the types:
                          type removed: door/bell
                          field changed: door/open.who was string and is PeerId
                          field removed: door/open.why (string)
                          field added: door/open.how (int)
                          fields in another order: door/shut had [who, softly] and has [softly, who]
                          type added: door/ring
                        """)
                .hasMessageContaining("put @Named(\"old\") on it")
                .hasMessageContaining("declare renamed, renamedField or defaulted on the Machine.Draft")
                .hasMessageContaining("-Ddunlin.golden.accept=true, which rewrites the file");
        assertThat(Files.readAllLines(file)).isEqualTo(committed);

        GoldenNames.check(file, after, true);
        assertThatCode(() -> GoldenNames.check(file, after, false)).doesNotThrowAnyException();
    }

    @Test
    void theSystemPropertyAccepts() {
        Path file = folder.resolve("house.txt");
        System.setProperty(GoldenNames.ACCEPT, "true");
        try {
            GoldenNames.check(file, House.store());
        } finally {
            System.clearProperty(GoldenNames.ACCEPT);
        }
        assertThat(file).exists();
    }
}
