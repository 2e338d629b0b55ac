package dev.dunlin.dht.record;

/** A store of records cannot do what it was asked for; nothing of that is done. */
public final class RecordStoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final StoreFailure why;
    private final String detail;

    /**
     * Makes one.
     *
     * @param detail what more is known, for people; may be empty
     */
    public RecordStoreException(StoreFailure why, String detail, Throwable cause) {
        super(detail.isEmpty() ? why.sentence() : why.sentence() + ": " + detail, cause);
        this.why = why;
        this.detail = detail;
    }

    /** What more is known; may be empty. */
    public String detail() {
        return detail;
    }

    /** What was read does not fit together. */
    public static RecordStoreException damaged(String how) {
        return new RecordStoreException(StoreFailure.CORRUPT, how, new IllegalStateException(how));
    }

    /** What has failed. */
    public StoreFailure why() {
        return why;
    }
}
