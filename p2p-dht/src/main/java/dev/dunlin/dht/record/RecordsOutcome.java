package dev.dunlin.dht.record;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** What who asks the records machine is told. */
public sealed interface RecordsOutcome extends Outcome {

    /**
     * The end of a {@link RecordsAction.GetLocal}.
     *
     * @param record a value that is valid now and has not expired
     */
    record LocalValue(Ticket ticket, Optional<ValueRecord> record) implements RecordsOutcome {}

    /**
     * The end of a {@link RecordsAction.GetLocalProviders}.
     *
     * @param providers who told so last comes first; the addresses are those of all networks, and none if they are old
     */
    record LocalProviders(Ticket ticket, List<PeerInfo> providers) implements RecordsOutcome {
        /** Copies the list. */
        public LocalProviders {
            providers = List.copyOf(providers);
        }
    }

    /** The end of a {@link RecordsAction.Put}: the value is held, as far as it expires. */
    record Stored(Ticket ticket) implements RecordsOutcome {}

    /**
     * The other end of a {@link RecordsAction.Put}: the value is not held.
     *
     * @param detail what more is known, for people; may be empty
     */
    record NotStored(Ticket ticket, Refusal why, String detail) implements RecordsOutcome {}
}
