package dev.dunlin.core.keys;

/** A key, envelope or peer record that is refused; the message is one sentence that never holds key material. */
public final class KeyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Why it is refused. */
    public enum Reason {
        /** The bytes are not of the form they should have. */
        MALFORMED,
        /** Bytes, key or modulus are too short or too long. */
        SIZE,
        /**
         * Parts that must agree do not: a public key that is not the private key's, a point that is not on its curve.
         */
        INCONSISTENT,
        /** The signature is not the key's over this content in this domain. */
        BAD_SIGNATURE,
        /** The envelope holds another type of payload than expected. */
        WRONG_PAYLOAD_TYPE,
        /** The record speaks of another peer than the one that signed it. */
        WRONG_SIGNER
    }

    private final Reason reason;

    KeyException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static KeyException malformed(String message) {
        return new KeyException(Reason.MALFORMED, message);
    }

    static KeyException size(String message) {
        return new KeyException(Reason.SIZE, message);
    }

    static KeyException inconsistent(String message) {
        return new KeyException(Reason.INCONSISTENT, message);
    }

    /** Why it is refused. */
    public Reason reason() {
        return reason;
    }
}
