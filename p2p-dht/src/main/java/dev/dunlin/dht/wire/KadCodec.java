package dev.dunlin.dht.wire;

import com.google.protobuf.ByteString;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.time.Rfc3339;
import dev.dunlin.dht.wire.KadAnswer.Added;
import dev.dunlin.dht.wire.KadAnswer.FoundNodes;
import dev.dunlin.dht.wire.KadAnswer.FoundProviders;
import dev.dunlin.dht.wire.KadAnswer.FoundValue;
import dev.dunlin.dht.wire.KadAnswer.Pong;
import dev.dunlin.dht.wire.KadAnswer.StoredValue;
import dev.dunlin.dht.wire.KadQuestion.AddProvider;
import dev.dunlin.dht.wire.KadQuestion.FindNode;
import dev.dunlin.dht.wire.KadQuestion.GetProviders;
import dev.dunlin.dht.wire.KadQuestion.GetValue;
import dev.dunlin.dht.wire.KadQuestion.Ping;
import dev.dunlin.dht.wire.KadQuestion.PutValue;
import dev.dunlin.dht.wire.pb.ConnectednessPb;
import dev.dunlin.dht.wire.pb.KadMessagePb;
import dev.dunlin.dht.wire.pb.KadPeerPb;
import dev.dunlin.dht.wire.pb.KadTypePb;
import dev.dunlin.dht.wire.pb.ValueRecordPb;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Questions and answers as bytes. Any bytes are a message, or a {@link MalformedMessage}; a question and its answer have the same type
 * on the wire, so each has a codec of its own.
 */
public final class KadCodec {

    /** The longest message, in bytes: what go and js read. */
    public static final int MAX_BYTES = 4 << 20;

    /** The longest answer that all read, in bytes: rust-libp2p's bound unless it is told otherwise. */
    public static final int COMMON_BYTES = 16 << 10;

    private static final Framing FRAMING = new Framing.LengthPrefixed(MAX_BYTES);

    private KadCodec() {}

    /** The codec of questions. */
    public static MessageCodec<KadQuestion> questions() {
        return MessageCodec.of(KadQuestion.class, FRAMING, asked -> bytes(message(asked)), KadCodec::question);
    }

    /**
     * The codec of answers. It writes all addresses of an answer if that has at most {@link #COMMON_BYTES}; fewer of each peer, if that
     * makes it so short; else what {@linkplain #fitted fits} into {@link #MAX_BYTES}.
     *
     * @param limits how much of an answer is read
     */
    public static MessageCodec<KadAnswer> answers(KadLimits limits) {
        return MessageCodec.of(KadAnswer.class, FRAMING, KadCodec::sendable, body -> answer(body, limits));
    }

    private static Bytes bytes(KadMessagePb message) {
        return Bytes.of(message.toByteArray());
    }

    private static KadQuestion question(Bytes body) throws MalformedMessage {
        KadReader read = KadReader.read(body, 0, AddProvider.MAX_PROVIDERS);
        try {
            return switch (read.type()) {
                case KadTypePb.PUT_VALUE_VALUE -> putValue(read);
                case KadTypePb.GET_VALUE_VALUE -> new GetValue(read.key());
                case KadTypePb.ADD_PROVIDER_VALUE ->
                    new AddProvider(
                            read.key(),
                            read.providers().kept(),
                            read.providers().skipped());
                case KadTypePb.GET_PROVIDERS_VALUE -> new GetProviders(read.key());
                case KadTypePb.FIND_NODE_VALUE -> new FindNode(read.key());
                case KadTypePb.PING_VALUE -> new Ping();
                default -> throw unknown(read.type());
            };
        } catch (IllegalArgumentException outOfBounds) {
            throw new MalformedMessage(String.valueOf(outOfBounds.getMessage()), outOfBounds);
        }
    }

    private static PutValue putValue(KadReader read) throws MalformedMessage {
        ValueRecord record = read.record();
        if (!record.key().equals(read.key())) {
            throw new MalformedMessage("the key of a value to store is not the key of its record");
        }
        return new PutValue(record);
    }

