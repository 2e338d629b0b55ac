package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.sim.MessageExchange.Sent;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadProtocol;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What another implementation of Kademlia by state machines does wrong, as its code shows: each is a case here. */
final class KnownDefectsTest {

    private static final long SECOND = 1_000_000;
    private static final Ticket ONE = new Ticket(Ticket.API, 1);
    private static final Ticket TWO = new Ticket(Ticket.API, 2);

    private final StoreDriver<KadRoot> node = StoreDriver.of(KadRoot.store(AnyValue.VALIDATORS));
    private int answered;

    KnownDefectsTest() {
        node.boot(Health.SERVERS.with("node.peerId", Contacts.contact(0).peer().toString()));
    }

    /** It knows these nodes, and its first round of lookups is over. */
    private void knows(int first, int last) {
        for (int number = first; number <= last; number++) {
            Contact contact = Contacts.contact(number);
            node.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
        }
        answerAll(question -> Optional.of(KadAnswer.FoundNodes.of(List.of())));
        assertThat(node.root().query().pool().running().isEmpty()).isTrue();
    }

    private List<Sent.Question> unanswered() {
        List<Sent.Question> all = node.effects(Sent.Question.class);
        return all.subList(answered, all.size());
    }

    /** Answers what was asked, and what is asked then, until nothing is asked any more; nothing where there is no answer. */
    private void answerAll(Function<Sent.Question, Optional<KadAnswer>> answers) {
        while (!unanswered().isEmpty()) {
            Sent.Question question = unanswered().getFirst();
            answered++;
            answers.apply(question)
                    .ifPresent(answer -> node.dispatch(MessageExchange.answered(question.ask(), answer, 1)));
        }
    }

    private Space space() {
        return node.root().routing().spaces().at(Network.WIDE);
    }

    private static QueryAction.Start start(int wanted, int width, List<Contact> seeds) {
        return new QueryAction.Start(
                ONE,
                Ticket.API,
                KadProtocol.NAME,
                new KadQuestion.FindNode(Bytes.of((byte) 1)),
                seeds,
                AddressFilter.ANY,
                new Terms(wanted, width, new Terms.Termination.Closest(), false, 1));
    }

    private static List<Contact> contacts(int first, int last) {
        List<Contact> contacts = new ArrayList<>();
        for (int number = first; number <= last; number++) {
            contacts.add(Contacts.contact(number));
        }
        return contacts;
    }

    /** Nothing wakes the node but its own deadlines: what nobody answers ends all the same, once, and is told. */
    @Test
    void deadlinesNeedNoOtherEvent() {
        node.dispatch(start(20, 3, contacts(1, 200)));
        node.advanceBy(59 * SECOND);
        assertThat(node.actions(QueryOutcome.Done.class)).isEmpty();
        node.advanceBy(2 * SECOND);
        assertThat(node.actions(QueryOutcome.Done.class))
                .singleElement()
                .satisfies(done -> assertThat(done.end()).isEqualTo(QueryOutcome.End.TIMED_OUT));
        node.advanceBy(600 * SECOND);
        assertThat(node.actions(QueryOutcome.Done.class)).hasSize(1);
        assertThat(node.root().query().pool().running().isEmpty()).isTrue();
    }

    /** A lookup for a sparse bucket goes to that part of the id space, whoever is near to this node itself. */
    @Test
    void sparseBucketsAreLookedForWhereTheyAre() {
        knows(1, 40);
        Key self = Contacts.contact(0).key();
        List<QueryAction.Start> lookups = node.actions(QueryAction.Start.class);
        assertThat(lookups).hasSizeGreaterThan(3);
        assertThat(Key.ofPreimage(lookups.getFirst().question().key())).isEqualTo(self);
        List<Integer> buckets = new ArrayList<>();
        // Behind them those for keys anywhere, which tell how many nodes there are.
        for (QueryAction.Start lookup : lookups.subList(1, lookups.size() - 5)) {
            Key target = Key.ofPreimage(lookup.question().key());
            buckets.add(self.commonPrefix(target));
            assertThat(lookup.seeds())
                    .isSortedAccordingTo((one, other) -> target.compareDistances(one.key(), other.key()));
        }
        assertThat(buckets).isSorted().doesNotHaveDuplicates();
    }

    /** A round that nobody answers is over once, and the next begins when it is time. */
    @Test
    void aRoundWithoutAnswersIsOverOnce() {
        Contact contact = Contacts.contact(1);
        node.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
        assertThat(space().refresh().lookup()).isPositive();
        node.advanceBy(300 * SECOND);
        assertThat(node.actions(RoutingAction.LookupDone.class))
                .isNotEmpty()
                .extracting(RoutingAction.LookupDone::task)
                .doesNotHaveDuplicates();
        assertThat(node.root().routing().tasks().isEmpty()).isTrue();
        // Whoever did not answer was looked at, and stays: it is the last that is known, and nobody else has answered.
        assertThat(space().table().size()).isOne();
    }

    /** Checks that are never answered make room for others. */
    @Test
    void lostChecksDoNotStopInclusion() {
        for (int number = 1; number <= 30; number++) {
            speaks(Contacts.contact(number));
        }
        assertThat(unanswered()).hasSize(8);
        node.advanceBy(41 * SECOND);
        assertThat(node.effects(Sent.Question.class)).hasSize(30);
        answered = 30;
        speaks(Contacts.contact(31));
        answerAll(question -> Optional.of(KadAnswer.FoundNodes.of(List.of())));
        assertThat(space().table().contacts()).contains(Contacts.contact(31));
    }

