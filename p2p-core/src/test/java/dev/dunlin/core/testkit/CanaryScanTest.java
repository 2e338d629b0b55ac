package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.Zstd;
import dev.dunlin.core.multiformats.Multibase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CanaryScanTest {

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private final byte[] secret = bytes(32);
    private final CanaryScan scan = CanaryScan.of(Map.of("key", secret));

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void found(byte[] form, String... expected) throws IOException {
        for (int before : new int[] {0, 1, 2, 3, 65_530, 65_536, 200_000}) {
            byte[] content = bytes(before + form.length + 100);
            System.arraycopy(form, 0, content, before, form.length);
            Files.write(folder.resolve("file"), content);
            assertThat(scan.in(folder)).as("at %d", before).containsExactly(expected);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void everyFormIsFoundAnywhere() throws IOException {
        found(secret, "file: key in raw");
        found(ascii(HexFormat.of().formatHex(secret)), "file: key in hex");
        found(ascii(HexFormat.of().withUpperCase().formatHex(secret)), "file: key in hex");
        found(ascii(Multibase.BASE58_BTC.encodeBare(secret)), "file: key in base58");
        for (int before = 0; before < 5; before++) {
            for (int after = 0; after < 5; after++) {
                byte[] around = bytes(before + secret.length + after);
                System.arraycopy(secret, 0, around, before, secret.length);
                found(ascii(Base64.getEncoder().encodeToString(around)), "file: key in base64");
                found(ascii(Base64.getUrlEncoder().withoutPadding().encodeToString(around)), "file: key in base64");
            }
        }
    }

    @Test
    void alsoInsideZstdAndBelow() throws IOException {
        Path below = Files.createDirectories(folder.resolve("a/b"));
        byte[] content = new byte[100_000];
        System.arraycopy(secret, 0, content, 70_000, secret.length);
        Files.write(below.resolve("log.jsonl.zst"), Zstd.compress(content));
        assertThat(scan.in(folder)).contains("a/b/log.jsonl.zst (unpacked): key in raw");
    }

    @Test
    void whatIsNotThereIsNotFoundAndTheKeyFileMayHaveIt() throws IOException {
        Files.write(folder.resolve("file"), bytes(1 << 20));
        Files.write(folder.resolve("part"), Arrays.copyOf(secret, 31));
        Files.write(folder.resolve("node.key"), secret);
        assertThat(scan.in(folder)).containsExactly("node.key: key in raw");
        assertThat(scan.except("node.key").in(folder)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> CanaryScan.of(Map.of("short", new byte[7])));
    }
}
