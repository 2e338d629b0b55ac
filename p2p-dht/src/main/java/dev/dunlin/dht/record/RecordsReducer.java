package dev.dunlin.dht.record;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** The records machine: it answers, and does what the rules of values and of providers say. */
record RecordsReducer(RecordsState own, Validators validators, Moment now, Context ctx) {

    /** The most keys that are looked at at once for what has expired. */
    static final int BATCH = 64;

    /** How long after it the next are, microseconds: what others ask comes between. */
    static final long PAUSE = 1_000;

    static RecordsState reduce(RecordsState own, RecordsAction action, Validators validators, Context ctx) {
        return new RecordsReducer(own, validators, own.clock().at(ctx.now()), ctx).reduce(action);
    }

    /** All is there still. What has expired meanwhile, if the clock is right, is not told, and goes once the clock is believed. */
    static RecordsState boot(RecordsState own, NodeAction.Booted booted, Context ctx) {
        RecordsState configured = own.with(RecordsConfig.of(booted.config()));
        DiskConfig disk = DiskConfig.of(booted.config());
        return stepped(
                switch (disk.store()) {
                    case MEMORY -> configured.with(Disk.NONE);
                    case SQLITE -> DiskReducer.boot(configured, disk, ctx);
                },
                ctx.now(),
                booted.wallTime());
    }

    static RecordsState configured(RecordsState own, Table<String, String> config, long now) {
        return awaiting(own.with(RecordsConfig.of(config)).with(own.disk().configured(DiskConfig.of(config))));
    }

    private static RecordsState stepped(RecordsState own, long now, long wallTime) {
        return awaiting(own.with(WallClock.stepped(now, wallTime, own.config().clockGrace())));
    }

    private static RecordsState awaiting(RecordsState own) {
        return DiskReducer.awaiting(DiskReducer.awaiting(own, RecordKind.VALUES), RecordKind.PROVIDERS);
    }

    private RecordsState reduce(RecordsAction action) {
        boolean isOnDisk = own.disk().isUsed();
        return switch (action) {
            case RecordsAction.ValueAsked asked when isOnDisk -> disk().asked(asked);
            case RecordsAction.ValueAsked asked -> {
                reply(
                        asked.question(),
                        KadAnswer.FoundValue.of(told(asked.key()), infos(asked.closer(), asked.peer())));
                yield own;
            }
            case RecordsAction.ValueSent sent -> sent(sent);
            case RecordsAction.ProvidersAsked asked when isOnDisk -> disk().asked(asked);
            case RecordsAction.ProvidersAsked asked -> {
                List<PeerInfo> told = providers()
                        .told(
                                ProviderRules.entries(store(), asked.key()),
                                asked.network().filter(own.config().isScoped()),
                                ctx.random());
                reply(asked.question(), KadAnswer.FoundProviders.of(told, infos(asked.closer(), asked.peer())));
                yield own;
            }
            case RecordsAction.ProvidersSent sent -> sent(sent);
            case RecordsAction.GetLocal wish when isOnDisk -> disk().wished(wish);
            case RecordsAction.GetLocal(Ticket ticket, Bytes key) -> {
                ctx.then(new RecordsOutcome.LocalValue(ticket, told(key)));
                yield own;
            }
            case RecordsAction.GetLocalProviders wish when isOnDisk -> disk().wished(wish);
            case RecordsAction.GetLocalProviders(Ticket ticket, Bytes key) -> {
                ctx.then(new RecordsOutcome.LocalProviders(
                        ticket, providers().all(ProviderRules.entries(store(), key))));
                yield own;
            }
            case RecordsAction.Put wish when isOnDisk -> disk().wished(wish);
            case RecordsAction.Put(Ticket ticket, ValueRecord record) -> {
                ctx.then(new RecordsOutcome.Stored(ticket));
                yield stored(record, Optional.empty(), room(record, Optional.empty()));
            }
            case RecordsAction.ExpiryDue(RecordKind kind) when isOnDisk -> disk().expired(kind);
            case RecordsAction.ExpiryDue(RecordKind kind) -> expired(kind);
            case RecordsAction.ClockMoved _ -> stepped(own, ctx.now(), ctx.wallTime());
            case RecordsAction.ValueFound fact -> disk().answered(fact);
            case RecordsAction.ValueKept fact -> disk().answered(fact);
            case RecordsAction.ValueUnkept fact -> disk().answered(fact);
            case RecordsAction.ProvidersFound fact -> disk().answered(fact);
            case RecordsAction.ProviderKept fact -> disk().answered(fact);
            case RecordsAction.ProviderUnkept fact -> disk().answered(fact);
            case RecordsAction.Collected fact -> disk().answered(fact);
            case RecordsAction.Surveyed fact -> disk().answered(fact);
            case RecordsAction.DiskFailed fact -> disk().answered(fact);
            case RecordsAction.DiskDue(ActionId request, Question question) -> disk().overdue(request, question);
            case RecordsAction.ValueStored _,
                    RecordsAction.ValueRefused _,
                    RecordsAction.ValueUntold _,
                    RecordsAction.ProviderStored _,
                    RecordsAction.ProviderRefused _,
                    RecordsAction.ProvidersUntold _,
                    RecordsAction.LeftBehind _,
                    RecordsAction.Expired _,
                    RecordsAction.Displaced _ -> own;
        };
    }

    private DiskReducer disk() {
        return new DiskReducer(own, validators, now, ctx);
    }

    /** Of what is in the state. */
    private MemoryStore store() {
        return new MemoryStore(own.values(), own.providers());
    }

    private Optional<ValueRecord> told(Bytes key) {
        return values().told(key, own.values().held().find(key));
    }

    private Room.ForValue room(ValueRecord record, Optional<PeerId> sender) {
        return ValueRules.room(store(), record, sender, own.config(), now);
    }