    private static KadAnswer answer(Bytes body, KadLimits limits) throws MalformedMessage {
        KadReader read = KadReader.read(body, limits.closer(), limits.providers());
        List<PeerInfo> closer = read.closer().kept();
        int skipped = read.closer().skipped();
        try {
            return switch (read.type()) {
                case KadTypePb.PUT_VALUE_VALUE -> new StoredValue(read.record());
                case KadTypePb.GET_VALUE_VALUE -> foundValue(read);
                case KadTypePb.ADD_PROVIDER_VALUE -> new Added(read.key());
                case KadTypePb.GET_PROVIDERS_VALUE ->
                    new FoundProviders(
                            read.providers().kept(),
                            closer,
                            skipped + read.providers().skipped());
                case KadTypePb.FIND_NODE_VALUE -> new FoundNodes(closer, skipped);
                case KadTypePb.PING_VALUE -> new Pong();
                default -> throw unknown(read.type());
            };
        } catch (IllegalArgumentException outOfBounds) {
            throw new MalformedMessage(String.valueOf(outOfBounds.getMessage()), outOfBounds);
        }
    }

    private static FoundValue foundValue(KadReader read) {
        Optional<ValueRecord> record = Optional.empty();
        int skipped = read.closer().skipped();
        if (read.hasRecord()) {
            try {
                record = Optional.of(read.record());
            } catch (MalformedMessage outOfBounds) {
                skipped++;
            }
        }
        return new FoundValue(record, read.closer().kept(), skipped);
    }

    private static MalformedMessage unknown(int type) {
        return new MalformedMessage("there is no Kademlia message of type " + type);
    }

    private static KadMessagePb message(KadQuestion question) {
        return switch (question) {
            case FindNode(Bytes key) -> of(KadTypePb.FIND_NODE).setKey(pb(key)).build();
            case GetValue(Bytes key) -> of(KadTypePb.GET_VALUE).setKey(pb(key)).build();
            case PutValue(ValueRecord record) ->
                of(KadTypePb.PUT_VALUE)
                        .setKey(pb(record.key()))
                        .setRecord(pb(record))
                        .build();
            case GetProviders(Bytes key) ->
                of(KadTypePb.GET_PROVIDERS).setKey(pb(key)).build();
            case AddProvider(Bytes key, List<PeerInfo> providers, int _) ->
                of(KadTypePb.ADD_PROVIDER)
                        .setKey(pb(key))
                        .addAllProviderPeers(pb(providers))
                        .build();
            case Ping() -> of(KadTypePb.PING).build();
        };
    }

    private static KadMessagePb message(KadAnswer answer) {
        return switch (answer) {
            case FoundNodes(List<PeerInfo> closer, int _) ->
                of(KadTypePb.FIND_NODE).addAllCloserPeers(pb(closer)).build();
            case FoundValue(Optional<ValueRecord> found, List<PeerInfo> closer, int _) -> {
                KadMessagePb.Builder message = of(KadTypePb.GET_VALUE).addAllCloserPeers(pb(closer));
                found.ifPresent(record -> message.setKey(pb(record.key())).setRecord(pb(record)));
                yield message.build();
            }
            case StoredValue(ValueRecord record) ->
                of(KadTypePb.PUT_VALUE)
                        .setKey(pb(record.key()))
                        .setRecord(pb(record))
                        .build();
            case FoundProviders(List<PeerInfo> providers, List<PeerInfo> closer, int _) ->
                of(KadTypePb.GET_PROVIDERS)
                        .addAllCloserPeers(pb(closer))
                        .addAllProviderPeers(pb(providers))
                        .build();
            case Added(Bytes key) -> of(KadTypePb.ADD_PROVIDER).setKey(pb(key)).build();
            case Pong() -> of(KadTypePb.PING).build();
        };
    }

    private static KadMessagePb.Builder of(KadTypePb type) {
        return KadMessagePb.newBuilder().setType(type);
    }

    private static ByteString pb(Bytes bytes) {
        return ByteString.copyFrom(bytes.toArray());
    }

    private static ValueRecordPb pb(ValueRecord record) {
        ValueRecordPb.Builder message =
                ValueRecordPb.newBuilder().setKey(pb(record.key())).setValue(pb(record.value()));
        record.timeReceived().ifPresent(micros -> message.setTimeReceived(Rfc3339.formatMicros(micros)));
        return message.build();
    }

