package dev.dunlin.connection;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Await;
import dev.dunlin.connection.ConnectionAction.BackOffEnded;
import dev.dunlin.connection.ConnectionAction.Ban;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.ConnectionFailed;
import dev.dunlin.connection.ConnectionAction.DialTimedOut;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.Drain;
import dev.dunlin.connection.ConnectionAction.Hold;
import dev.dunlin.connection.ConnectionAction.Keep;
import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Release;
import dev.dunlin.connection.ConnectionAction.Reset;
import dev.dunlin.connection.ConnectionAction.Resolved;
import dev.dunlin.connection.ConnectionAction.Retry;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.Unban;
import dev.dunlin.connection.ConnectionAction.Unkeep;
import dev.dunlin.connection.ConnectionAction.WentAway;
import dev.dunlin.connection.ConnectionEffect.CancelDial;
import dev.dunlin.connection.ConnectionEffect.ConnectInit;
import dev.dunlin.connection.ConnectionEffect.DisconnectInit;
import dev.dunlin.connection.ConnectionEffect.ListenInit;
import dev.dunlin.connection.ConnectionEffect.ResolveInit;
import dev.dunlin.connection.ConnectionEffect.StopListenInit;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.ConnectionOutcome.ListenDone;
import dev.dunlin.connection.ConnectionOutcome.ListenGaveUp;
import dev.dunlin.connection.ConnectionState.Attempt;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine by examples; the seed's enabling conditions and workflows first. */
class ConnectionMachineTest {

    private static final PeerId P = peer(100);
    private static final Multiaddr A = address(1);
    private static final Multiaddr B = address(2);
    private static final Ticket T1 = new Ticket("api", 1);
    private static final Ticket T2 = new Ticket("api", 2);
    private static final Bytes HASH = Bytes.of(new byte[32]);
    private static final ConnectionError REFUSED = ConnectionError.of(ConnectionError.Kind.REFUSED, "refused");

    private Bench bench = Bench.streams("node.peerId", peer(1).toString(), "connection.idleTimeout", "0");

    private void connect() {
        bench.say(new Connect(P, List.of(A), Ticket.NONE));
    }

    private Handle connected() {
        return connected(HASH);
    }

    private Handle connected(Bytes hash) {
        Handle handle = bench.handle(ConnectionService.CONNECTION);
        bench.say(new Connected(bench.connection().dialOf(P), handle, P, A, hash));
        return handle;
    }

    private void failed() {
        bench.say(new ConnectionFailed(bench.connection().dialOf(P), P, A, REFUSED));
    }

    private Handle accepted() {
        return accepted(HASH);
    }

    private Handle accepted(Bytes hash) {
        Handle handle = bench.handle(ConnectionService.CONNECTION);
        bench.say(new Accepted(handle, P, B, hash));
        return handle;
    }

    private void closed(Handle handle) {
        bench.say(new Closed(handle, P, CloseReason.REMOTE, ""));
    }

    private String phase() {
        return ConnectionMachine.CONNECTION.phase(bench.connection(), subject(P));
    }

    private ConnectionState.ConnectionFailed failure() {
        return bench.connection().failureOf(P).orElseThrow();
    }

    private Attempt dialling() {
        return bench.connection().diallingTo(P).orElseThrow().attempt();
    }

    private static NodeOutcome.Refused refused(
            Ticket ticket, String type, Subject subject, String clause, Operand... operands) {
        return new NodeOutcome.Refused(ticket, type, subject, clause, List.of(operands));
    }

    private static Subject subject(PeerId peer) {
        return Subject.of(OfPeer.KIND, peer);
    }

    @Nested
    class SeedConditions {

        @Test
        void connectIsForPeersThatAreNeitherConnectedNorConnecting() {
            connect();
            assertThat(bench.clause()).isEmpty();
            connect();
            assertThat(bench.clause()).isEqualTo("not-connected-or-connecting");
            connected();
            connect();
            assertThat(bench.clause()).isEqualTo("not-connected-or-connecting");
            bench.say(new Disconnect(P));
            connect();
            assertThat(bench.clause()).isEmpty();
            failed();
            connect();
            assertThat(bench.clause()).isEmpty();
        }

        @Test
        void connectedAndConnectionFailedAreForPeersThatAreConnecting() {
            connected();
            assertThat(bench.clause()).isEqualTo("dial-is-current");
            failed();
            assertThat(bench.clause()).isEqualTo("dial-is-current");
            connect();
            failed();
            assertThat(bench.clause()).isEmpty();
            bench.say(new Retry(P));
            connected();
            assertThat(bench.clause()).isEmpty();
            failed();
            assertThat(bench.clause()).isEqualTo("dial-is-current");
        }

        @Test
        void disconnectIsForPeersThatAreConnectedConnectingOrRetried() {
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEqualTo("connected-connecting-or-retrying");
            connect();
            connected();
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEmpty();
            connect();
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEmpty();
        }

        @Test
        void disconnectCallsARetryOff() {
            bench.say(new Connect(P, List.of(A), T1));
            failed();
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEmpty();
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.derived(ConnectGaveUp.class)).hasSize(1);
            bench.pass(600 * SECOND);
            assertThat(bench.effects(ConnectInit.class)).hasSize(1);
        }

        @Test
        void aPermanentFailureIsNothingToDisconnect() {
            bench.boot("connection.maxAttempts", "1");
            connect();
            failed();
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEqualTo("connected-connecting-or-retrying");
        }

        @Test
        void retryIsForFailuresWithAttemptsLeft() {
            bench.boot("connection.maxAttempts", "2");
            bench.say(new Retry(P));
            assertThat(bench.clause()).isEqualTo("has-failed");
            connect();
            bench.say(new Retry(P));
            assertThat(bench.clause()).isEqualTo("has-failed");
            failed();
            bench.say(new Retry(P));
            assertThat(bench.clause()).isEmpty();
            failed();
            bench.say(new Retry(P));
            assertThat(bench.clause()).isEqualTo("attempts-left");
        }

