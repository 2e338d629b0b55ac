package dev.dunlin.connection.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.admission.Breaker;
import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.ledger.Entry;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.session.Listener.Deed;
import dev.dunlin.connection.bootstrap.session.Listener.Told;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers see of a listener, and what it leaves behind: what Taleus tests of its own, what it lacks, and what happens under load. */
class ListenerTest {

    private static final PeerId PEER = TypeArbitraries.peer(1);
    private static final PeerId OTHER = TypeArbitraries.peer(2);
    private static final String KEY = "key-of-16-characters-1";
    private static final long SECOND = 1_000_000;
    private static final Tally THEIRS = new Tally("theirs", Role.FOIL, "postgres://there", "reference");
    private static final Optional<Integer> ONCE = Optional.of(1);

    private Listener listener = of(Table.empty());

    private static Listener of(Table<String, String> config) {
        Listener listener = new Listener(config);
        listener.settle();
        return listener;
    }

    private void set(String key, Object value) {
        listener = of(Table.of(key, value.toString()));
    }

    private BootstrapAnswer answer(PeerId peer) {
        return listener.lastTo(peer).orElseThrow(() -> new AssertionError(peer + " has no answer"));
    }

    private BootstrapAnswer.Approved approval(PeerId peer) {
        return (BootstrapAnswer.Approved) answer(peer);
    }

    private void assertRejected(PeerId peer, Reason reason) {
        assertThat(answer(peer))
                .isInstanceOfSatisfying(
                        BootstrapAnswer.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains(reason));
    }

    /** The ledger and the hooks do what they are asked, until the last session is so far. */
    private void goesOnTo(Class<? extends Stage> stage) {
        while (!stage.isInstance(listener.own().running().at(session()).stage())) {
            assertThat(listener.ledger(true) || listener.hook(0, Deed.WELL)).isTrue();
        }
    }

    private long session() {
        return listener.own().last();
    }

    @Nested
    class Flows {

        @Test
        void aStockBootstrapHasTwoMessages() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();

            Tally tally = approval(PEER).tally().orElseThrow();
            assertThat(tally.createdBy()).isEqualTo(Role.STOCK);
            assertThat(listener.made()).containsValue(tally);
            assertThat(listener.ends()).containsExactly(Code.SUCCESS);
            assertThat(listener.token(token).uses()).isEqualTo(1);
            listener.checkAtRest();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aFoilBootstrapHasThreeMessagesAndBothSidesEndWell(boolean isNamed) {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertThat(approval(PEER).tally()).isEmpty();
            assertThat(listener.ends()).isEmpty();

            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(
                            THEIRS, isNamed ? approval(PEER).session() : Optional.empty()));
            listener.settle();

            assertThat(answer(PEER)).isInstanceOf(BootstrapAnswer.Taken.class);
            assertThat(listener.ends()).containsExactly(Code.SUCCESS);
            assertThat(listener.token(token).uses()).isEqualTo(1);
            assertThat(listener.made()).isEmpty();
        }

        @Test
        void theThirdMessageMayOvertakeTheEndOfTheSecond() {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            assertThat(listener.own().running().at(session()).stage()).isInstanceOf(Stage.SendingResponse.class);

            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(THEIRS, approval(PEER).session()));
            listener.settle();

