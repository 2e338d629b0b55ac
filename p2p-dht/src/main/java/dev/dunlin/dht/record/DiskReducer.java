package dev.dunlin.dht.record;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsAction.Answer;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** The records machine where the records are in a file: it asks for them, and does what the rules say once it is answered. */
record DiskReducer(RecordsState own, Validators validators, Moment now, Context ctx) {

    /** How long after a failure what has expired is asked for again, microseconds. */
    static final long RETRY = 60_000_000;

    /** After a boot: what the last run asked for is over, and how much there is has to be told. */
    static RecordsState boot(RecordsState own, DiskConfig config, Context ctx) {
        leftBehind(RecordKind.VALUES, own.values().held().size(), ctx);
        leftBehind(RecordKind.PROVIDERS, own.providers().records(), ctx);
        Disk disk = Disk.of(config, own.disk().stock(), own.disk().tally());
        return own.with(ValueStore.EMPTY)
                .with(ProviderStore.EMPTY)
                .with(disk.asked(ctx.effect(new RecordsEffect.Count()), new Question.Survey(), ctx.now()));
    }

    private static void leftBehind(RecordKind kind, int records, Context ctx) {
        if (records > 0) {
            ctx.then(new RecordsAction.LeftBehind(kind, records));
        }
    }

    // Questions

    RecordsState asked(RecordsAction.ValueAsked asked) {
        Question question = new Question.ValueWanted(asked.peer(), asked.question(), asked.key(), asked.closer());
        Optional<Refusal> refusal = own.disk().refusal(question);
        return refusal.isPresent()
                ? untold(asked.question(), refusal.get(), valueUntold(asked.key(), asked.peer(), refusal.get(), ""))
                : ask(question, new RecordsEffect.FindValue(asked.key()));
    }

    RecordsState asked(RecordsAction.ProvidersAsked asked) {
        Question question = new Question.ProvidersWanted(
                asked.peer(), asked.network(), asked.question(), asked.key(), asked.closer());
        Optional<Refusal> refusal = own.disk().refusal(question);
        return refusal.isPresent()
                ? untold(asked.question(), refusal.get(), providersUntold(asked.key(), asked.peer(), refusal.get(), ""))
                : ask(question, new RecordsEffect.FindProviders(asked.key()));
    }

    RecordsState wished(RecordsAction.GetLocal wish) {
        return ask(new Question.LocalValueWanted(wish.ticket(), wish.key()), new RecordsEffect.FindValue(wish.key()));
    }

    RecordsState wished(RecordsAction.GetLocalProviders wish) {
        return ask(
                new Question.LocalProvidersWanted(wish.ticket(), wish.key()),
                new RecordsEffect.FindProviders(wish.key()));
    }

    RecordsState wished(RecordsAction.Put wish) {
        return ask(toStore(wish), new RecordsEffect.FindValue(wish.key()));
    }

    static Question.ValueToStore toStore(RecordsAction.Put wish) {
        return new Question.ValueToStore(Optional.empty(), 0, wish.ticket(), wish.record(), 0);
    }

    /** A value that is valid. */
    RecordsState sent(RecordsAction.ValueSent sent) {
        Question.ValueToStore question =
                new Question.ValueToStore(Optional.of(sent.peer()), sent.question(), Ticket.NONE, sent.record(), 0);
        Optional<Refusal> refusal = own.disk().refusal(question);
        return refusal.isPresent()
                ? refused(question, refusal.get(), "")
                : ask(question, new RecordsEffect.FindValue(sent.key()));
    }

    /**
     * What a peer provides itself.
     *
     * @param addresses where it is, in the network that the filter is of
     * @param ignored how many others it told of
     */
    RecordsState sent(RecordsAction.ProvidersSent sent, List<Multiaddr> addresses, AddressFilter filter, int ignored) {
        Question.ProviderToStore question =
                new Question.ProviderToStore(sent.peer(), sent.question(), sent.key(), ignored);
        Optional<Refusal> refusal = own.disk().refusal(question);
        return refusal.isPresent()
                ? refused(question, refusal.get())
                : ask(
                        question,
                        new RecordsEffect.StoreProvider(sent.key(), sent.peer(), addresses, filter, now, own.config()));
    }

    /** Something may have expired. Its time moves on beyond that of the request, so that there is one of a kind. */
    RecordsState expired(RecordKind kind) {
        long again = ctx.now() + own.disk().config().diskTimeout() + RecordsReducer.PAUSE;
        RecordsState asked = ask(
                new Question.Collection(kind),
                new RecordsEffect.Collect(kind, now, own.config(), RecordsReducer.BATCH));
        return awaiting(asked.with(asked.disk().collecting(kind, again)), kind);
    }

    private RecordsState ask(Question question, RecordsEffect effect) {
        ActionId request = ctx.effect(effect);
        return own.with(own.disk().asked(request, question, ctx.now()));
    }

    /** With the time at which the oldest of a kind expires, as far as the file has told of it. */
    static RecordsState awaiting(RecordsState own, RecordKind kind) {
        return own.awaiting(kind, own.disk().collected().or(kind, Long.MIN_VALUE));
    }

