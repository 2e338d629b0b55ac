package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.routing.RoutingAction.RecordsAsked;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;

/** The records machine. */
public final class RecordsMachine {

    /** Its name. */
    public static final String NAME = "records";

    private RecordsMachine() {}

    /**
     * The registration.
     *
     * @param validators of the values that are taken: others are refused
     */
    public static Machine<Object, RecordsState, RecordsAction> of(Validators validators) {
        return Machine.of(NAME, RecordsState.INITIAL)
                .actions(RecordsAction.class, RecordsEffect.class, RecordsOutcome.class)
                .text(Key.TEXT)
                .text(RecordKind.TEXT)
                .text(Refusal.TEXT)
                .text(StoreFailure.TEXT)
                .settings(RecordsConfig.SETTINGS.and(DiskConfig.SETTINGS))
                .boots(RecordsReducer::boot)
                .configures(RecordsReducer::configured)
                .guards(RecordsGuards.of(validators))
                .reduces((own, action, ctx) -> RecordsReducer.reduce(own, action, validators, ctx))
                .due(RecordsAction.ExpiryDue.class, RecordsState::expiries, RecordsAction.ExpiryDue::new)
                .due(
                        RecordsAction.DiskDue.class,
                        own -> own.disk().waiting().running(),
                        (request, waiting) -> new RecordsAction.DiskDue(request, waiting.question()))
                .on(NodeAction.ClockStepped.class, fact -> new RecordsAction.ClockMoved())
                .on(
                        RecordsAsked.class,
                        fact -> fact.message() instanceof KadQuestion.GetValue,
                        RecordsMachine::valueAsked)
                .on(
                        RecordsAsked.class,
                        fact -> fact.message() instanceof KadQuestion.PutValue,
                        RecordsMachine::valueSent)
                .on(
                        RecordsAsked.class,
                        fact -> fact.message() instanceof KadQuestion.GetProviders,
                        RecordsMachine::providersAsked)
                .on(
                        RecordsAsked.class,
                        fact -> fact.message() instanceof KadQuestion.AddProvider,
                        RecordsMachine::providersSent)
                .transitions("""
                        noValue > held: valueSent, put
                        held > noValue: expiryDue, valueSent, put
                        noValue, held: valueAsked, valueSent, getLocal, valueStored, valueRefused, valueUntold
                        held: put

                        noProviders > provided: providersSent
                        provided > noProviders: expiryDue, providersSent
                        noProviders, provided: providersAsked, providersSent, getLocalProviders, providerStored, providerRefused
                        noProviders, provided: providersUntold

                        noValue, held, noProviders, provided > onDisk: booted
                        onDisk > noValue: booted
                        onDisk > noProviders: booted
                        onDisk: valueAsked, valueSent, getLocal, put, valueStored, valueRefused, valueUntold
                        onDisk: valueFound, valueKept, valueUnkept
                        onDisk: providersAsked, providersSent, getLocalProviders, providerStored, providerRefused, providersUntold
                        onDisk: providersFound, providerKept, providerUnkept

                        running: expiryDue, clockMoved, expired, displaced, leftBehind
                        running: collected, surveyed, diskFailed, diskDue""")
                .defaulted(NAME, "disk", Disk.NONE_JSON)
                .phases(RecordsState::phaseOf)
                .invariants(RecordsInvariants.ALL)
                .budget(budget());
    }

    private static RecordsAction valueAsked(RecordsAsked fact) {
        return new RecordsAction.ValueAsked(
                fact.peer(), fact.network(), fact.question(), fact.message().key(), fact.closer());
    }

    private static RecordsAction valueSent(RecordsAsked fact) {
        return new RecordsAction.ValueSent(
                fact.peer(), fact.network(), fact.question(), ((KadQuestion.PutValue) fact.message()).record());
    }

    private static RecordsAction providersAsked(RecordsAsked fact) {
        return new RecordsAction.ProvidersAsked(
                fact.peer(), fact.network(), fact.question(), fact.message().key(), fact.closer());
    }

    private static RecordsAction providersSent(RecordsAsked fact) {
        return new RecordsAction.ProvidersSent(
                fact.peer(),
                fact.network(),
                fact.question(),
                fact.message().key(),
                ((KadQuestion.AddProvider) fact.message()).providers());
    }

    private static long budget() {
        // Bytes take a word of length and one of rounding, each entry the words of its numbers.
        long peer = 64 + 16;
        long values = RecordsConfig.MOST_VALUE_BYTES + RecordsConfig.MOST_VALUES * (2 * 16 + 2 * peer + 8 * 8L);
        long addresses = 2L * (Provider.MAX_BYTES + Multiaddr.MAX_BYTES) + 2 * Provider.MAX_ADDRESSES * 16L;
        long provider = KadQuestion.MAX_CONTENT_KEY + 16 + 2 * peer + addresses + 16 * 8L;
        long question = 2 * KadQuestion.MAX_CONTENT_KEY + 2 * peer + 32 * (2L * Contact.MAX_BYTES + 1024);
        long disk = DiskConfig.MOST_BYTES + DiskConfig.MOST_QUESTIONS * question;
        return values + RecordsConfig.MOST_PROVIDERS * provider + disk + (1 << 20);
    }
}
