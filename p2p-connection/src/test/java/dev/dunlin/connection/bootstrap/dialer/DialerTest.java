package dev.dunlin.connection.bootstrap.dialer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.bootstrap.session.SessionConfig;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapProtocols;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.RedemptionNames;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who redeems a link: whom it asks, what it does with the answers, and what it leaves behind. */
class DialerTest {

    private static final PeerId SELF = TypeArbitraries.peer(100);
    private static final PeerId FIRST = TypeArbitraries.peer(1);
    private static final PeerId SECOND = TypeArbitraries.peer(2);
    private static final Ticket TICKET = new Ticket(Ticket.API, 1);
    private static final String KEY = "key-of-16-characters-1";
    private static final long SECONDS = 1_000_000;
    private static final Tally STOCK = new Tally("stock", Role.STOCK, "sqlite:there", "");
    private static final Tally FOIL = new Tally("foil", Role.FOIL, "sqlite:here", "");
    private static final Bytes SESSION = Bytes.of(new byte[16]);

    private final StoreDriver<DialerRoot> driver = StoreDriver.of(DialerRoot.store(DialerMachine.DIALER));

    DialerTest() {
        driver.boot(Table.of("node.peerId", SELF.toString()));
    }

    private DialerAction.Redeem link(Role role) {
        return link(role, driver.now() + 3_600 * SECONDS);
    }

    private static DialerAction.Redeem link(Role role, long expires) {
        return new DialerAction.Redeem(
                TICKET,
                new Invitation(
                        List.of(
                                Multiaddr.parse("/ip4/8.8.1.1/tcp/1/p2p/" + FIRST),
                                Multiaddr.parse("/ip4/8.8.2.1/tcp/1/p2p/" + SECOND),
                                Multiaddr.parse("/ip4/8.8.1.2/tcp/1/p2p/" + FIRST)),
                        Hashes.sha256("token"),
                        expires,
                        role),
                Hashes.sha256("identity"),
                List.of(),
                KEY);
    }

    private Attempt attempt() {
        return driver.root().dialer().running().at(1L);
    }

    private <T extends Action> T last(Class<T> type) {
        List<T> all = driver.actions(type);
        assertThat(all).as(type.getSimpleName()).isNotEmpty();
        return all.getLast();
    }

    private void reached() {
        driver.dispatch(new DialerAction.Reached(1, attempt().step()));
    }

    private void unreached() {
        driver.dispatch(new DialerAction.Unreached(1, attempt().step(), "nobody is there"));
    }

    private void answers(BootstrapAnswer answer) {
        driver.dispatch(new DialerAction.AnswerCame(1, attempt().step(), answer));
    }

    private void missing(AskFailure why) {
        driver.dispatch(new DialerAction.AnswerMissing(1, attempt().step(), why, "why"));
    }

    private void checked(boolean isRight) {
        driver.dispatch(new DialerAction.Checked(1, attempt().step(), isRight));
    }

    private void made() {
        driver.dispatch(
                new DialerAction.Provisioned(1, attempt().step(), attempt().name(), FOIL));
    }

    private static BootstrapAnswer.Approved approved(Optional<Tally> tally) {
        return new BootstrapAnswer.Approved(FIRST.toString(), List.of(), tally, Optional.of(SESSION));
    }

    private static BootstrapAnswer rejected(Reason reason) {
        return new BootstrapAnswer.Rejected(Optional.of(reason), Optional.empty());
    }

    /** A link of the role foil, as far as this node makes its database. */
    private void makesItsDatabase() {
        driver.dispatch(link(Role.FOIL));
        reached();
        answers(approved(Optional.empty()));
        checked(true);
    }

    private void assertFailed(DialerCode code) {
        assertThat(last(DialerOutcome.RedeemFailed.class).code()).isEqualTo(code);
        assertThat(driver.root().dialer().running().isEmpty()).isTrue();
    }

    private Tally redeemed() {
        assertThat(driver.root().dialer().running().isEmpty()).isTrue();
        return last(DialerOutcome.Redeemed.class).tally();
    }

