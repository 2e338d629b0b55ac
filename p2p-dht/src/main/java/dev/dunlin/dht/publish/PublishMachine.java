package dev.dunlin.dht.publish;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;

/** The publish machine. */
public final class PublishMachine {

    /** Its name. */
    public static final String NAME = "publish";

    private PublishMachine() {}

    /** What another machine does for it; with a number it makes a ticket. */
    enum Errand {
        /** To find nodes. */
        SEARCH,
        /** To tell one of a key. */
        STORE,
        /** To store a value. */
        PUT;

        private static final int BITS = 2;

        Ticket ticket(long number) {
            return new Ticket(NAME, number << BITS | ordinal());
        }

        static Errand of(Ticket ticket) {
            return values()[(int) ticket.key() & (1 << BITS) - 1];
        }

        static long number(Ticket ticket) {
            return ticket.key() >>> BITS;
        }
    }

    /**
     * The registration.
     *
     * @param validators of the values that are kept published: others are refused
     */
    public static Machine<Object, PublishState, PublishAction> of(Validators validators) {
        return Machine.of(NAME, PublishState.INITIAL)
                .actions(PublishAction.class, PublishOutcome.class)
                .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
                .text(Key.TEXT)
                .text(Network.TEXT)
                .text(Occasion.TEXT)
                .text(Turn.TEXT)
                .settings(PublishConfig.SETTINGS)
                .boots(PublishReducer::boot)
                .configures(PublishReducer::configured)
                .guards(new PublishGuards(validators).all())
                .reduces(PublishReducer::reduce)
                .due(PublishAction.SweepDue.class, PublishState::alarm, PublishAction.SweepDue::new)
                .due(PublishAction.ValueDue.class, PublishState::values, PublishAction.ValueDue::new)
                .onOutcome(
                        RoutingOutcome.Found.class,
                        (ticket, fact) -> new PublishAction.Seeded(Errand.number(ticket), fact.nearest()))
                .onOutcome(
                        QueryOutcome.Done.class,
                        (ticket, fact) -> new PublishAction.Searched(Errand.number(ticket), fact))
                .onOutcome(
                        ExchangeOutcome.Answered.class,
                        (ticket, fact) -> new PublishAction.StoreAnswered(
                                Errand.number(ticket), fact.peer(), (KadAnswer) fact.message()))
                .onOutcome(
                        ExchangeOutcome.AskFailed.class,
                        (ticket, fact) -> new PublishAction.StoreFailed(
                                Errand.number(ticket), fact.peer(), fact.why(), fact.detail()))
                .onOutcome(
                        OperationOutcome.Done.class,
                        (ticket, fact) ->
                                new PublishAction.ValuePut(Errand.number(ticket), fact.stored(), fact.failed()))
                .onOutcome(Refused.class, PublishMachine::refused)
                .on(NodeAction.ClockStepped.class, fact -> new PublishAction.ClockMoved())
                .on(
                        IdentifyAction.AddressesBound.class,
                        fact -> new PublishAction.Listened(fact.listener(), fact.addresses()))
                .on(IdentifyAction.AddressesUnbound.class, fact -> new PublishAction.Unlistened(fact.listener()))
                .on(IdentifyAction.ObservedChanged.class, fact -> new PublishAction.Observed(fact.believed()))
                .transitions("""
                        running: keep, forget, keepValue, forgetValue, valueDue, valuePut, valueRefused, swept, sweepAbandoned
                        running: clockMoved, listened, unlistened, observed

                        idle > seeding: sweepDue
                        seeding > exploring: seeded
                        exploring > storing: searched
                        storing > idle: storeAnswered, storeFailed, booted
                        exploring > idle: searched, unsearched, booted
                        seeding > idle: seeded, unsearched, booted
                        seeding: seeded, unsearched
                        exploring: searched
                        storing: storeAnswered, storeFailed""")
                .defaulted("operationConfig", "isOn", "true")
                .defaulted("done", "query", "0")
                .defaulted("candidate", "said", "[]")
                .phases(PublishState::phaseOf)
                .invariants(PublishInvariants.ALL)
                .budget(budget());
    }

    private static PublishAction refused(Ticket ticket, Refused fact) {
        long number = Errand.number(ticket);
        String why = Refusals.why(fact);
        return switch (Errand.of(ticket)) {
            case SEARCH -> new PublishAction.Unsearched(number, why);
            case STORE ->
                new PublishAction.StoreFailed(
                        number, PeerId.parse(fact.subject().key()), AskFailure.BUSY, why);
            case PUT -> new PublishAction.ValueRefused(number, why);
        };
    }

    private static long budget() {
        // Bytes take a word of length and one of rounding, each entry the words of its numbers.
        long key = 3 * 32 + KadQuestion.MAX_CONTENT_KEY + 16 + 8 * 16;
        long value = 2L * KadQuestion.MAX_KEY + ValueRecord.MAX_VALUE + 256;
        long contact = 2L * Contact.MAX_BYTES + Contact.MAX_ADDRESSES * 16L + 1024;
        return PublishConfig.MOST_KEYS * key
                + PublishConfig.MOST_VALUES * value
                + 2L * Survey.MOST_LOOKUPS * Terms.MOST_WANTED * contact
                + (OwnAddresses.MAX_LISTENERS + 1) * 64L * (Multiaddr.MAX_BYTES + 16)
                + (1 << 20);
    }
}