    private static List<KadPeerPb> pb(List<PeerInfo> peers) {
        return peers.stream().map(KadCodec::pb).toList();
    }

    private static KadPeerPb pb(PeerInfo info) {
        KadPeerPb.Builder message = KadPeerPb.newBuilder()
                .setId(ByteString.copyFrom(info.peer().toBytes()))
                .setConnection(
                        switch (info.connection()) {
                            case NOT_CONNECTED -> ConnectednessPb.NOT_CONNECTED;
                            case CONNECTED -> ConnectednessPb.CONNECTED;
                            case CAN_CONNECT -> ConnectednessPb.CAN_CONNECT;
                            case CANNOT_CONNECT -> ConnectednessPb.CANNOT_CONNECT;
                        });
        for (Multiaddr address : info.addresses()) {
            message.addAddrs(ByteString.copyFrom(address.toBytes()));
        }
        return message.build();
    }

    private static Bytes sendable(KadAnswer answer) {
        KadMessagePb whole = message(answer);
        if (whole.getSerializedSize() <= COMMON_BYTES) {
            return bytes(whole);
        }
        boolean fewerAddressesDo = fits(cut(answer, 1, Integer.MAX_VALUE, Integer.MAX_VALUE), COMMON_BYTES);
        return bytes(message(fitted(answer, fewerAddressesDo ? COMMON_BYTES : MAX_BYTES)));
    }

    /**
     * An answer that has at most so many bytes: this one, if it has; else with fewer addresses of each peer, the last ones left out
     * first, but one; else with fewer providers, and at last fewer closer peers, the last ones left out first. An answer whose record
     * alone has more is left with its record.
     *
     * @param bytes of the message, without its framing
     */
    public static KadAnswer fitted(KadAnswer answer, int bytes) {
        if (fits(answer, bytes)) {
            return answer;
        }
        int all = Integer.MAX_VALUE;
        if (fits(cut(answer, 1, all, all), bytes)) {
            int addresses = most(PeerInfo.MAX_ADDRESSES, count -> fits(cut(answer, count, all, all), bytes));
            return cut(answer, addresses, all, all);
        }
        int providers = most(providers(answer), count -> fits(cut(answer, 1, count, all), bytes));
        int closer = most(closer(answer), count -> fits(cut(answer, 1, providers, count), bytes));
        return cut(answer, 1, providers, closer);
    }

    private static boolean fits(KadAnswer answer, int bytes) {
        return message(answer).getSerializedSize() <= bytes;
    }

    /** The greatest number up to a bound of which something holds that holds of all smaller ones too; 0 if of none. */
    private static int most(int bound, IntPredicate holds) {
        int low = 0;
        int high = bound;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (holds.test(middle)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static int providers(KadAnswer answer) {
        return answer instanceof FoundProviders(List<PeerInfo> providers, List<PeerInfo> _, int _)
                ? providers.size()
                : 0;
    }

    private static int closer(KadAnswer answer) {
        return answer instanceof KadAnswer.WithCloser with ? with.closer().size() : 0;
    }

    private static KadAnswer cut(KadAnswer answer, int addresses, int providers, int closer) {
        return switch (answer) {
            case FoundNodes(List<PeerInfo> near, int skipped) ->
                new FoundNodes(first(near, closer, addresses), skipped);
            case FoundValue(Optional<ValueRecord> record, List<PeerInfo> near, int skipped) ->
                new FoundValue(record, first(near, closer, addresses), skipped);
            case FoundProviders(List<PeerInfo> who, List<PeerInfo> near, int skipped) ->
                new FoundProviders(first(who, providers, addresses), first(near, closer, addresses), skipped);
            case StoredValue _, Added _, Pong _ -> answer;
        };
    }

    private static List<PeerInfo> first(List<PeerInfo> peers, int count, int addresses) {
        return peers.stream()
                .limit(count)
                .map(info -> new PeerInfo(
                        info.peer(),
                        info.addresses()
                                .subList(0, Math.min(addresses, info.addresses().size())),
                        info.connection()))
                .toList();
    }
}