    // Answers

    RecordsState answered(Answer answer) {
        Question question = own.disk().waiting().running().at(answer.request()).question();
        Disk ended = own.disk().ended(answer.request(), ctx.now());
        return switch (answer) {
            case RecordsAction.ValueFound fact -> with(ended.read()).found(question, fact);
            case RecordsAction.ValueKept fact ->
                stocked(ended, fact.stock()).kept((Question.ValueToStore) question, fact);
            case RecordsAction.ValueUnkept fact ->
                stocked(ended, fact.stock()).refused((Question.ValueToStore) question, fact.why(), "");
            case RecordsAction.ProvidersFound fact -> with(ended.read()).found(question, fact);
            case RecordsAction.ProviderKept fact ->
                stocked(ended, fact.stock()).kept((Question.ProviderToStore) question, fact);
            case RecordsAction.ProviderUnkept fact ->
                stocked(ended, fact.stock())
                        .displaced(RecordKind.PROVIDERS, fact.displaced())
                        .refused((Question.ProviderToStore) question, fact.why());
            case RecordsAction.Collected fact ->
                stocked(
                                // What is due and did not go is damage, or a clock that steps: no reason to ask at
                                // once.
                                ended.collecting(
                                        fact.kind(), ctx.now() + (fact.records() > 0 ? RecordsReducer.PAUSE : RETRY)),
                                fact.stock())
                        .collected(fact.kind(), fact.records());
            case RecordsAction.Surveyed fact -> stocked(ended, fact.stock()).own();
            case RecordsAction.DiskFailed fact ->
                with(ended.failed(fact.why())).unsure(fact.why()).failed(question, why(fact));
        };
    }

    /** Another file may be there, or more may be in it than this node has heard of: what is in it is told anew soon. */
    private DiskReducer unsure(StoreFailure why) {
        if (why != StoreFailure.CORRUPT && why != StoreFailure.LATE) {
            return this;
        }
        long again = ctx.now() + RETRY;
        return with(own.expecting(RecordKind.VALUES, again).expecting(RecordKind.PROVIDERS, again));
    }

    RecordsState overdue(ActionId request, Question question) {
        return with(own.disk().ended(request, ctx.now()).failed(StoreFailure.LATE))
                .unsure(StoreFailure.LATE)
                .failed(question, StoreFailure.LATE.sentence());
    }

    private static String why(RecordsAction.DiskFailed fact) {
        return fact.detail().isEmpty() ? fact.why().sentence() : fact.why().sentence() + ": " + fact.detail();
    }

    private DiskReducer with(Disk changed) {
        return with(own.with(changed));
    }

    private DiskReducer with(RecordsState changed) {
        return new DiskReducer(changed, validators, now, ctx);
    }

    /** After an answer that tells how much there is. Of the other kind it may be news as well, as when another file was begun. */
    private DiskReducer stocked(Disk ended, Stock stock) {
        RecordsState told = own.with(ended.worked().with(stock));
        return with(awaiting(awaiting(told, RecordKind.VALUES), RecordKind.PROVIDERS));
    }

    private DiskReducer displaced(RecordKind kind, int records) {
        if (records > 0) {
            ctx.then(new RecordsAction.Displaced(kind, records));
        }
        return with(own.with(own.tally().displaced(kind, records)));
    }

    private ValueRules values() {
        return new ValueRules(own.config(), validators, now);
    }

    private RecordsState found(Question question, RecordsAction.ValueFound fact) {
        return switch (question) {
            case Question.ValueWanted(PeerId asker, long number, Bytes key, List<Contact> closer) -> {
                ctx.then(new ExchangeAction.Reply(
                        number,
                        KadAnswer.FoundValue.of(values().told(key, fact.held()), RecordsReducer.infos(closer, asker))));
                yield own;
            }
            case Question.LocalValueWanted(Ticket ticket, Bytes key) -> {
                ctx.then(new RecordsOutcome.LocalValue(ticket, values().told(key, fact.held())));
                yield own;
            }
            case Question.ValueToStore store -> found(store, fact.held());
            case Question.ProvidersWanted _,
                    Question.LocalProvidersWanted _,
                    Question.ProviderToStore _,
                    Question.Collection _,
                    Question.Survey _ -> own;
        };
    }

    private RecordsState found(Question.ValueToStore store, Optional<HeldValue> held) {
        if (values().isWorse(store.record(), held)) {
            return refused(store, Refusal.WORSE_VALUE, "");
        }
        return store.tries() == Question.ValueToStore.MOST_TRIES
                ? refused(store, Refusal.DISK_CONTENDED, "")
                : ask(
                        store.again(),
                        new RecordsEffect.StoreValue(
                                store.record(), store.sender(), held.map(HeldValue::received), now, own.config()));
    }

