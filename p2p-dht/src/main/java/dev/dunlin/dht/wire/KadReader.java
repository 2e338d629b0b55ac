package dev.dunlin.dht.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.time.Rfc3339;
import dev.dunlin.dht.wire.pb.KadMessagePb;
import dev.dunlin.dht.wire.pb.KadPeerPb;
import dev.dunlin.dht.wire.pb.KadTypePb;
import dev.dunlin.dht.wire.pb.ValueRecordPb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a message field by field. The generated parser would make an object of each of two million empty peers that four megabytes
 * hold; here what is beyond a bound is passed over, and what is held is never more than the bounds let through. As in any protobuf,
 * of a field that comes more than once the last counts, records are merged, and fields that are not known, as rust's publisher and ttl
 * of a record, are passed over. Not thread-safe.
 */
final class KadReader {

    private static final int TYPE = KadMessagePb.TYPE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int KEY = KadMessagePb.KEY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RECORD = KadMessagePb.RECORD_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int CLOSER = KadMessagePb.CLOSERPEERS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PROVIDER =
            KadMessagePb.PROVIDERPEERS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private static final int RECORD_KEY = ValueRecordPb.KEY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RECORD_VALUE =
            ValueRecordPb.VALUE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RECORD_TIME =
            ValueRecordPb.TIMERECEIVED_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private static final int PEER_ID = KadPeerPb.ID_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PEER_ADDRESS = KadPeerPb.ADDRS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PEER_CONNECTION = KadPeerPb.CONNECTION_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;

    /** No peer id is longer. */
    private static final int MAX_PEER_ID = 64;

    private final CodedInputStream in;
    private final Peers closer;
    private final Peers providers;
    private int type = KadTypePb.PUT_VALUE_VALUE;
    private Bytes key = Bytes.EMPTY;
    private boolean hasRecord;
    private Optional<Bytes> recordKey = Optional.of(Bytes.EMPTY);
    private Optional<Bytes> recordValue = Optional.of(Bytes.EMPTY);
    private OptionalLong recordTime = OptionalLong.empty();

    private KadReader(CodedInputStream in, int closer, int providers) {
        this.in = in;
        this.closer = new Peers(closer);
        this.providers = new Peers(providers);
    }

    /** The peers of a list, the first ones. An entry that cannot be read takes a place too: it costs more than one that can. */
    static final class Peers {
        private final int most;
        private final List<PeerInfo> kept = new ArrayList<>();
        private int entries;
        private int skipped;

        private Peers(int most) {
            this.most = most;
        }

        List<PeerInfo> kept() {
            return kept;
        }

        int skipped() {
            return skipped;
        }
    }

    /** What is done with a field; true if it was one that is known. */
    @FunctionalInterface
    private interface Field {
        boolean read(int tag) throws IOException, MalformedMessage;
    }

    /**
     * Reads a whole message.
     *
     * @param closer how many closer peers are read
     * @param providers how many providers are read
     * @throws MalformedMessage if it is too long, is no protobuf, or has too long a key
     */
    static KadReader read(Bytes body, int closer, int providers) throws MalformedMessage {
        if (body.size() > KadCodec.MAX_BYTES) {
            throw new MalformedMessage(
                    "a Kademlia message has at most " + KadCodec.MAX_BYTES + " bytes, not " + body.size());
        }
        KadReader reader = new KadReader(CodedInputStream.newInstance(body.toArray()), closer, providers);
        try {
            reader.fields(reader::ofMessage);
        } catch (IOException malformed) {
            throw new MalformedMessage("the bytes are no Kademlia message, or not a whole one", malformed);
        }
        return reader;
    }

