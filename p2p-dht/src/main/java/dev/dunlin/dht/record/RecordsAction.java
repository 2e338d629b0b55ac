package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** The actions of the records machine. */
public sealed interface RecordsAction extends Action {

    /** An action about the value under a key. */
    sealed interface OfValue extends RecordsAction {

        /** The kind of subject that is the value under a key; its key is that key in base64. */
        String KIND = "value";

        /** The key. */
        Bytes key();

        @Override
        default Subject about() {
            return Subject.of(KIND, key());
        }
    }

    /** An action about who provides the content of a key. */
    sealed interface OfContent extends RecordsAction {

        /** The kind of subject that is the content of a key; its key is that key in base64. */
        String KIND = "content";

        /** The key. */
        Bytes key();

        @Override
        default Subject about() {
            return Subject.of(KIND, key());
        }
    }

    // What others ask

    /**
     * A node asks for a value.
     *
     * @param question the number of its question
     * @param closer the nodes nearest to the key, of those that this node knows
     */
    record ValueAsked(PeerId peer, Network network, long question, Bytes key, List<Contact> closer) implements OfValue {
        /** Copies the list. */
        public ValueAsked {
            closer = List.copyOf(closer);
        }
    }

    /**
     * A node sends a value to be stored.
     *
     * @param question the number of its question
     */
    record ValueSent(PeerId peer, Network network, long question, ValueRecord record) implements OfValue {
        @Override
        public Bytes key() {
            return record.key();
        }
    }

    /**
     * A node asks who provides some content.
     *
     * @param question the number of its question
     * @param closer the nodes nearest to the key, of those that this node knows
     */
    record ProvidersAsked(PeerId peer, Network network, long question, Bytes key, List<Contact> closer)
            implements OfContent {
        /** Copies the list. */
        public ProvidersAsked {
            closer = List.copyOf(closer);
        }
    }

    /**
     * A node tells who provides some content, to be stored.
     *
     * @param question the number of its question
     * @param providers only what it tells of itself is taken
     */
    record ProvidersSent(PeerId peer, Network network, long question, Bytes key, List<PeerInfo> providers)
            implements OfContent {
        /** Copies the list. */
        public ProvidersSent {
            providers = List.copyOf(providers);
        }
    }

    // What this node asks

    /** Wish: tell me the value that is held under a key. */
    record GetLocal(Ticket ticket, Bytes key) implements OfValue, Wish {}

    /** Wish: tell me who provides the content of a key, of those that are known here. */
    record GetLocalProviders(Ticket ticket, Bytes key) implements OfContent, Wish {}

    /** Wish: hold a value for others. It is in nobody's share. */
    record Put(Ticket ticket, ValueRecord record) implements OfValue, Wish {
        @Override
        public Bytes key() {
            return record.key();
        }
    }

    // Time

    /** Due: the oldest of a kind may have expired. */
    record ExpiryDue(RecordKind kind) implements RecordsAction {}

    /** The wall clock says another time than it would have said. */
    record ClockMoved() implements RecordsAction {}

    // What a store says that is not in the state

    /** An answer to a {@link RecordsEffect}; all of them are actions of this machine, about what their questions are about. */
    sealed interface Answer {

        /** Which request it answers. */
        ActionId request();
    }

    /** The value under a key is this one, be it expired. */
    record ValueFound(ActionId request, Bytes key, Optional<HeldValue> held) implements OfValue, Answer {}

    /**
     * A value has taken its place.
     *
     * @param displaced how many others have made room
     * @param stock how much there is now
     */
    record ValueKept(ActionId request, Bytes key, Change change, int displaced, Stock stock)
            implements OfValue, Answer {}

    /**
     * There is no room for a value.
     *
     * @param stock how much there is
     */
    record ValueUnkept(ActionId request, Bytes key, Refusal why, Stock stock) implements OfValue, Answer {}

    /**
     * These provide the content of a key.
     *
     * @param providers who told so first comes first; expired ones may be among them
     */
    record ProvidersFound(ActionId request, Bytes key, List<ProviderEntry> providers) implements OfContent, Answer {
        /** Copies the list. */
        public ProvidersFound {
            providers = List.copyOf(providers);
        }
    }

    /**
     * A provider record is stored.
     *
     * @param isNew whether it was not there already
     * @param displaced how many others have made room
     * @param stock how much there is now
     */
    record ProviderKept(ActionId request, Bytes key, boolean isNew, int displaced, Stock stock)
            implements OfContent, Answer {}

    /**
     * There is no room for a provider record.
     *
     * @param displaced how many others have gone all the same
     * @param stock how much there is now
     */
    record ProviderUnkept(ActionId request, Bytes key, Refusal why, int displaced, Stock stock)
            implements OfContent, Answer {}

    /**
     * What had expired of the oldest is dropped.
     *
     * @param records how many
     * @param stock how much there is now
     */
    record Collected(ActionId request, RecordKind kind, int records, Stock stock) implements RecordsAction, Answer {}

    /** There is so much. */
    record Surveyed(ActionId request, Stock stock) implements RecordsAction, Answer {}

    /**
     * Nothing of what was asked is done.
     *
     * @param detail what more is known, for people; may be empty
     */
    record DiskFailed(ActionId request, StoreFailure why, String detail) implements RecordsAction, Answer {}

    /**
     * Due: a request has no answer yet.
     *
     * @param question what it was for
     */
    record DiskDue(ActionId request, Question question) implements RecordsAction {}

    // Facts for others

    /** What was done with a value that was stored. */
    enum Change {
        /** There was none. */
        NEW,
        /** There was one that is no better. */
        REPLACED,
        /** It was there already, and is kept longer. */
        REFRESHED
    }

    /**
     * Fact for others: a value is stored.
     *
     * @param sender who has sent it; empty if this node did
     * @param bytes of the value
     */
    record ValueStored(Bytes key, Optional<PeerId> sender, int bytes, Change change) implements OfValue {}

    /**
     * Fact for others: a value of a peer was not stored.
     *
     * @param detail what more is known, for people; may be empty
     */
    record ValueRefused(Bytes key, PeerId sender, Refusal why, String detail) implements OfValue {}

    /**
     * Fact for others: a provider record is stored.
     *
     * @param isNew whether it was not there already
     * @param ignored how many others the peer told of
     */
    record ProviderStored(Bytes key, PeerId peer, boolean isNew, int ignored) implements OfContent {}

    /**
     * Fact for others: a provider record of a peer was not stored.
     *
     * @param ignored how many others the peer told of
     */
    record ProviderRefused(Bytes key, PeerId peer, Refusal why, int ignored) implements OfContent {}

    /**
     * Fact for others: a peer was not told the value that it asked for, be there one or not.
     *
     * @param detail what more is known, for people; may be empty
     */
    record ValueUntold(Bytes key, PeerId peer, Refusal why, String detail) implements OfValue {}

    /**
     * Fact for others: a peer was not told the providers that it asked for, be there any or not.
     *
     * @param detail what more is known, for people; may be empty
     */
    record ProvidersUntold(Bytes key, PeerId peer, Refusal why, String detail) implements OfContent {}

    /** Fact for others: so many records of the state are dropped, as the node keeps its records in a file from this run on. */
    record LeftBehind(RecordKind kind, int records) implements RecordsAction {}

    /** Fact for others: so many records were dropped for their age. */
    record Expired(RecordKind kind, int records) implements RecordsAction {}

    /** Fact for others: so many records, of those that were not stored again for long, were dropped to make room for one. */
    record Displaced(RecordKind kind, int records) implements RecordsAction {}
}
