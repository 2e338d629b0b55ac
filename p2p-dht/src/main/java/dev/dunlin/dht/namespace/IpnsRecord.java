package dev.dunlin.dht.namespace;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.pb.IpnsEntryPb;
import dev.dunlin.dht.time.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A signed record that says where a name points; the name is the id of the peer whose key signed it (ipfs/specs
 * src/ipns/ipns-record.md). One that was read is well formed, and its fields of the first version, if it has them, agree with what is
 * signed; whether it is its name's and still valid, {@link #problem} says. Immutable.
 */
public final class IpnsRecord {

    /** The longest record, in bytes: "Record Size Limit". */
    public static final int MAX_BYTES = 10 << 10;

    private static final byte[] SIGNED_PREFIX = "ipns-signature:".getBytes(StandardCharsets.US_ASCII);

    /** How the first version named its type of validity in what it signed. */
    private static final byte[] V1_TYPE = "EOL".getBytes(StandardCharsets.US_ASCII);

    private final IpnsData data;
    private final IpnsEntryPb entry;
    private final Bytes bytes;

    private IpnsRecord(IpnsData data, IpnsEntryPb entry, Bytes bytes) {
        this.data = data;
        this.entry = entry;
        this.bytes = bytes;
    }

    /**
     * Makes a record of the second version, which nodes of 2021 and later read.
     *
     * @throws IllegalArgumentException if it would have more than {@link #MAX_BYTES}
     */
    public static IpnsRecord sign(PrivateKey key, IpnsData data) {
        return signed(key, data, IpnsEntryPb.newBuilder());
    }

    /**
     * Makes a record that has the fields and the signature of the first version too, for nodes that know no other: "Record Creation
     * with Legacy SignatureV1".
     *
     * @throws IllegalArgumentException if it would have more than {@link #MAX_BYTES}
     */
    public static IpnsRecord signWithV1(PrivateKey key, IpnsData data) {
        byte[] value = data.value().toArray();
        byte[] validity = data.validity();
        return signed(
                key,
                data,
                IpnsEntryPb.newBuilder()
                        .setValue(ByteString.copyFrom(value))
                        .setSignatureV1(ByteString.copyFrom(key.sign(join(value, validity, V1_TYPE))))
                        .setValidityType(IpnsData.UNTIL_A_TIME)
                        .setValidity(ByteString.copyFrom(validity))
                        .setSequence(data.sequence())
                        .setTtl(data.ttl()));
    }

    private static IpnsRecord signed(PrivateKey key, IpnsData data, IpnsEntryPb.Builder entry) {
        byte[] cbor = data.toCbor();
        if (key.publicKey().peerId().inlineKey().isEmpty()) {
            entry.setPubKey(ByteString.copyFrom(key.publicKey().toProtobuf()));
        }
        IpnsEntryPb made = entry.setSignatureV2(ByteString.copyFrom(key.sign(join(SIGNED_PREFIX, cbor))))
                .setData(ByteString.copyFrom(cbor))
                .build();
        if (made.getSerializedSize() > MAX_BYTES) {
            throw new IllegalArgumentException("an IPNS record has at most " + MAX_BYTES + " bytes, not "
                    + made.getSerializedSize() + ": its value is too long");
        }
        return new IpnsRecord(data, made, Bytes.of(made.toByteArray()));
    }

