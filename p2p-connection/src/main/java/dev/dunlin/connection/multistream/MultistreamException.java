package dev.dunlin.connection.multistream;

/** A {@link MultistreamFailure} for those who need an exception, such as a failed future. */
public final class MultistreamException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient MultistreamFailure failure;

    /** The failure as an exception; its message is the failure's. */
    public MultistreamException(MultistreamFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** The failure. */
    public MultistreamFailure failure() {
        return failure;
    }
}
