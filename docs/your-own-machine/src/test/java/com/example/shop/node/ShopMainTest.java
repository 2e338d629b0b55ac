package com.example.shop.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a JVM of its own, with the flags of the script {@code shop}: what it prints is what it was asked, and no more. */
class ShopMainTest {

    @TempDir
    Path folder;

    private List<String> run(String typed) throws IOException, InterruptedException {
        Path in = Files.writeString(folder.resolve("in"), typed);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShopMain.class.getName(),
                        folder.resolve("log").toString(),
                        folder.resolve("goods").toString())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(err).isEmptyFile();
        assertThat(process.exitValue()).isZero();
        return Files.readAllLines(out);
    }

    @Test
    void aVoucherIsRedeemedOnceAlsoInTheNextRun() throws Exception {
        assertThat(run("AAAA2222 ann\nAAAA2222 ben\nhello\n"))
                .containsExactly("AAAA2222: redeemed", "AAAA2222: refused, code-is-not-redeemed", "CODE NAME?");
        assertThat(run("AAAA2222 ben\nBBBB3333 ben\n"))
                .containsExactly("AAAA2222: refused, code-is-not-redeemed", "BBBB3333: redeemed");
        assertThat(folder.resolve("goods/AAAA2222")).hasContent("ann");
    }
}
