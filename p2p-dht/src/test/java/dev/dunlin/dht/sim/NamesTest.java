package dev.dunlin.dht.sim;

import dev.dunlin.core.testkit.GoldenNames;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operations.Operated;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The names under which the machines of this module are written. */
class NamesTest {

    @Test
    void theNamesAreThoseOfTheFile() {
        GoldenNames.check(
                Path.of("src/test/resources/dev/dunlin/dht/names.golden"),
                KadRoot.store(
                        Validators.STANDARD, List.of(Operated.CRAWL, Operated.METRICS), peer -> Optional.empty()));
    }
}
