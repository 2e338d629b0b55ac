package dev.dunlin.connection.noise;

/** A {@link NoiseFailure} as an exception. */
public final class NoiseException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient NoiseFailure failure;

    /** The failure as an exception; its message is the failure's. */
    public NoiseException(NoiseFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** The failure. */
    public NoiseFailure failure() {
        return failure;
    }
}
