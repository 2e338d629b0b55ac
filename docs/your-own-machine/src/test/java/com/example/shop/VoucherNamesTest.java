package com.example.shop;

import dev.dunlin.core.testkit.GoldenNames;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Logs of shops are written under these names. */
final class VoucherNamesTest {

    @Test
    void namesAreTheCommittedOnes() {
        GoldenNames.check(Path.of("src/test/resources/names/vouchers.txt"), Shop.store(VoucherMachine.of(1)));
    }
}