            assertThat(listener.ends()).containsExactly(Code.SUCCESS);
        }

        /** The exchange never does that; what a session holds is its own all the same. */
        @Test
        void ofTwoSessionsWithTheNumberOfOneQuestionEachHasItsOwnAnswer() {
            Bytes foil = listener.token("t", Role.FOIL, ONCE);
            long question = listener.comes(PEER, Listener.contact(PEER, foil, ""));
            listener.settle();
            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(THEIRS, approval(PEER).session()));
            Bytes stock = listener.token("u", Role.STOCK, ONCE);
            listener.again(question, Listener.contact(PEER, stock, ""));
            listener.again(question, Listener.contact(PEER, stock, ""));
            assertThat(listener.own().running().size()).isEqualTo(2);
            listener.settle();
            assertThat(listener.ends()).containsExactly(Code.SUCCESS, Code.SUCCESS);
            listener.checkAtRest();
        }

        @Test
        void theListenerSaysWhereItsPartyIsOnlyInAnApproval() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertThat(approval(PEER).cadre()).containsExactly(Listener.CADRE.withPeer(Listener.SELF));
            assertThat(approval(PEER).partyId()).isEqualTo(Listener.SELF.toString());

            listener.comes(OTHER, Listener.contact(OTHER, token, ""));
            listener.settle();
            // A rejection has no field for it.
            assertThat(answer(OTHER))
                    .isEqualTo(new BootstrapAnswer.Rejected(Optional.of(Reason.INVALID_TOKEN), Optional.empty()));
        }

        @Test
        void eachCustomerOfAMerchantHasItsOwnDatabase() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= 20; i++) {
                PeerId customer = TypeArbitraries.peer(i);
                listener.comes(customer, Listener.contact(customer, token, KEY), "/ip4/8.8." + i + ".1/tcp/1");
            }
            listener.settle();
            assertThat(listener.told().stream()
                            .map(one -> ((BootstrapAnswer.Approved) one.answer())
                                    .tally()
                                    .orElseThrow()
                                    .tallyId())
                            .collect(Collectors.toSet()))
                    .hasSize(20);
            assertThat(listener.token(token).uses()).isEqualTo(20);
            listener.checkAtRest();
        }

        /** Who knows the peer, its token and the time does not know the name of its database. */
        @Test
        void theNameOfADatabaseIsDrawn() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 0; i < 20; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + i));
                listener.settle();
            }
            assertThat(listener.made().keySet()).hasSize(20).allMatch(RedemptionNames::isOne);
            for (int at = 0; at < 26; at++) {
                int place = at;
                assertThat(listener.made().keySet().stream()
                                .map(name -> name.charAt(place))
                                .distinct()
                                .count())
                        .as("letters at " + at)
                        .isGreaterThan(4);
            }
        }

        /** However many there were, as well as badly. */
        @Test
        void nothingIsLeftOfSessionsButWhatIsKeptOfTheLast() {
            listener = of(Table.<String, String>empty()
                    .with("session.kept", "50")
                    .with("session.penaltyMost", "0")
                    .with("session.tokenEvery", "0")
                    .with("session.networkEvery", "0"));
            Bytes stock = listener.token("t", Role.STOCK, Optional.empty());
            Bytes foil = listener.token("u", Role.FOIL, Optional.empty());
            for (int i = 0; i < 1_000; i++) {
                listener.comes(PEER, Listener.contact(PEER, i % 2 == 0 ? stock : foil, KEY + i % 10));
                switch (i % 5) {
                    case 0 -> listener.hook(0, Deed.THROWS);
                    case 1 -> listener.passes(SECOND);
                    case 2 -> listener.cancel(session());
                    case 3 -> listener.stream(0, false);
                    default -> {
                        // It goes well.
                    }
                }
                listener.settle();
                if (i % 3 == 0) {
                    listener.comes(PEER, new BootstrapQuestion.DatabaseResult(THEIRS, Optional.empty()));
                }
            }
            listener.passes(120 * SECOND);
            listener.settle();
            SessionState own = listener.own();
            assertThat(own.running().isEmpty()).isTrue();
            assertThat(own.answers().isEmpty()).isTrue();
            assertThat(own.awaited().isEmpty()).isTrue();
            assertThat(own.holders().isEmpty()).isTrue();
            assertThat(own.joined().isEmpty()).isTrue();
            assertThat(own.queue().isEmpty()).isTrue();
            assertThat(own.provisioning()).isZero();
            assertThat(own.admission().networks().isEmpty()).isTrue();
            assertThat(own.past().size()).isEqualTo(50);
            listener.checkAtRest();
        }

        @Test
        void theTrailTellsEachAttemptAndIsWhole() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.comes(OTHER, Listener.contact(OTHER, token, ""));
            listener.settle();
            List<Entry> trail = listener.store().inTransaction(store -> store.entries(0, 100));
            for (int i = 1; i < trail.size(); i++) {
                assertThat(trail.get(i).isBehind(trail.get(i - 1).head())).isTrue();
            }
            assertThat(trail.stream()
                            .map(entry ->
                                    entry.event().kind() + " " + entry.event().code()))
                    .containsExactly(
                            "created ",
                            "reserved ",
                            "refused INVALID_TOKEN",
                            "ended INVALID_TOKEN",
                            "provisioning ",
                            "provisioned ",
                            "delivered ",
                            "ended SUCCESS");
        }
    }

    @Nested
    class Again {

        @Test
        void thePeerThatComesAgainHasTheSameAnswerAlsoAfterAStart() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            Tally first = approval(PEER).tally().orElseThrow();

            listener.boot();
            listener.settle();
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();

            assertThat(approval(PEER).tally()).contains(first);
            assertThat(listener.made()).hasSize(1);
            assertThat(listener.token(token).uses()).isEqualTo(1);
        }

        @Test
        void theAnswerThatCouldNotBeWrittenIsAskedForAgainByItsPeerAlone() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.SendingResponse.class);
            listener.stream(0, false);
            listener.settle();
            assertThat(listener.ends()).containsExactly(Code.RESPONSE_UNDELIVERED);
            Tally made = listener.made().values().iterator().next();

            listener.comes(OTHER, Listener.contact(OTHER, token, ""));
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();

            assertRejected(OTHER, Reason.INVALID_TOKEN);
            assertThat(approval(PEER).tally()).contains(made);
        }

        @Test
        void differentKeysOfATokenForManyGiveDifferentDatabases() {
            Bytes token = listener.token("t", Role.STOCK, Optional.of(5));
            for (String key : List.of(KEY, KEY, KEY + "2")) {
                listener.comes(PEER, Listener.contact(PEER, token, key));
                listener.settle();
            }
            assertThat(listener.made()).hasSize(2);
            assertThat(listener.token(token).uses()).isEqualTo(2);
        }

        /** All of one peer and key, at once: the second waits for the first, and makes nothing. */
        @Test
        void theSameAtOnceIsMadeOnceAndAnsweredAlike() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxPerPeer", "64")
                    .with("session.tokenBurst", "1000"));
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            for (int i = 0; i < 64; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, ""));
            }
            listener.settle();
            assertThat(listener.made()).hasSize(1);
            assertThat(listener.told()).hasSize(64);
            assertThat(Set.copyOf(listener.told().stream().map(Told::answer).toList()))
                    .hasSize(1);
        }

        @Test
        void theSecondGoesOnWhereTheFirstFails() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.ledger(true);
            assertThat(listener.own().running().at(2L).stage()).isInstanceOf(Stage.Joining.class);
            listener.hook(0, Deed.THROWS);
            assertThat(listener.ends()).containsExactly(Code.INTERNAL);
            listener.settle();
            assertThat(approval(PEER).tally()).isPresent();
            assertThat(listener.ends()).containsExactly(Code.INTERNAL, Code.SUCCESS);
        }

        @Test
        void ofPeersThatRaceForATokenThatIsGoodOnceOneWins() {
            listener = of(Table.of("session.penaltyMost", "0"));
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            for (int i = 1; i <= 60; i++) {
                listener.comes(TypeArbitraries.peer(i), Listener.contact(TypeArbitraries.peer(i), token, ""));
            }
            listener.settle();
            assertThat(listener.told().stream().filter(one -> one.answer() instanceof BootstrapAnswer.Approved))
                    .hasSize(1);
            assertThat(listener.told()).hasSize(60);
            listener.checkAtRest();
        }

        @Test
        void aFoilRedemptionThatIsDoneIsToldWithItsDatabase() {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(THEIRS, approval(PEER).session()));
            listener.settle();

            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();

            assertThat(approval(PEER).tally()).contains(THEIRS);
            assertThat(listener.ends()).containsExactly(Code.SUCCESS, Code.SUCCESS);
        }
    }

    @Nested
    class Refused {

        @Test
        void tokensThatAreUnknownExpiredUsedOrRevokedLookAlike() {
            listener = of(Table.of("session.penaltyMost", "0"));
            Bytes used = listener.token("used", Role.STOCK, ONCE);
            listener.comes(OTHER, Listener.contact(OTHER, used, ""));
            listener.settle();
            Bytes revoked = listener.token("revoked", Role.STOCK, ONCE);
            listener.revoke(revoked);
            Bytes expired = listener.token(
                    "expired", Role.STOCK, ONCE, listener.driver().now());
            List<BootstrapAnswer> answers = new ArrayList<>();
            for (Bytes token : List.of(used, revoked, expired, Hashes.sha256("unknown"))) {
                listener.comes(PEER, Listener.contact(PEER, token, ""));
                listener.settle();
                answers.add(answer(PEER));
            }
            assertThat(Set.copyOf(answers))
                    .containsExactly(new BootstrapAnswer.Rejected(Optional.of(Reason.INVALID_TOKEN), Optional.empty()));
        }

        @Test
        void theOneThatSaysToBeAnotherIsRefusedAndTheTokenIsFree() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(OTHER, token, ""));
            listener.settle();
            assertRejected(PEER, Reason.IDENTITY_INSUFFICIENT);
            assertThat(listener.token(token).reserved()).isZero();
            assertThat(listener.made()).isEmpty();
        }

        @Test
        void anIdentityThatIsNotEnoughIsToldSoAndNothingIsMade() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.hook(0, Deed.BADLY);
            listener.settle();
            assertRejected(PEER, Reason.IDENTITY_INSUFFICIENT);
            assertThat(listener.made()).isEmpty();
            assertThat(listener.token(token).rejections()).isEqualTo(1);
        }

        @Test
        void aTokenOfOnePeerIsNoOthers() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty(), Optional.of(PEER));
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            listener.settle();
            assertRejected(OTHER, Reason.INVALID_TOKEN);
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.settle();
            assertThat(approval(PEER).tally()).isPresent();
        }

        @Test
        void whatIsNoMessageIsToldSo() {
            listener.comes(PEER, new BootstrapQuestion.Malformed(Reason.UNKNOWN_TYPE, "its type is unknown"));
            assertRejected(PEER, Reason.UNKNOWN_TYPE);
            listener.comes(PEER, new BootstrapQuestion.Malformed(Reason.MALFORMED_REQUEST, "it is no JSON"));
            assertRejected(PEER, Reason.MALFORMED_REQUEST);
            assertThat(listener.own().last()).isZero();
        }

        @Test
        void aThirdMessageThatNobodyAwaitsIsNotTaken() {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            Optional<Bytes> reference = approval(PEER).session();

            // Of another peer, with the right name; of none, without one.
            listener.comes(OTHER, new BootstrapQuestion.DatabaseResult(THEIRS, reference));
            assertRejected(OTHER, Reason.MALFORMED_REQUEST);
            listener.comes(OTHER, new BootstrapQuestion.DatabaseResult(THEIRS, Optional.empty()));
            assertThat(listener.told().stream().map(Told::peer)).containsExactly(PEER, OTHER, OTHER);
            assertRejected(OTHER, Reason.MALFORMED_REQUEST);
            assertThat(listener.refused()).isEmpty();
            assertThat(listener.own().running().at(session()).stage()).isInstanceOf(Stage.AwaitingDatabase.class);
        }

        @Test
        void aThirdMessageWithoutANameIsNotTakenWhereTwoSessionsAwaitOne() {
            Bytes token = listener.token("t", Role.FOIL, Optional.empty());
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.comes(PEER, Listener.contact(PEER, token, KEY + "2"));
            listener.settle();
            assertThat(listener.own().awaited().size()).isEqualTo(2);
            listener.comes(PEER, new BootstrapQuestion.DatabaseResult(THEIRS, Optional.empty()));
            assertRejected(PEER, Reason.MALFORMED_REQUEST);
            assertThat(listener.own().awaited().size()).isEqualTo(2);
        }

        /** With a name and without one, whether the end of the second message is known already or not. */
        @ParameterizedTest
        @CsvSource({"true, true", "true, false", "false, true", "false, false"})
        void aDatabaseThatThePeerHasNotMadeIsNeverWrittenDown(boolean isNamed, boolean isWritten) {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.SendingResponse.class);
            if (isWritten) {
                listener.stream(0, true);
            }
            Optional<Bytes> reference = approval(PEER).session();
            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(
                            new Tally("ours", Role.STOCK, "postgres://here", ""),
                            isNamed ? reference : Optional.empty()));
            assertRejected(PEER, Reason.INVALID_DATABASE_RESULT);
            listener.settle();
            assertThat(listener.ends()).containsExactly(Code.INVALID_DATABASE_RESULT);
            assertThat(listener.token(token).uses()).isZero();
            assertThat(listener.token(token).reserved()).isZero();
            assertThat(listener.trail()).noneMatch(told -> told.startsWith("provisioned"));
            listener.checkAtRest();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aDatabaseThatIsNotTakenFreesTheToken(boolean isNamed) {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(
                            THEIRS, isNamed ? approval(PEER).session() : Optional.empty()));
            listener.hook(0, Deed.BADLY);
            listener.settle();
            assertRejected(PEER, Reason.INVALID_DATABASE_RESULT);
            assertThat(listener.token(token).reserved()).isZero();
            assertThat(listener.ends()).containsExactly(Code.INVALID_DATABASE_RESULT);
        }
    }

    @Nested
    class Faults {

        /** Where a session may hang: each stage ends in its time, the peer is told, and the token is free. */
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void aHookOrLedgerThatHangsEndsOnlyItsSession(int steps) {
            Bytes token = listener.token("t", Role.STOCK, Optional.of(2));
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            for (int i = 0; i < steps; i++) {
                assertThat(listener.ledger(true) || listener.hook(0, Deed.WELL)).isTrue();
            }
            boolean isHook = listener.hook(0, Deed.HANGS);
            assertThat(isHook || steps == 0 || steps == 2).isTrue();

            listener.passes(20 * SECOND);
            assertRejected(PEER, Reason.TIMEOUT);
            assertThat(listener.ends()).containsExactly(Code.STEP_TIMEOUT);
            listener.settle();
            assertThat(listener.token(token).reserved()).isZero();

            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            listener.settle();
            assertThat(approval(OTHER).tally()).isPresent();
            listener.checkAtRest();
        }

        @Test
        void aDatabaseThatComesTooLateIsRemoved() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.LATE);
            assertThat(listener.made()).hasSize(1);
            listener.passes(16 * SECOND);
            listener.late(0);
            listener.settle();
            assertThat(listener.made()).isEmpty();
            assertThat(listener.token(token).reserved()).isZero();
        }

        /** The peer has come again meanwhile, and its new redemption has taken the place of the one whose database is late. */
        @Test
        void aDatabaseThatComesTooLateIsRemovedAlsoWhereItsPeerHasComeAgain() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.ProvisioningDatabase.class);
            listener.hook(0, Deed.LATE);
            listener.passes(16 * SECOND);
            while (listener.ledger(true)) {
                // The use is free again.
            }
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.SendingResponse.class);
            listener.settle();
            assertThat(listener.made().values())
                    .containsExactly(approval(PEER).tally().orElseThrow());
            listener.checkAtRest();
        }

        /** The ledger was asked to write it down: it may have, and nobody is told that it has not. */
        @Test
        void ofADatabaseThatMayBeWrittenDownNobodyIsToldThatItIsNot() {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            Optional<Bytes> reference = approval(PEER).session();
            long question = listener.comes(PEER, new BootstrapQuestion.DatabaseResult(THEIRS, reference));
            listener.hook(0, Deed.WELL);
            listener.passes(5 * SECOND);
            assertThat(listener.ends()).containsExactly(Code.STEP_TIMEOUT);
            assertThat(listener.refused()).containsExactly(question);
            assertThat(listener.told()).hasSize(1);
            listener.settle();
            assertThat(listener.token(token).uses()).isEqualTo(1);
        }

        /** The sweep has written it down: what comes then does not remove it. */
        @Test
        void aDatabaseThatIsWrittenDownIsNotRemovedByAnAnswerThatComesLater() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.LATE);
            listener.failing(true);
            listener.passes(16 * SECOND);
            while (listener.ledger(true)) {
                assertThat(listener.made()).hasSize(1);
            }
            listener.failing(false);
            for (int i = 0; i < 11; i++) {
                listener.passes(61 * SECOND);
                while (listener.ledger(true)) {
                    assertThat(listener.made()).hasSize(1);
                }
            }
            assertThat(listener.token(token).uses()).isEqualTo(1);
            listener.settle();
            assertThat(listener.made()).hasSize(1);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertThat(listener.made()).containsValue(approval(PEER).tally().orElseThrow());
        }

        /** The wall clock is set, or the lease is short: a session that goes on keeps its use. */
        @Test
        void theSweepTakesNothingFromASessionThatGoesOn() {
            listener = of(
                    Table.<String, String>empty().with("session.lease", "1000").with("session.sweepEvery", "2000000"));
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            for (int i = 0; i < 5; i++) {
                listener.passes(3 * SECOND);
                listener.settle();
            }
            listener.comes(OTHER, Listener.contact(OTHER, token, ""));
            listener.settle();
            assertRejected(OTHER, Reason.INVALID_TOKEN);
            listener.comes(
                    PEER,
                    new BootstrapQuestion.DatabaseResult(THEIRS, approval(PEER).session()));
            listener.settle();
            assertThat(answer(PEER)).isInstanceOf(BootstrapAnswer.Taken.class);
        }

        @Test
        void anAnswerThatNobodyAsksForIsGivenUpInTime() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.SendingResponse.class);
            listener.stream(0, false);
            for (int i = 0; i < 11; i++) {
                listener.passes(61 * SECOND);
                listener.settle();
            }
            assertThat(listener.trail()).contains("abandoned ");
            assertThat(listener.made()).hasSize(1);
        }

        /** The use is another's by the time that the database is there. */
        @Test
        void aDatabaseWhoseUseIsHeldNoMoreIsRemoved() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.Recording.class);
            String redemption = listener.own().running().at(session()).redemption();
            listener.store().inTransaction(store -> new Ledger(store, 1).release(redemption, 0, "", false));
            listener.settle();
            assertThat(listener.ends()).containsExactly(Code.INTERNAL);
            assertThat(listener.made()).isEmpty();
        }

        /** Whoever does not read its answer holds no stream. */
        @Test
        void theStreamOfWhoDoesNotReadIsReset() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            goesOnTo(Stage.SendingResponse.class);
            listener.passes(5 * SECOND);
            assertThat(listener.ends()).containsExactly(Code.RESPONSE_UNDELIVERED);
            assertThat(listener.driver().actions(StreamAction.CloseStream.class))
                    .hasSize(1);
        }

        @Test
        void thePeerHasItsTimeToMakeItsDatabaseAndNoMore() {
            Bytes token = listener.token("t", Role.FOIL, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.passes(4 * SECOND);
            listener.settle();
            listener.passes(30 * SECOND - 1);
            assertThat(listener.ends()).isEmpty();
            listener.passes(1);
            assertThat(listener.ends()).containsExactly(Code.STEP_TIMEOUT);
            listener.settle();
            assertThat(listener.token(token).reserved()).isZero();
        }

        @Test
        void aHookThatIsNotWantedAnyMoreIsStopped() {
            Bytes token = listener.token("t", Role.STOCK, Optional.of(2));
            for (int i = 0; i < 2; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + i));
                listener.ledger(true);
                if (i == 1) {
                    listener.hook(0, Deed.WELL);
                    listener.ledger(true);
                    listener.ledger(true);
                }
                listener.passes(16 * SECOND);
                assertThat(listener.driver().effects(SessionEffect.Stop.class)).hasSize(i + 1);
            }
        }

        @Test
        void aHookThatThrowsIsToldWithoutItsReason() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.THROWS);
            assertRejected(PEER, Reason.PROVISION_FAILED);
            listener.settle();
            assertThat(listener.token(token).reserved()).isZero();
        }

        @Test
        void aFullDiskGivesNoFalseSuccessAndLosesNoToken() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.failing(true);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertRejected(PEER, Reason.INTERNAL_ERROR);
            listener.failing(false);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertThat(approval(PEER).tally()).isPresent();
        }

        /** What was held when its release could not be written is found by the sweep, when its lease is over. */
        @Test
        void aUseThatNobodyWorksOnIsFoundByTheSweep() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.failing(true);
            listener.hook(0, Deed.THROWS);
            listener.settle();
            listener.failing(false);
            assertThat(listener.token(token).reserved()).isEqualTo(1);
            for (int i = 0; i < 11; i++) {
                listener.passes(61 * SECOND);
                listener.settle();
            }
            assertThat(listener.token(token).reserved()).isZero();
        }

        @Test
        void aPeerThatHasGoneHoldsNothing() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.ledger(true);
            listener.stream(0, false);
            assertThat(listener.ends()).containsExactly(Code.PEER_CLOSED);
            assertThat(listener.told()).isEmpty();
            listener.settle();
            assertThat(listener.token(token).reserved()).isZero();
        }

        @Test
        void thePatienceOfThePeerBoundsItsSession() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            BootstrapQuestion.Contact contact = Listener.contact(PEER, token, KEY);
            listener.comes(
                    PEER,
                    new BootstrapQuestion.Contact(
                            contact.token(),
                            contact.partyId(),
                            contact.identity(),
                            contact.cadre(),
                            contact.key(),
                            Optional.of(2_000L)));
            listener.passes(2 * SECOND);
            assertThat(listener.ends()).containsExactly(Code.SESSION_TIMEOUT);
        }

        @Test
        void anOperatorEndsOneSessionAndNoOther() {
            Bytes token = listener.token("t", Role.STOCK, Optional.of(2));
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            listener.cancel(1);
            listener.settle();
            assertRejected(PEER, Reason.UNAVAILABLE);
            assertThat(approval(OTHER).tally()).isPresent();
        }
    }

    @Nested
    class Load {

        @Test
        void noMoreSessionsGoOnThanMayAndATenthIsForThoseThatAreKnown() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxSessions", "100")
                    .with("session.networkBurst", "1000000")
                    .with("session.maxPerNetwork", "1000"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.settle();
            for (int i = 10; i < 1000; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, Hashes.sha256("token " + i), KEY));
            }
            assertThat(listener.own().running().size()).isEqualTo(90);
            listener.comes(PEER, Listener.contact(PEER, token, KEY + "2"));
            assertThat(listener.own().running().size()).isEqualTo(91);
        }

        @Test
        void someAreTurnedAwayBeforeItIsFullSoThatNobodyCanShutTheDoor() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxSessions", "100")
                    .with("session.networkBurst", "1000000")
                    .with("session.maxPerNetwork", "1000"));
            int came = 0;
            while (listener.own().running().size() < 80) {
                PeerId peer = TypeArbitraries.peer(10 + came++);
                listener.comes(peer, Listener.contact(peer, Hashes.sha256("token " + came), KEY));
            }
            assertThat(came).isBetween(90, 200);
        }

        @Test
        void aPeerAndANetworkHaveTheirShare() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 0; i < 6; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + i));
            }
            assertThat(listener.own().running().size()).isEqualTo(4);
            assertRejected(PEER, Reason.UNAVAILABLE);
            assertThat(((BootstrapAnswer.Rejected) answer(PEER)).retryAfter()).contains(5_000L);
            for (int i = 10; i < 100; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(
                        peer, Listener.contact(peer, Hashes.sha256("token " + i), KEY), "/ip4/9.9.9." + i + "/tcp/1");
            }
            assertThat(listener.own().admission().networks().at("9.9.9.0/24")).isEqualTo(64);
        }

        @Test
        void aNetworkThatGuessesTokensIsKeptOutForATimeAndOthersAreNot() {
            for (int i = 0; i < 4; i++) {
                listener.comes(PEER, Listener.contact(PEER, Hashes.sha256("guess " + i), ""));
                listener.settle();
            }
            assertRejected(PEER, Reason.INVALID_TOKEN);
            listener.comes(PEER, Listener.contact(PEER, Hashes.sha256("guess"), ""));
            assertRejected(PEER, Reason.UNAVAILABLE);

            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY), "/ip4/8.8.2.1/tcp/1");
            listener.settle();
            assertThat(approval(OTHER).tally()).isPresent();

            listener.passes(20 * SECOND);
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.settle();
            assertThat(approval(PEER).tally()).isPresent();
        }

        @Test
        void aTokenIsUsedNoMoreOftenThanItsRate() {
            set("session.tokenBurst", 3);
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= 5; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, token, KEY), "/ip4/8.8." + i + ".1/tcp/1");
            }
            listener.settle();
            assertThat(listener.made()).hasSize(3);
            assertThat(listener.token(token).reserved()).isZero();
            // Who asks again for what it has keeps nobody out.
            for (int i = 0; i < 20; i++) {
                listener.passes(SECOND / 20);
                listener.comes(PEER, Listener.contact(PEER, token, KEY));
                listener.settle();
            }
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY + "2"), "/ip4/8.8.2.1/tcp/1");
            listener.settle();
            assertThat(listener.made()).hasSize(4);
        }

        @Test
        void whatWaitsForADatabaseIsMadeInTurnAndBounded() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxProvisioning", "2")
                    .with("session.maxQueued", "3"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= 6; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, token, KEY), "/ip4/8.8." + i + ".1/tcp/1");
                listener.ledger(true);
                if (i < 6) {
                    listener.hook(listener.own().provisioning(), Deed.WELL);
                }
                listener.ledger(true);
            }
            assertThat(listener.own().provisioning()).isEqualTo(2);
            assertThat(listener.own().queue().size()).isEqualTo(3);
            assertRejected(TypeArbitraries.peer(6), Reason.UNAVAILABLE);
            listener.settle();
            assertThat(listener.made()).hasSize(5);
        }

        /** It waits for itself: the last of its own has to go for another network's first. */
        @Test
        void aNetworkThatWaitsWithManyTakesNoPlaceOfAnother() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxProvisioning", "1")
                    .with("session.maxQueued", "3"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= 5; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, token, KEY), "/ip4/8.8." + (i == 5 ? 5 : 1) + ".1/tcp/1");
                listener.ledger(true);
                listener.hook(listener.own().provisioning(), Deed.WELL);
                listener.ledger(true);
            }
            assertRejected(TypeArbitraries.peer(4), Reason.UNAVAILABLE);
            listener.settle();
            assertThat(listener.made()).hasSize(4);
            List<PeerId> served = listener.told().stream()
                    .filter(told -> told.answer() instanceof BootstrapAnswer.Approved)
                    .map(Listener.Told::peer)
                    .toList();
            // The first of another network before the second of this one that waits.
            assertThat(served)
                    .containsExactly(
                            TypeArbitraries.peer(1),
                            TypeArbitraries.peer(2),
                            TypeArbitraries.peer(5),
                            TypeArbitraries.peer(3));
        }

        /** Places that were added are first those of whoever waits. */
        @Test
        void whoWaitsIsNotOvertaken() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxProvisioning", "1")
                    .with("session.maxQueued", "3"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= 4; i++) {
                if (i == 4) {
                    listener.configure("session.maxProvisioning", "2");
                }
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, token, KEY), "/ip4/8.8." + i + ".1/tcp/1");
                listener.ledger(true);
                listener.hook(-1, Deed.WELL);
                listener.ledger(true);
                if (i == 1) {
                    listener.hook(0, Deed.HANGS);
                }
            }
            assertThat(listener.own().queue().has(4)).isTrue();
            listener.passes(14 * SECOND);
            listener.settle();
            listener.passes(SECOND);
            listener.settle();
        }

        @Test
        void whereThereIsNoPlaceNoHookIsAskedAndNoUseIsHeld() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxProvisioning", "1")
                    .with("session.maxQueued", "0"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            Bytes wrong = Hashes.sha256("another");
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.HANGS);

            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            listener.ledger(true);

            assertThat(listener.hook(0, Deed.WELL)).isFalse();
            assertRejected(OTHER, Reason.UNAVAILABLE);
            assertThat(listener.token(token).reserved()).isEqualTo(1);
            assertThat(listener.trail()).noneMatch(entry -> entry.contains("released"));

            listener.comes(OTHER, Listener.contact(OTHER, wrong, KEY));
            while (listener.ledger(true)) {
                // Until all is written down.
            }
            assertRejected(OTHER, Reason.INVALID_TOKEN);
        }

        @Test
        void thePlaceOfADatabaseThatHangsIsTheNextOnes() {
            set("session.maxProvisioning", 1);
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.HANGS);
            listener.passes(10 * SECOND);
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            listener.settle();
            assertThat(listener.own().queue().size()).isEqualTo(1);

            listener.passes(6 * SECOND);
            listener.settle();

            assertRejected(PEER, Reason.TIMEOUT);
            assertThat(approval(OTHER).tally()).isPresent();
        }

        @Test
        void aNetworkComesNoMoreOftenThanItMay() {
            set("session.networkBurst", 3);
            for (int i = 1; i <= 5; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, Hashes.sha256("token " + i), KEY));
            }
            assertThat(listener.own().running().size()).isEqualTo(3);
            listener.passes(SECOND / 100);
            listener.comes(PEER, Listener.contact(PEER, Hashes.sha256("token"), KEY));
            assertThat(listener.own().running().size()).isEqualTo(4);
        }

        @Test
        void afterFailuresNoDatabaseIsAskedForUntilSomeHaveTried() {
            listener = of(Table.<String, String>empty()
                    .with("session.networkBurst", "1000000")
                    .with("session.tokenBurst", "1000"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= Breaker.LEAST; i++) {
                fail(token, i);
            }
            assertThat(listener.own()
                            .admission()
                            .breaker()
                            .isOpen(listener.driver().now()))
                    .isTrue();
            listener.comes(PEER, Listener.contact(PEER, token, KEY + 1000));
            listener.settle();
            assertRejected(PEER, Reason.UNAVAILABLE);

            listener.passes(10 * SECOND);
            for (int i = 0; i < Breaker.TRIALS; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + 2000 + i));
                listener.settle();
                assertThat(approval(PEER).tally()).isPresent();
            }
            assertThat(listener.own().admission().breaker()).isEqualTo(Breaker.CLOSED);
        }

        private void fail(Bytes token, int number) {
            listener.comes(PEER, Listener.contact(PEER, token, KEY + number));
            listener.ledger(true);
            listener.hook(0, Deed.WELL);
            listener.ledger(true);
            listener.hook(0, Deed.THROWS);
            listener.settle();
        }

        @Test
        void whatWaitsWhenTheBreakerOpensIsNotMade() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxProvisioning", "1")
                    .with("session.penaltyMost", "0"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 1; i <= Breaker.LEAST + 10; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, token, KEY));
                listener.ledger(true);
                listener.hook(listener.own().provisioning() == 0 ? 0 : 1, Deed.WELL);
                listener.ledger(true);
            }
            for (int i = 0; i < Breaker.LEAST; i++) {
                listener.hook(0, Deed.THROWS);
                while (listener.ledger(true)) {
                    assertThat(listener.made()).isEmpty();
                }
            }
            assertThat(listener.own().running().isEmpty()).isTrue();
            assertThat(listener.driver().effects(SessionEffect.Provision.class)).hasSize(Breaker.LEAST);
        }

        @Test
        void aPenaltyOutlivesAStartAndSoDoesAGoodName() {
            for (int i = 0; i < 4; i++) {
                listener.comes(PEER, new BootstrapQuestion.Malformed(Reason.UNKNOWN_TYPE, "its type is unknown"));
            }
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY), "/ip4/8.8.2.1/tcp/1");
            listener.settle();
            listener.boot();
            listener.settle();
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            assertRejected(PEER, Reason.UNAVAILABLE);
            assertThat(listener.own().admission().known().at().has(OTHER)).isTrue();
        }

        @Test
        void aLoadedNodeTurnsSomeAwayEarlier() {
            listener = of(Table.<String, String>empty()
                    .with("session.maxSessions", "100")
                    .with("session.networkBurst", "1000000")
                    .with("session.maxPerNetwork", "1000"));
            listener.pressed(Level.ELEVATED);
            int came = 0;
            while (listener.own().running().size() < 54) {
                PeerId peer = TypeArbitraries.peer(10 + came++);
                listener.comes(peer, Listener.contact(peer, Hashes.sha256("token " + came), KEY));
            }
            assertThat(came).isBetween(58, 150);
        }

        @Test
        void hooksThatHangOpenTheBreaker() {
            listener = of(Table.of("session.penaltyMost", "0"));
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 0; i < Breaker.LEAST; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + i));
                listener.ledger(true);
                listener.hook(0, Deed.WELL);
                listener.ledger(true);
                listener.hook(0, Deed.HANGS);
                listener.passes(15 * SECOND);
                while (listener.ledger(true)) {
                    assertThat(listener.made()).isEmpty();
                }
            }
            assertThat(listener.own()
                            .admission()
                            .breaker()
                            .isOpen(listener.driver().now()))
                    .isTrue();
        }

        @Test
        void whoDoesNotReadItsAnswersIsKeptOut() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            for (int i = 0; i < 3; i++) {
                listener.comes(PEER, Listener.contact(PEER, token, KEY + i));
                while (listener.ledger(true) || listener.hook(0, Deed.WELL)) {
                    assertThat(listener.refused()).isEmpty();
                }
            }
            listener.passes(5 * SECOND);
            assertThat(listener.ends()).containsOnly(Code.RESPONSE_UNDELIVERED).hasSize(3);
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            assertRejected(PEER, Reason.UNAVAILABLE);
        }

        /** Guessed tokens open no breaker: nobody but the hook that makes databases can. */
        @Test
        void noPeerCanOpenTheBreaker() {
            listener = of(Table.of("session.penaltyMost", "0"));
            for (int i = 0; i < 100; i++) {
                listener.comes(PEER, Listener.contact(PEER, Hashes.sha256("guess " + i), ""));
                listener.settle();
            }
            assertThat(listener.own().admission().breaker()).isEqualTo(Breaker.CLOSED);
        }

        @Test
        void aLoadedNodeGivesHalfTheTimeAndACriticalOneLetsNobodyIn() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.pressed(Level.ELEVATED);
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.passes(3 * SECOND);
            assertThat(listener.ends()).containsExactly(Code.STEP_TIMEOUT);
            listener.pressed(Level.CRITICAL);
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            assertRejected(OTHER, Reason.UNAVAILABLE);
            assertThat(listener.own().last()).isEqualTo(1);
        }

        @Test
        void soManyAreToldThatTheyAreTurnedAwayAndTheTrailCountsAll() {
            listener = of(Table.<String, String>empty()
                    .with("session.turnedAway", "200")
                    .with("session.maxSessions", "1")
                    .with("session.networkBurst", "1000000"));
            for (int i = 0; i < 1001; i++) {
                PeerId peer = TypeArbitraries.peer(i);
                listener.comes(peer, Listener.contact(peer, Hashes.sha256("t"), KEY));
            }
            assertThat(listener.told()).hasSize(200);
            assertThat(listener.refused()).hasSize(800);
            listener.passes(SECOND);
            listener.settle();
            List<Entry> trail = listener.store().inTransaction(store -> store.entries(0, 2_000));
            long counted = trail.stream()
                    .filter(entry -> entry.event().kind().equals("turnedAway"))
                    .mapToLong(entry -> entry.event().count())
                    .sum();
            assertThat(counted).isEqualTo(1000);
            assertThat(trail).hasSizeLessThan(150);
        }

        @Test
        void aDrainLetsNobodyInAndEndsTheRestInItsTime() {
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(PEER, Listener.contact(PEER, token, KEY));
            listener.drain(2 * SECOND);
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY));
            assertRejected(OTHER, Reason.UNAVAILABLE);
            assertThat(listener.driver().actions(SessionAction.Drained.class)).isEmpty();
            listener.passes(2 * SECOND);
            assertRejected(PEER, Reason.UNAVAILABLE);
            assertThat(listener.ends()).containsExactly(Code.DRAINING);
            assertThat(listener.driver().actions(SessionAction.Drained.class)).hasSize(1);
            listener.settle();
            assertThat(listener.token(token).reserved()).isZero();
        }

        @Test
        void theTrailHasTheirNumberBeforeTheNodeStopsAndALongTimeIsOne() {
            for (int i = 0; i < 150; i++) {
                listener.comes(PEER, new BootstrapQuestion.Malformed(Reason.UNKNOWN_TYPE, "its type is unknown"));
            }
            listener.drain(Long.MAX_VALUE);
            assertThat(listener.driver().actions(SessionAction.Drained.class)).hasSize(1);
            listener.settle();
            List<Entry> trail = listener.store().inTransaction(store -> store.entries(0, 2_000));
            assertThat(trail.stream().mapToLong(entry -> entry.event().count()).sum())
                    .isEqualTo(150);

            listener.boot();
            listener.settle();
            Bytes token = listener.token("t", Role.STOCK, Optional.empty());
            listener.comes(OTHER, Listener.contact(OTHER, token, KEY), "/ip4/8.8.2.1/tcp/1");
            listener.drain(Long.MAX_VALUE);
            listener.passes(SECOND);
            assertThat(listener.own().running().size()).isEqualTo(1);
        }

        @Test
        void nobodyIsLetInBeforeWhatAnEarlierRunHasLeftIsInOrder() {
            Bytes token = listener.token("t", Role.STOCK, ONCE);
            listener.failing(true);
            listener.boot();
            listener.settle();
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            assertRejected(PEER, Reason.UNAVAILABLE);
            listener.failing(false);
            listener.passes(60 * SECOND);
            listener.settle();
            listener.comes(PEER, Listener.contact(PEER, token, ""));
            listener.settle();
            assertThat(approval(PEER).tally()).isPresent();
        }
    }
}