    /**
     * Reads a record: steps 1, 2, 4 and 7 of "Record Verification". No signature is verified.
     *
     * @throws MalformedRecord if it is too long, has no data or no signature of the second version, its data is no canonical DAG-CBOR
     *     with the five entries, or it has fields of the first version that say otherwise
     */
    public static IpnsRecord decode(Bytes bytes) throws MalformedRecord {
        if (bytes.size() > MAX_BYTES) {
            throw new MalformedRecord("an IPNS record has at most " + MAX_BYTES + " bytes, not " + bytes.size());
        }
        IpnsEntryPb entry;
        try {
            entry = IpnsEntryPb.parseFrom(bytes.toArray());
        } catch (InvalidProtocolBufferException malformed) {
            throw new MalformedRecord("the bytes are no IPNS record, or not a whole one", malformed);
        }
        if (entry.getSignatureV2().isEmpty() || entry.getData().isEmpty()) {
            throw new MalformedRecord(
                    "an IPNS record has data and a signature of the second version, and this lacks one");
        }
        IpnsData.Read read = IpnsData.ofCbor(entry.getData().toByteArray());
        if (!entry.getValue().isEmpty() || !entry.getSignatureV1().isEmpty()) {
            checkAgrees(entry, read);
        }
        return new IpnsRecord(read.data(), entry, bytes);
    }

    private static void checkAgrees(IpnsEntryPb entry, IpnsData.Read read) throws MalformedRecord {
        checkAgrees("value", entry.getValue().equals(pb(read.data().value())));
        checkAgrees("validity", entry.getValidity().equals(pb(read.validity())));
        checkAgrees("validityType", entry.getValidityType() == IpnsData.UNTIL_A_TIME);
        checkAgrees("sequence", entry.getSequence() == read.data().sequence());
        checkAgrees("ttl", entry.getTtl() == read.data().ttl());
    }

    private static void checkAgrees(String field, boolean agrees) throws MalformedRecord {
        if (!agrees) {
            throw new MalformedRecord("the " + field + " of the IPNS record is not the one that is signed");
        }
    }

    private static ByteString pb(Bytes bytes) {
        return ByteString.copyFrom(bytes.toArray());
    }

    /**
     * Why this is not a valid record of a name, as a sentence without its full stop; empty if it is: steps 3, 5, 6 and 8 of "Record
     * Verification". Verifies one signature.
     *
     * @param wallTime microseconds since the Unix epoch
     */
    public Optional<String> problem(PeerId name, long wallTime) {
        PublicKey key;
        try {
            Optional<PublicKey> found = keyFor(name);
            if (found.isEmpty()) {
                return Optional.of("the IPNS record has no public key, and neither has its name");
            }
            key = found.get();
        } catch (KeyException noKey) {
            return Optional.of("the public key of the IPNS record cannot be read: " + noKey.getMessage());
        }
        if (!key.peerId().equals(name)) {
            return Optional.of("the IPNS record is of " + key.peerId() + ", and not of " + name);
        }
        byte[] signed = join(SIGNED_PREFIX, entry.getData().toByteArray());
        if (!key.verify(signed, entry.getSignatureV2().toByteArray())) {
            return Optional.of("the signature of the IPNS record is not that of its name's key over its data");
        }
        if (!data.validUntil().isAfter(Rfc3339.ofMicros(wallTime))) {
            return Optional.of("the IPNS record was valid until " + Rfc3339.format(data.validUntil()));
        }
        return Optional.empty();
    }

    private Optional<PublicKey> keyFor(PeerId name) {
        return entry.getPubKey().isEmpty()
                ? PublicKey.in(name)
                : Optional.of(PublicKey.fromProtobuf(entry.getPubKey().toByteArray()));
    }

    /**
     * Whether this replaces another record of its name: positive if it does, negative if the other does. The higher sequence does, then
     * what is valid longer, then the higher bytes. 0 for a record of the same bytes.
     */
    public int newness(IpnsRecord other) {
        int bySequence = Long.compareUnsigned(data.sequence(), other.data.sequence());
        if (bySequence != 0) {
            return bySequence;
        }
        int byTime = data.validUntil().compareTo(other.data.validUntil());
        return byTime != 0 ? byTime : bytes.compareTo(other.bytes);
    }

    /** What it says. */
    public IpnsData data() {
        return data;
    }

    /** Its bytes, as they were read or made. */
    public Bytes toBytes() {
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        byte[] joined = new byte[size];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpnsRecord that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    /** What it says. */
    @Override
    public String toString() {
        return "IPNS record " + data;
    }
}
