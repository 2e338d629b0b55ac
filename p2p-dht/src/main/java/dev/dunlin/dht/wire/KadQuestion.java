package dev.dunlin.dht.wire;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Named;
import java.util.List;

/** What a node asks another (libp2p/specs kad-dht/README.md, "RPC messages"). All may be asked again. */
public sealed interface KadQuestion extends Message {

    /** The longest key of a question, in bytes. No specification bounds it; the longest keys of Amino have less than 64. */
    int MAX_KEY = 1024;

    /** The longest key that content is provided under, in bytes (ipfs/specs src/routing/kad-dht.md, "Content Provider Advertisement"). */
    int MAX_CONTENT_KEY = 80;

    /** Of those that are about a key. A key is what is hashed to a place in the keyspace, not the hash. */
    sealed interface OfKey extends KadQuestion {

        /** The key, at least one byte. */
        Bytes key();
    }

    /**
     * Which peers are nearest to a key. If the key is a peer id, that peer is told of too, whether or not it is a server.
     *
     * @param key a peer id, a multihash, or the key of a record; 1 to {@link #MAX_KEY} bytes
     */
    record FindNode(Bytes key) implements OfKey {
        /** Checks the key. */
        public FindNode {
            Checks.key(key, MAX_KEY);
        }
    }

    /**
     * What value is stored under a key, and which peers are nearest to it.
     *
     * @param key of the record, 1 to {@link #MAX_KEY} bytes
     */
    record GetValue(Bytes key) implements OfKey {
        /** Checks the key. */
        public GetValue {
            Checks.key(key, MAX_KEY);
        }
    }

    /** To store a value. Its key is that of the message. */
    record PutValue(ValueRecord record) implements OfKey {
        @Override
        public Bytes key() {
            return record.key();
        }
    }

    /**
     * Who provides some content, and which peers are nearest to it.
     *
     * @param key the multihash of the content, 1 to {@link #MAX_CONTENT_KEY} bytes
     */
    record GetProviders(Bytes key) implements OfKey {
        /** Checks the key. */
        public GetProviders {
            Checks.key(key, MAX_CONTENT_KEY);
        }
    }

    /**
     * To store that the sender provides some content. It has no answer on the wire ({@link KadProtocol#of}).
     *
     * @param key the multihash of the content, 1 to {@link #MAX_CONTENT_KEY} bytes
     * @param providers who provides it, at most {@link #MAX_PROVIDERS}: the sender, and who is not the sender is to be ignored
     * @param skipped how many entries were skipped as it was read: unreadable, or beyond a bound
     */
    record AddProvider(Bytes key, List<PeerInfo> providers, int skipped) implements OfKey {

        /** How many providers are taken. One of them counts, so this is for senders that are not sure which. */
        public static final int MAX_PROVIDERS = 20;

        /** Copies the list and checks the bounds. */
        public AddProvider {
            Checks.key(key, MAX_CONTENT_KEY);
            providers = List.copyOf(providers);
            if (providers.size() > MAX_PROVIDERS) {
                throw new IllegalArgumentException("at most " + MAX_PROVIDERS + " providers are told of at once, not "
                        + providers.size() + ": a peer tells of itself alone");
            }
            Checks.skipped(skipped);
        }

        /** That a peer provides it. */
        public static AddProvider of(Bytes key, PeerInfo provider) {
            return new AddProvider(key, List.of(provider), 0);
        }
    }

    /** Whether the other is there. Answered and never asked: the ping protocol took its place. */
    @Named("kadPing") // Of all protocols' messages one may be called ping, and others have one.
    record Ping() implements KadQuestion {}
}
