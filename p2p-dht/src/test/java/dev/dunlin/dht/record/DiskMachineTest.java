package dev.dunlin.dht.record;

import static dev.dunlin.dht.record.Shelf.HOUR;
import static dev.dunlin.dht.record.Shelf.content;
import static dev.dunlin.dht.record.Shelf.peer;
import static dev.dunlin.dht.record.Shelf.provider;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The records machine and a file of records that answers late, twice, with failures, or never. */
class DiskMachineTest {

    private static final Bytes KEY = Marked.key("a");
    private static final long SECOND = 1_000_000;

    /** The numbers of these questions are above those of the shelf. */
    private static final long OWN = 1_000_000;

    private static void ask(Shelf shelf, int from, long question, KadQuestion.OfKey message) {
        shelf.driver()
                .dispatch(new RoutingAction.RecordsAsked(peer(from), Network.WIDE, OWN + question, message, List.of()));
    }

    private static void provide(Shelf shelf, int from, long question, Bytes key) {
        ask(shelf, from, question, KadQuestion.AddProvider.of(key, provider(from)));
    }

    private static List<Long> refused(Shelf shelf) {
        return shelf.driver().actions(ExchangeAction.Refuse.class).stream()
                .map(refusal -> refusal.number() - OWN)
                .filter(number -> number >= 0)
                .toList();
    }

    private static List<Long> answered(Shelf shelf) {
        return shelf.driver().actions(ExchangeAction.Reply.class).stream()
                .map(reply -> reply.number() - OWN)
                .filter(number -> number >= 0)
                .toList();
    }

    private static void fail(Shelf shelf, StoreFailure why) {
        Turn.Emitted asked = shelf.driver().awaiting().getFirst();
        shelf.driver().answer(asked.id(), new RecordsAction.DiskFailed(asked.id(), why, "why"));
    }

    @Test
    void aNodeThatKeepsItsRecordsInMemoryHasTheDigestsThatItHadBeforeThereWasAFile() {
        Shelf shelf = Shelf.with();
        shelf.put(1, KEY, Marked.value(1));
        RecordsState state = shelf.state();
        Hasher before = new Hasher();
        for (Object part : List.of(
                state.config(), state.clock(), state.values(), state.providers(), state.expiries(), state.tally())) {
            Content.feed(part, before);
        }
        assertThat(Content.digest(state)).isEqualTo(before.finish());
        assertThat(Content.digest(Shelf.with("maxDiskQuestions", "7").state().disk()))
                .as("what is configured of a file that is not there")
                .isEqualTo(Content.digest(Disk.NONE));
    }

    @Test
    void aSnapshotOfBeforeThereWasAFileIsRead() {
        Shelf shelf = Shelf.with();
        Codec codec = Codec.of(shelf.driver().store());
        assertThat(codec.tree(Disk.NONE).toString()).isEqualTo(Disk.NONE_JSON.replace("\n", ""));
    }

    @Test
    void theStateHoldsNothingOfWhatIsInTheFile() {
        Shelf shelf = Shelf.onDisk();
        long empty = Content.bytes(shelf.state());
        for (int i = 0; i < 1000; i++) {
            shelf.provide(i % 50, content(i));
        }
        assertThat(shelf.state().stock().providers()).isEqualTo(1000);
        assertThat(Content.bytes(shelf.state())).isLessThan(empty + 500);
    }

