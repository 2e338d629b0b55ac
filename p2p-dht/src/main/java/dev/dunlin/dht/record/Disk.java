package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Pool;
import java.util.Optional;

/**
 * What is known of the file of the records, and what waits for it. Of a node that keeps its records in memory it is {@link #NONE}, which
 * has no content: such a node has the digests that it had before there was a file.
 *
 * @param config what the last boot said, and operators since
 * @param waiting what waits, by the ids of the requests
 * @param bytes of the values among it, with their keys
 * @param stock how much the file holds, as it was told last
 * @param collected from when on what has expired may be asked for again, by kind, microseconds of the node's time
 * @param failure what its last answer was, if that was a failure
 * @param tally what has become of the requests
 */
public record Disk(
        DiskConfig config,
        Pool<ActionId, Waiting> waiting,
        long bytes,
        Stock stock,
        Table<RecordKind, Long> collected,
        Optional<StoreFailure> failure,
        DiskTally tally)
        implements Canonical {

    /** There is none. */
    public static final Disk NONE = of(DiskConfig.DEFAULT, Stock.NONE, DiskTally.NONE);

    /** As JSON, for logs of before there was any. */
    static final String NONE_JSON = """
            {"config":{"store":"MEMORY","maxDiskQuestions":1024,"maxDiskQuestionsOfPeer":64,"maxDiskQuestionBytes":16777216,"diskTimeout":10000000},
            "waiting":{"max":1024,"share":64,"running":{},"owners":{},"started":0,"ended":0},"bytes":0,
            "stock":{"values":0,"valueBytes":0,"senders":0,"providers":0,"keys":0,"peers":0,"fileBytes":0,"oldestValue":null,"oldestProvider":null},
            "collected":{},"failure":null,"tally":{"answers":0,"waited":0,"failures":{}}}""";

    /**
     * A request that has no answer yet.
     *
     * @param question for what
     * @param askedAt when, microseconds of the node's time
     * @param at when it is given up
     */
    public record Waiting(Question question, long askedAt, long at) implements Pool.Member {

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public String owner() {
            return question.peer().map(PeerId::toString).orElse("");
        }
    }

    /**
     * What has become of the requests, counted since the first boot.
     *
     * @param answers how many were answered, failures among them
     * @param waited how long they had waited in all, microseconds
     * @param failures how many failed, by why
     */
    public record DiskTally(long answers, long waited, Table<StoreFailure, Long> failures) {

        static final DiskTally NONE = new DiskTally(0, 0, Table.empty());

        DiskTally answered(long after) {
            return new DiskTally(answers + 1, waited + after, failures);
        }

        DiskTally failed(StoreFailure why) {
            return new DiskTally(answers, waited, failures.with(why, failures.or(why, 0L) + 1));
        }
    }

    /** One of which nothing is asked yet. */
    static Disk of(DiskConfig config, Stock stock, DiskTally tally) {
        return new Disk(
                config,
                Pool.of(config.maxDiskQuestions(), config.maxDiskQuestionsOfPeer()),
                0,
                stock,
                Table.empty(),
                Optional.empty(),
                tally);
    }

    /** Whether the records are in a file. */
    public boolean isUsed() {
        return config.store() == StoreKind.SQLITE;
    }

    /** With other bounds; where the records are does not change before the next boot. */
    Disk configured(DiskConfig changed) {
        return isUsed()
                ? new Disk(
                        changed.at(StoreKind.SQLITE),
                        waiting.bounded(changed.maxDiskQuestions(), changed.maxDiskQuestionsOfPeer()),
                        bytes,
                        stock,
                        collected,
                        failure,
                        tally)
                : this;
    }

    /** Why a question may not wait. */
    Optional<Refusal> refusal(Question question) {
        if (!isUsed()) {
            return Optional.empty();
        }
        String owner = question.peer().map(PeerId::toString).orElse("");
        Optional<Pool.Refusal> refusal = waiting.refusal(ActionId.NONE, owner);
        if (refusal.isPresent()) {
            return Optional.of(
                    refusal.get() == Pool.Refusal.SHARE ? Refusal.DISK_QUESTIONS_OF_PEER : Refusal.DISK_QUESTIONS);
        }
        return bytes + question.bytes() > config.maxDiskQuestionBytes()
                ? Optional.of(Refusal.DISK_QUESTION_BYTES)
                : Optional.empty();
    }

    Disk asked(ActionId request, Question question, long now) {
        return new Disk(
                config,
                waiting.start(request, new Waiting(question, now, now + config.diskTimeout())),
                bytes + question.bytes(),
                stock,
                collected,
                failure,
                tally);
    }

    /** Without a request that has ended, well or not. */
    Disk ended(ActionId request, long now) {
        Waiting ended = waiting.running().at(request);
        return new Disk(
                config,
                waiting.end(request),
                bytes - ended.question().bytes(),
                stock,
                collected,
                failure,
                tally.answered(now - ended.askedAt()));
    }

    Disk failed(StoreFailure why) {
        return new Disk(config, waiting, bytes, stock, collected, Optional.of(why), tally.failed(why));
    }

    /** A read says nothing of a disk that is full, or of a file that may not be written. */
    Disk read() {
        return failure.filter(why -> why == StoreFailure.DISK_FULL || why == StoreFailure.READ_ONLY)
                        .isPresent()
                ? this
                : worked();
    }

    Disk worked() {
        return failure.isEmpty() ? this : new Disk(config, waiting, bytes, stock, collected, Optional.empty(), tally);
    }

    Disk with(Stock told) {
        return new Disk(config, waiting, bytes, told, collected, failure, tally);
    }

    /** What has expired is not asked for again before a time. */
    Disk collecting(RecordKind kind, long from) {
        return new Disk(config, waiting, bytes, stock, collected.with(kind, from), failure, tally);
    }

    /** How the counts differ from what waits, as a sentence without its full stop; empty if they do not. */
    Optional<String> violation() {
        long sum = 0;
        for (Waiting each : waiting.running().values()) {
            sum += each.question().bytes();
        }
        if (sum != bytes) {
            return Optional.of("values of " + sum + " bytes wait for the disk, and are counted as " + bytes);
        }
        return isUsed() || equals(NONE)
                ? waiting.violation()
                : Optional.of("the records are in memory, and this is known of a disk: " + this);
    }

    @Override
    public void feed(Hasher sink) {
        if (isUsed()) {
            Content.feed(config, sink);
            Content.feed(waiting, sink);
            sink.putLong(bytes);
            Content.feed(stock, sink);
            Content.feed(collected, sink);
            Content.feed(failure, sink);
            Content.feed(tally, sink);
        }
    }
}
