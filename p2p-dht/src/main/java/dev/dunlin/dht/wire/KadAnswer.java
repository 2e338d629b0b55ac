package dev.dunlin.dht.wire;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Named;
import dev.dunlin.dht.wire.KadQuestion.AddProvider;
import dev.dunlin.dht.wire.KadQuestion.FindNode;
import dev.dunlin.dht.wire.KadQuestion.GetProviders;
import dev.dunlin.dht.wire.KadQuestion.GetValue;
import dev.dunlin.dht.wire.KadQuestion.Ping;
import dev.dunlin.dht.wire.KadQuestion.PutValue;
import java.util.List;
import java.util.Optional;

/** What a node answers another. */
public sealed interface KadAnswer extends Message {

    /** Of those that tell of peers near the key that was asked for. */
    sealed interface WithCloser extends KadAnswer {

        /** Peers near the key, in the order in which they were sent. They may be farther from it than who answers. */
        List<PeerInfo> closer();

        /** How many entries were skipped as it was read: unreadable, or beyond a bound. */
        int skipped();
    }

    /**
     * To {@link FindNode}.
     *
     * @param closer peers near the key
     * @param skipped how many entries were skipped
     */
    record FoundNodes(List<PeerInfo> closer, int skipped) implements WithCloser {
        /** Copies the list. */
        public FoundNodes {
            closer = List.copyOf(closer);
            Checks.skipped(skipped);
        }

        /** Of these peers. */
        public static FoundNodes of(List<PeerInfo> closer) {
            return new FoundNodes(closer, 0);
        }
    }

    /**
     * To {@link GetValue}.
     *
     * @param record the value, if there is one
     * @param closer peers near the key
     * @param skipped how many entries were skipped; a record that cannot be read is one
     */
    record FoundValue(Optional<ValueRecord> record, List<PeerInfo> closer, int skipped) implements WithCloser {
        /** Copies the list. */
        public FoundValue {
            closer = List.copyOf(closer);
            Checks.skipped(skipped);
        }

        /** Of this value and these peers. */
        public static FoundValue of(Optional<ValueRecord> record, List<PeerInfo> closer) {
            return new FoundValue(record, closer, 0);
        }
    }

    /** To {@link PutValue}: it is stored, which the record itself says. */
    record StoredValue(ValueRecord record) implements KadAnswer {}

    /**
     * To {@link GetProviders}.
     *
     * @param providers who provides the content
     * @param closer peers near the key
     * @param skipped how many entries were skipped
     */
    record FoundProviders(List<PeerInfo> providers, List<PeerInfo> closer, int skipped) implements WithCloser {
        /** Copies the lists. */
        public FoundProviders {
            providers = List.copyOf(providers);
            closer = List.copyOf(closer);
            Checks.skipped(skipped);
        }

        /** Of these providers and these peers. */
        public static FoundProviders of(List<PeerInfo> providers, List<PeerInfo> closer) {
            return new FoundProviders(providers, closer, 0);
        }
    }

    /**
     * To {@link AddProvider}: it is stored. Nothing of it is written, and what others write of it is passed over.
     *
     * @param key the content's, or nothing where who answers leaves it out; at most {@link KadQuestion#MAX_CONTENT_KEY} bytes
     */
    @Named("providerAdded")
    record Added(Bytes key) implements KadAnswer {
        /** Checks the key. */
        public Added {
            if (key.size() > 0) {
                Checks.key(key, KadQuestion.MAX_CONTENT_KEY);
            }
        }
    }

    /** To {@link Ping}. */
    @Named("kadPong")
    record Pong() implements KadAnswer {}

    /**
     * Whether this can be the answer to a question: it is of its kind, and a value that stands in it is under the key that was asked
     * for, or is the one that was to be stored.
     */
    default boolean answers(KadQuestion question) {
        return switch (this) {
            case FoundNodes _ -> question instanceof FindNode;
            case FoundValue(Optional<ValueRecord> found, List<PeerInfo> _, int _) ->
                question instanceof GetValue(Bytes key)
                        && (found.isEmpty() || found.get().key().equals(key));
            case StoredValue(ValueRecord stored) ->
                question instanceof PutValue(ValueRecord asked)
                        && stored.key().equals(asked.key())
                        && stored.value().equals(asked.value());
            case FoundProviders _ -> question instanceof GetProviders;
            case Added(Bytes added) ->
                question instanceof AddProvider(Bytes key, List<PeerInfo> _, int _)
                        && (added.size() == 0 || added.equals(key));
            case Pong _ -> question instanceof Ping;
        };
    }
}
