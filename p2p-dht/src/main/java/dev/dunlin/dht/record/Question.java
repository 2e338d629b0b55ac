package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** What waits for the file of the records. */
public sealed interface Question {

    /** Whose it is; empty if it is this node's own. */
    default Optional<PeerId> peer() {
        return Optional.empty();
    }

    /** Bytes of the value that waits, with its key. */
    default long bytes() {
        return 0;
    }

    /** A peer wants the value under a key; as {@link RecordsAction.ValueAsked}. */
    record ValueWanted(PeerId asker, long question, Bytes key, List<Contact> closer) implements Question {
        /** Copies the list. */
        public ValueWanted {
            closer = List.copyOf(closer);
        }

        @Override
        public Optional<PeerId> peer() {
            return Optional.of(asker);
        }
    }

    /** A peer wants the providers of the content of a key; as {@link RecordsAction.ProvidersAsked}. */
    record ProvidersWanted(PeerId asker, Network network, long question, Bytes key, List<Contact> closer)
            implements Question {
        /** Copies the list. */
        public ProvidersWanted {
            closer = List.copyOf(closer);
        }

        @Override
        public Optional<PeerId> peer() {
            return Optional.of(asker);
        }
    }

    /** This node wants a value. */
    record LocalValueWanted(Ticket ticket, Bytes key) implements Question {}

    /** This node wants providers. */
    record LocalProvidersWanted(Ticket ticket, Bytes key) implements Question {}

    /**
     * A value is to be stored: first what is held is looked at, then it takes its place unless another has meanwhile.
     *
     * @param sender who has sent it; empty if this node is to hold it
     * @param question the number of the sender's question
     * @param ticket of this node's wish
     * @param tries how many times it was to take its place
     */
    record ValueToStore(Optional<PeerId> sender, long question, Ticket ticket, ValueRecord record, int tries)
            implements Question {

        /** How many times it may find another value in its place than it has seen. */
        static final int MOST_TRIES = 4;

        @Override
        public Optional<PeerId> peer() {
            return sender;
        }

        @Override
        public long bytes() {
            return ValueStore.size(record.key(), record.value());
        }

        ValueToStore again() {
            return new ValueToStore(sender, question, ticket, record, tries + 1);
        }
    }

    /**
     * A provider record is to be stored.
     *
     * @param question the number of the sender's question
     * @param ignored how many others the sender told of
     */
    record ProviderToStore(PeerId sender, long question, Bytes key, int ignored) implements Question {
        @Override
        public Optional<PeerId> peer() {
            return Optional.of(sender);
        }
    }

    /** What has expired of a kind is to go. */
    record Collection(RecordKind of) implements Question {}

    /** How much there is. */
    record Survey() implements Question {}
}
