package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole nodes, and what their logs say together. */
class ClusterCommandTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private final Program program = new Program();

    @BeforeEach
    void directories() throws IOException {
        Files.createDirectories(data("one"));
        Files.createDirectories(data("two"));
    }

    private Path data(String name) {
        return folder.resolve(name);
    }

    private Node node(String name) {
        return Node.start(
                PrivateKey.generate(KeyType.ED25519, new SecureRandom()),
                NodeOptions.DEFAULT
                        .with("connection.maxAttempts", "1")
                        .with("ping.interval", "0")
                        .withLog(DataDirectory.log(data(name))));
    }

    private List<String> run(String name) {
        return NodeProcess.run(data(name), "--set", "ping.interval=0");
    }

    private static void awaitNoStreams(Node node) {
        assertThat(node.await(
                        state -> state.root().stream().streams().isEmpty()
                                && state.root().stream().opens().isEmpty(),
                        SOON))
                .isTrue();
    }

    /** Opens a stream, closes it, and waits until both ends are closed. */
    private static void openAndClose(Node node, PeerId peer) {
        StreamAction.StreamOpened opened = (StreamAction.StreamOpened) node.runtime()
                .ask(
                        "s" + System.nanoTime(),
                        ticket -> new StreamAction.OpenStream(ticket, peer, List.of(PingProtocol.ID)),
                        SOON)
                .join();
        node.runtime().offer(new StreamAction.CloseStream(opened.stream(), CloseMode.CLOSE));
        assertThat(node.await(state -> !state.root().stream().streams().has(opened.stream()), SOON))
                .isTrue();
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }

    private JsonNode end(Object... options) {
        assertThat(program.run(join(options))).isEqualTo(ExitCode.OK);
        return json(program.outLines().getLast());
    }

    private Object[] join(Object... options) {
        return Stream.concat(Stream.of("cluster", data("one"), data("two")), Stream.of(options))
                .toArray();
    }

    private void meet() {
        try (Node one = node("one");
                Node two = node("two")) {
            Multiaddr address =
                    two.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
            one.connect(address, SOON);
            one.identified(two.self(), SOON);
            two.identified(one.self(), SOON);
            awaitNoStreams(one);
            awaitNoStreams(two);
            openAndClose(one, two.self());
            awaitNoStreams(two);
            one.ping(two.self(), 2, Duration.ZERO, SOON);
            one.disconnect(two.self());
            assertThat(one.await(
                            state -> state.root().connection().connections().isEmpty(), SOON))
                    .isTrue();
            assertThat(two.await(
                            state -> state.root().connection().connections().isEmpty(), SOON))
                    .isTrue();
        }
    }

    @Test
    void eachMessageIsSentBeforeItIsReceivedAndNoneIsUnmatched() {
        meet();
        JsonNode end = end("--json");
        assertThat(end.get("unmatched")).isEmpty();

        TreeMap<String, Integer> received = new TreeMap<>();
        Set<String> sent = new HashSet<>();
        List<String> lines = program.outLines();
        for (String line : lines.subList(0, lines.size() - 1)) {
            JsonNode event = json(line);
            assertThat(event.has("early")).isFalse();
            for (JsonNode message : event.get("received")) {
                assertThat(sent).contains(message.toString());
                received.merge(message.get("what").asString(), 1, Integer::sum);
            }
            event.get("sent").forEach(message -> sent.add(message.toString()));
        }
        // Both ask one another who they are; then a stream of ours, and that of the pings.
        assertThat(received)
                .containsEntry("connect", 1)
                .containsEntry("disconnect", 1)
                .containsEntry("open", 4)
                .containsEntry("identify", 2);
        assertThat(received.get("close")).isGreaterThanOrEqualTo(5);
        assertThat(sent).hasSize(end.get("messages").asInt());
    }

    @Test
    void aLineSaysWhoSentWhatCausedIt() {
        meet();
        assertThat(program.run(join())).isEqualTo(ExitCode.OK);
        List<String> lines = program.outLines();
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .contains(data("two") + " ")
                        .contains("connection/accepted")
                        .containsPattern("\\[received connect from \\Q" + data("one") + "\\E \\d+\\.\\d+]"))
                .anySatisfy(line -> assertThat(line)
                        .contains("peer/reach ")
                        .containsPattern("\\[sent connect to \\Q" + data("two") + "\\E \\d+\\.0]"));
        assertThat(lines.getLast()).matches("\\d+ steps, \\d+ messages, 0 unmatched");
    }

    @Test
    void aboutAPeerIsOnlyWhatNamesItOrWasExchangedWithIt() {
        meet();
        int all = end("--json").get("steps").asInt();
        String stranger = RecordedNode.ANN.toString();
        assertThat(end("--json", "--about", stranger).get("steps").asInt()).isZero();
        assertThat(end("--json", "--about", stranger).get("messages").asInt()).isZero();
        program.run(join());
        String peer = program.out().replaceAll("(?s).*?peer/reach \\{\"peer\":\"(\\w+)\".*", "$1");
        JsonNode about = end("--json", "--about", peer);
        assertThat(about.get("steps").asInt()).isPositive().isLessThan(all);
        assertThat(about.get("messages").asInt()).isPositive();
    }

    @Test
    void onlyWhatWasInFlightAtTheKillIsUnmatched() throws Exception {
        try (Node one = node("one");
                NodeProcess two = NodeProcess.start(folder, "two", List.of(), run("two"))) {
            PeerId peer = one.connect(Multiaddr.parse(two.address()), SOON);
            one.identified(peer, SOON);
            // What is opened later comes after the ends of these, on the wire and in both logs.
            awaitNoStreams(one);
            for (int i = 0; i < 20; i++) {
                openAndClose(one, peer);
            }
            one.runtime().offer(new StreamAction.OpenStream(Ticket.NONE, peer, List.of(PingProtocol.ID)));
            two.kill();
            assertThat(one.await(
                            state -> state.root().connection().connections().isEmpty(), SOON))
                    .isTrue();
        }
        JsonNode end = end("--json");
        TreeSet<Long> open = new TreeSet<>();
        for (String line : program.outLines()) {
            json(line).path("received").forEach(message -> {
                if (message.get("what").asString().equals("open") && message.has("sentAt")) {
                    open.add(message.get("stream").asLong());
                }
            });
        }
        assertThat(open).isNotEmpty();
        for (JsonNode message : end.get("unmatched")) {
            // What was said while the kill was found out stands behind the connection's end in the other's log.
            assertThat(message.get("unmatched").asString()).isIn("NODE_STOPPED", "CONNECTION_ENDED");
            assertThat(message.get("stream").asLong()).isGreaterThanOrEqualTo(open.last());
        }
    }

    @Test
    void whatCannotBeJoinedIsOneSentence() throws IOException {
        RecordedNode.day(data("one"));
        assertThat(program.run("cluster")).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).isEqualTo("DIR is missing; see 'dunlin cluster --help'.");
        assertThat(program.run("cluster", data("one"), data("one"))).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("is given twice");
        assertThat(program.run("cluster", data("one"), data("none"))).isEqualTo(ExitCode.NO_INPUT);
        RecordedNode.day(data("two"));
        assertThat(program.run("cluster", data("one"), data("two"), "--about", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("--about is no peer id");
        assertThat(program.run("cluster", data("one"), data("two"))).isEqualTo(ExitCode.OK);
        assertThat(program.outLines().getLast()).isEqualTo("14 steps, 0 messages, 0 unmatched");
    }

    @Test
    void aLogThatThisBuildDoesNotReplayIsNotJoined() throws IOException {
        RecordedNode.day(data("one"));
        RecordedNode.day(data("two"));
        List<String> lines = Files.readAllLines(RecordedNode.segment(data("two")));
        int line = lines.indexOf(lines.stream()
                .filter(text -> text.startsWith("{\"type\":\"connection/connect\""))
                .findFirst()
                .orElseThrow());
        RecordedNode.rewrite(data("two"), line, "\"connection\":\"[0-9a-f]{8}", "\"connection\":\"00000000");
        assertThat(program.run("cluster", data("one"), data("two"))).isEqualTo(ExitCode.DIVERGED);
        assertThat(program.sentence())
                .contains("the log of " + data("two") + " does not replay at step 3")
                .contains("join it with the build that wrote it");
    }

    @Test
    void aLogThatFitsWithLossesIsJoinedOnceTheyAreAcceptedAndOneThatDoesNotFitNever() throws IOException {
        RecordedNode.day(data("one"));
        RecordedNode.day(data("two"));
        RecordedNode.rewrite(data("two"), 0, "\"connection/reset\":\\{", "\"connection/reset\":{\"hard\":\"boolean\",");
        assertThat(program.run("cluster", data("one"), data("two"))).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.err())
                .contains("the log of " + data("two") + " does not fit this build")
                .contains(": connection/reset.hard was removed")
                .contains("It can be joined if the losses are accepted: --accept-risky");
        assertThat(program.run("cluster", data("one"), data("two"), "--accept-risky"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.sentence())
                .isEqualTo("warning: the log of " + data("two")
                        + " fits this build only with losses, see dunlin replay " + data("two"));
        assertThat(program.outLines().getLast()).isEqualTo("14 steps, 0 messages, 0 unmatched");
        RecordedNode.rewrite(data("two"), 0, "\"connection/retry\":", "\"connection/again\":");
        assertThat(program.run("cluster", data("one"), data("two"), "--accept-risky"))
                .isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.err())
                .contains("type connection/again was removed")
                .contains("or join it with the build that wrote it");
    }

    @Test
    void manyPingsOverOneStreamAddNoMessageAndConfuseNone() {
        try (Node one = node("one");
                Node two = node("two")) {
            one.connect(two.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst(), SOON);
            one.identified(two.self(), SOON);
            two.identified(one.self(), SOON);
            awaitNoStreams(one);
            awaitNoStreams(two);
            one.ping(two.self(), 100, Duration.ZERO, SOON);
        }
        end("--json");
        List<JsonNode> sent = new ArrayList<>();
        int answers = 0;
        for (String line : program.outLines()) {
            JsonNode event = json(line);
            event.path("sent").forEach(sent::add);
            answers += event.path("type").asString("").equals("exchange/answerCame") ? 1 : 0;
        }
        assertThat(answers).as("to the pings, and to who each of the two is").isEqualTo(100 + 2);
        // Who they are to one another, and one stream for all the pings, which are no messages: only who sends records
        // them.
        assertThat(sent)
                .doesNotHaveDuplicates()
                .filteredOn(message -> message.get("what").asString().equals("open"))
                .hasSize(3);
        assertThat(sent).allMatch(message -> message.get("ordinal").asInt() == 0);
    }

    @Test
    void pingsThatAKillLeavesUnansweredAreNoMessagesEither() throws Exception {
        try (Node one = node("one");
                NodeProcess two = NodeProcess.start(folder, "two", List.of(), run("two"))) {
            PeerId peer = one.connect(Multiaddr.parse(two.address()), SOON);
            one.identified(peer, SOON);
            awaitNoStreams(one);
            one.runtime().offer(new PingAction.Ping(Ticket.NONE, peer, 100, 0));
            assertThat(one.await(
                            state -> state.root()
                                    .ping()
                                    .peers()
                                    .find(peer)
                                    .filter(it -> !it.rtts().isEmpty())
                                    .isPresent(),
                            SOON))
                    .isTrue();
            two.kill();
            assertThat(one.await(
                            state -> state.root().connection().connections().isEmpty(), SOON))
                    .isTrue();
        }
        for (JsonNode message : end("--json").get("unmatched")) {
            // What was said while the kill was found out stands behind the connection's end in the other's log.
            assertThat(message.get("unmatched").asString()).isIn("NODE_STOPPED", "CONNECTION_ENDED");
            // A kill takes what the log had not yet written with it, at worst all of it: any message, but never a ping.
            assertThat(message.get("what").asString())
                    .isIn("connect", "open", "close", "reset", "disconnect", "identify");
        }
    }
}