    @Test
    void asManyQuestionsWaitAsMay() {
        Shelf shelf = Shelf.onDisk("maxDiskQuestions", "5", "maxDiskQuestionsOfPeer", "3");
        for (int i = 0; i < 10; i++) {
            provide(shelf, i, i, content(i));
        }
        assertThat(refused(shelf)).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(shelf.state().tally().refused().at(Refusal.DISK_QUESTIONS)).isEqualTo(5);
        assertThat(shelf.state().disk().waiting().running().size()).isEqualTo(5);
        shelf.settle();
        assertThat(answered(shelf)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(shelf.provide(9, content(9))).isTrue();
    }

    @Test
    void onePeerHasItsShare() {
        Shelf shelf = Shelf.onDisk("maxDiskQuestions", "5", "maxDiskQuestionsOfPeer", "3");
        for (int i = 0; i < 5; i++) {
            ask(shelf, 1, i, new KadQuestion.GetProviders(content(i)));
        }
        provide(shelf, 2, 9, content(1));
        assertThat(refused(shelf)).containsExactly(3L, 4L);
        assertThat(shelf.driver().actions(RecordsAction.ProvidersUntold.class))
                .extracting(RecordsAction.ProvidersUntold::why)
                .containsOnly(Refusal.DISK_QUESTIONS_OF_PEER);
        shelf.settle();
        assertThat(answered(shelf)).contains(9L);
    }

    @Test
    void valuesThatWaitHaveABoundOfBytes() {
        Shelf shelf = Shelf.onDisk("maxDiskQuestionBytes", "1024");
        for (int i = 0; i < 4; i++) {
            ask(shelf, i, i, new KadQuestion.PutValue(ValueRecord.of(Marked.key("k" + i), Marked.value(1, 0, 400))));
        }
        assertThat(refused(shelf)).containsExactly(2L, 3L);
        assertThat(shelf.state().tally().refused().at(Refusal.DISK_QUESTION_BYTES))
                .isEqualTo(2);
        assertThat(shelf.state().disk().bytes()).isLessThanOrEqualTo(1024);
        shelf.settle();
        assertThat(shelf.state().disk().bytes()).isZero();
    }

    @Test
    void aWishThatFindsNoRoomIsRefused() {
        Shelf shelf = Shelf.onDisk("maxDiskQuestions", "1");
        provide(shelf, 1, 1, content(1));
        shelf.driver().dispatch(new RecordsAction.GetLocal(new Ticket(Ticket.API, 1), KEY));
        shelf.driver().dispatch(new RecordsAction.Put(new Ticket(Ticket.API, 2), ValueRecord.of(KEY, Marked.value(1))));
        assertThat(shelf.driver().actions(NodeOutcome.Refused.class))
                .extracting(NodeOutcome.Refused::clause)
                .containsExactly("disk-has-room", "disk-has-room");
    }

    @Test
    void aFileThatFailsRefusesWithAReasonAndWorksAgain() {
        Shelf shelf = Shelf.onDisk();
        provide(shelf, 1, 1, content(1));
        fail(shelf, StoreFailure.DISK_FULL);
        ask(shelf, 1, 2, new KadQuestion.GetValue(KEY));
        fail(shelf, StoreFailure.INPUT_OUTPUT);
        assertThat(refused(shelf)).containsExactly(1L, 2L);
        assertThat(shelf.driver().actions(RecordsAction.ValueUntold.class))
                .containsExactly(new RecordsAction.ValueUntold(
                        KEY,
                        peer(1),
                        Refusal.DISK_FAILED,
                        "the disk that holds the records cannot be read or written: why"));
        assertThat(shelf.state().disk().failure()).contains(StoreFailure.INPUT_OUTPUT);
        assertThat(shelf.state().disk().tally().failures().at(StoreFailure.DISK_FULL))
                .isEqualTo(1);
        assertThat(shelf.provide(1, content(1))).isTrue();
        assertThat(shelf.state().disk().failure()).isEmpty();
    }

    @Test
    void whatThisNodeAsksItselfIsAnsweredThoughTheFileFails() {
        Shelf shelf = Shelf.onDisk();
        Ticket ticket = new Ticket(Ticket.API, 1);
        shelf.driver().dispatch(new RecordsAction.GetLocal(ticket, KEY));
        fail(shelf, StoreFailure.CORRUPT);
        shelf.driver().dispatch(new RecordsAction.GetLocalProviders(ticket, KEY));
        fail(shelf, StoreFailure.CORRUPT);
        shelf.driver().dispatch(new RecordsAction.Put(ticket, ValueRecord.of(KEY, Marked.value(1))));
        fail(shelf, StoreFailure.READ_ONLY);
        assertThat(shelf.driver().actions(RecordsOutcome.LocalValue.class))
                .containsExactly(new RecordsOutcome.LocalValue(ticket, Optional.empty()));
        assertThat(shelf.driver().actions(RecordsOutcome.LocalProviders.class))
                .containsExactly(new RecordsOutcome.LocalProviders(ticket, List.of()));
        assertThat(shelf.driver().actions(RecordsOutcome.NotStored.class))
                .extracting(RecordsOutcome.NotStored::why)
                .containsExactly(Refusal.DISK_FAILED);
    }

    @Test
    void anAnswerThatComesLateOrTwiceDoesNothing() {
        Shelf shelf = Shelf.onDisk("diskTimeout", Long.toString(SECOND));
        provide(shelf, 1, 1, content(1));
        Turn.Emitted asked = shelf.driver().awaiting().getFirst();
        shelf.driver().advanceBy(SECOND);
        assertThat(refused(shelf)).containsExactly(1L);
        assertThat(shelf.state().disk().failure()).contains(StoreFailure.LATE);
        RecordsState before = shelf.state();
        shelf.settle();
        assertThat(shelf.state()).as("late").isSameAs(before);
        provide(shelf, 2, 2, content(2));
        Turn.Emitted second = shelf.driver().awaiting().getFirst();
        shelf.settle();
        RecordsState after = shelf.state();
        for (Turn.Emitted each : List.of(asked, second)) {
            shelf.driver()
                    .input(new Input(
                            new RecordsAction.ProviderKept(each.id(), content(2), true, 0, Stock.NONE), each.id()));
        }
        assertThat(shelf.state()).as("twice").isSameAs(after);
        assertThat(answered(shelf)).containsExactly(2L);
        assertThat(shelf.driver().rejections()).hasSize(3);
    }

    @Test
    void whatWaitsAtACrashIsForgottenAndTheFileIsCountedAnew() {
        Shelf shelf = Shelf.onDisk();
        shelf.provide(1, content(1));
        provide(shelf, 2, 7, content(2));
        Turn.Emitted asked = shelf.driver().awaiting().getFirst();
        // The file has it, and the node went down before it heard so.
        RecordsAction answer = RecordsEffects.answer(asked.id(), (RecordsEffect) asked.effect(), shelf.file());
        shelf.driver().boot(Table.of("records.store", "sqlite"));
        assertThat(shelf.state().disk().waiting().running().size())
                .as("the count")
                .isEqualTo(1);
        assertThat(shelf.state().stock().providers()).isEqualTo(1);
        shelf.driver().input(new Input(answer, asked.id()));
        assertThat(shelf.state().stock().providers()).isEqualTo(1);
        shelf.settle();
        assertThat(shelf.state().stock().providers()).isEqualTo(2);
        assertThat(answered(shelf)).doesNotContain(7L);
    }

    @Test
    void aFileThatCouldNotBeCountedAtTheBootIsCountedLater() {
        Shelf shelf = Shelf.onDisk();
        RecordStore filled = shelf.file();
        shelf.replace(new MemoryStore());
        shelf.driver().boot(Table.of("records.store", "sqlite"));
        shelf.settle();
        assertThat(shelf.state().stock()).isEqualTo(Stock.NONE);
        filled.putProvider(
                content(1),
                peer(1),
                List.of(),
                AddressFilter.PUBLIC,
                new Moment(shelf.driver().now(), shelf.wall(), true));
        shelf.replace(filled);
        shelf.driver().boot(Table.of("records.store", "sqlite"));
        fail(shelf, StoreFailure.LOCKED);
        assertThat(shelf.state().stock()).isEqualTo(Stock.NONE);
        shelf.configure("maxDiskQuestions", 7);
        shelf.step(HOUR);
        shelf.advanceBy(DiskReducer.RETRY + SECOND);
        assertThat(shelf.state().stock().providers()).isEqualTo(1);
        assertThat(shelf.state().disk().failure()).isEmpty();
    }

    /** As a flipped bit may make it. */
    @Test
    void aTimeOfNoYearIsToldAsTheNearest() {
        Shelf shelf = Shelf.onDisk();
        ask(shelf, 1, 1, new KadQuestion.GetValue(KEY));
        Turn.Emitted asked = shelf.driver().awaiting().getFirst();
        HeldValue held = new HeldValue(Marked.value(1), Optional.empty(), Long.MAX_VALUE / 4, Long.MAX_VALUE / 4);
        shelf.driver().answer(asked.id(), new RecordsAction.ValueFound(asked.id(), KEY, Optional.of(held)));
        assertThat(answered(shelf)).containsExactly(1L);
    }

    @Test
    void whatCameTooLateIsCountedLater() {
        Shelf shelf = Shelf.onDisk();
        provide(shelf, 1, 7, content(1));
        Turn.Emitted asked = shelf.driver().awaiting().getFirst();
        RecordsAction answer = RecordsEffects.answer(asked.id(), (RecordsEffect) asked.effect(), shelf.file());
        shelf.driver().advanceBy(60 * SECOND);
        assertThat(refused(shelf)).containsExactly(7L);
        shelf.driver().input(new Input(answer, asked.id()));
        assertThat(shelf.state().stock().providers()).isZero();
        shelf.advanceBy(2 * DiskReducer.RETRY);
        assertThat(shelf.state().stock().providers()).isEqualTo(1);
    }

    @Test
    void whatIsDueAndDoesNotGoIsAskedForOnceAMinute() {
        Shelf shelf = Shelf.onDisk();
        shelf.provide(1, content(1));
        Stock stuck = shelf.state().stock();
        shelf.driver().advanceBy(48 * HOUR + SECOND);
        for (int i = 0; i < 5; i++) {
            Turn.Emitted asked = shelf.driver().awaiting().getFirst();
            shelf.driver().answer(asked.id(), new RecordsAction.Collected(asked.id(), RecordKind.PROVIDERS, 0, stuck));
            assertThat(shelf.driver().awaiting()).isEmpty();
            shelf.driver().advanceBy(DiskReducer.RETRY - SECOND);
            assertThat(shelf.driver().awaiting()).isEmpty();
            shelf.driver().advanceBy(2 * SECOND);
        }
    }

    @Test
    void twoValuesForOneKeyMeetAndTheBetterOneStays() {
        Shelf shelf = Shelf.onDisk();
        ask(shelf, 1, 1, new KadQuestion.PutValue(ValueRecord.of(KEY, Marked.value(2))));
        ask(shelf, 2, 2, new KadQuestion.PutValue(ValueRecord.of(KEY, Marked.value(1))));
        // Both have seen that there is none, before one has taken its place.
        shelf.settle();
        assertThat(answered(shelf)).containsExactly(1L);
        assertThat(refused(shelf)).containsExactly(2L);
        assertThat(shelf.value(KEY)).contains(Marked.value(2));
        assertThat(shelf.state().tally().refused().at(Refusal.WORSE_VALUE)).isEqualTo(1);
    }

    @Test
    void expiryIsAskedForAgainAfterAFailureAndOnceOfAKindAtATime() {
        Shelf shelf = Shelf.onDisk();
        for (int i = 0; i < 200; i++) {
            shelf.provide(i % 50, content(i));
        }
        shelf.driver().advanceBy(48 * HOUR);
        assertThat(shelf.driver().awaiting()).hasSize(1);
        fail(shelf, StoreFailure.LOCKED);
        shelf.provide(60, content(1000));
        assertThat(shelf.driver().awaiting()).isEmpty();
        shelf.advanceBy(DiskReducer.RETRY + SECOND);
        assertThat(shelf.state().stock().providers()).isEqualTo(1);
        assertThat(shelf.state().tally().expired().at(RecordKind.PROVIDERS)).isEqualTo(200);
    }

    @Test
    void recordsOfTheStateAreLeftBehindByAFile() {
        Shelf shelf = Shelf.with();
        shelf.provide(1, content(1));
        shelf.driver().boot(Table.of("records.store", "sqlite"));
        shelf.settle();
        assertThat(shelf.driver().actions(RecordsAction.LeftBehind.class))
                .containsExactly(new RecordsAction.LeftBehind(RecordKind.PROVIDERS, 1));
        assertThat(shelf.who(content(1))).isEmpty();
    }

    @Test
    void whereTheRecordsAreDoesNotChangeWhileTheNodeRuns() {
        Shelf shelf = Shelf.onDisk();
        shelf.configure("maxDiskQuestions", 1);
        assertThat(shelf.state().disk().isUsed()).isTrue();
        provide(shelf, 1, 1, content(1));
        provide(shelf, 2, 2, content(1));
        assertThat(refused(shelf)).containsExactly(2L);
    }
}
