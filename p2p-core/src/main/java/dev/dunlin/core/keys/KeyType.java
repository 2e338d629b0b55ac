package dev.dunlin.core.keys;

import dev.dunlin.core.keys.pb.KeyTypePb;

/** The kinds of key of libp2p (libp2p/specs peer-ids/peer-ids.md, "Key Types"). */
public enum KeyType {
    /** RSA of 2048 to 8192 bits; signatures PKCS#1 v1.5 with SHA-256. */
    RSA,
    /** Ed25519, RFC 8032: what every libp2p node can verify, and the type to choose. */
    ED25519,
    /** ECDSA over secp256k1 with SHA-256. */
    SECP256K1,
    /** ECDSA over P-256 with SHA-256. */
    ECDSA;

    KeyTypePb toPb() {
        return switch (this) {
            case RSA -> KeyTypePb.RSA;
            case ED25519 -> KeyTypePb.Ed25519;
            case SECP256K1 -> KeyTypePb.Secp256k1;
            case ECDSA -> KeyTypePb.ECDSA;
        };
    }

    static KeyType of(KeyTypePb type) {
        return switch (type) {
            case RSA -> RSA;
            case Ed25519 -> ED25519;
            case Secp256k1 -> SECP256K1;
            case ECDSA -> ECDSA;
        };
    }
}