    private void fields(Field known) throws IOException, MalformedMessage {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!known.read(tag) && !in.skipField(tag)) {
                throw new InvalidProtocolBufferException("a group ends that did not begin");
            }
        }
    }

    private void nested(Field known) throws IOException, MalformedMessage {
        int outer = in.pushLimit(in.readRawVarint32());
        fields(known);
        in.popLimit(outer);
    }

    private boolean ofMessage(int tag) throws IOException, MalformedMessage {
        switch (tag) {
            case TYPE -> type = in.readEnum();
            case KEY ->
                key = bytes(KadQuestion.MAX_KEY)
                        .orElseThrow(() -> new MalformedMessage(
                                "the key of a Kademlia message has at most " + KadQuestion.MAX_KEY + " bytes"));
            case RECORD -> {
                hasRecord = true;
                nested(this::ofRecord);
            }
            case CLOSER -> peer(closer);
            case PROVIDER -> peer(providers);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean ofRecord(int tag) throws IOException {
        switch (tag) {
            case RECORD_KEY -> recordKey = bytes(KadQuestion.MAX_KEY);
            case RECORD_VALUE -> recordValue = bytes(ValueRecord.MAX_VALUE);
            // Text that is no time is the time of nobody's clock: py-libp2p once wrote numbers.
            case RECORD_TIME ->
                recordTime = bytes(Rfc3339.MAX_TEXT)
                        .map(text -> Rfc3339.parseMicros(new String(text.toArray(), StandardCharsets.ISO_8859_1)))
                        .orElse(OptionalLong.empty());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void peer(Peers list) throws IOException, MalformedMessage {
        if (list.entries == list.most) {
            in.skipRawBytes(in.readRawVarint32());
            list.skipped++;
            return;
        }
        list.entries++;
        Entry entry = new Entry();
        nested(entry::field);
        Optional<PeerInfo> peer = entry.peer();
        peer.ifPresent(list.kept::add);
        list.skipped += peer.isPresent() ? entry.skipped : 1;
    }

    /** A peer as it is read. */
    private final class Entry {
        private Optional<Bytes> id = Optional.empty();
        private final List<Bytes> addresses = new ArrayList<>();
        private Connectedness connection = Connectedness.NOT_CONNECTED;
        private int skipped;

        boolean field(int tag) throws IOException {
            switch (tag) {
                case PEER_ID -> id = bytes(MAX_PEER_ID);
                case PEER_ADDRESS -> address();
                case PEER_CONNECTION ->
                    connection = switch (in.readEnum()) {
                        case 1 -> Connectedness.CONNECTED;
                        case 2 -> Connectedness.CAN_CONNECT;
                        case 3 -> Connectedness.CANNOT_CONNECT;
                        default -> Connectedness.NOT_CONNECTED;
                    };
                default -> {
                    return false;
                }
            }
            return true;
        }

        // How many of these fit is known at the end, since the id may come behind them. One that cannot be read takes a
        // place too.
        private void address() throws IOException {
            if (addresses.size() < PeerInfo.MAX_ADDRESSES) {
                bytes(Multiaddr.MAX_BYTES).ifPresentOrElse(addresses::add, () -> skipped++);
            } else {
                in.skipRawBytes(in.readRawVarint32());
                skipped++;
            }
        }

        Optional<PeerInfo> peer() {
            PeerId peer;
            try {
                peer = PeerId.fromBytes(id.orElse(Bytes.EMPTY).toArray());
            } catch (MultiformatException noPeer) {
                return Optional.empty();
            }
            PeerInfo.Fitting fitting = new PeerInfo.Fitting(peer);
            for (Bytes address : addresses) {
                try {
                    skipped += fitting.keeps(Multiaddr.fromBytes(address.toArray())) ? 0 : 1;
                } catch (MultiformatException unknown) {
                    // Peers have transports that are not known here.
                    skipped++;
                }
            }
            return Optional.of(new PeerInfo(peer, fitting.kept(), connection));
        }
    }

    /** The bytes of a field; empty, with the field passed over, if there are more than that. */
    private Optional<Bytes> bytes(int most) throws IOException {
        int length = in.readRawVarint32();
        if (length > most) {
            in.skipRawBytes(length);
            return Optional.empty();
        }
        return Optional.of(Bytes.of(in.readRawBytes(length)));
    }

    /** The number of the type. */
    int type() {
        return type;
    }

    /** The key; empty if there is none. */
    Bytes key() {
        return key;
    }

    /** Whether there is a record, readable or not. */
    boolean hasRecord() {
        return hasRecord;
    }

    /**
     * The record.
     *
     * @throws MalformedMessage if there is none, or it is out of its bounds
     */
    ValueRecord record() throws MalformedMessage {
        if (!hasRecord) {
            throw new MalformedMessage("the message has no record");
        }
        if (recordKey.isEmpty() || recordValue.isEmpty()) {
            throw new MalformedMessage("the record's key has at most " + KadQuestion.MAX_KEY
                    + " bytes, and its value at most " + ValueRecord.MAX_VALUE);
        }
        if (recordKey.get().size() == 0) {
            throw new MalformedMessage("the record has no key");
        }
        return new ValueRecord(
                recordKey.get(),
                recordValue.get(),
                recordTime.isPresent() ? Optional.of(recordTime.getAsLong()) : Optional.empty());
    }

    /** The closer peers. */
    Peers closer() {
        return closer;
    }

    /** The providers. */
    Peers providers() {
        return providers;
    }
}