    private void speaks(Contact contact) {
        node.dispatch(new PeerAction.Describe(
                contact.peer(),
                true,
                Optional.empty(),
                Optional.empty(),
                List.of(KadProtocol.wideId(KadProtocol.PREFIX.standard())),
                contact.addresses(),
                Optional.empty(),
                0));
    }

    /** A lookup is for as many as its asker wants, and each answer is told once. */
    @Test
    void whatIsWantedIsFoundAndToldOnce() {
        node.dispatch(start(2, 3, contacts(1, 30)));
        answerAll(question -> Optional.of(KadAnswer.FoundNodes.of(List.of())));
        QueryOutcome.Done done = node.actions(QueryOutcome.Done.class).getFirst();
        assertThat(done.closest()).hasSize(2);
        assertThat(node.actions(QueryOutcome.Told.class))
                .filteredOn(told -> told.ticket().equals(ONE))
                .hasSize(done.answers())
                .extracting(QueryOutcome.Told::peer)
                .doesNotHaveDuplicates();
    }

    /** Patience with all that are late ends in the same microsecond, whoever else is still waited for. */
    @Test
    void allThatAreLateAreReplacedAtOnce() {
        node.dispatch(start(20, 3, contacts(1, 30)));
        assertThat(unanswered()).hasSize(3);
        node.advanceBy(2_500_000 - 1);
        assertThat(unanswered()).hasSize(3);
        node.advanceBy(1);
        assertThat(unanswered()).hasSize(6);
    }

    private static PeerInfo info(Contact contact) {
        return new PeerInfo(contact.peer(), contact.addresses(), Connectedness.NOT_CONNECTED);
    }

    /** Two operations at once are each told their own, and one that waits keeps no other from going on. */
    @Test
    void operationsAtOnceGetTheirOwn() {
        knows(1, 25);
        Map<Bytes, Bytes> values = new HashMap<>();
        values.put(AnyValue.key("a"), Bytes.of((byte) 1));
        values.put(AnyValue.key("b"), Bytes.of((byte) 2));
        node.dispatch(new OperationAction.Start(ONE, new Goal.GetValue(AnyValue.key("a"), 3)));
        List<Sent.Question> ofOne = List.copyOf(unanswered());
        node.dispatch(new OperationAction.Start(TWO, new Goal.GetValue(AnyValue.key("b"), 3)));
        // The first is not answered until the second is over.
        answered += ofOne.size();
        answerAll(question -> answer(question, values));
        assertThat(node.actions(OperationOutcome.Done.class))
                .singleElement()
                .satisfies(done -> assertThat(done.ticket()).isEqualTo(TWO));
        for (Sent.Question question : ofOne) {
            answer(question, values)
                    .ifPresent(found -> node.dispatch(MessageExchange.answered(question.ask(), found, 1)));
        }
        answerAll(question -> answer(question, values));
        List<OperationOutcome.Done> done = node.actions(OperationOutcome.Done.class);
        assertThat(done).hasSize(2);
        for (OperationOutcome.Done each : done) {
            Bytes key = AnyValue.key(each.ticket().equals(ONE) ? "a" : "b");
            assertThat(each.found())
                    .isInstanceOfSatisfying(
                            Goal.Found.Value.class,
                            found -> assertThat(found.record())
                                    .isEqualTo(ValueRecord.of(key, Objects.requireNonNull(values.get(key)))));
        }
    }

    private static Optional<KadAnswer> answer(Sent.Question question, Map<Bytes, Bytes> values) {
        return Optional.of(
                switch ((KadQuestion) question.message()) {
                    case KadQuestion.GetValue(Bytes key) ->
                        KadAnswer.FoundValue.of(
                                Optional.of(ValueRecord.of(key, values.getOrDefault(key, Bytes.EMPTY))),
                                List.of(info(Contacts.contact(30))));
                    case KadQuestion.PutValue(ValueRecord record) -> new KadAnswer.StoredValue(record);
                    default -> KadAnswer.FoundNodes.of(List.of());
                });
    }

    /** An operation stores with few at a time, however many there are. */
    @Test
    void storesAreBounded() {
        knows(1, 40);
        node.dispatch(new OperationAction.Start(
                ONE, new Goal.PutValue(ValueRecord.of(AnyValue.key("a"), Bytes.of((byte) 1)))));
        answerAll(question -> question.message() instanceof KadQuestion.FindNode
                ? Optional.of(KadAnswer.FoundNodes.of(List.of()))
                : Optional.empty());
        List<Sent.Question> stores = puts();
        assertThat(stores).hasSize(10);
        for (int i = 0; i < 20; i++) {
            Sent.Question store = puts().get(i);
            node.dispatch(MessageExchange.answered(
                    store.ask(), new KadAnswer.StoredValue(((KadQuestion.PutValue) store.message()).record()), 1));
            assertThat(puts()).hasSize(Math.min(20, 11 + i));
        }
        assertThat(node.actions(OperationOutcome.Done.class)).singleElement().satisfies(done -> {
            assertThat(done.result()).isEqualTo(OperationOutcome.Result.FINISHED);
            assertThat(done.stored()).isEqualTo(20);
        });
    }

    private List<Sent.Question> puts() {
        return node.effects(Sent.Question.class).stream()
                .filter(question -> question.message() instanceof KadQuestion.PutValue)
                .toList();
    }
}
