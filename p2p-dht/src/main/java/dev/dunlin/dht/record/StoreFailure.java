package dev.dunlin.dht.record;

import dev.dunlin.core.state.TextType;

/** Why a file of records did not do what it was asked for. */
public enum StoreFailure {
    /** No room is left on the disk. */
    DISK_FULL("no room is left on the disk that holds the records"),
    /** The disk cannot be read or written. */
    INPUT_OUTPUT("the disk that holds the records cannot be read or written"),
    /** The file or its folder may not be written. */
    READ_ONLY("the file of the records may not be written"),
    /** What is in the file is damaged; it is put aside, and another is begun. */
    CORRUPT("the file of the records is damaged"),
    /** Another process holds the file. */
    LOCKED("another process holds the file of the records"),
    /** More was asked for than waits in its queue. */
    OVERLOADED("more was asked of the file of the records than may wait"),
    /** It did not answer in time. */
    LATE("the file of the records did not answer in time"),
    /** It is closed, or was never opened. */
    CLOSED("the file of the records is not open"),
    /** Something else, which its detail tells. */
    OTHER("the file of the records failed");

    /** As text: its name. */
    static final TextType<StoreFailure> TEXT =
            new TextType<>(StoreFailure.class, "StoreFailure", StoreFailure::name, StoreFailure::valueOf);

    private final String sentence;

    StoreFailure(String sentence) {
        this.sentence = sentence;
    }

    /** A sentence without its full stop. */
    public String sentence() {
        return sentence;
    }
}
