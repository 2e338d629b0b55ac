package dev.dunlin.dht.record;

/** A store of records cannot do what it was asked for; nothing of that is done. */
public final class RecordStoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final StoreFailure why;

    /**
     * Makes one.
     *
     * @param detail what more is known, for people; may be empty
     */
    public RecordStoreException(StoreFailure why, String detail, Throwable cause) {
        super(detail.isEmpty() ? why.sentence() : why.sentence() + ": " + detail, cause);
        this.why = why;
    }

    /** What has failed. */
    public StoreFailure why() {
        return why;
    }
}
