package dev.dunlin.connection.identify;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.clause;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerCame;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerMissing;
import dev.dunlin.connection.exchange.ExchangeAction.AskCame;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeEffect.AskInit;
import dev.dunlin.connection.exchange.ExchangeEffect.ReadInit;
import dev.dunlin.connection.exchange.ExchangeEffect.ReplyInit;
import dev.dunlin.connection.identify.IdentifyAction.AskLost;
import dev.dunlin.connection.identify.IdentifyAction.IdentifyFailed;
import dev.dunlin.connection.identify.IdentifyAction.ObservedChanged;
import dev.dunlin.connection.identify.IdentifyAction.PushCame;
import dev.dunlin.connection.identify.IdentifyAction.Received;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
import dev.dunlin.connection.identify.IdentifyState.Step;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.peer.PeerAction.Describe;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IdentifyMachineTest {

    private static final String ID = IdentifyProtocol.ID;
    private static final String PUSH = IdentifyProtocol.PUSH_ID;
    private static final String PING = PingProtocol.ID;
    private static final Multiaddr PUBLIC = Multiaddr.parse("/ip4/9.9.9.9/tcp/4001");
    private static final Multiaddr PRIVATE = Multiaddr.parse("/ip4/10.0.0.1/tcp/4001");
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    /** What a peer says, with parts put in by the test. */
    private static final class Saying {
        private Optional<PeerId> key = Optional.empty();
        private Optional<String> agent = Optional.empty();
        private List<Multiaddr> addresses = List.of();
        private List<String> protocols = List.of();
        private Optional<Multiaddr> observed = Optional.empty();
        private Optional<PeerRecord> record = Optional.empty();

        Saying key(int peer) {
            key = Optional.of(peer(peer));
            return this;
        }

        Saying agent(String said) {
            agent = Optional.of(said);
            return this;
        }

        Saying addresses(Multiaddr... said) {
            addresses = List.of(said);
            return this;
        }

        Saying protocols(String... said) {
            protocols = List.of(said);
            return this;
        }

        Saying observed(Multiaddr said) {
            observed = Optional.of(said);
            return this;
        }

        Saying record(int peer, long seq, Multiaddr... said) {
            record = Optional.of(new PeerRecord(peer(peer), seq, List.of(said)));
            return this;
        }

        Identified said() {
            return new Identified(Optional.empty(), agent, key, addresses, protocols, observed, record, 0);
        }
    }

    private static Saying saying() {
        return new Saying();
    }

    private static Handle identified(Bench bench, int peer, Saying saying) {
        Handle stream = bench.open(peer, ID);
        answer(bench, saying);
        return stream;
    }

    private static AskInit ask(Bench bench) {
        return bench.last(AskInit.class).orElseThrow();
    }

    private static void answer(Bench bench, Saying saying) {
        AskInit ask = ask(bench);
        bench.say(new AnswerCame(ask.ask(), ask.stream(), saying.said(), 5));
        assertThat(bench.derived(Received.class)).hasSize(1);
    }

    /** A push of ours is written. */
    private static void pushed(Bench bench) {
        AskInit push = ask(bench);
        bench.say(new AnswerCame(push.ask(), push.stream(), new IdentifyProtocol.PushTaken(), 5));
    }

    private static void fail(Bench bench, String why) {
        AskInit ask = ask(bench);
        bench.say(new AnswerMissing(ask.ask(), ask.stream(), AskFailure.RESET, why));
    }

    private static Handle asked(Bench bench, Handle connection, int peer) {
        Handle stream = bench.acceptStream(connection, peer, ID);
        bench.say(new AskCame(stream, new IdentifyProtocol.WhoAreYou()));
        return stream;
    }

    private static Optional<ReplyInit> reply(Bench bench) {
        return bench.emitted().stream()
                .filter(ReplyInit.class::isInstance)
                .map(ReplyInit.class::cast)
                .findFirst();
    }

    /** Whether a push of a peer is taken. */
    private static boolean takes(Bench bench, Handle connection, Saying saying) {
        Handle stream = bench.acceptStream(connection, 1, PUSH);
        bench.say(new AskCame(stream, saying.said()));
        assertThat(bench.derived(PushCame.class)).hasSize(1);
        boolean taken = reply(bench).isPresent();
        if (taken) {
            assertThat(reply(bench).orElseThrow().message()).isEqualTo(new IdentifyProtocol.PushTaken());
            bench.say(new ExchangeAction.ReplySent(stream));
        } else {
            assertThat(bench.last(StreamEffect.CloseInit.class))
                    .contains(new StreamEffect.CloseInit(stream, CloseMode.RESET));
        }
        return taken;
    }

    private static IdentifyState.Peer state(Bench bench, int peer) {
        return bench.root().identify().peers().at(peer(peer));
    }

    private static Description told(Bench bench, int peer) {
        return bench.root().peer().description(peer(peer)).orElseThrow();
    }

    private static List<Multiaddr> addresses(Bench bench, int peer) {
        return bench.root().peer().addresses(peer(peer));
    }

    private static boolean hasTold(Bench bench, int peer) {
        return bench.root().peer().description(peer(peer)).isPresent();
    }

    private static void listen(Bench bench, Multiaddr... bound) {
        bench.say(new ConnectionAction.Listen(bound[0], Ticket.NONE));
        long number =
                bench.last(ConnectionEffect.ListenInit.class).orElseThrow().number();
        bench.say(new ConnectionAction.Listening(number, bench.handle("listener"), bound[0], List.of(bound)));
    }

    @Test
    void asksOnEachNewConnectionInBothDirections() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.dial(2);
        Handle first =
                identified(bench, 1, saying().agent("one").protocols("/a", PUSH).addresses(PUBLIC));
        identified(bench, 2, saying().agent("two"));
        assertThat(told(bench, 1).agentVersion()).isEqualTo("one");
        assertThat(told(bench, 1).speaks("/a")).isTrue();
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
        assertThat(told(bench, 2).agentVersion()).isEqualTo("two");
        assertThat(bench.actions(Describe.class)).extracting(Describe::peer).containsExactly(peer(1), peer(2));
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(first, CloseMode.CLOSE));
        bench.accept(1);
        identified(bench, 1, saying().agent("one again"));
        assertThat(told(bench, 1).agentVersion()).isEqualTo("one again");
        assertThat(told(bench, 1).protocols()).isEmpty();
    }

    @Test
    void aConnectionThatComesMeanwhileIsAskedAfterwards() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.accept(1);
        assertThat(bench.opens(ID)).hasSize(1);
        identified(bench, 1, saying());
        assertThat(bench.opens(ID)).hasSize(1);
        identified(bench, 1, saying());
        assertThat(bench.opens(ID)).isEmpty();
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.IDENTIFIED);
    }

    @Test
    void anAskIsGivenUpAfterFiveSeconds() {
        Bench bench = new Bench();
        bench.accept(1);
        Handle stream = bench.open(1, ID);
        assertThat(ask(bench).stream()).isEqualTo(stream);
        assertThat(ask(bench).message()).isEqualTo(new IdentifyProtocol.WhoAreYou());
        assertThat(ask(bench).keep()).isFalse();
        bench.pass(5 * SECOND - 1);
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.ASKING);
        long number = state(bench, 1).asking().ask();
        bench.pass(1);
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.UNIDENTIFIED);
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(new IdentifyFailed(peer(1), "it took too long"));
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(stream, CloseMode.RESET));
        Handle connection = bench.handle("connection");
        assertThat(clause(bench.say(new Received(peer(1), number, connection, saying().said()))))
                .isEqualTo("ask-is-awaited");
        assertThat(clause(bench.say(new AskLost(peer(1), number, AskFailure.RESET, "late"))))
                .isEqualTo("ask-or-push-is-awaited");
    }

    @Test
    void aFailureToAskIsTold() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.failOpen(1, ID, ConnectionError.Kind.NO_COMMON_PROTOCOL);
        bench.accept(2);
        bench.open(2, ID);
        fail(bench, "no protobuf");
        bench.accept(3);
        bench.open(3, ID);
        fail(bench, "");
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(
                        new IdentifyFailed(peer(1), "it does not speak identify"),
                        new IdentifyFailed(peer(2), "no protobuf"),
                        new IdentifyFailed(peer(3), "RESET"));
    }

    @Test
    void anAskThatIsRefusedHasFailed() {
        Bench bench = new Bench("exchange.maxAsks", "1");
        bench.accept(1);
        bench.accept(2);
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(new IdentifyFailed(
                        peer(2), "as many questions are under way as there may be (exchange.maxAsks is 1)"));
        assertThat(state(bench, 2).asking().step()).isEqualTo(Step.UNIDENTIFIED);
    }

    @Test
    void answersWhoAsksWithWhatWeAre() {
        Bench bench = new Bench("identify.agentVersion", "dunlin/9", "node.peerId", peer(7).toString());
        listen(bench, LOOPBACK, PUBLIC, Multiaddr.parse("/ip4/0.0.0.0/tcp/1"));
        bench.say(new Speak(List.of("/z", "/a", "/z")));
        Handle connection = bench.accept(1);
        Handle stream = asked(bench, connection, 1);
        ReplyInit reply = reply(bench).orElseThrow();
        assertThat(reply.stream()).isEqualTo(stream);
        assertThat(reply.then()).isEqualTo(ExchangeEffect.Then.END);
        List<Multiaddr> addresses = List.of(LOOPBACK, PUBLIC);
        assertThat(reply.message())
                .isEqualTo(new Identified(
                        Optional.of("ipfs/0.1.0"),
                        Optional.of("dunlin/9"),
                        Optional.of(peer(7)),
                        addresses,
                        List.of("/a", ID, PUSH, PING, "/z"),
                        Optional.of(address(1)),
                        Optional.of(new PeerRecord(
                                peer(7), bench.root().identify().own().seq(), addresses)),
                        0));
        bench.say(new ExchangeAction.ReplySent(stream));
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
    }

    @Test
    void tellsNoMoreAddressesThanAMessageHasRoomFor() {
        Bench bench = new Bench("node.peerId", peer(7).toString());
        for (int i = 0; i < 9; i++) {
            int port = 1000 * (i + 1);
            listen(
                    bench,
                    IntStream.range(port, port + 64)
                            .mapToObj(p -> Multiaddr.parse("/ip4/9.9.9.9/tcp/" + p))
                            .toArray(Multiaddr[]::new));
        }
        assertThat(bench.root().identify().own().addresses()).hasSize(500);
        Handle connection = bench.accept(1);
        asked(bench, connection, 1);
        assertThat(reply(bench)).isPresent();
        Bench other = new Bench();
        listen(
                other,
                IntStream.range(0, 64)
                        .mapToObj(p -> Multiaddr.parse("/dns4/" + "x".repeat(100) + "/tcp/" + (p + 1)))
                        .toArray(Multiaddr[]::new));
        // Of 4,096 bytes each takes 105.
        assertThat(other.root().identify().own().addresses()).hasSize(39);
    }

    @Test
    void answersNoMoreStreamsAtOnceThanTheLimit() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        for (String protocol : List.of(ID, PUSH)) {
            Handle first = bench.acceptStream(connection, 1, protocol);
            bench.acceptStream(connection, 1, protocol);
            int closed = bench.effects(StreamEffect.CloseInit.class).size();
            Handle extra = bench.acceptStream(connection, 1, protocol);
            assertThat(bench.effects(StreamEffect.CloseInit.class))
                    .hasSize(closed + 1)
                    .contains(new StreamEffect.CloseInit(extra, CloseMode.RESET));
            assertThat(bench.effects(ReadInit.class))
                    .extracting(ReadInit::stream)
                    .doesNotContain(extra);
            // One that is over leaves its place to another.
            bench.end(first, connection, 1);
            Handle next = bench.acceptStream(connection, 1, protocol);
            assertThat(bench.last(ReadInit.class)).contains(new ReadInit(next, name(protocol)));
        }
    }

    private static String name(String protocol) {
        return protocol.equals(ID) ? IdentifyProtocol.NAME : IdentifyProtocol.PUSH_NAME;
    }

    @Test
    void theListFollowsWhatIsServedAndIsPushed() {
        Bench bench = new Bench();
        assertThat(bench.root().identify().own().protocols()).containsExactly(ID, PUSH, PING);
        bench.accept(1);
        identified(bench, 1, saying().protocols(PUSH));
        bench.say(new ExchangeAction.Unserve("ping"));
        bench.say(new Speak(List.of("/bulk", ID)));
        bench.pass(SECOND);
        bench.open(1, PUSH);
        assertThat(pushing(bench).protocols()).containsExactly("/bulk", ID, PUSH);
        pushed(bench);
        bench.say(new ExchangeAction.Unserve("identify"));
        assertThat(bench.root().identify().own().protocols())
                .as("we speak it still")
                .containsExactly("/bulk", ID, PUSH);
        bench.pass(SECOND);
        assertThat(bench.opens(PUSH)).isEmpty();
        bench.say(new ExchangeAction.Serve("ping"));
        bench.say(new ExchangeAction.Serve("ping"));
        bench.pass(SECOND);
        assertThat(bench.opens(PUSH)).hasSize(1);
        bench.say(new ExchangeAction.Unserve("ping"));
        bench.boot();
        assertThat(bench.root().identify().own().protocols())
                .as("each machine serves its own at a boot")
                .containsExactly("/bulk", ID, PUSH, PING);
    }

    @Test
    void aProtocolThatIsServedHasAnyNumberOfIds() {
        Bench bench = new Bench();
        bench.say(new IdentifyAction.ProtocolsServed(List.of("/feed/1", "/feed/2"), true));
        assertThat(bench.root().identify().own().protocols()).contains("/feed/1", "/feed/2");
        bench.say(new IdentifyAction.ProtocolsServed(List.of("/feed/1"), false));
        assertThat(bench.root().identify().own().protocols())
                .contains("/feed/2")
                .doesNotContain("/feed/1");
    }

    @Test
    void noMoreProtocolsAreToldThanTheLimits() {
        Bench bench = new Bench();
        List<String> most = IntStream.range(0, Speak.MAX_PROTOCOLS - 3)
                .mapToObj(i -> "/" + i)
                .toList();
        assertThat(clause(bench.say(new Speak(most)))).isEmpty();
        assertThat(clause(bench.say(new IdentifyAction.ProtocolsServed(List.of("/x"), true))))
                .isEqualTo("protocols-below-limit");
        bench.say(new ExchangeAction.Unserve("ping"));
        assertThat(clause(bench.say(new IdentifyAction.ProtocolsServed(List.of("/x"), true))))
                .isEmpty();
        assertThat(clause(bench.say(new Speak(List.of("/a\n"))))).isEqualTo("names-are-names");
        int left = Speak.MAX_BYTES - (ID.length() + PUSH.length() + "/x".length() + 3 * 4);
        List<String> full = IntStream.range(0, left / 104)
                .mapToObj(i -> "/" + "x".repeat(98) + (char) ('A' + i))
                .toList();
        assertThat(clause(bench.say(new Speak(full)))).isEmpty();
        List<String> fuller = new ArrayList<>(full);
        fuller.add("/" + "y".repeat(left % 104 - 4));
        assertThat(clause(bench.say(new Speak(fuller)))).isEqualTo("bytes-below-limit");
        fuller.set(fuller.size() - 1, "/" + "y".repeat(left % 104 - 5));
        assertThat(clause(bench.say(new Speak(fuller)))).isEmpty();
    }

    @Test
    void aPushChangesWhatItSaysOnly() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().agent("old").protocols("/a").addresses(PUBLIC));
        assertThat(takes(bench, connection, saying().protocols("/b"))).isTrue();
        assertThat(told(bench, 1).protocols()).containsExactly("/b");
        assertThat(told(bench, 1).agentVersion()).isEqualTo("old");
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
        assertThat(bench.actions(Describe.class)).extracting(Describe::whole).containsExactly(true, false);
    }

    @Test
    void aFloodOfPushesIsRefusedAndLetInAgainWithTime() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        assertThat(pushes(bench, connection, 12)).isEqualTo(10);
        bench.pass(5 * SECOND);
        assertThat(pushes(bench, connection, 2)).isEqualTo(1);

        Bench lifted = new Bench("identify.pushBurst", "12");
        assertThat(pushes(lifted, lifted.accept(1), 12)).isEqualTo(12);

        Bench local = new Bench();
        assertThat(pushes(local, local.accept(peer(1), LOOPBACK), 12)).isEqualTo(12);
    }

    private static int pushes(Bench bench, Handle connection, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += takes(bench, connection, saying()) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void takesNothingFromWhoSendsAnothersKey() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().key(2).agent("liar"));
        assertThat(hasTold(bench, 1)).isFalse();
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(new IdentifyFailed(peer(1), "it sent the public key of another peer"));
        bench.accept(2);
        identified(bench, 2, saying().key(2).agent("honest"));
        assertThat(told(bench, 2).agentVersion()).isEqualTo("honest");
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().key(1).agent("honest"));
        assertThat(takes(bench, connection, saying().key(2).agent("liar"))).isFalse();
        assertThat(takes(bench, connection, saying().key(1))).isTrue();
        assertThat(told(bench, 1).agentVersion()).isEqualTo("honest");
    }

    @Test
    void takesSignedAddressesOfThePeerItselfWithAHigherNumberOnly() {
        Bench bench = new Bench();
        Multiaddr second = Multiaddr.parse("/ip4/9.9.9.8/tcp/1");
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().addresses(second).record(2, 9, PUBLIC));
        assertThat(told(bench, 1).record()).isEmpty();
        assertThat(addresses(bench, 1)).containsExactly(second);
        push(bench, connection, saying().record(1, 5, PUBLIC));
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
        push(bench, connection, saying().record(1, 5, second));
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
        push(bench, connection, saying().record(1, 4, second));
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
        // The highest unsigned number.
        push(bench, connection, saying().record(1, -1, second));
        assertThat(addresses(bench, 1)).containsExactly(second);
        push(bench, connection, saying().record(1, Long.MAX_VALUE, PUBLIC));
        assertThat(addresses(bench, 1)).containsExactly(second);
    }

    private static void push(Bench bench, Handle connection, Saying saying) {
        assertThat(takes(bench, connection, saying)).isTrue();
    }

    @Test
    void keepsAddressesByTheScopeOfTheSender() {
        Multiaddr[] all = {LOOPBACK, PRIVATE, PUBLIC, Multiaddr.parse("/ip4/0.0.0.0/tcp/1")};
        Bench bench = new Bench();
        bench.accept(peer(1), LOOPBACK);
        identified(bench, 1, saying().addresses(all).record(1, 1, all));
        assertThat(addresses(bench, 1)).containsExactly(LOOPBACK, PRIVATE, PUBLIC);
        bench.accept(peer(2), PRIVATE);
        identified(bench, 2, saying().addresses(all));
        assertThat(addresses(bench, 2)).containsExactly(PRIVATE, PUBLIC);
        bench.accept(peer(3), PUBLIC);
        identified(bench, 3, saying().addresses(all).record(3, 1, all));
        assertThat(addresses(bench, 3)).containsExactly(PUBLIC);
        assertThat(addresses(bench, 3)).containsExactly(PUBLIC);
    }

    @Test
    void takesThePeerOffAddressesAndDropsThoseOfOthers() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(
                bench,
                1,
                saying().addresses(
                                PUBLIC.withPeer(peer(1)),
                                PUBLIC,
                                Multiaddr.parse("/ip4/9.9.9.7/tcp/1").withPeer(peer(2))));
        assertThat(addresses(bench, 1)).containsExactly(PUBLIC);
    }

    @Test
    void keepsNoMoreThanTheLimits() {
        String[] protocols = {"/a", "/b", "/c"};
        Multiaddr[] addresses = {address(1), address(2), address(3)};
        for (int limit : List.of(2, 3)) {
            String most = String.valueOf(limit);
            Bench bench = new Bench("identify.protocols", most, "identify.addresses", most);
            bench.accept(1);
            identified(
                    bench, 1, saying().protocols(protocols).addresses(addresses).record(1, 1, addresses));
            assertThat(told(bench, 1).protocols()).hasSize(limit);
            assertThat(addresses(bench, 1)).hasSize(limit);
            assertThat(addresses(bench, 1)).hasSize(limit);
        }
    }

    @Test
    void nothingIsTakenOfMoreThanAPeerMayTell() {
        String[] many = IntStream.range(0, 1025).mapToObj(i -> "/" + i).toArray(String[]::new);
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().protocols(many));
        bench.accept(1);
        identified(bench, 1, saying().agent("x".repeat(257)));
        assertThat(bench.actions(IdentifyFailed.class))
                .hasSize(2)
                .allMatch(failed -> failed.reason().equals("it told more than a peer may"));
        assertThat(takes(bench, connection, saying().protocols(many))).isFalse();
        assertThat(hasTold(bench, 1)).isFalse();
        bench.accept(1);
        identified(bench, 1, saying().agent("x".repeat(256)));
        assertThat(told(bench, 1).agentVersion()).hasSize(256);
    }

    @Test
    void ourChangesArePushedASecondLater() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().protocols(PUSH));
        bench.accept(2);
        identified(bench, 2, saying().protocols("/a"));
        bench.say(new Speak(List.of("/x")));
        bench.pass(SECOND / 2);
        listen(bench, PUBLIC);
        bench.say(new Speak(List.of("/y")));
        bench.pass(SECOND / 2 - 1);
        assertThat(bench.opens(PUSH)).isEmpty();
        bench.pass(1);
        assertThat(bench.opens(PUSH)).hasSize(1);
        bench.open(1, PUSH);
        Identified said = pushing(bench);
        assertThat(said.protocols()).contains("/y").doesNotContain("/x");
        assertThat(said.listenAddresses()).containsExactly(PUBLIC);
        assertThat(said.observedAddress()).isEmpty();
        pushed(bench);
        bench.pass(60 * SECOND);
        bench.say(new Speak(List.of("/y")));
        bench.pass(60 * SECOND);
        assertThat(bench.effects(AskInit.class).stream().filter(ask -> ask.message() instanceof Identified))
                .hasSize(1);
        assertThat(bench.root().identify().pushes().onTheirWay()).isZero();
    }

    private static Identified pushing(Bench bench) {
        return (Identified) ask(bench).message();
    }

    @Test
    void whatChangesDuringAPushIsPushedAfterwards() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().protocols(PUSH));
        bench.say(new Speak(List.of("/x")));
        bench.pass(SECOND);
        bench.open(1, PUSH);
        bench.say(new Speak(List.of("/y")));
        bench.pass(SECOND);
        assertThat(bench.opens(PUSH)).isEmpty();
        pushed(bench);
        bench.open(1, PUSH);
        assertThat(pushing(bench).protocols()).contains("/y");
    }

    @Test
    void noMorePushesAtOnceThanTheLimit() {
        for (int limit : List.of(32, 33)) {
            Bench bench = new Bench("identify.maxPushes", String.valueOf(limit));
            for (int i = 0; i < 40; i++) {
                bench.accept(i);
                identified(bench, i, saying().protocols(PUSH));
            }
            bench.say(new Speak(List.of("/x")));
            bench.pass(SECOND);
            assertThat(bench.opens(PUSH)).hasSize(limit);
            int first = IntStream.range(0, 40)
                    .filter(i -> bench.opens(PUSH).getFirst().peer().equals(peer(i)))
                    .findFirst()
                    .orElseThrow();
            bench.open(first, PUSH);
            assertThat(bench.root().identify().pushes().onTheirWay()).isEqualTo(limit);
            fail(bench, "the stream ended");
            assertThat(bench.root().identify().pushes().onTheirWay()).isEqualTo(limit);
            assertThat(bench.root().identify().pushes().waiting().size()).isEqualTo(40 - limit - 1);
        }
    }

    @Test
    void aPushThatFailsIsNotTriedAgainUntilWeChange() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().protocols(PUSH));
        bench.say(new Speak(List.of("/x")));
        bench.pass(SECOND);
        bench.failOpen(1, PUSH, ConnectionError.Kind.TIMED_OUT);
        bench.pass(60 * SECOND);
        assertThat(bench.opens(PUSH)).isEmpty();
        bench.say(new Speak(List.of("/y")));
        bench.pass(SECOND);
        assertThat(bench.opens(PUSH)).hasSize(1);
    }

    @Test
    void whoIsIdentifiedAfterARoundOfPushesIsPushedWhatItMissed() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        asked(bench, connection, 1);
        bench.say(new Speak(List.of("/x")));
        bench.pass(SECOND);
        assertThat(bench.opens(PUSH)).isEmpty();
        identified(bench, 1, saying().protocols(PUSH));
        assertThat(bench.opens(PUSH)).hasSize(1);
        // Who has never asked is told when it asks.
        bench.accept(2);
        identified(bench, 2, saying().protocols(PUSH));
        assertThat(bench.opens(PUSH)).hasSize(1);
    }

    @Test
    void fourGroupsOfObserversMakeAnAddressBelieved() {
        Bench bench = new Bench();
        Handle last = bench.accept(1);
        identified(bench, 1, saying().observed(PUBLIC.withPeer(peer(9))));
        // The same address, so the same group; and one that we dialled ourselves.
        bench.accept(peer(2), address(1));
        identified(bench, 2, saying().observed(PUBLIC));
        bench.dial(3);
        identified(bench, 3, saying().observed(PUBLIC));
        bench.accept(4);
        identified(bench, 4, saying().observed(PUBLIC));
        bench.accept(5);
        identified(bench, 5, saying().observed(PUBLIC));
        assertThat(bench.root().identify().own().believed()).isEmpty();
        long seq = bench.root().identify().own().seq();
        Handle sixth = bench.accept(6);
        identified(bench, 6, saying().observed(PUBLIC));
        assertThat(bench.root().identify().own().believed()).containsExactly(PUBLIC);
        assertThat(bench.root().identify().own().addresses()).containsExactly(PUBLIC);
        assertThat(bench.root().identify().own().seq()).isGreaterThan(seq);
        assertThat(bench.actions(ObservedChanged.class)).containsExactly(new ObservedChanged(List.of(PUBLIC)));
        bench.close(last, 1);
        assertThat(bench.root().identify().own().believed()).containsExactly(PUBLIC);
        bench.close(sixth, 6);
        assertThat(bench.root().identify().own().believed()).isEmpty();
        assertThat(bench.root().identify().pushes().at()).isNotEqualTo(Long.MAX_VALUE);
    }

    @Test
    void believesNoMoreAddressesThanTheLimit() {
        for (int limit : List.of(1, 2)) {
            Bench bench = new Bench("identify.observers", "1", "identify.maxBelieved", String.valueOf(limit));
            for (int i = 1; i <= 3; i++) {
                bench.accept(i);
                identified(bench, i, saying().observed(i == 1 ? PUBLIC : Multiaddr.parse("/ip4/9.9.9.8/tcp/1")));
            }
            assertThat(bench.root().identify().own().believed())
                    .hasSize(limit)
                    .startsWith(Multiaddr.parse("/ip4/9.9.9.8/tcp/1"));
        }
    }

    @Test
    void uselessObservationsAreNotCounted() {
        for (String useless : List.of(
                "/ip4/127.0.0.1/tcp/1",
                "/ip4/10.0.0.1/tcp/1",
                "/ip4/9.9.9.9/udp/1/quic-v1",
                "/dns4/example.org/tcp/1",
                "/ip4/0.0.0.0/tcp/1")) {
            assertThat(Observations.usable(Optional.of(Multiaddr.parse(useless)), PUBLIC))
                    .as(useless)
                    .isEmpty();
        }
        assertThat(Observations.usable(Optional.of(PRIVATE), PRIVATE)).contains(PRIVATE);
        assertThat(Observations.usable(Optional.of(LOOPBACK), LOOPBACK)).isEmpty();
        assertThat(Observations.group(Multiaddr.parse("/ip6/2001:db8:1:2::1/tcp/1")))
                .isEqualTo(Observations.group(Multiaddr.parse("/ip6/2001:db8:1:99::7/tcp/2")))
                .isNotEqualTo(Observations.group(Multiaddr.parse("/ip6/2001:db8:1:100::1/tcp/1")));
        assertThat(Observations.group(Multiaddr.parse("/ip4/1.2.3.4/tcp/1"))).isEqualTo("1.2.3.4");
        assertThat(Observations.group(Multiaddr.parse("/p2p-circuit"))).isEmpty();
    }

    @Test
    void noMoreConnectionsAreWatchedThanTheLimit() {
        for (int limit : List.of(1, 2)) {
            Bench bench = new Bench("identify.maxLinks", String.valueOf(limit));
            bench.accept(1);
            Handle second = bench.accept(2);
            assertThat(bench.opens(ID)).hasSize(limit);
            Handle stream = asked(bench, second, 2);
            assertThat(reply(bench).isPresent()).isEqualTo(limit == 2);
            assertThat(bench.effects(StreamEffect.CloseInit.class)
                            .contains(new StreamEffect.CloseInit(stream, CloseMode.RESET)))
                    .isEqualTo(limit == 1);
            Handle push = bench.acceptStream(second, 2, PUSH);
            bench.say(new AskCame(push, saying().said()));
            assertThat(reply(bench).isPresent()).isEqualTo(limit == 2);
        }
    }

    @Test
    void aStreamsEndWithItsConnectionEndsTheAsk() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.open(1, ID);
        AskInit first = ask(bench);
        Handle other = bench.accept(1);
        bench.say(new IdentifyAction.Unlinked(connection, peer(1)));
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.ASKING);
        bench.say(new AnswerMissing(first.ask(), first.stream(), AskFailure.RESET, "the stream ended"));
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(new IdentifyFailed(peer(1), "the stream ended"));
        assertThat(bench.opens(ID)).as("of the other connection").hasSize(1);
        bench.say(new IdentifyAction.Unlinked(other, peer(1)));
        bench.open(1, ID);
        AskInit second = ask(bench);
        bench.say(new AnswerCame(second.ask(), second.stream(), saying().said(), 5));
        assertThat(bench.derived(Received.class)).isEmpty();
        assertThat(bench.root().identify().peers().isEmpty()).isTrue();
    }

    @Test
    void anAnswerOnAConnectionThatIsNotWatchedIsNotTaken() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.open(1, ID);
        bench.accept(1);
        bench.say(new IdentifyAction.Unlinked(connection, peer(1)));
        answer(bench, saying().agent("one"));
        assertThat(bench.actions(IdentifyFailed.class)).hasSize(1);
        assertThat(hasTold(bench, 1)).isFalse();
        assertThat(state(bench, 1).asking().step()).as("it is asked again").isEqualTo(Step.ASKING);
    }

    @Test
    void aPushEndsWithTheLastConnectionAndAnOldOneEndsNothing() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().protocols(PUSH));
        bench.say(new Speak(List.of("/x")));
        bench.pass(SECOND);
        bench.open(1, PUSH);
        AskInit push = ask(bench);
        assertThat(bench.root().identify().pushes().onTheirWay()).isOne();
        bench.say(new IdentifyAction.Unlinked(connection, peer(1)));
        assertThat(bench.root().identify().pushes().onTheirWay()).isZero();
        bench.accept(1);
        bench.say(new AnswerCame(push.ask(), push.stream(), new IdentifyProtocol.PushTaken(), 5));
        assertThat(bench.derived(IdentifyAction.PushSent.class)).isEmpty();
        assertThat(bench.root().identify().pushes().onTheirWay()).isZero();
    }

    @Test
    void ourNumberNeverFalls() {
        Bench bench = new Bench();
        long first = bench.root().identify().own().seq();
        assertThat(first).isGreaterThanOrEqualTo(bench.now());
        bench.say(new Speak(List.of("/a")));
        long second = bench.root().identify().own().seq();
        assertThat(second).isGreaterThan(first);
        bench.boot();
        assertThat(bench.root().identify().own().seq()).isGreaterThan(second);
        bench.pass(SECOND);
        bench.say(new Speak(List.of("/b")));
        assertThat(bench.root().identify().own().seq()).isEqualTo(bench.now());
    }

    @Test
    void aClosedListenerIsNoLongerTold() {
        Bench bench = new Bench();
        listen(bench, PUBLIC);
        Handle listener =
                bench.root().identify().own().listeners().first().orElseThrow().getKey();
        bench.say(new ConnectionAction.ListenerClosed(listener, PUBLIC, CloseReason.LOCAL));
        assertThat(bench.root().identify().own().addresses()).isEmpty();
    }
}
