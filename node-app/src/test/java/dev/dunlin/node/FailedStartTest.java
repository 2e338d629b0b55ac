package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.store.Machine;
import dev.dunlin.dht.extension.KadExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails, however it does, leaves nothing open: it is told in a sentence, and may be tried again. */
@Timeout(60)
final class FailedStartTest {

    private static final PrivateKey KEY = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    private static final Path OPEN = Path.of("/proc/self/fd");

    @TempDir
    private Path home;

    /** Whose service breaks. */
    private record Broken(boolean atBegin, Throwable how) implements Extension {

        @Override
        public String name() {
            return "broken";
        }

        @Override
        public List<Machine<? super StreamView, ?, ?>> machines() {
            return List.of();
        }

        @Override
        public Running begin(Host host) {
            if (atBegin) {
                throwing(how);
            }
            return new Running() {
                @Override
                public void started() {
                    throwing(how);
                }
            };
        }

        private static void throwing(Throwable how) {
            switch (how) {
                case Error bug -> throw bug;
                case RuntimeException bug -> throw bug;
                default -> throw new IllegalArgumentException(how);
            }
        }
    }

    private NodeOptions options(Extension... extensions) {
        return NodeOptions.DEFAULT
                .withExtensions(Extensions.of(extensions))
                .withLog(home.resolve("log"))
                .with("records.store", "sqlite");
    }

    /** What of this test's folder the process has open. */
    private List<Path> open() throws IOException {
        assumeTrue(Files.isDirectory(OPEN), "open files are counted where Linux lists them");
        try (Stream<Path> handles = Files.list(OPEN)) {
            return handles.flatMap(handle -> {
                        try {
                            return Stream.of(Files.readSymbolicLink(handle));
                        } catch (IOException gone) {
                            return Stream.empty();
                        }
                    })
                    .filter(file -> file.startsWith(home))
                    .toList();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dunlin-records"))
                .count();
    }

    @Test
    void whateverAServiceThrowsIsToldAndNothingStaysOpen() throws IOException {
        for (boolean atBegin : new boolean[] {true, false}) {
            for (Throwable how : List.of(
                    new AssertionError("meant"),
                    new IllegalStateException("meant"),
                    new StackOverflowError("meant"),
                    new NoClassDefFoundError("meant"))) {
                assertThatExceptionOfType(CommandFailure.class)
                        .isThrownBy(() -> Node.start(KEY, options(new KadExtension(), new Broken(atBegin, how))))
                        .withMessage("the extension broken cannot start: meant");
                assertThat(open()).isEmpty();
                assertThat(threads()).isZero();
            }
        }
        Node.start(KEY, options(new KadExtension())).close();
    }

    @Test
    void whatIsOutOfItsRangeLeavesNothingOpen() throws IOException {
        NodeOptions wrong = options(new KadExtension()).withThreads(0);
        assertThatThrownBy(() -> Node.start(KEY, wrong)).isInstanceOf(IllegalArgumentException.class);
        assertThat(open()).isEmpty();
        assertThat(threads()).isZero();
        Node.start(KEY, options(new KadExtension())).close();
    }
}
