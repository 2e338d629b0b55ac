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
import dev.dunlin.connection.identify.IdentifyAction.IdentifyFailed;
import dev.dunlin.connection.identify.IdentifyAction.ObservedChanged;
import dev.dunlin.connection.identify.IdentifyAction.PeerIdentified;
import dev.dunlin.connection.identify.IdentifyAction.ReadFailed;
import dev.dunlin.connection.identify.IdentifyAction.Received;
import dev.dunlin.connection.identify.IdentifyAction.SendFailed;
import dev.dunlin.connection.identify.IdentifyAction.Sent;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
import dev.dunlin.connection.identify.IdentifyEffect.Read;
import dev.dunlin.connection.identify.IdentifyEffect.Send;
import dev.dunlin.connection.identify.IdentifyState.Step;
import dev.dunlin.connection.identify.IdentifyState.Told;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IdentifyMachineTest {

    private static final String ID = IdentifyMachine.ID;
    private static final String PUSH = IdentifyMachine.ID_PUSH;
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
        assertThat(clause(bench.say(new Received(stream, peer(peer), saying.said()))))
                .isEmpty();
        return stream;
    }

    private static IdentifyState.Peer state(Bench bench, int peer) {
        return bench.root().identify().peers().at(peer(peer));
    }

    private static Told told(Bench bench, int peer) {
        return bench.root().identify().told(peer(peer)).orElseThrow();
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
        assertThat(told(bench, 1).addresses()).containsExactly(PUBLIC);
        assertThat(told(bench, 2).agentVersion()).isEqualTo("two");
        assertThat(bench.actions(PeerIdentified.class))
                .containsExactly(
                        new PeerIdentified(peer(1), told(bench, 1)), new PeerIdentified(peer(2), told(bench, 2)));
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
    void readingIsGivenUpAfterFiveSeconds() {
        Bench bench = new Bench();
        bench.accept(1);
        Handle stream = bench.open(1, ID);
        assertThat(bench.last(Read.class)).contains(new Read(stream, peer(1)));
        bench.pass(5 * SECOND - 1);
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.READING);
        bench.pass(1);
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.UNIDENTIFIED);
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(new IdentifyFailed(peer(1), "it took too long"));
        assertThat(bench.effects(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(stream, CloseMode.RESET));
        assertThat(clause(bench.say(new Received(stream, peer(1), saying().said()))))
                .isEqualTo("stream-is-being-read");
        assertThat(clause(bench.say(new ReadFailed(stream, peer(1), "late")))).isEqualTo("stream-is-being-read");
    }

    @Test
    void aFailureToOpenOrReadIsTold() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.failOpen(1, ID, ConnectionError.Kind.NO_COMMON_PROTOCOL);
        bench.accept(2);
        bench.say(new ReadFailed(bench.open(2, ID), peer(2), "no protobuf"));
        assertThat(bench.actions(IdentifyFailed.class))
                .containsExactly(
                        new IdentifyFailed(peer(1), "the stream could not be opened"),
                        new IdentifyFailed(peer(2), "no protobuf"));
    }

    @Test
    void answersWhoAsksWithWhatWeAre() {
        Bench bench = new Bench("identify.agentVersion", "dunlin/9");
        listen(bench, LOOPBACK, PUBLIC, Multiaddr.parse("/ip4/0.0.0.0/tcp/1"));
        bench.say(new Speak(List.of(ID, "/a")));
        Handle connection = bench.accept(1);
        Handle stream = bench.acceptStream(connection, 1, ID);
        Send send = bench.last(Send.class).orElseThrow();
        assertThat(send.stream()).isEqualTo(stream);
        assertThat(send.content())
                .isEqualTo(new IdentifyContent(
                        "ipfs/0.1.0",
                        "dunlin/9",
                        List.of(ID, "/a"),
                        List.of(LOOPBACK, PUBLIC),
                        Optional.of(address(1)),
                        bench.root().identify().own().seq()));
        bench.say(new Sent(stream, peer(1)));
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(stream, CloseMode.CLOSE));
        assertThat(bench.root().identify().exchanges().isEmpty()).isTrue();
    }

    @Test
    void answersNoMoreStreamsAtOnceThanTheLimit() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("identify.maxAnswers", String.valueOf(limit));
            Handle connection = bench.accept(1);
            for (int i = 0; i < limit; i++) {
                bench.acceptStream(connection, 1, i == 1 ? PUSH : ID);
            }
            assertThat(bench.effects(StreamEffect.CloseInit.class)).isEmpty();
            Handle extra = bench.acceptStream(connection, 1, ID);
            Handle push = bench.acceptStream(connection, 1, PUSH);
            assertThat(bench.effects(StreamEffect.CloseInit.class))
                    .containsExactly(
                            new StreamEffect.CloseInit(extra, CloseMode.RESET),
                            new StreamEffect.CloseInit(push, CloseMode.RESET));
            bench.pass(5 * SECOND);
            bench.acceptStream(connection, 1, ID);
            assertThat(state(bench, 1).served().answers()).isEqualTo(1);
        }
    }

    @Test
    void aPushChangesWhatItSaysOnly() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().agent("old").protocols("/a").addresses(PUBLIC));
        Handle push = bench.acceptStream(connection, 1, PUSH);
        bench.say(new Received(push, peer(1), saying().protocols("/b").said()));
        assertThat(told(bench, 1).protocols()).containsExactly("/b");
        assertThat(told(bench, 1).agentVersion()).isEqualTo("old");
        assertThat(told(bench, 1).listenAddresses()).containsExactly(PUBLIC);
        assertThat(bench.actions(PeerIdentified.class)).hasSize(2);
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
        int before = bench.actions(Received.class).size();
        for (int i = 0; i < tries; i++) {
            Handle push = bench.acceptStream(connection, 1, PUSH);
            bench.say(new Received(push, peer(1), saying().said()));
        }
        return bench.actions(Received.class).size() - before;
    }

    @Test
    void takesNothingFromWhoSendsAnothersKey() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().key(2).agent("liar"));
        assertThat(state(bench, 1).told()).isEmpty();
        assertThat(bench.actions(IdentifyFailed.class)).hasSize(1);
        bench.accept(2);
        identified(bench, 2, saying().key(2).agent("honest"));
        assertThat(told(bench, 2).agentVersion()).isEqualTo("honest");
    }

    @Test
    void takesSignedAddressesOfThePeerItselfWithAHigherNumberOnly() {
        Bench bench = new Bench();
        Multiaddr second = Multiaddr.parse("/ip4/9.9.9.8/tcp/1");
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().addresses(second).record(2, 9, PUBLIC));
        assertThat(told(bench, 1).certified()).isEmpty();
        assertThat(told(bench, 1).addresses()).containsExactly(second);
        push(bench, connection, saying().record(1, 5, PUBLIC));
        assertThat(told(bench, 1).addresses()).containsExactly(PUBLIC);
        push(bench, connection, saying().record(1, 5, second));
        assertThat(told(bench, 1).addresses()).containsExactly(PUBLIC);
        push(bench, connection, saying().record(1, 4, second));
        assertThat(told(bench, 1).addresses()).containsExactly(PUBLIC);
        // The highest unsigned number.
        push(bench, connection, saying().record(1, -1, second));
        assertThat(told(bench, 1).addresses()).containsExactly(second);
        push(bench, connection, saying().record(1, Long.MAX_VALUE, PUBLIC));
        assertThat(told(bench, 1).addresses()).containsExactly(second);
    }

    private static void push(Bench bench, Handle connection, Saying saying) {
        Handle push = bench.acceptStream(connection, 1, PUSH);
        assertThat(clause(bench.say(new Received(push, peer(1), saying.said()))))
                .isEmpty();
    }

    @Test
    void keepsAddressesByTheScopeOfTheSender() {
        Multiaddr[] all = {LOOPBACK, PRIVATE, PUBLIC, Multiaddr.parse("/ip4/0.0.0.0/tcp/1")};
        Bench bench = new Bench();
        bench.accept(peer(1), LOOPBACK);
        identified(bench, 1, saying().addresses(all).record(1, 1, all));
        assertThat(told(bench, 1).listenAddresses()).containsExactly(LOOPBACK, PRIVATE, PUBLIC);
        bench.accept(peer(2), PRIVATE);
        identified(bench, 2, saying().addresses(all));
        assertThat(told(bench, 2).listenAddresses()).containsExactly(PRIVATE, PUBLIC);
        bench.accept(peer(3), PUBLIC);
        identified(bench, 3, saying().addresses(all).record(3, 1, all));
        assertThat(told(bench, 3).listenAddresses()).containsExactly(PUBLIC);
        assertThat(told(bench, 3).addresses()).containsExactly(PUBLIC);
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
        assertThat(told(bench, 1).listenAddresses()).containsExactly(PUBLIC);
    }

    @Test
    void keepsNoMoreThanTheLimits() {
        String[] protocols = {"/a", "/b", "/c"};
        Multiaddr[] addresses = {address(1), address(2), address(3)};
        for (int limit : List.of(2, 3)) {
            String most = String.valueOf(limit);
            Bench bench = new Bench(
                    "identify.protocols", most, "identify.addresses", most, "identify.rememberedAddresses", "1");
            Handle connection = bench.accept(1);
            identified(
                    bench, 1, saying().protocols(protocols).addresses(addresses).record(1, 1, addresses));
            assertThat(told(bench, 1).protocols()).hasSize(limit);
            assertThat(told(bench, 1).listenAddresses()).hasSize(limit);
            assertThat(told(bench, 1).addresses()).hasSize(limit);
            bench.close(connection, 1);
            assertThat(told(bench, 1).listenAddresses()).hasSize(1);
            assertThat(told(bench, 1).addresses()).hasSize(1);
        }
    }

    @Test
    void whatAServiceShouldNeverGiveIsRefused() {
        Bench bench = new Bench();
        bench.accept(1);
        Handle stream = bench.open(1, ID);
        String[] many = IntStream.range(0, 1025).mapToObj(i -> "/" + i).toArray(String[]::new);
        assertThat(clause(bench.say(
                        new Received(stream, peer(1), saying().protocols(many).said()))))
                .isEqualTo("within-limits");
        assertThat(clause(bench.say(new Received(
                        stream, peer(1), saying().agent("x".repeat(257)).said()))))
                .isEqualTo("within-limits");
        assertThat(clause(bench.say(new Received(
                        stream, peer(1), saying().agent("x".repeat(256)).said()))))
                .isEmpty();
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
        Handle push = bench.open(1, PUSH);
        IdentifyContent content = bench.last(Send.class).orElseThrow().content();
        assertThat(content.protocols()).containsExactly("/y");
        assertThat(content.addresses()).containsExactly(PUBLIC);
        bench.say(new Sent(push, peer(1)));
        bench.pass(60 * SECOND);
        assertThat(bench.effects(Send.class)).hasSize(1);
        bench.say(new Speak(List.of("/y")));
        bench.pass(60 * SECOND);
        assertThat(bench.effects(Send.class)).hasSize(1);
        assertThat(bench.root().identify().pushes().onTheirWay()).isZero();
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
            Handle push = bench.open(first, PUSH);
            assertThat(bench.root().identify().pushes().onTheirWay()).isEqualTo(limit);
            bench.say(new SendFailed(push, peer(first), "the stream ended"));
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
        bench.say(new Sent(bench.acceptStream(connection, 1, ID), peer(1)));
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
    void aPeerIsRememberedForAnHourAndThenForgotten() {
        Bench bench = new Bench();
        bench.close(bench.accept(9), 9);
        assertThat(bench.root().identify().peers().has(peer(9))).isFalse();
        assertThat(bench.root().identify().memory().has(peer(9))).isFalse();
        Handle connection = bench.accept(1);
        identified(bench, 1, saying().agent("one").record(1, 7, PUBLIC));
        bench.close(connection, 1);
        assertThat(told(bench, 1).agentVersion()).isEqualTo("one");
        assertThat(bench.root().identify().peers().isEmpty()).isTrue();
        bench.pass(3600 * SECOND - 1);
        assertThat(bench.root().identify().memory().has(peer(1))).isTrue();
        Handle again = bench.accept(1);
        identified(bench, 1, saying().record(1, 6, address(3)));
        assertThat(told(bench, 1).addresses()).containsExactly(PUBLIC);
        bench.close(again, 1);
        bench.pass(3600 * SECOND);
        assertThat(bench.root().identify().peers().isEmpty()).isTrue();
        assertThat(bench.root().identify().memory().isEmpty()).isTrue();
        assertThat(bench.actions(IdentifyAction.Forgotten.class))
                .containsExactly(new IdentifyAction.Forgotten(peer(1)));
    }

    @Test
    void theOldestIsForgottenWhereTooManyAreRemembered() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("identify.maxRemembered", String.valueOf(limit));
            for (int i = 1; i <= 3; i++) {
                Handle connection = bench.accept(i);
                identified(bench, i, saying());
                bench.close(connection, i);
                bench.pass(1);
            }
            assertThat(bench.root().identify().memory().size()).isEqualTo(limit);
            assertThat(bench.root().identify().memory().has(peer(1))).isEqualTo(limit == 3);
            bench.boot("identify.maxRemembered", "1");
            assertThat(bench.root().identify().memory().keys()).containsExactly(peer(3));
        }
    }

    @Test
    void noMoreConnectionsAreWatchedThanTheLimit() {
        for (int limit : List.of(1, 2)) {
            Bench bench = new Bench("identify.maxLinks", String.valueOf(limit));
            bench.accept(1);
            Handle second = bench.accept(2);
            assertThat(bench.opens(ID)).hasSize(limit);
            bench.acceptStream(second, 2, ID);
            assertThat(bench.effects(Send.class)).hasSize(limit - 1);
        }
    }

    @Test
    void aConnectionsEndEndsItsExchanges() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.open(1, ID);
        bench.acceptStream(connection, 1, ID);
        Handle other = bench.accept(1);
        bench.say(new IdentifyAction.Unlinked(connection, peer(1)));
        assertThat(bench.root().identify().exchanges().isEmpty()).isTrue();
        assertThat(state(bench, 1).asking().step()).isEqualTo(Step.OPENING);
        bench.say(new IdentifyAction.Unlinked(other, peer(1)));
        Handle late = bench.open(1, ID);
        assertThat(bench.last(StreamEffect.CloseInit.class))
                .contains(new StreamEffect.CloseInit(late, CloseMode.RESET));
    }

    @Test
    void ourNumberNeverFalls() {
        Bench bench = new Bench();
        long first = bench.root().identify().own().seq();
        assertThat(first).isEqualTo(bench.now());
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
    void aBootKeepsWhatPeersTold() {
        Bench bench = new Bench();
        bench.accept(1);
        identified(bench, 1, saying().agent("one"));
        bench.accept(2);
        bench.boot();
        assertThat(told(bench, 1).agentVersion()).isEqualTo("one");
        assertThat(bench.root().identify().peers().isEmpty()).isTrue();
        assertThat(bench.root().identify().memory().size()).isEqualTo(1);
        assertThat(bench.root().identify().links().isEmpty()).isTrue();
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

    @Test
    void effectsReachTheService() {
        StringBuilder called = new StringBuilder();
        IdentifyService service = new IdentifyService() {
            @Override
            public void read(ActionId id, Handle stream, PeerId peer) {
                called.append("read ").append(id).append(' ').append(stream);
            }

            @Override
            public void send(ActionId id, Handle stream, PeerId peer, IdentifyContent content) {
                called.append(" send ").append(id).append(' ').append(content.agentVersion());
            }
        };
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        Handle stream = bench.open(1, ID);
        bench.acceptStream(connection, 1, ID);
        var id = new ActionId(4, 2);
        IdentifyEffects.handle(id, bench.last(Read.class).orElseThrow(), service);
        IdentifyEffects.handle(id, bench.last(Send.class).orElseThrow(), service);
        assertThat(called.toString()).isEqualTo("read 4.2 " + stream + " send 4.2 dunlin");
    }
}
