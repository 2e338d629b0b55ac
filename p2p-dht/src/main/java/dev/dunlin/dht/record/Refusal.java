package dev.dunlin.dht.record;

import dev.dunlin.core.state.TextType;

/** Why something was not stored. */
public enum Refusal {
    /** The value is not valid under its key, or no longer. */
    INVALID_VALUE,
    /** A better value is held under the key. */
    WORSE_VALUE,
    /** The value is longer than {@link RecordsConfig#maxValueSize}. */
    LONG_VALUE,
    /** As many values are held as may be, {@link RecordsConfig#maxValues}. */
    VALUES_FULL,
    /** The values have as many bytes as they may, {@link RecordsConfig#maxValueBytes}. */
    VALUE_BYTES_FULL,
    /** As many values of the sender are held as may be, {@link RecordsConfig#maxValuesOfPeer}. */
    VALUES_OF_PEER,
    /** The values of the sender have as many bytes as they may, {@link RecordsConfig#maxValueBytesOfPeer}. */
    VALUE_BYTES_OF_PEER,
    /** The sender is none of the providers that it tells of. */
    NOT_THE_SENDER,
    /** The sender tells of no address that its network is made of. */
    NO_ADDRESS,
    /** As many keys have providers as may, {@link RecordsConfig#maxProviderKeys}. */
    PROVIDER_KEYS_FULL,
    /** As many provider records are held as may be, {@link RecordsConfig#maxProviders}. */
    PROVIDERS_FULL,
    /** The key has as many providers as it may, {@link RecordsConfig#maxProvidersOfKey}. */
    PROVIDERS_OF_KEY,
    /** The sender provides as many keys as it may, {@link RecordsConfig#maxProvidersOfPeer}. */
    PROVIDERS_OF_PEER,
    /** As many questions wait for the file of the records as may, {@link DiskConfig#maxDiskQuestions}. */
    DISK_QUESTIONS,
    /** As many questions of the peer wait for it as may, {@link DiskConfig#maxDiskQuestionsOfPeer}. */
    DISK_QUESTIONS_OF_PEER,
    /** The values that wait for it have as many bytes as they may, {@link DiskConfig#maxDiskQuestionBytes}. */
    DISK_QUESTION_BYTES,
    /** The value under the key was replaced again and again while this one was to take its place. */
    DISK_CONTENDED,
    /** The file of the records has failed: its {@link StoreFailure} is the detail. */
    DISK_FAILED;

    /** As text: its name. */
    static final TextType<Refusal> TEXT = new TextType<>(Refusal.class, "Refusal", Refusal::name, Refusal::valueOf);
}
