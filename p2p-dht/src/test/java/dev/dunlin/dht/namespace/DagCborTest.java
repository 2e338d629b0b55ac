package dev.dunlin.dht.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values are those of RFC 8949 appendix A, each as the value of a map with the key "a", and such as DAG-CBOR refuses. */
class DagCborTest {

    private static void read(String hex) throws MalformedRecord {
        DagCbor.readMap(HexFormat.of().parseHex(hex), (key, in) -> false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "01",
                "0a",
                "17",
                "1818",
                "1819",
                "1864",
                "1903e8",
                "1a000f4240",
                "1b000000e8d4a51000",
                "1bffffffffffffffff",
                "20",
                "29",
                "3863",
                "3903e7",
                "3bffffffffffffffff",
                "fb3ff199999999999a",
                "fb7e37e43c8800759c",
                "fbc010666666666666",
                "f4",
                "f5",
                "f6",
                "40",
                "4401020304",
                "60",
                "6161",
                "6449455446",
                "62225c",
                "62c3bc",
                "63e6b0b4",
                "80",
                "83010203",
                "8301820203820405",
                "a0",
                "a26161016162820203",
                "826161a161626163",
                "d82a450001550000"
            })
    void passesOver(String value) throws MalformedRecord {
        read("a16161" + value);
        read("a26161" + value + "6162" + value);
    }

    @ParameterizedTest
    @CsvSource({
        "1817, as short as",
        "190017, as short as",
        "1900ff, as short as",
        "1a0000ffff, as short as",
        "1b00000000ffffffff, as short as",
        "580100, as short as",
        "780161, as short as",
        "980100, as short as",
        "b8016161f6, as short as",
        "d9002a40, as short as",
        "5f42010243030405ff, indefinite",
        "7f657374726561646d696e67ff, indefinite",
        "9fff, indefinite",
        "bf61610161629f0203ffff, indefinite",
        "ff, no other simple",
        "f7, no other simple",
        "f0, no other simple",
        "f8ff, no other simple",
        "f93c00, no other simple",
        "fa47c35000, no other simple",
        "fb7ff0000000000000, finite",
        "fb7ff8000000000000, finite",
        "fbfff0000000000000, finite",
        "c074323031332d30332d32315432303a30343a30305a, only tag",
        "c249010000000000000000, only tag",
        "d82a01, byte string",
        "a10102, a text as the key",
        "a2616201616102, shortest first",
        "a2616101616102, shortest first",
        "a262616101616102, shortest first",
        "61ff, no UTF-8",
        "a161ff00, no UTF-8",
        "1c, indefinite",
        "5bffffffffffffffff, ends before",
        "7a7fffffff, ends before",
        "9bffffffffffffffff, ends before",
        "bb7fffffffffffffff, ends before",
        "44010203, ends before",
        "1903, ends before",
        "fb00, ends before"
    })
    void refuses(String value, String why) {
        assertThatThrownBy(() -> read("a16161" + value))
                .isInstanceOf(MalformedRecord.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "80", "a0" + "00", "a1", "a161", "a16161", "a16161" + "00" + "a0"})
    void refusesWhatIsNotOneMap(String hex) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(MalformedRecord.class);
    }

    @Test
    void nestsAsDeepAsItMay() throws MalformedRecord {
        String lists = "81".repeat(DagCbor.MAX_DEPTH - 1);
        read("a16161" + lists + "00");
        assertThatThrownBy(() -> read("a16161" + "81" + lists + "00"))
                .isInstanceOf(MalformedRecord.class)
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> read("a16161".repeat(DagCbor.MAX_DEPTH + 1) + "00"))
                .isInstanceOf(MalformedRecord.class)
                .hasMessageContaining("deep");
        read("a16161".repeat(DagCbor.MAX_DEPTH) + "00");
    }

    @Test
    void givesTheEntriesInTheirOrder() throws MalformedRecord {
        List<String> entries = new ArrayList<>();
        byte[] map = new DagCbor.Writer(3)
                .entry("a", 5)
                .entry("b", new byte[] {1})
                .entry("aa", -1)
                .toBytes();
        assertThat(HexFormat.of().formatHex(map)).isEqualTo("a3" + "616105" + "61624101" + "6261611bffffffffffffffff");
        DagCbor.readMap(map, (key, in) -> {
            entries.add(key);
            switch (key) {
                case "a" -> assertThat(in.unsigned()).isEqualTo(5);
                case "b" -> assertThat(in.byteString()).containsExactly(1);
                default -> {
                    return false;
                }
            }
            return true;
        });
        assertThat(entries).containsExactly("a", "b", "aa");
    }

    @Property(tries = 5000)
    void numbersAreReadAsTheyWereWritten(@ForAll long number) throws MalformedRecord {
        byte[] map = new DagCbor.Writer(1).entry("a", number).toBytes();
        List<Long> read = new ArrayList<>();
        DagCbor.readMap(map, (key, in) -> read.add(in.unsigned()));
        assertThat(read).containsExactly(number);
    }

    @Property(tries = 10_000)
    void anyBytesAreAMapOrRefused(@ForAll @Size(max = 60) byte[] rest) {
        byte[] bytes = new byte[rest.length + 3];
        bytes[0] = (byte) 0xa1;
        bytes[1] = 0x61;
        bytes[2] = 0x61;
        System.arraycopy(rest, 0, bytes, 3, rest.length);
        try {
            DagCbor.readMap(bytes, (key, in) -> false);
        } catch (MalformedRecord declared) {
            assertThat(declared.getMessage()).isNotBlank();
        }
    }
}