    @Test
    void aStockLinkIsRedeemedWithTwoMessages() {
        driver.dispatch(link(Role.STOCK));
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(FIRST);
        assertThat(last(ConnectionAction.Connect.class).addresses()).hasSize(2);
        reached();
        ExchangeAction.Ask asked = last(ExchangeAction.Ask.class);
        assertThat(asked.protocol()).isEqualTo(BootstrapProtocols.FRAMED);
        BootstrapQuestion.Contact contact = (BootstrapQuestion.Contact) asked.message();
        assertThat(contact.partyId()).isEqualTo(SELF.toString());
        assertThat(contact.key()).contains(KEY);
        assertThat(contact.patience()).contains(35_000L);

        answers(approved(Optional.of(STOCK)));
        checked(true);
        assertThat(redeemed()).isEqualTo(STOCK);
    }

    @Test
    void aFoilLinkIsRedeemedWithThreeAndTheThirdNamesTheSession() {
        makesItsDatabase();
        DialerEffect.Make make = driver.effects(DialerEffect.Make.class).getLast();
        assertThat(RedemptionNames.isOne(make.name())).isTrue();
        made();
        assertThat(last(ExchangeAction.Ask.class).message())
                .isEqualTo(new BootstrapQuestion.DatabaseResult(FOIL, Optional.of(SESSION)));
        answers(new BootstrapAnswer.Taken());
        assertThat(redeemed()).isEqualTo(FOIL);
        assertThat(driver.effects(DialerEffect.Unmake.class)).isEmpty();
    }

    @Test
    void aLinkWhoseTimeIsOverIsShownToNobody() {
        driver.dispatch(link(Role.STOCK, driver.now()));
        assertFailed(DialerCode.LINK_EXPIRED);
        assertThat(driver.actions(ConnectionAction.Connect.class)).isEmpty();
    }

    /** Whoever goes before that is answered without being there. */
    @Test
    void whoAsksWaitsAsLongAsWhoAnswersMayTake() {
        assertThat(DialerConfig.of(Table.empty()).responseTimeout())
                .isGreaterThan(SessionConfig.of(Table.empty()).timeout());
    }

    @Test
    void allNodesOfThePartyAreTriedAndEachHasItsTime() {
        driver.dispatch(link(Role.STOCK));
        driver.advanceBy(5 * SECONDS);
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(SECOND);
        assertThat(driver.actions(ConnectionAction.Withdraw.class)).hasSize(1);
        unreached();
        assertFailed(DialerCode.NO_REACHABLE_RESPONDER);
    }

    @Test
    void whoDoesNotSpeakTheFramedFormIsAskedInTheCompatibleOne() {
        driver.dispatch(link(Role.STOCK));
        reached();
        missing(AskFailure.UNSUPPORTED);
        ExchangeAction.Ask asked = last(ExchangeAction.Ask.class);
        assertThat(asked.protocol()).isEqualTo(BootstrapProtocols.COMPATIBLE);
        assertThat(((BootstrapQuestion.Contact) asked.message()).key()).contains(KEY);
        assertThat(asked.peer()).isEqualTo(FIRST);
        missing(AskFailure.UNSUPPORTED);
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(SECOND);
    }

    @Test
    void whatIsRefusedForGoodIsNotTriedAgain() {
        driver.dispatch(link(Role.STOCK));
        reached();
        answers(rejected(Reason.INVALID_TOKEN));
        assertFailed(DialerCode.REJECTED);
        assertThat(last(DialerOutcome.RedeemFailed.class).reason()).contains(Reason.INVALID_TOKEN);
        assertThat(driver.actions(ConnectionAction.Connect.class)).hasSize(1);
    }

    @Test
    void whatIsRefusedForNowIsTriedAgainNoSoonerThanAsked() {
        driver.dispatch(link(Role.STOCK));
        for (int i = 0; i < 2; i++) {
            reached();
            answers(new BootstrapAnswer.Rejected(Optional.of(Reason.UNAVAILABLE), Optional.of(20_000L)));
        }
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
        driver.advanceBy(20 * SECONDS - 1);
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
        driver.advanceBy(1);
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(FIRST);
        reached();
        answers(approved(Optional.of(STOCK)));
        checked(true);
        assertThat(redeemed()).isEqualTo(STOCK);
    }

