package dev.dunlin.dht.operation;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;

/** What an operation is for. */
public sealed interface Goal {

    /** To look for something. */
    sealed interface Search extends Goal {}

    /** To store something with the nodes that are found. */
    sealed interface Store extends Goal {}

    /** Where a peer is. */
    record FindPeer(PeerId peer) implements Search {}

    /**
     * Which nodes are nearest to a key.
     *
     * @param key whose hash is the target, 1 to {@link KadQuestion#MAX_KEY} bytes
     */
    record FindClosest(Bytes key) implements Search {}

    /**
     * The best value of a key.
     *
     * @param key 1 to {@link KadQuestion#MAX_KEY} bytes
     * @param quorum how many answers with a value are enough, 1 to {@link dev.dunlin.dht.query.Terms#MOST_WANTED}; 0 for as many as
     *     {@code dht.quorum} says
     */
    record GetValue(Bytes key, int quorum) implements Search {}

    /**
     * Who provides some content.
     *
     * @param key its multihash, 1 to {@link KadQuestion#MAX_CONTENT_KEY} bytes
     * @param count how many are enough, 1 to {@link #MOST_PROVIDERS}
     */
    record FindProviders(Bytes key, int count) implements Search {}

    /**
     * How a lookup for the nodes nearest to a key goes, in each network: who names whom, and who answers when.
     *
     * @param key whose hash is the target, 1 to {@link KadQuestion#MAX_KEY} bytes
     */
    record Trace(Bytes key) implements Search {}

    /** That others have a value. */
    record PutValue(ValueRecord record) implements Store {}

    /**
     * That these nodes have a value, and nobody else: no others are looked for, and this node does not keep it.
     *
     * @param nodes 1 to {@link #MOST_NODES}, each once
     */
    record PutValueTo(ValueRecord record, List<Contact> nodes) implements Store {
        /** Copies the list. */
        public PutValueTo {
            nodes = List.copyOf(nodes);
        }
    }

    /** The most nodes with which something is stored that are told beforehand. */
    int MOST_NODES = 64;

    /**
     * That others know that this node provides some content.
     *
     * @param key its multihash, 1 to {@link KadQuestion#MAX_CONTENT_KEY} bytes
     */
    record Provide(Bytes key) implements Store {}

    /** The most providers that are looked for at once. */
    int MOST_PROVIDERS = 1024;

    /** What people call it, in kebab case. */
    default String word() {
        return switch (this) {
            case FindPeer _ -> "find-peer";
            case FindClosest _ -> "closest";
            case Trace _ -> "lookup";
            case GetValue _ -> "get";
            case FindProviders _ -> "find-providers";
            case PutValue _ -> "put";
            case PutValueTo _ -> "put-to";
            case Provide _ -> "provide";
        };
    }

    /** What is asked on the way. */
    default KadQuestion.OfKey question() {
        return switch (this) {
            case FindPeer(PeerId peer) -> new KadQuestion.FindNode(Bytes.of(peer.toBytes()));
            case FindClosest(Bytes key) -> new KadQuestion.FindNode(key);
            case Trace(Bytes key) -> new KadQuestion.FindNode(key);
            case GetValue(Bytes key, int _) -> new KadQuestion.GetValue(key);
            case FindProviders(Bytes key, int _) -> new KadQuestion.GetProviders(key);
            case PutValue(ValueRecord record) -> new KadQuestion.FindNode(record.key());
            case PutValueTo(ValueRecord record, List<Contact> _) -> new KadQuestion.FindNode(record.key());
            case Provide(Bytes key) -> new KadQuestion.FindNode(key);
        };
    }

    /** Whether this node may hold what is looked for. */
    default boolean isRecalled() {
        return switch (this) {
            case GetValue _, FindProviders _ -> true;
            case FindPeer _, FindClosest _, Trace _, PutValue _, PutValueTo _, Provide _ -> false;
        };
    }

    /** What an operation has found. */
    sealed interface Found {

        /** Nothing. */
        record Nothing() implements Found {}

        /**
         * A peer.
         *
         * @param isSure whether it has answered itself: otherwise others have named it
         */
        record Peer(PeerInfo info, boolean isSure) implements Found {}

        /**
         * A value.
         *
         * @param answers how many had a valid one, this node included
         */
        record Value(ValueRecord record, int answers) implements Found {}

        /** Providers, each once. */
        record Providers(List<PeerId> peers) implements Found {
            /** Copies the list. */
            public Providers {
                peers = List.copyOf(peers);
            }
        }

        /** How a lookup went in each network in which there was one, with the part of each node. */
        record Traced(Table<Network, QueryOutcome.Done> lookups) implements Found {}
    }
}