        @Test
        void resetIsForKnownPeersInEveryPhase() {
            bench.say(new Reset(P));
            assertThat(bench.clause()).isEqualTo("is-known");
            connect();
            long dial = bench.connection().dialOf(P);
            bench.say(new Reset(P));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.emitted()).containsExactly(new CancelDial(dial));
            connect();
            Handle handle = connected();
            bench.say(new Reset(P));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(handle, CloseReason.LOCAL));
            connect();
            failed();
            bench.say(new Reset(P));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.connection().peers().isEmpty()).isTrue();
        }
    }

    @Nested
    class SeedWorkflows {

        @Test
        void establishment() {
            connect();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(1, P, A));
            assertThat(bench.connection().phaseOf(P))
                    .isEqualTo(new ConnectionState.Connecting(
                            bench.now(),
                            new Attempt(P, 1, 3, List.of(A), List.of()),
                            A,
                            List.of(),
                            1,
                            bench.now() + 15 * SECOND));
            Handle handle = connected();
            assertThat(phase()).isEqualTo("connected");
            assertThat(bench.connection().connectionTo(P)).contains(handle);
            assertThat(bench.connection().connections().at(handle).handshakeHash())
                    .isEqualTo(HASH);
        }

        @Test
        void anAttemptFails() {
            connect();
            failed();
            assertThat(failure())
                    .isEqualTo(new ConnectionState.ConnectionFailed(
                            bench.now(),
                            new Attempt(P, 1, 3, List.of(A), List.of()),
                            1,
                            A,
                            REFUSED,
                            bench.nextDeadline()));
            assertThat(bench.emitted()).isEmpty();
        }

        @Test
        void retriesComeByThemselvesAfterGrowingDelaysUntilTheLastAttempt() {
            bench.say(new Connect(P, List.of(A), T1));
            failed();
            long first = bench.nextDeadline() - bench.now();
            assertThat(first).isBetween(5 * SECOND / 2, 5 * SECOND);
            bench.pass(first);
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, P, A));
            assertThat(dialling().attempts()).isEqualTo(2);
            failed();
            long second = bench.nextDeadline() - bench.now();
            assertThat(second).isBetween(5 * SECOND, 10 * SECOND);
            bench.pass(second);
            failed();
            assertThat(failure().attempt().attempts()).isEqualTo(3);
            assertThat(failure().isPermanent()).isTrue();
            assertThat(bench.derived(ConnectGaveUp.class)).containsExactly(new ConnectGaveUp(T1, P, REFUSED));
            bench.pass(400L * 24 * 3600 * SECOND);
            assertThat(phase()).isEqualTo("connectionFailed");
        }

        @Test
        void aConnectBeginsAnewAfterAPermanentFailure() {
            bench.boot("connection.maxAttempts", "1");
            connect();
            failed();
            bench.say(new Connect(P, List.of(), Ticket.NONE));
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, P, A));
        }

        @Test
        void delaysAreCapped() {
            bench.boot(
                    "connection.maxAttempts", "100",
                    "connection.retryMax", Long.toString(60 * SECOND),
                    "connection.retryBase", Long.toString(SECOND));
            connect();
            for (int i = 0; i < 40; i++) {
                failed();
                assertThat(bench.nextDeadline() - bench.now()).isBetween(1L, 60 * SECOND);
                bench.pass(bench.nextDeadline() - bench.now());
            }
            assertThat(phase()).isEqualTo("connecting");
        }

        @Test
        void disconnection() {
            connect();
            Handle handle = connected();
            bench.say(new Disconnect(P));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(handle, CloseReason.LOCAL));
            assertThat(bench.connection().connections().at(handle).isClosing()).isTrue();
            closed(handle);
            assertThat(bench.connection().connections().isEmpty()).isTrue();
            assertThat(bench.openHandles()).isEmpty();
        }
    }

    @Nested
    class Dials {

        @Test
        void allAddressesAreTriedInOrderAtOnce() {
            bench.say(new Connect(P, List.of(A, B, A), T1));
            failed();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, P, B));
            assertThat(dialling().attempts()).isEqualTo(1);
            failed();
            assertThat(phase()).isEqualTo("connectionFailed");
            bench.pass(failure().at() - bench.now());
            assertThat(bench.effects(ConnectInit.class)).last().isEqualTo(new ConnectInit(3, P, A));
        }

        @Test
        void uselessAddressesAreLeftOut() {
            bench.say(new Listen(A, Ticket.NONE));
            bench.say(new Listening(1, bench.handle(ConnectionService.LISTENER), A, List.of(A)));
            List<Multiaddr> useless = List.of(
                    A,
                    A.withPeer(P),
                    Multiaddr.parse("/ip4/0.0.0.0/tcp/1"),
                    Multiaddr.parse("/ip6/::/tcp/1"),
                    Multiaddr.parse("/ip6/fe80::1/tcp/1"),
                    Multiaddr.parse("/ip4/1.2.3.4/tcp/0"),
                    B.withPeer(peer(7)));
            bench.say(new Connect(P, useless, Ticket.NONE));
            assertThat(bench.clause()).isEqualTo("has-dialable-address");
            bench.say(new Connect(P, List.of(B.withPeer(P), B), Ticket.NONE));
            assertThat(dialling().addresses()).containsExactly(B);
        }

        @Test
        void aLaterConnectJoinsTheDialAndAddsItsAddresses() {
            bench.say(new Connect(P, List.of(A), T1));
            bench.say(new Connect(P, List.of(B), T2));
            assertThat(bench.emitted()).isEmpty();
            failed();
            Handle handle = connected();
            assertThat(bench.derived(ConnectDone.class))
                    .containsExactly(new ConnectDone(T1, P, handle), new ConnectDone(T2, P, handle));
        }

        @Test
        void aConnectToAConnectedPeerIsDoneAtOnce() {
            connect();
            Handle handle = connected();
            bench.say(new Connect(P, List.of(), T1));
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T1, P, handle));
            assertThat(bench.emitted()).isEmpty();
        }

        @Test
        void awaitNeverDials() {
            bench.say(new Await(P, T1));
            assertThat(bench.derived(NodeOutcome.Refused.class))
                    .containsExactly(refused(
                            T1,
                            "connection/await",
                            subject(P),
                            "connected-or-connecting",
                            Operand.of("phase", "disconnected")));
            connect();
            bench.say(new Await(P, T1));
            Handle handle = connected();
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T1, P, handle));
            bench.say(new Await(P, T2));
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T2, P, handle));
        }

        @Test
        void aSilentAddressTimesOut() {
            bench.say(new Connect(P, List.of(A, B), T1));
            bench.pass(15 * SECOND);
            assertThat(bench.emitted()).containsExactly(new CancelDial(1), new ConnectInit(2, P, B));
            bench.pass(15 * SECOND);
            assertThat(failure().error().kind()).isEqualTo(ConnectionError.Kind.TIMED_OUT);
        }

        @Test
        void aLateConnectionIsClosedByTheRuntime() {
            connect();
            bench.say(new Disconnect(P));
            assertThat(bench.emitted()).containsExactly(new CancelDial(1));
            Handle late = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Connected(1, late, P, A, HASH));
            assertThat(bench.clause()).isEqualTo("dial-is-current");
            assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(late));
            closed(late);
            assertThat(bench.openHandles()).isEmpty();
        }

        @Test
        void whoWaitsIsToldOfACancelledDialAndOfAReset() {
            bench.say(new Connect(P, List.of(A), T1));
            bench.say(new Disconnect(P));
            assertThat(bench.derived(ConnectGaveUp.class).getFirst().error().kind())
                    .isEqualTo(ConnectionError.Kind.CANCELLED);
            bench.say(new Connect(P, List.of(A), T2));
            failed();
            bench.say(new Reset(P));
            assertThat(bench.derived(ConnectGaveUp.class).getFirst().ticket()).isEqualTo(T2);
        }

        @Test
        void whoWaitsIsRefusedWithTheClause() {
            bench.boot("connection.maxPeers", "1", "connection.maxWaiters", "2");
            bench.say(new Connect(P, List.of(A), T1));
            bench.say(new Connect(peer(200), List.of(B), T2));
            assertThat(bench.derived(NodeOutcome.Refused.class))
                    .containsExactly(refused(
                            T2, "connection/connect", subject(peer(200)), "peers-not-full", Operand.of("maxPeers", 1)));
            bench.say(new Connect(P, List.of(), T2));
            bench.say(new Connect(P, List.of(), T2));
            assertThat(bench.derived(NodeOutcome.Refused.class))
                    .containsExactly(refused(
                            T2, "connection/connect", subject(P), "waiters-not-full", Operand.of("maxWaiters", 2)));
        }

        @Test
        void whatIsDueIsSaidByTheStoreAlone() {
            connect();
            bench.say(new DialTimedOut(1, P));
            assertThat(bench.clause()).isEqualTo("is-due");
            failed();
            bench.say(new BackOffEnded(P));
            assertThat(bench.clause()).isEqualTo("is-due");
            assertThat(phase()).isEqualTo("connectionFailed");
        }

        @Test
        void manyDialsTimeOutInMoreThanOneStep() {
            int dials = Store.DUE_PER_TICK + 1;
            for (int i = 0; i < dials; i++) {
                bench.say(new Connect(peer(200 + i), List.of(address(i)), Ticket.NONE));
            }
            bench.pass(15 * SECOND);
            assertThat(bench.connection().dialling()).isZero();
            assertThat(bench.effects(CancelDial.class)).hasSize(dials);
            assertThat(bench.actions(ConnectionFailed.class)).hasSize(dials);
        }

        @Test
        void retriesWaitForAFreeSlotWithoutCountingAsAttempts() {
            bench.boot("connection.maxDials", "1");
            connect();
            failed();
            bench.say(new Connect(peer(200), List.of(B), Ticket.NONE));
            bench.pass(14 * SECOND);
            assertThat(failure().attempt().attempts()).isEqualTo(1);
            assertThat(bench.nextDeadline()).isGreaterThan(bench.now());
            bench.say(new Retry(P));
            assertThat(bench.clause()).isEqualTo("dials-not-full");
        }
    }

    @Nested
    class SeveralConnections {

        private static final Bytes LOW = Bytes.of(new byte[] {1});
        private static final Bytes HIGH = Bytes.of(new byte[] {2});

        private void heldBy(Handle handle) {
            bench.say(new Hold(handle, P));
        }

        @Test
        void aDialGoesOnWhenThePeerHasCalledMeanwhile() {
            bench.say(new Connect(P, List.of(A), T1));
            Handle inbound = accepted(LOW);
            assertThat(bench.emitted()).isEmpty();
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T1, P, inbound));
            Handle outbound = connected(HIGH);
            assertThat(bench.emitted()).isEmpty();
            assertThat(bench.connection().isUsable(inbound)).isTrue();
            assertThat(bench.connection().isUsable(outbound)).isTrue();
        }

        @Test
        void ofTwoThatCameUpTogetherBothEndsTakeTheOneWithTheSmallerHash() {
            connect();
            Handle inbound = accepted(LOW);
            connected(HIGH);
            assertThat(bench.connection().connectionTo(P)).contains(inbound);
            bench = Bench.streams();
            connect();
            Handle outbound = connected(LOW);
            accepted(HIGH);
            assertThat(bench.connection().connectionTo(P)).contains(outbound);
        }

        @Test
        void aLaterOneServesNewStreamsAsTheOldMayBeDeadOnTheOtherSide() {
            connect();
            connected(LOW);
            bench.pass(31 * SECOND);
            Handle inbound = accepted(HIGH);
            assertThat(bench.connection().connectionTo(P)).contains(inbound);
        }

        @Test
        void whatRunsOnAnotherConnectionIsNotCut() {
            Handle first = accepted(HIGH);
            heldBy(first);
            Handle second = accepted(LOW);
            assertThat(bench.connection().connectionTo(P)).contains(second);
            bench.pass(3600 * SECOND);
            assertThat(bench.effects(DisconnectInit.class)).isEmpty();
            bench.say(new Release(first, P));
            bench.pass(29 * SECOND);
            assertThat(bench.effects(DisconnectInit.class)).isEmpty();
            bench.pass(SECOND);
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(first, CloseReason.SPARE));
            assertThat(bench.connection().connectionTo(P)).contains(second);
        }

        @Test
        void anAnsweredConnectStaysUsable() {
            bench.say(new Connect(P, List.of(A), T1));
            Handle told = accepted(HIGH);
            connected(LOW);
            bench.pass(20 * SECOND);
            bench.say(new Connect(P, List.of(), T2));
            bench.pass(9 * SECOND);
            assertThat(bench.connection().isUsable(told)).isTrue();
        }

        @Test
        void theOtherServesNewStreamsWhenTheCurrentOneEnds() {
            Handle first = accepted(HIGH);
            Handle second = accepted(LOW);
            closed(second);
            assertThat(bench.connection().connectionTo(P)).contains(first);
            assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void aDialBesideAConnectionTimesOut() {
            connect();
            Handle inbound = accepted();
            bench.pass(15 * SECOND);
            assertThat(bench.emitted()).containsExactly(new CancelDial(1));
            assertThat(bench.connection().connectionTo(P)).contains(inbound);
            assertThat(bench.connection().diallingTo(P)).isEmpty();
            assertThat(bench.connection().dialling()).isZero();
        }

        @Test
        void theDialGoesOnWhenTheConnectionThatOvertookItIsLost() {
            connect();
            closed(accepted());
            assertThat(phase()).isEqualTo("connecting");
            connected();
            assertThat(phase()).isEqualTo("connected");
        }
    }

    @Nested
    class GoingAway {

        @Test
        void nothingNewIsBegunOnAConnectionWhosePeerGoesAway() {
            Handle first = accepted();
            bench.say(new Hold(first, P));
            bench.say(new WentAway(first, P, 0));
            assertThat(bench.connection().connectionTo(P)).isEmpty();
            assertThat(phase()).isEqualTo("disconnected");
            bench.say(new Connect(P, List.of(A), T1));
            assertThat(bench.emitted()).containsExactly(new ConnectInit(1, P, A));
            bench.pass(10 * SECOND);
            assertThat(bench.connection().isUsable(first)).isTrue();
            bench.say(new Release(first, P));
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(first, CloseReason.WENT_AWAY));
        }

        @Test
        void anEmptyOneIsClosedAtOnce() {
            Handle first = accepted();
            bench.say(new WentAway(first, P, 1));
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(first, CloseReason.WENT_AWAY));
            bench.say(new WentAway(first, P, 1));
            assertThat(bench.clause()).isEqualTo("connection-is-open");
        }

        @Test
        void aDisconnectLetsWhatRunsEndForAWhile() {
            Handle first = accepted();
            bench.say(new Hold(first, P));
            bench.say(new Disconnect(P));
            assertThat(bench.emitted()).containsExactly(new ConnectionEffect.GoAwayInit(first));
            bench.pass(4 * SECOND);
            assertThat(bench.emitted()).isNotEmpty();
            assertThat(bench.effects(DisconnectInit.class)).isEmpty();
            bench.pass(SECOND);
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(first, CloseReason.LOCAL));
        }

        @Test
        void aDisconnectEndsWithTheLastStream() {
            Handle first = accepted();
            bench.say(new Hold(first, P));
            bench.say(new Disconnect(P));
            bench.say(new Release(first, P));
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(first, CloseReason.LOCAL));
        }
    }

    @Nested
    class Names {

        private static final Multiaddr NAME = Multiaddr.parse("/dns4/example.org/tcp/4001");

        @Test
        void aNameIsLookedUpAndWhatItLeadsToDialled() {
            bench.say(new Connect(P, List.of(NAME), T1));
            assertThat(bench.emitted()).containsExactly(new ResolveInit(1, P, NAME));
            bench.say(new Resolved(1, P, NAME, List.of(A, B)));
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, P, A));
            failed();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(3, P, B));
            connected();
            assertThat(phase()).isEqualTo("connected");
        }

        @Test
        void whatIsNotToBeDialledIsNotDialledByAName() {
            bench.say(new Listen(A, Ticket.NONE));
            bench.say(new Listening(1, bench.handle(ConnectionService.LISTENER), A, List.of(A)));
            bench.say(new Connect(P, List.of(NAME), T1));
            List<Multiaddr> useless = List.of(
                    A,
                    Multiaddr.parse("/ip4/0.0.0.0/tcp/1"),
                    Multiaddr.parse("/ip4/1.2.3.4/tcp/0"),
                    B.withPeer(peer(7)));
            bench.say(new Resolved(2, P, NAME, useless));
            assertThat(bench.emitted()).isEmpty();
            assertThat(failure().error().kind()).isEqualTo(ConnectionError.Kind.RESOLUTION_FAILED);
        }

        @Test
        void aNameThatLeadsToANameLeadsNowhere() {
            bench.say(new Connect(P, List.of(NAME), T1));
            bench.say(new Resolved(1, P, NAME, List.of(Multiaddr.parse("/dns4/other.example.org/tcp/1"))));
            assertThat(phase()).isEqualTo("connectionFailed");
        }

        @Test
        void theOtherAddressesComeAfterWhatTheNameLedTo() {
            bench.say(new Connect(P, List.of(NAME, B), T1));
            bench.say(new Resolved(1, P, NAME, List.of(A)));
            failed();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(3, P, B));
        }

        @Test
        void aNameIsLookedUpAnewAtEachAttempt() {
            bench.say(new Connect(P, List.of(NAME), T1));
            failed();
            bench.pass(bench.nextDeadline() - bench.now());
            assertThat(bench.emitted()).containsExactly(new ResolveInit(2, P, NAME));
        }
    }

    @Nested
    class FailedAddresses {

        @Test
        void anAddressThatFailedLatelyIsLeftOutWhereThereIsAnother() {
            connect();
            failed();
            bench.say(new Connect(peer(200), List.of(A, B), T1));
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, peer(200), B));
        }

        @Test
        void itIsForgivenInTime() {
            connect();
            failed();
            bench.say(new Disconnect(P));
            bench.pass(5 * SECOND);
            assertThat(bench.connection().failures().isEmpty()).isTrue();
            bench.say(new Connect(peer(200), List.of(A, B), T1));
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, peer(200), A));
        }

        private static final Multiaddr QUIC = Multiaddr.parse("/ip4/8.8.8.8/udp/4001/quic-v1");
        private static final ConnectionError UNSUPPORTED =
                ConnectionError.of(ConnectionError.Kind.UNSUPPORTED_ADDRESS, "no TCP address");

        @Test
        void whatThisNodeCannotDialIsTriedOnceAndSaidAtOnce() {
            bench.say(new Connect(P, List.of(QUIC), T1));
            bench.say(new ConnectionFailed(1, P, QUIC, UNSUPPORTED));
            assertThat(bench.derived(ConnectGaveUp.class)).containsExactly(new ConnectGaveUp(T1, P, UNSUPPORTED));
            assertThat(failure().isPermanent()).isTrue();
        }

        @Test
        void ofSeveralAddressesItIsLeftOut() {
            bench.say(new Connect(P, List.of(QUIC, A), T1));
            bench.say(new ConnectionFailed(1, P, QUIC, UNSUPPORTED));
            assertThat(dialling().addresses()).containsExactly(A);
            failed();
            assertThat(bench.derived(ConnectGaveUp.class)).isEmpty();
            assertThat(failure().attempt().addresses()).containsExactly(A);
        }

        @Test
        void whoIsKeptIsTriedAgainAllTheSame() {
            bench.say(new ConnectionAction.Keep(P, List.of(QUIC), "test"));
            bench.say(new Connect(P, List.of(), T1));
            bench.say(new ConnectionFailed(1, P, QUIC, UNSUPPORTED));
            assertThat(failure().isPermanent()).isFalse();
            assertThat(bench.derived(ConnectGaveUp.class))
                    .as("who waits for it is told at once")
                    .containsExactly(new ConnectGaveUp(T1, P, UNSUPPORTED));
        }

        @Test
        void aWrongPeerIsNoFaultOfTheAddress() {
            connect();
            bench.say(new ConnectionFailed(
                    1, P, A, ConnectionError.of(ConnectionError.Kind.WRONG_PEER, "another is there")));
            assertThat(bench.connection().failures().isEmpty()).isTrue();
        }

        @Test
        void soManyAreRemembered() {
            bench.boot("connection.maxAttempts", "1");
            for (int i = 0; i <= ConnectionConfig.MOST_FAILED_ADDRESSES; i++) {
                Multiaddr address = Multiaddr.parse("/ip4/9.9." + i / 256 + "." + i % 256 + "/tcp/1");
                bench.say(new Connect(P, List.of(address), Ticket.NONE));
                while (bench.connection().dialOf(P) != 0) {
                    failed();
                }
                bench.say(new Reset(P));
            }
            assertThat(bench.connection().failures().size()).isEqualTo(ConnectionConfig.MOST_FAILED_ADDRESSES);
        }

        @Test
        void permanentFailuresAreRememberedUpToABoundTheOldestForgottenFirst() {
            bench.boot("connection.maxAttempts", "1", "connection.maxFailures", "2", "connection.maxPeers", "1");
            for (int i = 200; i < 203; i++) {
                bench.say(new Connect(peer(i), List.of(A), Ticket.NONE));
                bench.say(new ConnectionFailed(bench.connection().dialOf(peer(i)), peer(i), A, REFUSED));
            }
            assertThat(bench.connection().failureOf(peer(200))).isEmpty();
            assertThat(bench.connection().failureOf(peer(201))).isPresent();
            assertThat(bench.connection().failureOf(peer(202))).isPresent();
        }
    }

    @Nested
    class Keeping {

        private void keep() {
            bench.say(new Keep(P, List.of(A), "bootstrap"));
        }

        private void waited() {
            bench.pass(bench.nextDeadline() - bench.now());
        }

        @Test
        void aKeptPeerIsDialledUntilItIsThere() {
            bench.boot("connection.maxAttempts", "1");
            keep();
            waited();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(1, P, A));
            for (int i = 0; i < 20; i++) {
                failed();
                assertThat(failure().isPermanent()).isFalse();
                waited();
                while (bench.connection().dialOf(P) == 0) {
                    waited();
                }
            }
            connected();
            assertThat(phase()).isEqualTo("connected");
        }

        @Test
        void itIsDialledAgainWhenItsConnectionEnds() {
            keep();
            waited();
            Handle handle = connected();
            closed(handle);
            assertThat(phase()).isEqualTo("connectionFailed");
            waited();
            assertThat(bench.emitted()).containsExactly(new ConnectInit(2, P, A));
        }

        @Test
        void itsConnectionIsNotIdle() {
            bench.boot("connection.idleTimeout", Long.toString(60 * SECOND));
            keep();
            waited();
            connected();
            bench.pass(3600 * SECOND);
            assertThat(phase()).isEqualTo("connected");
            bench.say(new Unkeep(P, "bootstrap"));
            bench.pass(60 * SECOND);
            assertThat(phase()).isEqualTo("disconnected");
        }

        @Test
        void itIsKeptUntilAllHaveLetItGo() {
            keep();
            bench.say(new Keep(P, List.of(), "consensus"));
            bench.say(new Unkeep(P, "bootstrap"));
            assertThat(bench.connection().isKept(P)).isTrue();
            bench.say(new Disconnect(P));
            assertThat(bench.clause()).isEqualTo("not-kept");
            bench.say(new Unkeep(P, "bootstrap"));
            assertThat(bench.clause()).isEqualTo("is-kept-for-it");
            bench.say(new Unkeep(P, "consensus"));
            assertThat(bench.connection().isKept(P)).isFalse();
            assertThat(phase()).isEqualTo("disconnected");
        }

        @Test
        void aResetBeatsWhoKeepsIt() {
            keep();
            bench.say(new Reset(P));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.connection().kept().isEmpty()).isTrue();
            assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void whoConnectsToItIsToldAfterAsManyAttemptsAsElsewhere() {
            bench.boot("connection.maxAttempts", "2");
            keep();
            waited();
            bench.say(new Connect(P, List.of(), T1));
            failed();
            waited();
            while (bench.connection().dialOf(P) == 0) {
                waited();
            }
            failed();
            assertThat(bench.derived(ConnectGaveUp.class)).containsExactly(new ConnectGaveUp(T1, P, REFUSED));
            assertThat(failure().isPermanent()).isFalse();
        }

        @Test
        void aDialBesideAnOpenConnectionIsKeptWithThePeer() {
            bench.say(new Connect(P, List.of(A), Ticket.NONE));
            Handle inbound = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Accepted(inbound, P, B, Bytes.EMPTY));
            keep();
            bench.say(new Closed(inbound, P, CloseReason.REMOTE, ""));
            assertThat(phase()).isEqualTo("connecting");
            for (int i = 0; i < 10; i++) {
                failed();
                assertThat(failure().isPermanent()).isFalse();
                waited();
            }
        }

        @Test
        void aDialBesideAnOpenConnectionEndsInTimeWhenNobodyKeepsThePeer() {
            keep();
            waited();
            Handle inbound = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Accepted(inbound, P, B, Bytes.EMPTY));
            bench.say(new Unkeep(P, "bootstrap"));
            bench.say(new Closed(inbound, P, CloseReason.REMOTE, ""));
            failed();
            assertThat(phase()).isNotEqualTo("connecting");
            int dials = bench.effects(ConnectInit.class).size();
            bench.pass(24 * 3600 * SECOND);
            assertThat(bench.effects(ConnectInit.class).size()).isLessThanOrEqualTo(dials + 3);
        }

        @Test
        void whoIsKeptIsDialledWhenThereIsRoom() {
            bench.boot("connection.maxPeers", "1");
            bench.say(new Keep(P, List.of(), "bootstrap"));
            Handle other = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Accepted(other, peer(200), B, Bytes.EMPTY));
            bench.say(new ConnectionAction.AddressesLearned(P, List.of(A)));
            assertThat(phase()).isEqualTo("disconnected");
            bench.say(new Closed(other, peer(200), CloseReason.REMOTE, ""));
            bench.pass(SECOND);
            assertThat(bench.effects(ConnectInit.class))
                    .last()
                    .extracting(ConnectInit::address)
                    .isEqualTo(A);
        }

        @Test
        void whoIsKeptWhereThisNodeListensByNowIsStillKept() {
            bench.say(new Keep(P, List.of(A), "bootstrap"));
            bench.say(new Listen(A, Ticket.NONE));
            bench.say(new Listening(1, bench.handle(ConnectionService.LISTENER), A, List.of(A)));
            bench.say(new Keep(P, List.of(), "consensus"));
            assertThat(phase()).isEqualTo("connectionFailed");
            assertThat(failure().attempt().addresses()).containsExactly(A);
            bench.pass(1);
            bench.say(new Keep(P, List.of(B), "consensus"));
            bench.pass(10 * 60 * SECOND);
            assertThat(bench.effects(ConnectInit.class))
                    .last()
                    .extracting(ConnectInit::address)
                    .isEqualTo(B);
        }

        @Test
        void peersAndReasonsAreBounded() {
            bench.boot("connection.maxKept", "1");
            keep();
            bench.say(new Keep(peer(200), List.of(A), "bootstrap"));
            assertThat(bench.clause()).isEqualTo("kept-not-full");
            for (int i = 1; i < ConnectionConfig.MOST_REASONS; i++) {
                bench.say(new Keep(P, List.of(), "reason " + i));
                assertThat(bench.clause()).isEmpty();
            }
            bench.say(new Keep(P, List.of(), "one more"));
            assertThat(bench.clause()).isEqualTo("reasons-not-full");
        }

        @Test
        void aDrainingNodeBeginsNothing() {
            keep();
            bench.say(new Drain());
            bench.say(new Connect(peer(200), List.of(A), T1));
            assertThat(bench.clause()).isEqualTo("not-draining");
            accepted();
            assertThat(bench.clause()).isEqualTo("not-draining");
            waited();
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.effects(ConnectInit.class)).isEmpty();
        }
    }

    @Nested
    class Bans {

        private void ban(long span) {
            bench.say(new Ban(P, span, "it floods"));
        }

        @Test
        void allConnectionsAreClosedAtOnce() {
            connect();
            Handle used = connected();
            bench.say(new ConnectionAction.Hold(used, P));
            bench.say(new Disconnect(P));
            Handle second = accepted();
            bench.say(new ConnectionAction.Hold(second, P));
            Handle idle = accepted();
            ban(0);
            assertThat(bench.emitted())
                    .containsExactlyInAnyOrder(
                            new DisconnectInit(used, CloseReason.BANNED),
                            new DisconnectInit(second, CloseReason.BANNED),
                            new DisconnectInit(idle, CloseReason.BANNED));
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.connection().ends().find(P)).isEmpty();
            bench.say(new Closed(used, P, CloseReason.BANNED, ""));
            bench.say(new Closed(idle, P, CloseReason.BANNED, ""));
            bench.say(new Closed(second, P, CloseReason.BANNED, ""));
            assertThat(bench.connection().ends().find(P)).isPresent();
        }

        @Test
        void nothingIsDialledKeptOrTaken() {
            ban(0);
            bench.say(new Connect(P, List.of(A), T1));
            assertThat(bench.clause()).isEqualTo("not-banned");
            bench.say(new Keep(P, List.of(A), "--connect"));
            assertThat(bench.clause()).isEqualTo("not-banned");
            Handle inbound = accepted();
            assertThat(bench.clause()).isEqualTo("not-banned");
            assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(inbound));
            bench.say(new Connect(peer(200), List.of(A), T1));
            assertThat(bench.clause()).isEmpty();
        }

        @Test
        void aDialIsGivenUpAndWhoWaitsIsTold() {
            bench.say(new Connect(P, List.of(A), T1));
            long dial = bench.connection().dialOf(P);
            ban(0);
            assertThat(bench.emitted()).containsExactly(new CancelDial(dial));
            assertThat(bench.derived(ConnectGaveUp.class)).hasSize(1);
            Handle late = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Connected(dial, late, P, A, HASH));
            assertThat(bench.clause()).isEqualTo("dial-is-current");
        }

        @Test
        void whoWasKeptIsNotDialledAgain() {
            bench.say(new Keep(P, List.of(A), "--connect"));
            bench.pass(SECOND);
            Handle handle = connected();
            ban(0);
            bench.say(new Closed(handle, P, CloseReason.BANNED, ""));
            int dials = bench.effects(ConnectInit.class).size();
            bench.pass(24 * 3600 * SECOND);
            assertThat(bench.effects(ConnectInit.class)).hasSize(dials);
            assertThat(bench.connection().isKept(P)).isFalse();
        }

        @Test
        void theTimeEndsIt() {
            ban(60 * SECOND);
            bench.pass(59 * SECOND);
            assertThat(bench.connection().isBanned(P)).isTrue();
            bench.pass(2 * SECOND);
            assertThat(bench.connection().isBanned(P)).isFalse();
            accepted();
            assertThat(bench.clause()).isEmpty();
        }

        @Test
        void itEndsWhenItIsLifted() {
            ban(0);
            bench.say(new Unban(P));
            accepted();
            assertThat(bench.clause()).isEmpty();
            bench.say(new Unban(P));
            assertThat(bench.clause()).isEqualTo("is-banned");
        }

        @ParameterizedTest
        @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
        void aSpanThatNeverEndsIsForEver(long span) {
            ban(span);
            assertThat(bench.connection().bans().at(P).at()).isEqualTo(Due.NEVER);
        }

        @Test
        void aBootDoesNotEndIt() {
            ban(0);
            bench.boot();
            bench.say(new Connect(P, List.of(A), T1));
            assertThat(bench.clause()).isEqualTo("not-banned");
        }

        @Test
        void itsTimeGoesOnWhileTheNodeIsStopped() {
            ban(60 * SECOND);
            bench.bootLater(40 * SECOND);
            assertThat(bench.connection().isBanned(P)).isTrue();
            bench.pass(19 * SECOND);
            assertThat(bench.connection().isBanned(P)).isTrue();
            bench.pass(2 * SECOND);
            assertThat(bench.connection().isBanned(P)).isFalse();
            ban(60 * SECOND);
            bench.bootLater(3600 * SECOND);
            bench.pass(1);
            assertThat(bench.connection().isBanned(P)).isFalse();
        }

        @Test
        void aBootWithLessRoomKeepsTheNewest() {
            ban(0);
            bench.pass(SECOND);
            bench.say(new Ban(peer(200), 0, ""));
            bench.boot("connection.maxBans", "1");
            assertThat(bench.connection().bans().keys()).containsExactly(peer(200));
            bench.boot("connection.maxBans", "0");
            assertThat(bench.connection().bans().isEmpty()).isTrue();
        }

        @Test
        void anotherBanOfTheSameSaysSinceWhenStill() {
            ban(0);
            long since = bench.connection().bans().at(P).since();
            bench.pass(SECOND);
            bench.say(new Ban(P, 60 * SECOND, "it lies"));
            assertThat(bench.connection().bans().at(P))
                    .isEqualTo(new dev.dunlin.connection.Ban(
                            "it lies", since, since + 61 * SECOND, bench.now() + 60 * SECOND));
        }

        @Test
        void theyAreBounded() {
            bench.boot("connection.maxBans", "1", "node.peerId", peer(1).toString());
            ban(0);
            ban(SECOND);
            assertThat(bench.clause()).isEmpty();
            bench.say(new Ban(peer(200), 0, ""));
            assertThat(bench.clause()).isEqualTo("bans-not-full");
            bench.say(new Ban(peer(1), 0, ""));
            assertThat(bench.clause()).isEqualTo("not-self");
        }
    }

    @Nested
    class Connections {

        @Test
        void inboundLimitsCloseWhatIsTooMuch() {
            bench.boot("connection.maxInbound", "1");
            accepted();
            Handle second = accepted();
            assertThat(bench.clause()).isEqualTo("inbound-not-full");
            assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(second));
        }

        @Test
        void aPeerHoldsOnlySoManyConnections() {
            bench.boot("connection.maxPerPeer", "2");
            for (int i = 0; i < 2; i++) {
                bench.say(new ConnectionAction.Hold(accepted(), P));
            }
            accepted();
            assertThat(bench.clause()).isEqualTo("peer-connections-not-full");
        }

        /** A machine that gets one address after the other leaves connections behind that nobody closes. */
        @Test
        void whoComesFromElsewhereTakesThePlaceOfWhatItLeftBehind() {
            bench.boot("connection.maxPerPeer", "3");
            List<Handle> came = new ArrayList<>();
            for (int i = 1; i <= 9; i++) {
                came.add(acceptedFrom(i));
                if (i > 3) {
                    Handle left = came.get(i - 4);
                    assertThat(bench.emitted()).contains(new DisconnectInit(left, CloseReason.SPARE));
                    closed(left);
                }
            }
            assertThat(bench.connection().connections().keys()).containsExactlyElementsOf(came.subList(6, 9));
        }

        private Handle acceptedFrom(int host) {
            Handle handle = comesFrom(host);
            assertThat(bench.connection().connections().has(handle))
                    .as("from host %s", host)
                    .isTrue();
            return handle;
        }

        /** All of its places, and all in use, as long as nobody has noticed that it is gone. */
        @Test
        void whatItLeftBehindInUseEndsInOrderAndTakesNoPlace() {
            bench.boot("connection.maxPerPeer", "2");
            Handle first = acceptedFrom(1);
            Handle second = acceptedFrom(1);
            bench.say(new ConnectionAction.Hold(first, P));
            bench.say(new ConnectionAction.Hold(second, P));
            for (int host = 2; host <= 3; host++) {
                Handle next = acceptedFrom(host);
                bench.say(new ConnectionAction.Hold(next, P));
                assertThat(bench.connection().connections().at(next).isOpen()).isTrue();
            }
            assertThat(bench.connection().connections().at(first).stage()).isEqualTo(Connection.Stage.DRAINING);
            assertThat(bench.connection().connections().at(second).stage()).isEqualTo(Connection.Stage.DRAINING);
            assertThat(refusedFrom(4)).as("as many more may end").isTrue();
            bench.pass(5 * SECOND);
            assertThat(bench.emitted())
                    .contains(
                            new DisconnectInit(first, CloseReason.SPARE),
                            new DisconnectInit(second, CloseReason.SPARE));
            closed(first);
            acceptedFrom(4);
        }

        private boolean refusedFrom(int host) {
            return !bench.connection().connections().has(comesFrom(host));
        }

        private Handle comesFrom(int host) {
            Handle handle = bench.handle(ConnectionService.CONNECTION);
            bench.say(new Accepted(handle, P, Multiaddr.tcp(new byte[] {10, 77, 0, (byte) host}, 4001), HASH));
            return handle;
        }

        /** What this node has dialled is no more than what came. */
        @Test
        void whomThisNodeHasDialledMayMoveToo() {
            bench.boot("connection.maxPerPeer", "2");
            connect();
            Handle dialled = connected();
            acceptedFrom(1);
            acceptedFrom(2);
            assertThat(bench.emitted()).contains(new DisconnectInit(dialled, CloseReason.SPARE));
        }

        /** A peer that says that it goes leaves its places to others. */
        @Test
        void whatThePeerHasGoneFromTakesNoPlace() {
            bench.boot("connection.maxPerPeer", "2");
            for (int host = 1; host <= 2; host++) {
                Handle gone = acceptedFrom(host);
                bench.say(new ConnectionAction.Hold(gone, P));
                bench.say(new WentAway(gone, P, 0));
            }
            acceptedFrom(3);
        }

        @Test
        void whatIsInUseFromTheSameHostIsLeftAlone() {
            bench.boot("connection.maxPerPeer", "2");
            Handle first = acceptedFrom(1);
            Handle second = acceptedFrom(1);
            bench.say(new ConnectionAction.Hold(first, P));
            bench.say(new ConnectionAction.Hold(second, P));
            assertThat(refusedFrom(1)).isTrue();
            assertThat(bench.connection().connections().keys()).containsExactly(first, second);
            bench.say(new ConnectionAction.Release(second, P));
            acceptedFrom(1);
            assertThat(bench.emitted()).contains(new DisconnectInit(second, CloseReason.SPARE));
        }

        @Test
        void anInboundConnectionEndsAFailure() {
            bench.say(new Connect(P, List.of(A), T1));
            failed();
            Handle inbound = accepted();
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T1, P, inbound));
            assertThat(bench.connection().phaseOf(P).at()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void aHangingCloseIsForced() {
            connect();
            Handle handle = connected();
            bench.say(new Disconnect(P));
            bench.pass(5 * SECOND);
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(handle, CloseReason.TIMED_OUT));
            bench.pass(5 * SECOND);
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(handle, CloseReason.TIMED_OUT));
            closed(handle);
            assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void aClosingConnectionDoesNotHinderANewOne() {
            connect();
            Handle old = connected();
            bench.say(new Disconnect(P));
            connect();
            closed(old);
            assertThat(phase()).isEqualTo("connecting");
            connected();
            assertThat(phase()).isEqualTo("connected");
        }

        @Test
        void idleConnectionsAreClosedAndUsedOnesStay() {
            bench.boot("connection.idleTimeout", Long.toString(60 * SECOND));
            connect();
            Handle handle = connected();
            bench.say(new Hold(handle, P));
            bench.pass(600 * SECOND);
            assertThat(phase()).isEqualTo("connected");
            bench.say(new Release(handle, P));
            bench.pass(59 * SECOND);
            assertThat(phase()).isEqualTo("connected");
            bench.pass(SECOND);
            assertThat(phase()).isEqualTo("disconnected");
            assertThat(bench.emitted()).containsExactly(new DisconnectInit(handle, CloseReason.IDLE));
        }

        @Test
        void beingToldOfAConnectionIsAUseOfIt() {
            bench.boot("connection.idleTimeout", Long.toString(60 * SECOND));
            connect();
            Handle handle = connected();
            bench.pass(60 * SECOND - 1);
            bench.say(new Connect(P, List.of(), T1));
            assertThat(bench.derived(ConnectDone.class)).containsExactly(new ConnectDone(T1, P, handle));
            bench.pass(1);
            assertThat(phase()).isEqualTo("connected");
            bench.pass(60 * SECOND);
            assertThat(phase()).isEqualTo("disconnected");
        }

        @Test
        void whereThereIsNoRoomAKeptPeerIsNotDialledForWhatIsLearnedOfIt() {
            for (int limit : List.of(1, 2)) {
                bench.boot("connection.maxPeers", String.valueOf(limit));
                bench.say(new ConnectionAction.Keep(P, List.of(), "a test"));
                bench.say(new Accepted(bench.handle(ConnectionService.CONNECTION), peer(102), B, HASH));
                bench.say(new ConnectionAction.AddressesLearned(P, List.of(A)));
                assertThat(bench.connection().activePeers()).isEqualTo(limit);
                bench.say(new ConnectionAction.Reset(P));
            }
        }

        @Test
        void idleConnectionsAreClosedByDefault() {
            bench.boot();
            connect();
            Handle handle = connected();
            bench.pass(120 * SECOND);
            assertThat(bench.effects(DisconnectInit.class))
                    .containsExactly(new DisconnectInit(handle, CloseReason.IDLE));
        }

        @Test
        void whatTheOtherSideOpenedIsClosedForBeingIdleOnlyWhereThereAreMany() {
            for (int limit : List.of(1, 2)) {
                bench.boot("connection.lowWater", String.valueOf(limit));
                accepted();
                bench.say(new Accepted(bench.handle(ConnectionService.CONNECTION), peer(102), B, HASH));
                bench.pass(240 * SECOND);
                assertThat(bench.connection().isConnected(P)).isEqualTo(limit == 2);
            }
        }

        @Test
        void withoutAnIdleTimeoutConnectionsStay() {
            connect();
            connected();
            assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void aBootKeepsWhoCanBeDialledAndForgetsHandles() {
            connect();
            connected();
            bench.say(new Connect(peer(101), List.of(B), T1));
            bench.say(new Accepted(bench.handle(ConnectionService.CONNECTION), peer(102), B, HASH));
            long before = bench.connection().lastNumber();
            bench.boot();
            assertThat(bench.connection().connections().isEmpty()).isTrue();
            assertThat(failure().error().kind()).isEqualTo(ConnectionError.Kind.NODE_RESTARTED);
            assertThat(bench.connection().peers().size()).isEqualTo(2);
            assertThat(bench.connection().lastNumber()).isEqualTo(before);
            bench.pass(5 * SECOND);
            assertThat(bench.connection().dialling()).isEqualTo(2);
        }

        @Test
        void aBootKeepsBackOffs() {
            connect();
            failed();
            long due = bench.nextDeadline();
            bench.boot();
            assertThat(bench.nextDeadline()).isEqualTo(due);
            assertThat(failure().attempt().attempts()).isEqualTo(1);
        }
    }

    @Nested
    class Listeners {

        @Test
        void aDrainingNodeListensNoLonger() {
            bench.say(new Listen(A, T1));
            Handle listener = bench.handle(ConnectionService.LISTENER);
            bench.say(new Listening(1, listener, A, List.of(A)));
            bench.say(new Drain());
            assertThat(bench.emitted()).containsExactly(new StopListenInit(listener));
        }

        @Test
        void aListenerLives() {
            bench.say(new Listen(A, T1));
            assertThat(bench.emitted()).containsExactly(new ListenInit(1, A));
            Handle listener = bench.handle(ConnectionService.LISTENER);
            bench.say(new Listening(1, listener, A, List.of(A, B)));
            assertThat(bench.derived(ListenDone.class)).containsExactly(new ListenDone(T1, A, List.of(A, B)));
            assertThat(bench.connection().listenAddresses()).containsExactly(A, B);
            bench.say(new StopListening(A));
            assertThat(bench.emitted()).containsExactly(new StopListenInit(listener));
            bench.pass(5 * SECOND);
            assertThat(bench.emitted()).containsExactly(new StopListenInit(listener));
            bench.say(new ListenerClosed(listener, A, CloseReason.LOCAL));
            assertThat(bench.connection().listeners().isEmpty()).isTrue();
            assertThat(bench.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void failuresAreTold() {
            bench.say(new Listen(A, T1));
            bench.say(new ListenFailed(1, A, REFUSED));
            assertThat(bench.derived(ListenGaveUp.class)).containsExactly(new ListenGaveUp(T1, A, REFUSED));
            bench.say(new Listen(A, T1));
            bench.pass(10 * SECOND);
            assertThat(bench.derived(ListenGaveUp.class)).hasSize(1);
            Handle late = bench.handle(ConnectionService.LISTENER);
            bench.say(new Listening(2, late, A, List.of(A)));
            assertThat(bench.emitted()).containsExactly(new NodeEffect.CloseHandle(late));
        }

        @Test
        void anyPortIsListenedOnAsOftenAsWished() {
            Multiaddr any = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");
            bench.say(new Listen(any, T1));
            bench.say(new Listen(any, T2));
            assertThat(bench.clause()).isEqualTo("not-listened-on");
            Handle first = bench.handle(ConnectionService.LISTENER);
            bench.say(new Listening(1, first, any, List.of(A)));
            bench.say(new Listen(any, T2));
            Handle second = bench.handle(ConnectionService.LISTENER);
            bench.say(new Listening(2, second, any, List.of(B)));
            assertThat(bench.derived(ListenDone.class)).containsExactly(new ListenDone(T2, any, List.of(B)));
            assertThat(bench.connection().listenAddresses()).containsExactlyInAnyOrder(A, B);

            bench.say(new StopListening(A));
            assertThat(bench.emitted()).contains(new StopListenInit(first));
            bench.say(new ListenerClosed(first, any, CloseReason.LOCAL));
            assertThat(bench.connection().listenAddresses()).containsExactly(B);
            bench.say(new StopListening(B));
            assertThat(bench.emitted()).contains(new StopListenInit(second));
            bench.say(new ListenerClosed(second, any, CloseReason.LOCAL));
            assertThat(bench.connection().listeners().isEmpty()).isTrue();
        }

        @Test
        void anAddressIsListenedOnOnceAndListenersAreBounded() {
            bench.boot("connection.maxListeners", "1");
            bench.say(new Listen(A, T1));
            bench.say(new Listen(A, T2));
            assertThat(bench.derived(NodeOutcome.Refused.class))
                    .containsExactly(refused(
                            T2,
                            "connection/listen",
                            Subject.of(ConnectionAction.OfListener.KIND, A),
                            "not-listened-on",
                            Operand.of("address", A)));
            bench.say(new Listen(B, Ticket.NONE));
            assertThat(bench.clause()).isEqualTo("listeners-not-full");
        }
    }
}
