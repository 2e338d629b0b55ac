package dev.dunlin.dht.operation;

import dev.dunlin.core.multiformats.Component;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
         * @param info where it is: first where most have named it
         * @param isSure whether it was reached itself: otherwise others have named it
         * @param named how many have named each address, of at most {@link #MOST_NAMED}
         */
        record Peer(PeerInfo info, boolean isSure, Table<Multiaddr, Integer> named) implements Found {

            /** The most addresses of which it is known how many have named them. */
            static final int MOST_NAMED = 64;

            /** As many addresses of what one node says count: nobody takes all the places. */
            static final int MOST_OF_ONE = 8;

            /** As this node itself, or the first that was asked, knows it. */
            static Peer of(PeerId peer, List<Multiaddr> addresses) {
                return new Peer(new PeerInfo(peer, List.of(), Connectedness.NOT_CONNECTED), false, Table.empty())
                        .namedAt(addresses);
            }

            /** With what one more node says of it. */
            Peer namedAt(List<Multiaddr> addresses) {
                Table<Multiaddr, Integer> more = named;
                Set<Multiaddr> all = new LinkedHashSet<>(info.addresses());
                List<Multiaddr> said = Contact.of(info.peer(), addresses).addresses();
                for (Multiaddr address : said.subList(0, Math.min(MOST_OF_ONE, said.size()))) {
                    if (!more.has(address) && more.size() >= MOST_NAMED) {
                        more = withoutLeast(more);
                        all.retainAll(keys(more));
                    }
                    more = more.with(address, more.or(address, 0) + 1);
                }
                more.keys().forEach(all::add);
                Table<Multiaddr, Integer> counts = more;
                List<Multiaddr> likeliest = all.stream()
                        .sorted(Comparator.comparing(counts::at, Comparator.reverseOrder()))
                        .limit(Contact.MAX_ADDRESSES)
                        .toList();
                return new Peer(new PeerInfo(info.peer(), likeliest, info.connection()), isSure, more);
            }

            /** Without an address that fewest have named: what many name stays, however much others make up. */
            private static Table<Multiaddr, Integer> withoutLeast(Table<Multiaddr, Integer> named) {
                return named.without(keys(named).stream()
                        .min(Comparator.comparing(named::at))
                        .orElseThrow());
            }

            private static List<Multiaddr> keys(Table<Multiaddr, Integer> named) {
                List<Multiaddr> keys = new ArrayList<>(named.size());
                named.keys().forEach(keys::add);
                return keys;
            }

            /**
             * It was reached: where, comes first. If only the host is known, since it has dialled this node itself, those addresses come
             * first that are of this host.
             */
            Peer reached(Optional<Multiaddr> from) {
                Set<Multiaddr> addresses = new LinkedHashSet<>();
                if (from.isPresent()) {
                    Optional<Component> host = from.get().host();
                    if (!host.map(List::of).map(Multiaddr::of).equals(from)) {
                        addresses.add(from.get());
                    }
                    info.addresses().stream()
                            .filter(address -> address.host().equals(host))
                            .forEach(addresses::add);
                }
                addresses.addAll(info.addresses());
                return new Peer(
                        new PeerInfo(
                                info.peer(),
                                addresses.stream().limit(Contact.MAX_ADDRESSES).toList(),
                                info.connection()),
                        true,
                        named);
            }

            Contact contact() {
                return Contact.of(info.peer(), info.addresses());
            }
        }

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
