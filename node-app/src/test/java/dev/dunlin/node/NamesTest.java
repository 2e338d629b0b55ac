package dev.dunlin.node;

import dev.dunlin.core.testkit.GoldenNames;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The names under which the machines of the program are written: what was recorded with them can be read as long as none of them changes. */
class NamesTest {

    @Test
    void theNamesAreThoseOfTheFile() {
        GoldenNames.check(
                Path.of("src/test/resources/dev/dunlin/node/names.golden"),
                NodeRoot.newStore(Extensions.of(new KadExtension(), new BootstrapExtension())));
    }
}