    /** An answer that is lost: the same is asked again with the same key, and what is not known in the end is said so. */
    @ParameterizedTest
    @EnumSource(
            value = AskFailure.class,
            names = {"TIMED_OUT", "RESET", "MALFORMED"})
    void anAnswerThatIsLostIsAskedForAgainWithTheSameKey(AskFailure why) {
        driver.dispatch(link(Role.STOCK));
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 2; i++) {
                reached();
                assertThat(((BootstrapQuestion.Contact)
                                        last(ExchangeAction.Ask.class).message())
                                .key())
                        .contains(KEY);
                missing(why);
            }
            if (round < 3) {
                driver.advanceToNextDeadline();
            }
        }
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
    }

    @Test
    void whoTakesTooLongIsCalledOffAndTheNextIsAsked() {
        driver.dispatch(link(Role.STOCK));
        reached();
        driver.advanceBy(35 * SECONDS);
        assertThat(driver.actions(ExchangeAction.Cancel.class)).hasSize(1);
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(SECOND);
    }

    @Test
    void aDatabaseWhereNoneIsDueIsNoAnswer() {
        driver.dispatch(link(Role.FOIL));
        reached();
        answers(approved(Optional.of(STOCK)));
        assertFailed(DialerCode.INVALID_RESPONSE);
    }

    @Test
    void noDatabaseWhereOneIsDueIsNoAnswer() {
        driver.dispatch(link(Role.STOCK));
        reached();
        answers(approved(Optional.empty()));
        assertFailed(DialerCode.INVALID_RESPONSE);
    }

    @Test
    void aPartyThatAHookDoesNotTakeEndsIt() {
        driver.dispatch(link(Role.STOCK));
        reached();
        answers(approved(Optional.of(STOCK)));
        checked(false);
        assertFailed(DialerCode.INVALID_RESPONSE);
    }

    /** The third message is lost: the database that was made is told again, and no second one is made. */
    @Test
    void theDatabaseIsMadeOnceHoweverOftenItIsTold() {
        makesItsDatabase();
        made();
        missing(AskFailure.RESET);
        reached();
        answers(approved(Optional.empty()));
        checked(true);
        assertThat(driver.effects(DialerEffect.Make.class)).hasSize(1);
        answers(new BootstrapAnswer.Taken());
        assertThat(redeemed()).isEqualTo(FOIL);
    }

    @Test
    void anEarlierRedemptionIsTakenAndWhatWasMadeForThisOneIsRemoved() {
        makesItsDatabase();
        made();
        missing(AskFailure.RESET);
        reached();
        Tally earlier = new Tally("earlier", Role.FOIL, "sqlite:here", "");
        answers(approved(Optional.of(earlier)));
        checked(true);
        assertThat(redeemed()).isEqualTo(earlier);
        assertThat(driver.effects(DialerEffect.Unmake.class)).hasSize(1);
    }

    @Test
    void aDatabaseThatIsNotTakenIsRemovedAndOneWhoseFateIsNotKnownIsKept() {
        makesItsDatabase();
        made();
        answers(rejected(Reason.INVALID_DATABASE_RESULT));
        assertFailed(DialerCode.REJECTED);
        assertThat(driver.effects(DialerEffect.Unmake.class)).hasSize(1);
    }

    @Test
    void aDatabaseWhoseFateIsNotKnownIsKept() {
        makesItsDatabase();
        made();
        driver.advanceBy(120 * SECONDS);
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
        assertThat(driver.effects(DialerEffect.Unmake.class)).isEmpty();
    }

    @Test
    void aHookThatHangsIsStoppedAndWhatComesTooLateIsRemoved() {
        makesItsDatabase();
        int step = attempt().step();
        String name = attempt().name();
        driver.advanceBy(15 * SECONDS);
        assertFailed(DialerCode.PROVISION_FAILED);
        assertThat(driver.effects(DialerEffect.StopHook.class)).hasSize(1);
        driver.dispatch(new DialerAction.Provisioned(1, step, name, FOIL));
        assertThat(driver.effects(DialerEffect.Unmake.class)).hasSize(1);
    }

    @Test
    void whatIsCalledOffEndsAndIsToldOnce() {
        driver.dispatch(link(Role.STOCK));
        reached();
        driver.dispatch(new DialerAction.CallOff(TICKET));
        // The contact was sent.
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
        assertThat(driver.actions(ExchangeAction.Cancel.class)).hasSize(1);
        driver.dispatch(new DialerAction.CallOff(TICKET));
        assertThat(driver.actions(DialerOutcome.RedeemFailed.class)).hasSize(1);
    }

    @Test
    void whatIsCalledOffBeforeAnybodyWasAskedIsCancelled() {
        driver.dispatch(link(Role.STOCK));
        driver.dispatch(new DialerAction.CallOff(TICKET));
        assertFailed(DialerCode.CANCELLED);
    }

    /** The listener has written it down, and says that it took too long. */
    @Test
    void aDatabaseThatMayBeWrittenDownIsNeverRemoved() {
        makesItsDatabase();
        made();
        answers(rejected(Reason.TIMEOUT));
        unreached();
        while (!driver.root().dialer().running().isEmpty()) {
            if (attempt().phase() instanceof Phase.Connecting) {
                unreached();
            } else {
                driver.advanceToNextDeadline();
            }
        }
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
        assertThat(driver.effects(DialerEffect.Unmake.class)).isEmpty();
    }

    /** Asked again later, it makes no second database. */
    @Test
    void theDatabaseOfARedemptionHasOneNameHoweverOftenItIsTried() {
        driver.dispatch(link(Role.FOIL));
        String name = attempt().name();
        driver.dispatch(new DialerAction.CallOff(TICKET));
        driver.dispatch(link(Role.FOIL));
        assertThat(driver.root().dialer().running().at(2L).name()).isEqualTo(name);
    }

    @Test
    void whatOneNodeMayHaveDoneIsNotDeniedByAnother() {
        driver.dispatch(link(Role.STOCK));
        reached();
        missing(AskFailure.RESET);
        reached();
        answers(rejected(Reason.INVALID_TOKEN));
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
    }

    @Test
    void whatTheSameNodeDeniesItHasNotDone() {
        driver.dispatch(link(Role.STOCK));
        reached();
        missing(AskFailure.RESET);
        unreached();
        driver.advanceToNextDeadline();
        reached();
        answers(rejected(Reason.INVALID_TOKEN));
        assertFailed(DialerCode.REJECTED);
    }

    /** A listener that has started anew between the second message and the third does not know the session. */
    @Test
    void aNodeThatHasForgottenTheSessionIsAskedAgain() {
        makesItsDatabase();
        made();
        answers(rejected(Reason.MALFORMED_REQUEST));
        unreached();
        driver.advanceToNextDeadline();
        reached();
        answers(approved(Optional.empty()));
        checked(true);
        answers(new BootstrapAnswer.Taken());
        assertThat(redeemed()).isEqualTo(FOIL);
    }

    @Test
    void ofThoseThatWantToBeLeftAloneTheLongestIsKept() {
        driver.dispatch(link(Role.STOCK));
        reached();
        answers(new BootstrapAnswer.Rejected(Optional.of(Reason.UNAVAILABLE), Optional.of(20_000L)));
        reached();
        answers(new BootstrapAnswer.Rejected(Optional.of(Reason.UNAVAILABLE), Optional.of(1L)));
        driver.advanceBy(20 * SECONDS - 1);
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
        // And nobody is kept away for ever.
        driver.advanceBy(1);
        unreached();
        unreached();
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
    }

    private long pause() {
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
        return attempt().phaseEnds() - driver.now();
    }

    private void turnedAway(long retryAfter) {
        for (int i = 0; i < 2; i++) {
            reached();
            answers(new BootstrapAnswer.Rejected(Optional.of(Reason.UNAVAILABLE), Optional.of(retryAfter)));
        }
    }

    @Test
    void pausesGrowAndWhatAPeerWantsIsBoundedAndForgotten() {
        driver.dispatch(link(Role.STOCK));
        turnedAway(Long.MAX_VALUE);
        assertThat(pause()).isEqualTo(30 * SECONDS);
        driver.advanceToNextDeadline();
        turnedAway(0);
        assertThat(pause()).isBetween(SECONDS, 2 * SECONDS);
        driver.advanceToNextDeadline();
        turnedAway(0);
        assertThat(pause()).isBetween(2 * SECONDS, 4 * SECONDS);
    }

    @Test
    void whereThisNodeHasNoRoomItTriesAgain() {
        driver.dispatch(link(Role.STOCK));
        reached();
        missing(AskFailure.BUSY);
        reached();
        missing(AskFailure.BUSY);
        assertThat(attempt().phase()).isInstanceOf(Phase.Pausing.class);
    }

    /** The other party has made the database: a hook that fails here does not undo that. */
    @Test
    void whatIsApprovedIsNotSaidToHaveFailed() {
        driver.dispatch(link(Role.STOCK));
        reached();
        answers(approved(Optional.of(STOCK)));
        driver.dispatch(new DialerAction.Failed(1, attempt().step(), DialerCode.INTERNAL, "it throws"));
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
    }

    @Test
    void aDatabaseThatIsToldTwiceIsKept() {
        makesItsDatabase();
        int step = attempt().step();
        made();
        driver.dispatch(new DialerAction.Provisioned(1, step, attempt().name(), FOIL));
        assertThat(driver.effects(DialerEffect.Unmake.class)).isEmpty();
    }

    private void isAskedInTheCompatibleForm(Role role) {
        driver.dispatch(link(role));
        reached();
        missing(AskFailure.UNSUPPORTED);
        assertThat(last(ExchangeAction.Ask.class).protocol()).isEqualTo(BootstrapProtocols.COMPATIBLE);
    }

    /** In the compatible form the end of the stream says that the database is taken, and a reset or words that it is not. */
    @Test
    void inTheCompatibleFormTooTheDatabaseIsTakenOnlyWhenThePartyHasSaidSo() {
        isAskedInTheCompatibleForm(Role.FOIL);
        answers(new BootstrapAnswer.Approved(FIRST.toString(), List.of(), Optional.empty(), Optional.empty()));
        checked(true);
        made();
        assertThat(driver.actions(DialerOutcome.Redeemed.class)).isEmpty();
        missing(AskFailure.RESET);
        assertThat(driver.actions(DialerOutcome.Redeemed.class)).isEmpty();
        unreached();
        driver.advanceToNextDeadline();
        reached();
        missing(AskFailure.UNSUPPORTED);
        answers(new BootstrapAnswer.Approved(FIRST.toString(), List.of(), Optional.empty(), Optional.empty()));
        checked(true);
        answers(rejected(Reason.INVALID_DATABASE_RESULT));
        assertFailed(DialerCode.REJECTED);
        assertThat(driver.effects(DialerEffect.Unmake.class)).hasSize(1);
    }

    /** A stream that ends with nothing on it is no answer to a contact: what the party has done is not known. */
    @Test
    void anEndWithoutAnAnswerIsNoneToAContact() {
        isAskedInTheCompatibleForm(Role.STOCK);
        answers(new BootstrapAnswer.Taken());
        assertThat(last(ConnectionAction.Connect.class).peer()).isEqualTo(SECOND);
        while (!driver.root().dialer().running().isEmpty()) {
            if (attempt().phase() instanceof Phase.Connecting) {
                unreached();
            } else {
                driver.advanceToNextDeadline();
            }
        }
        assertFailed(DialerCode.OUTCOME_UNKNOWN);
    }

    @Test
    void anApprovalThatNamesNoSessionForTheThirdMessageIsNoAnswer() {
        driver.dispatch(link(Role.FOIL));
        reached();
        answers(new BootstrapAnswer.Approved("party", List.of(), Optional.empty(), Optional.empty()));
        assertFailed(DialerCode.INVALID_RESPONSE);
    }
}
