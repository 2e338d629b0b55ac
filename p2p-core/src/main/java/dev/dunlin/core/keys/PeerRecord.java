package dev.dunlin.core.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.pb.PeerRecordPb;
import dev.dunlin.core.multiformats.AddressList;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.List;

/**
 * The addresses that a peer vouches for (libp2p/specs RFC/0003-routing-records.md). Domain and payload type are those
 * that implementations use, which the RFC's text does not have.
 *
 * @param peer whose addresses they are
 * @param seq an unsigned number that rises with each new record of the peer; compare with {@link #isNewerThan}
 * @param addresses the addresses that could be read, each once, at most {@link #MAX_ADDRESSES}
 */
public record PeerRecord(PeerId peer, long seq, List<Multiaddr> addresses) {

    /** The domain of the signature. */
    public static final String DOMAIN = "libp2p-peer-record";

    /** The payload type: the multicodec libp2p-peer-record, big-endian. */
    public static final Bytes PAYLOAD_TYPE = Bytes.of((byte) 0x03, (byte) 0x01);

    /** How many addresses of a record are kept; go-libp2p keeps as many of a connected peer. */
    public static final int MAX_ADDRESSES = 500;

    /**
     * Copies the list.
     *
     * @throws KeyException if there are more than {@link #MAX_ADDRESSES} (SIZE)
     */
    public PeerRecord {
        addresses = List.copyOf(addresses);
        if (addresses.size() > MAX_ADDRESSES) {
            throw KeyException.size(
                    "a peer record has at most " + MAX_ADDRESSES + " addresses, not " + addresses.size());
        }
    }

    /**
     * A record in a verified envelope.
     *
     * @param record what it says
     * @param skipped how many of its addresses could not be read or were too many
     */
    public record Opened(PeerRecord record, int skipped) {}

    /**
     * Reads and verifies a record in its signed envelope. Addresses that cannot be read are skipped, as in go-libp2p.
     *
     * @throws KeyException as {@link SignedEnvelope#open}; MALFORMED if the payload is no record; WRONG_SIGNER if the
     *     peer did not sign it itself
     */
    public static Opened open(byte[] envelope) {
        SignedEnvelope opened = SignedEnvelope.open(envelope, DOMAIN, PAYLOAD_TYPE);
        PeerRecordPb message;
        PeerId peer;
        try {
            message = PeerRecordPb.parseFrom(opened.payload().toArray());
            peer = PeerId.fromBytes(message.getPeerId().toByteArray());
        } catch (InvalidProtocolBufferException | MultiformatException malformed) {
            throw KeyException.malformed("the signed envelope holds no peer record");
        }
        if (!peer.equals(opened.signer().peerId())) {
            throw new KeyException(
                    KeyException.Reason.WRONG_SIGNER,
                    "the peer record is of " + peer + " but signed by "
                            + opened.signer().peerId());
        }
        AddressList addresses = AddressList.read(
                message.getAddressesList().stream()
                        .map(info -> Bytes.of(info.getMultiaddr().toByteArray()))
                        .toList(),
                MAX_ADDRESSES);
        return new Opened(new PeerRecord(peer, message.getSeq(), addresses.addresses()), addresses.skipped());
    }

    /**
     * This record in an envelope signed by its peer.
     *
     * @throws KeyException if the key is not the peer's (WRONG_SIGNER), or the envelope too long (SIZE)
     */
    public SignedEnvelope seal(PrivateKey key) {
        if (!key.publicKey().peerId().equals(peer)) {
            throw new KeyException(
                    KeyException.Reason.WRONG_SIGNER, "a peer record is signed by its peer's own key, and this is not");
        }
        PeerRecordPb.Builder message = PeerRecordPb.newBuilder()
                .setPeerId(ByteString.copyFrom(peer.toBytes()))
                .setSeq(seq);
        for (Multiaddr address : addresses) {
            message.addAddresses(
                    PeerRecordPb.AddressInfo.newBuilder().setMultiaddr(ByteString.copyFrom(address.toBytes())));
        }
        Bytes payload = Bytes.of(message.build().toByteArray());
        return SignedEnvelope.seal(key, DOMAIN, PAYLOAD_TYPE, payload);
    }

    /** Whether this record replaces the other one of the same peer: its number is higher. */
    public boolean isNewerThan(PeerRecord other) {
        return Long.compareUnsigned(seq, other.seq) > 0;
    }
}
