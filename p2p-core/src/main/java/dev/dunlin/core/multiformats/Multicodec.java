package dev.dunlin.core.multiformats;

import java.util.Optional;

/** The codes of the multicodec table that are used here (multiformats/multicodec table.csv). */
public enum Multicodec {
    /** Multihash: the digest is the content itself. */
    IDENTITY("identity", 0x00),
    /** Multihash: SHA-256. */
    SHA2_256("sha2-256", 0x12),
    /** Multihash: SHA-512. */
    SHA2_512("sha2-512", 0x13),
    /** Content: CBOR. */
    CBOR("cbor", 0x51),
    /** Content: bytes without a structure. */
    RAW("raw", 0x55),
    /** Content: MerkleDAG protobuf, the codec of every CIDv0. */
    DAG_PB("dag-pb", 0x70),
    /** Content: MerkleDAG CBOR. */
    DAG_CBOR("dag-cbor", 0x71),
    /** Content: a libp2p public key; the codec of a peer id written as a CID. */
    LIBP2P_KEY("libp2p-key", 0x72),
    /** Content: MerkleDAG JSON. */
    DAG_JSON("dag-json", 0x0129),
    /** Content: JSON. */
    JSON("json", 0x0200),
    /** The payload type of a signed peer record. */
    LIBP2P_PEER_RECORD("libp2p-peer-record", 0x0301);

    private final String label;
    private final long code;

    Multicodec(String label, long code) {
        this.label = label;
        this.code = code;
    }

    /** The name in the table. */
    public String label() {
        return label;
    }

    /** The code in the table. */
    public long code() {
        return code;
    }

    /** The entry of a code, if it is one of these. */
    public static Optional<Multicodec> ofCode(long code) {
        for (Multicodec codec : values()) {
            if (codec.code == code) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }

    /** The table's name of a code, or its hexadecimal number where it is none of these. */
    static String describe(long code) {
        return ofCode(code).map(Multicodec::label).orElseGet(() -> "0x" + Long.toHexString(code));
    }
}
