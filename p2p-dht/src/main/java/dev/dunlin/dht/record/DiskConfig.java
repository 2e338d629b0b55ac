package dev.dunlin.dht.record;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

/**
 * What can be configured of records that are in a file. Each component is the setting of its name, in microseconds or bytes where it is a
 * time or a size; what it means stands there.
 *
 * @param store {@code records.store}
 */
public record DiskConfig(
        StoreKind store,
        int maxDiskQuestions,
        int maxDiskQuestionsOfPeer,
        long maxDiskQuestionBytes,
        long diskTimeout) {

    static final int MOST_QUESTIONS = 1 << 14;
    static final long MOST_BYTES = 64L << 20;

    private static final Setting STORE = new Setting(
            "records.store",
            new Kind.OneOf(StoreKind.words()),
            StoreKind.MEMORY.word(),
            "where what is kept for others is: in the node's state and the snapshots of its log, or in an SQLite file,"
                    + " records.db in the data directory, for some hundred thousand records and more",
            false);
    private static final Setting MAX_DISK_QUESTIONS = Setting.count(
                    "records.maxDiskQuestions", 1024, 1, MOST_QUESTIONS, "most questions that wait for that file")
            .alive();
    private static final Setting MAX_DISK_QUESTIONS_OF_PEER = Setting.count(
                    "records.maxDiskQuestionsOfPeer",
                    64,
                    1,
                    MOST_QUESTIONS,
                    "most questions of one peer that wait for it")
            .alive();
    private static final Setting MAX_DISK_QUESTION_BYTES = Setting.size(
                    "records.maxDiskQuestionBytes",
                    16 << 20,
                    1 << 10,
                    MOST_BYTES,
                    "most bytes of the values that wait for it, with their keys")
            .alive();
    private static final Setting DISK_TIMEOUT = Setting.time(
                    "records.diskTimeout",
                    10_000_000,
                    1_000,
                    600_000_000,
                    "how long a question waits for that file before it is refused")
            .alive();

    /** What can be configured. */
    public static final Settings SETTINGS =
            Settings.of(STORE, MAX_DISK_QUESTIONS, MAX_DISK_QUESTIONS_OF_PEER, MAX_DISK_QUESTION_BYTES, DISK_TIMEOUT);

    /** What an empty configuration says. */
    static final DiskConfig DEFAULT = of(Table.empty());

    /** Reads a configuration; never fails. */
    public static DiskConfig of(Table<String, String> config) {
        return new DiskConfig(
                StoreKind.of(STORE.of(config)),
                MAX_DISK_QUESTIONS.integer(config),
                MAX_DISK_QUESTIONS_OF_PEER.integer(config),
                MAX_DISK_QUESTION_BYTES.number(config),
                DISK_TIMEOUT.number(config));
    }

    /** These, where the records stay where they are until the next boot. */
    DiskConfig at(StoreKind kind) {
        return new DiskConfig(kind, maxDiskQuestions, maxDiskQuestionsOfPeer, maxDiskQuestionBytes, diskTimeout);
    }
}