    private ValueRules values() {
        return new ValueRules(own.config(), validators, now);
    }

    private ProviderRules providers() {
        return new ProviderRules(own.config(), now);
    }

    private void reply(long question, KadAnswer answer) {
        ctx.then(new ExchangeAction.Reply(question, answer));
    }

    /** Those near a key, without who asks. */
    static List<PeerInfo> infos(List<Contact> contacts, PeerId asker) {
        return contacts.stream()
                .filter(contact -> !contact.peer().equals(asker))
                .map(contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.NOT_CONNECTED))
                .toList();
    }

    // Values

    private RecordsState sent(RecordsAction.ValueSent sent) {
        // What is cheap to find out comes first: of most kinds of values, validity takes a signature to be verified.
        if (values().isLong(sent.record())) {
            return refused(sent, Refusal.LONG_VALUE, "");
        }
        boolean isOnDisk = own.disk().isUsed();
        Room.ForValue room = isOnDisk
                ? new Room.ForValue(List.of(), Optional.empty())
                : room(sent.record(), Optional.of(sent.peer()));
        if (room.refusal().isPresent()) {
            return refused(sent, room.refusal().get(), "");
        }
        Optional<String> problem = values().problem(sent.key(), sent.record().value());
        if (problem.isPresent()) {
            return refused(sent, Refusal.INVALID_VALUE, problem.get());
        }
        if (isOnDisk) {
            return disk().sent(sent);
        }
        if (values().isWorse(sent.record(), own.values().held().find(sent.key()))) {
            return refused(sent, Refusal.WORSE_VALUE, "");
        }
        reply(sent.question(), new KadAnswer.StoredValue(sent.record()));
        return stored(sent.record(), Optional.of(sent.peer()), room);
    }

    private RecordsState refused(RecordsAction.ValueSent sent, Refusal why, String detail) {
        ctx.then(new ExchangeAction.Refuse(sent.question()));
        ctx.then(new RecordsAction.ValueRefused(sent.key(), sent.peer(), why, detail));
        return own.with(own.tally().refused(why));
    }

    private RecordsState stored(ValueRecord record, Optional<PeerId> sender, Room.ForValue room) {
        int displaced = room.going().size();
        displaced(RecordKind.VALUES, displaced);
        MemoryStore store = store();
        ctx.then(new RecordsAction.ValueStored(
                record.key(), sender, record.value().size(), ValueRules.change(record, store.value(record.key()))));
        ValueRules.store(store, record, sender, room, now);
        return own.with(store.held())
                .with(own.tally().displaced(RecordKind.VALUES, displaced).stored(RecordKind.VALUES))
                .awaiting(RecordKind.VALUES, Long.MIN_VALUE);
    }

    private void displaced(RecordKind kind, int records) {
        if (records > 0) {
            ctx.then(new RecordsAction.Displaced(kind, records));
        }
    }

    /** The time moves on in any case: what was due may have come to expire later, by a setting or a step. */
    private RecordsState expired(RecordKind kind) {
        MemoryStore store = store();
        int records = switch (kind) {
            case VALUES -> ValueRules.expire(store, own.config(), now, BATCH);
            case PROVIDERS -> providers().expire(store, BATCH);
        };
        if (records > 0) {
            ctx.then(new RecordsAction.Expired(kind, records));
        }
        return own.with(store.held())
                .with(store.provided())
                .with(own.tally().expired(kind, records))
                .awaiting(kind, ctx.now() + PAUSE);
    }

    // Provider records

    private RecordsState sent(RecordsAction.ProvidersSent sent) {
        AddressFilter filter = sent.network().filter(own.config().isScoped());
        List<PeerInfo> itself = sent.providers().stream()
                .filter(info -> info.peer().equals(sent.peer()))
                .toList();
        List<Multiaddr> addresses = itself.stream()
                .flatMap(info -> filter.kept(info.addresses()).stream())
                .distinct()
                .toList();
        int ignored = sent.providers().size() - itself.size();
        if (addresses.isEmpty()) {
            return refused(sent, itself.isEmpty() ? Refusal.NOT_THE_SENDER : Refusal.NO_ADDRESS, ignored);
        }
        if (own.disk().isUsed()) {
            return disk().sent(sent, addresses, filter, ignored);
        }
        MemoryStore store = store();
        boolean isNew = !store.providers(sent.key()).has(sent.peer());
        Room.ForProvider room = providers().room(store, sent.key(), sent.peer());
        displaced(RecordKind.PROVIDERS, room.displaced());
        RecordsState roomy = own.with(store.provided())
                .with(own.tally().displaced(RecordKind.PROVIDERS, room.displaced()))
                .awaiting(RecordKind.PROVIDERS, Long.MIN_VALUE);
        if (room.refusal().isPresent()) {
            return new RecordsReducer(roomy, validators, now, ctx)
                    .refused(sent, room.refusal().get(), ignored);
        }
        reply(sent.question(), new KadAnswer.Added(sent.key()));
        ctx.then(new RecordsAction.ProviderStored(sent.key(), sent.peer(), isNew, ignored));
        store.putProvider(sent.key(), sent.peer(), addresses, filter, now);
        return roomy.with(store.provided())
                .with(roomy.tally().ignored(ignored).stored(RecordKind.PROVIDERS))
                .awaiting(RecordKind.PROVIDERS, Long.MIN_VALUE);
    }

    private RecordsState refused(RecordsAction.ProvidersSent sent, Refusal why, int ignored) {
        ctx.then(new ExchangeAction.Refuse(sent.question()));
        ctx.then(new RecordsAction.ProviderRefused(sent.key(), sent.peer(), why, ignored));
        return own.with(own.tally().refused(why).ignored(ignored));
    }
}
