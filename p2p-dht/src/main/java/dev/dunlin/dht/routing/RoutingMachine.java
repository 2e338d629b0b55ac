package dev.dunlin.dht.routing;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerOutcome;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;

/** The routing machine. */
public final class RoutingMachine {

    /** Its name. */
    public static final String NAME = "routing";

    /** The registration. */
    public static final Machine<Object, RoutingState, RoutingAction> ROUTING = Machine.of(NAME, RoutingState.INITIAL)
            .actions(RoutingAction.class, RoutingOutcome.class)
            .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
            .text(Key.TEXT)
            .text(Network.TEXT)
            .settings(RoutingConfig.SETTINGS)
            .boots(RoutingReducer::boot)
            .configures(RoutingReducer::configured)
            .guards(RoutingGuards.ALL)
            .reduces(RoutingReducer::reduce)
            .due(RoutingAction.SpaceDue.class, RoutingState::spaces, RoutingAction.SpaceDue::new)
            .on(
                    QueryAction.PeerHelped.class,
                    fact -> Network.of(fact.protocol()).isPresent(),
                    fact -> new RoutingAction.Helped(
                            fact.peer(), Network.of(fact.protocol()).orElseThrow(), fact.contact(), fact.from()))
            .on(
                    QueryAction.PeerFailed.class,
                    fact -> Network.of(fact.protocol()).isPresent(),
                    fact -> new RoutingAction.Failed(
                            fact.peer(), Network.of(fact.protocol()).orElseThrow(), fact.why()))
            .on(
                    PeerAction.Describe.class,
                    fact -> fact.whole() || !fact.protocols().isEmpty(),
                    fact -> new RoutingAction.Described(
                            fact.peer(),
                            fact.protocols(),
                            fact.record().map(PeerAction.Certified::addresses).orElse(fact.addresses())))
            .on(IdentifyAction.ObservedChanged.class, fact -> new RoutingAction.Observed(fact.believed()))
            .on(
                    ExchangeAction.Asked.class,
                    fact -> Network.of(fact.protocol()).isPresent(),
                    fact -> new RoutingAction.Asked(
                            fact.peer(), Network.of(fact.protocol()).orElseThrow(), fact.number(), (KadQuestion)
                                    fact.message()))
            .onOutcome(
                    Answered.class,
                    (ticket, fact) -> new RoutingAction.CheckAnswered(
                            ticket.key(), fact.peer(), fact.from(), (KadAnswer) fact.message()))
            .onOutcome(
                    AskFailed.class,
                    (ticket, fact) ->
                            new RoutingAction.CheckFailed(ticket.key(), fact.peer(), fact.why(), fact.detail()))
            .onOutcome(
                    PeerOutcome.Located.class,
                    (ticket, fact) -> new RoutingAction.Located(
                            RoutingReducer.questionOf(ticket),
                            fact.peer(),
                            RoutingReducer.networkOf(ticket),
                            fact.addresses()))
            .onOutcome(QueryOutcome.Done.class, (ticket, fact) -> new RoutingAction.LookupDone(ticket.key(), fact))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> fact.subject().kind().equals(OfPeer.KIND)
                            ? new RoutingAction.CheckFailed(
                                    ticket.key(),
                                    PeerId.parse(fact.subject().key()),
                                    AskFailure.BUSY,
                                    Refusals.why(fact))
                            : new RoutingAction.LookupRefused(ticket.key(), Refusals.why(fact)))
            .transitions("""
                    running: find, join, helped, failed, described, observed, spaceDue, asked, located, recordsAsked, entered, left

                    vetting, probing > noTask: checkAnswered, checkFailed
                    looking > noTask: lookupDone, lookupRefused""")
            .defaulted("routing", "resting", "{}")
            .defaulted("done", "query", "0")
            .defaulted("routing/checkAnswered", "from", "null")
            .defaulted("routing/helped", "from", "null")
            .defaulted("candidates", "away", "{}")
            .defaulted("candidates", "awayTurns", "{}")
            .defaulted("candidate", "said", "[]")
            .phases(RoutingState::phaseOf)
            .invariants(RoutingInvariants.ALL)
            .budget(budget());

    private RoutingMachine() {}

    private static long budget() {
        long contact = 2L * Contact.MAX_BYTES + Contact.MAX_ADDRESSES * 16L + 1024;
        long contacts = RoutingConfig.MOST_CONTACTS
                + 2L * RoutingConfig.MOST_CANDIDATES
                + 2L * RoutingConfig.MOST_CHECKS
                + RoutingConfig.MOST_BOOTSTRAP
                + Candidates.MOST_AWAY;
        return Network.values().length * contacts * contact + (1 << 20);
    }
}
