package dev.dunlin.dht.operation;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** The machine of operations, where values are judged by some validators. */
public final class OperationMachine {

    /** Its name. */
    public static final String NAME = "dht";

    static final int REQUEST_BITS = 16;

    /** {@link Effort#NONE}, of logs that have none. */
    private static final String NO_EFFORT = "{\"asked\":0,\"answers\":0,\"lookups\":[]}";

    private OperationMachine() {}

    /** The registration. */
    public static Machine<Object, OperationState, OperationAction> of(Validators validators) {
        return Machine.of(NAME, OperationState.INITIAL)
                .actions(OperationAction.class, OperationOutcome.class)
                .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
                .text(Key.TEXT)
                .text(Network.TEXT)
                .settings(OperationConfig.SETTINGS)
                .boots(OperationReducer::boot)
                .configures((own, config, now) -> own.configured(OperationConfig.of(config)))
                .guards(new OperationGuards(validators).all())
                .reduces((own, action, ctx) -> OperationReducer.reduce(validators, own, action, ctx))
                .due(OperationAction.OperationDue.class, OperationState::running, OperationAction.OperationDue::new)
                .onOutcome(
                        RecordsOutcome.LocalValue.class,
                        (ticket, fact) -> new OperationAction.Recalled(ticket.key(), fact.record(), List.of()))
                .onOutcome(
                        RecordsOutcome.LocalProviders.class,
                        (ticket, fact) ->
                                new OperationAction.Recalled(ticket.key(), Optional.empty(), fact.providers()))
                .onOutcome(
                        RoutingOutcome.Found.class,
                        (ticket, fact) -> new OperationAction.Seeded(
                                operation(ticket), network(ticket), fact.nearest(), fact.size()))
                .onOutcome(
                        QueryOutcome.Told.class,
                        (ticket, fact) -> new OperationAction.Answered(
                                operation(ticket), network(ticket), fact.peer(), fact.from(), fact.answer()))
                .onOutcome(
                        QueryOutcome.Done.class,
                        (ticket, fact) -> new OperationAction.Searched(operation(ticket), network(ticket), fact))
                .onOutcome(
                        dev.dunlin.connection.exchange.ExchangeOutcome.Answered.class,
                        (ticket, fact) -> new OperationAction.StoreAnswered(
                                ticket.key() >>> REQUEST_BITS, request(ticket), fact.peer(), fact.from(), (KadAnswer)
                                        fact.message()))
                .onOutcome(
                        AskFailed.class,
                        (ticket, fact) -> new OperationAction.StoreFailed(
                                ticket.key() >>> REQUEST_BITS, request(ticket), fact.peer(), fact.why(), fact.detail()))
                .onOutcome(Refused.class, OperationMachine::refused)
                .on(
                        IdentifyAction.AddressesBound.class,
                        fact -> new OperationAction.Listened(fact.listener(), fact.addresses()))
                .on(IdentifyAction.AddressesUnbound.class, fact -> new OperationAction.Unlistened(fact.listener()))
                .on(IdentifyAction.ObservedChanged.class, fact -> new OperationAction.Observed(fact.believed()))
                .transitions("""
                        running: start, stop, listened, unlistened, observed

                        searching > storing: searched, unsearched
                        searching > noOperation: recalled, seeded, unsearched, searched, operationDue, stop, booted
                        storing > noOperation: storeAnswered, storeFailed, operationDue, stop, booted
                        searching: recalled, seeded, unsearched, answered, searched, storeAnswered, storeFailed
                        storing: storeAnswered, storeFailed""")
                .defaulted("operationConfig", "isOn", "true")
                .defaulted("operation", "effort", NO_EFFORT)
                .defaulted("peer", "named", "{}")
                .defaulted("dht/answered", "from", "null")
                .defaulted("dht/storeAnswered", "from", "null")
                .defaulted("dht/done", "effort", NO_EFFORT)
                .defaulted("done", "query", "0")
                .defaulted("candidate", "said", "[]")
                .phases(OperationState::phaseOf)
                .invariants(OperationInvariants.ALL)
                .budget(budget());
    }

    private static OperationAction refused(Ticket ticket, Refused fact) {
        return switch (fact.subject().kind()) {
            case OfPeer.KIND ->
                new OperationAction.StoreFailed(
                        ticket.key() >>> REQUEST_BITS,
                        request(ticket),
                        PeerId.parse(fact.subject().key()),
                        AskFailure.BUSY,
                        Refusals.why(fact));
            case RecordsAction.OfValue.KIND, RecordsAction.OfContent.KIND ->
                new OperationAction.Recalled(ticket.key(), Optional.empty(), List.of());
            default -> new OperationAction.Unsearched(operation(ticket), network(ticket), Refusals.why(fact));
        };
    }

    private static long operation(Ticket ticket) {
        return ticket.key() >>> 1;
    }

    private static Network network(Ticket ticket) {
        return Network.values()[(int) (ticket.key() & 1)];
    }

    private static int request(Ticket ticket) {
        return (int) ticket.key() & (1 << REQUEST_BITS) - 1;
    }

    private static long budget() {
        long contact = 2L * Contact.MAX_BYTES + Contact.MAX_ADDRESSES * 16L + 1024;
        long nodes = 3L * Terms.MOST_WANTED * Terms.MOST_PATHS;
        long traces = Network.values().length * (nodes * contact + Part.MOST * 512L);
        long operation = nodes * contact
                + traces
                + 2L * ValueRecord.MAX_VALUE
                + Goal.MOST_PROVIDERS * 64L
                + Goal.Found.Peer.MOST_NAMED * (Multiaddr.MAX_BYTES + 64L)
                + 2L * Goal.MOST_NODES * contact;
        return OperationConfig.MOST_OPERATIONS * operation
                + OwnAddresses.MAX_LISTENERS * 64L * (Multiaddr.MAX_BYTES + 16);
    }
}
