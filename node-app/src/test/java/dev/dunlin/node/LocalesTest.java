package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same history gives the same bytes, digests and sentences whatever language, calendar, charset and time zone a machine has. */
class LocalesTest {

    @TempDir
    private static Path folder;

    private static String usual = "";

    private record Printed(String out, String err) {}

    @BeforeAll
    static void usual() throws Exception {
        usual = run("usual", List.of("-Duser.language=en", "-Duser.country=US"), Map.of("LC_ALL", "C"))
                .out();
        assertThat(usual)
                .contains("== replay ended with 0")
                .contains("== log ended with 66")
                .contains("the port is in use by another program")
                .contains("the disk is full")
                .contains("FOLDER/forbidden/x does not permit it")
                .contains("a part of the path is no directory")
                .contains("ECONNREFUSED")
                .contains("ping.interval = \u0663s");
    }

    private static Printed run(String name, List<String> flags, Map<String, String> environment) throws Exception {
        Path own = Files.createDirectory(folder.resolve(name));
        List<String> command = new ArrayList<>(ProgramProcess.plainUser());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(flags);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), LocaleProbe.class.getName(), own.toString()));
        Path out = folder.resolve(name + ".out");
        Path err = folder.resolve(name + ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("LC_") || key.startsWith("LANG"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        Printed printed = new Printed(
                Files.readString(out),
                new String(Files.readAllBytes(err), java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(process.exitValue()).as(printed.err()).isZero();
        return printed;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Duser.language=tr -Duser.country=TR",
                "-Duser.language=ar -Duser.country=EG -Duser.extensions=nu-arab",
                "-Duser.language=th -Duser.country=TH -Duser.extensions=ca-buddhist-nu-thai",
                "-Duser.language=ja -Duser.country=JP -Duser.extensions=ca-japanese",
                "-Duser.language=de -Duser.country=DE -Duser.timezone=Pacific/Chatham",
                "-Dfile.encoding=ISO-8859-1 -Dstdout.encoding=UTF-16 -Dstderr.encoding=UTF-16 -Duser.timezone=America/St_Johns",
            })
    void ofTheJvm(String flags) throws Exception {
        String name = Integer.toHexString(flags.hashCode());
        assertThat(run(name, List.of(flags.split(" ")), Map.of("LC_ALL", "C")).out())
                .isEqualTo(usual);
    }

    /** The system's own messages are in that language, and in its charset: what Java hands on of a failure is, too. */
    @ParameterizedTest
    @ValueSource(strings = {"de_DE UTF-8", "de_DE ISO-8859-1", "tr_TR ISO-8859-9", "ru_RU KOI8-R", "ja_JP EUC-JP"})
    void ofTheSystem(String locale) throws Exception {
        String language = locale.substring(0, locale.indexOf(' '));
        String charset = locale.substring(locale.indexOf(' ') + 1);
        String name = language + "." + charset;
        Optional<String> trouble = Shell.trouble("localedef -i " + language + " -f " + charset + " "
                + folder.resolve(name).toAbsolutePath());
        assumeTrue(trouble.isEmpty(), () -> "no locale " + name + " can be made here: " + trouble.orElse(""));
        Map<String, String> environment =
                new TreeMap<>(Map.of("LC_ALL", name, "LANGUAGE", language, "LOCPATH", folder.toString()));
        Printed printed = run("in-" + name, List.of(), environment);
        assertThat(printed.out()).isEqualTo(usual);
        assumeTrue(
                !printed.err().contains("Connection refused"),
                () -> "the system has no messages in " + name + ": install its catalogue of libc");
    }

    @Test
    void aTimeZoneOfTheSystem() throws Exception {
        assertThat(run("zone", List.of(), Map.of("TZ", "Asia/Kathmandu", "LC_ALL", "C"))
                        .out())
                .isEqualTo(usual);
    }

    @Test
    void everyLocaleThatIsInstalled() throws Exception {
        List<String> installed = installed();
        for (String locale : installed) {
            assertThat(run("installed-" + locale, List.of(), Map.of("LC_ALL", locale))
                            .out())
                    .as(locale)
                    .isEqualTo(usual);
        }
        assertThat(installed).isNotEmpty();
    }

    private static List<String> installed() {
        try {
            return Shell.run("locale -a").lines().limit(4).toList();
        } catch (IOException none) {
            return List.of("C");
        }
    }
}