    private RecordsState found(Question question, RecordsAction.ProvidersFound fact) {
        ProviderRules rules = new ProviderRules(own.config(), now);
        switch (question) {
            case Question.ProvidersWanted(
                    PeerId asker,
                    Network network,
                    long number,
                    Bytes key,
                    List<Contact> closer) -> {
                List<PeerInfo> told =
                        rules.told(fact.providers(), network.filter(own.config().isScoped()), ctx.random());
                ctx.then(new ExchangeAction.Reply(
                        number, KadAnswer.FoundProviders.of(told, RecordsReducer.infos(closer, asker))));
            }
            case Question.LocalProvidersWanted(Ticket ticket, Bytes _) ->
                ctx.then(new RecordsOutcome.LocalProviders(ticket, rules.all(fact.providers())));
            case Question.ValueWanted _,
                    Question.LocalValueWanted _,
                    Question.ValueToStore _,
                    Question.ProviderToStore _,
                    Question.Collection _,
                    Question.Survey _ -> {
                // Its guard has seen that it is none of these.
            }
        }
        return own;
    }

    private RecordsState kept(Question.ValueToStore store, RecordsAction.ValueKept fact) {
        ValueRecord record = store.record();
        ctx.then(
                store.sender().isPresent()
                        ? new ExchangeAction.Reply(store.question(), new KadAnswer.StoredValue(record))
                        : new RecordsOutcome.Stored(store.ticket()));
        DiskReducer after = displaced(RecordKind.VALUES, fact.displaced());
        ctx.then(new RecordsAction.ValueStored(
                record.key(), store.sender(), record.value().size(), fact.change()));
        return after.own.with(after.own.tally().stored(RecordKind.VALUES));
    }

    private RecordsState kept(Question.ProviderToStore store, RecordsAction.ProviderKept fact) {
        DiskReducer after = displaced(RecordKind.PROVIDERS, fact.displaced());
        ctx.then(new ExchangeAction.Reply(store.question(), new KadAnswer.Added(store.key())));
        ctx.then(new RecordsAction.ProviderStored(store.key(), store.sender(), fact.isNew(), store.ignored()));
        return after.own.with(after.own.tally().ignored(store.ignored()).stored(RecordKind.PROVIDERS));
    }

    private RecordsState collected(RecordKind kind, int records) {
        if (records > 0) {
            ctx.then(new RecordsAction.Expired(kind, records));
        }
        return own.with(own.tally().expired(kind, records));
    }

    private RecordsState failed(Question question, String detail) {
        return switch (question) {
            case Question.ValueWanted(PeerId asker, long number, Bytes key, List<Contact> _) ->
                untold(number, Refusal.DISK_FAILED, valueUntold(key, asker, Refusal.DISK_FAILED, detail));
            case Question.ProvidersWanted(PeerId asker, Network _, long number, Bytes key, List<Contact> _) ->
                untold(number, Refusal.DISK_FAILED, providersUntold(key, asker, Refusal.DISK_FAILED, detail));
            case Question.LocalValueWanted(Ticket ticket, Bytes _) -> {
                // What others know is asked for all the same.
                ctx.then(new RecordsOutcome.LocalValue(ticket, Optional.empty()));
                yield own;
            }
            case Question.LocalProvidersWanted(Ticket ticket, Bytes _) -> {
                ctx.then(new RecordsOutcome.LocalProviders(ticket, List.of()));
                yield own;
            }
            case Question.ValueToStore store -> refused(store, Refusal.DISK_FAILED, detail);
            case Question.ProviderToStore store -> refused(store, Refusal.DISK_FAILED);
            case Question.Collection(RecordKind kind) ->
                awaiting(own.with(own.disk().collecting(kind, ctx.now() + RETRY)), kind);
            // What has expired is asked for, and how much there is comes with the answer.
            case Question.Survey() -> {
                long again = ctx.now() + RETRY;
                yield own.expecting(RecordKind.VALUES, again).expecting(RecordKind.PROVIDERS, again);
            }
        };
    }

    private static RecordsAction valueUntold(Bytes key, PeerId peer, Refusal why, String detail) {
        return new RecordsAction.ValueUntold(key, peer, why, detail);
    }

    private static RecordsAction providersUntold(Bytes key, PeerId peer, Refusal why, String detail) {
        return new RecordsAction.ProvidersUntold(key, peer, why, detail);
    }

    private RecordsState untold(long question, Refusal why, RecordsAction fact) {
        ctx.then(new ExchangeAction.Refuse(question));
        ctx.then(fact);
        return own.with(own.tally().refused(why));
    }

    private RecordsState refused(Question.ValueToStore store, Refusal why, String detail) {
        if (store.sender().isPresent()) {
            ctx.then(new ExchangeAction.Refuse(store.question()));
            ctx.then(new RecordsAction.ValueRefused(
                    store.record().key(), store.sender().get(), why, detail));
        } else {
            ctx.then(new RecordsOutcome.NotStored(store.ticket(), why, detail));
        }
        return own.with(own.tally().refused(why));
    }

    private RecordsState refused(Question.ProviderToStore store, Refusal why) {
        ctx.then(new ExchangeAction.Refuse(store.question()));
        ctx.then(new RecordsAction.ProviderRefused(store.key(), store.sender(), why, store.ignored()));
        return own.with(own.tally().refused(why).ignored(store.ignored()));
    }
}
