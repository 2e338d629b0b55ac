package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class OpenDirectoryTest {

    private static final LogOptions SMALL = new LogOptions(40 << 10, 1 << 30, 1L << 60, 1 << 30, 1L << 60, 1);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(OpenDirectory.class);

    @BeforeEach
    void listen() {
        logged.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    private Path data() {
        return home.resolve("node");
    }

    private Path log() {
        return DataDirectory.log(data());
    }

    private OpenDirectory open() {
        return OpenDirectory.open(data(), "test", Table.empty(), self -> {}, Duration.ZERO);
    }

    private List<String> warnings() {
        synchronized (logged) {
            return List.copyOf(logged.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }
    }

    private void isRefused(ExitCode code, String says) {
        assertThatThrownBy(this::open)
                .asInstanceOf(throwable(CommandFailure.class))
                .hasMessageContaining(says)
                .extracting(CommandFailure::exitCode)
                .isEqualTo(code);
        // The lock is free again.
        assertThatThrownBy(this::open).isInstanceOf(CommandFailure.class);
    }

    /** A stopped node with closed segments behind which there is a snapshot. */
    private PeerId node() throws IOException {
        PeerId self = Identity.create(data()).peerId();
        try (RecordedNode node = RecordedNode.in(data(), SMALL)) {
            node.boot(self);
            for (int i = 0; i < 200; i++) {
                node.connect(RecordedNode.ANN);
            }
            node.snapshot();
        }
        assertThat(segments()).hasSizeGreaterThan(3);
        return self;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            return files.filter(file -> file.getFileName().toString().startsWith("log-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aNewNodeIsMadeAndAnOldOneFound() throws IOException {
        PeerId made;
        try (OpenDirectory open = open()) {
            made = open.identity().peerId();
            assertThatThrownBy(this::open).hasMessageContaining("is in use by this process already");
        }
        try (OpenDirectory open = OpenDirectory.open(
                data(), "test", Table.empty(), self -> assertThat(self).contains(made))) {
            assertThat(open.identity().peerId()).isEqualTo(made);
        }
        assertThat(warnings()).isEmpty();
    }

    @Test
    void whatCannotBeMeantMakesNothing() {
        for (Path place : List.of(data(), home)) {
            assertThatThrownBy(() -> OpenDirectory.open(place, "test", Table.empty(), self -> {
                        assertThat(self).isEmpty();
                        throw new CommandFailure(ExitCode.USAGE, "no");
                    }))
                    .hasMessage("no");
        }
        assertThat(data()).doesNotExist();
        assertThat(home.resolve(Identity.FILE)).doesNotExist();
    }

    @Test
    void aKeyOfAnotherThanTheLogIsRefused() throws IOException {
        PeerId self = node();
        open().close();
        Files.delete(data().resolve(Identity.FILE));
        Path elsewhere = home.resolve("other");
        PeerId other = Identity.create(elsewhere).peerId();
        Files.move(elsewhere.resolve(Identity.FILE), data().resolve(Identity.FILE));
        isRefused(
                ExitCode.DATA_ERROR,
                "is that of " + other + ", and the log in " + log() + " is that of " + self
                        + ": put the key of that node back from a copy, or begin without its past: mv ");
        // Nothing was touched, and the node without a past can begin.
        assertThat(segments()).isNotEmpty();
        Files.move(log(), log().resolveSibling("log.old"));
        open().close();
    }

    @Test
    void whatIsWrongBeforeTheSnapshotIsWarnedOf() throws IOException {
        node();
        Path second = segments().get(1);
        Files.delete(second);
        String third = segments().get(1).getFileName().toString();
        Files.writeString(log().resolve("notes.txt"), "x");
        try (OpenDirectory open = open()) {
            assertThat(warnings())
                    .anyMatch(text -> text.startsWith(
                                    "the log in " + log() + ": the log has a hole before " + third + "; inputs ")
                            && text.contains(" are lost to replays; a node goes on from a snapshot behind them: put "))
                    .anyMatch(text -> text.contains("notes.txt does not belong into a log"));
        }
        assertThat(log().resolve("notes.txt")).exists();
    }

    @Test
    void whatNoNodeGetsPastIsRefused() throws IOException {
        node();
        Path last = segments().getLast();
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length / 2] ^= 1;
        Files.write(last, bytes);
        isRefused(ExitCode.DATA_ERROR, last.getFileName() + " is damaged at byte ");
        assertThat(last).hasBinaryContent(bytes);
        Files.delete(last);
        isRefused(ExitCode.DATA_ERROR, "the log has a hole before snap-");
    }

    /** The inside of a snapshot is not looked at when a node starts, but beside. */
    @Test
    void whatIsFoundLaterIsWarnedOf() throws IOException {
        node();
        Path snapshot;
        try (Stream<Path> files = Files.list(log())) {
            snapshot = files.filter(file -> file.getFileName().toString().startsWith("snap-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(snapshot);
        Files.write(snapshot, Arrays.copyOf(bytes, bytes.length - 12));
        try (OpenDirectory open = open()) {
            String found = NodeProcess.eventually(
                    "a warning",
                    () -> warnings().stream()
                            .filter(text -> text.contains(snapshot.getFileName() + " cannot be used"))
                            .findFirst());
            assertThat(found).contains("no input is lost with it");
        }
        assertThat(snapshot).exists();
    }
}
