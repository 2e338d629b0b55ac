package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8439, appendix A.3: the vectors of whole blocks, those among them that carries go wrong with. */
final class Poly1305Test {

    private static final HexFormat HEX = HexFormat.of();
    private static final String ZEROS = "00".repeat(16);

    private static String padded(String hex) {
        return (hex + ZEROS).substring(0, 32);
    }

    @ParameterizedTest(name = "vector {0}")
    @CsvSource({
        "1,  00, 00, 00000000000000000000000000000000, 00",
        "7,  02, 00, ffffffffffffffffffffffffffffffff, 03",
        "8,  02, ffffffffffffffffffffffffffffffff, 02000000000000000000000000000000, 03",
        "9,  01, 00, fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000, 05",
        "10, 01, 00, fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101, 00",
        "11, 02, 00, fdffffffffffffffffffffffffffffff, faffffffffffffffffffffffffffffff",
    })
    void vectors(int number, String r, String s, String message, String tag) {
        Poly1305 mac = new Poly1305();
        mac.begin(HEX.parseHex(padded(r) + padded(s)));
        byte[] bytes = HEX.parseHex(message);
        mac.padded(bytes, 0, bytes.length);
        byte[] out = new byte[Poly1305.BLOCK + 1];
        mac.end(out, 1);
        assertThat(HEX.formatHex(out, 1, out.length)).isEqualTo(padded(tag));
    }
}
