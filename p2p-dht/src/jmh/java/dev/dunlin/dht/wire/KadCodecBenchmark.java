package dev.dunlin.dht.wire;

import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write and to read an answer of twenty peers, and a question; run with {@code -prof gc} for bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KadCodecBenchmark {

    private static final int PEERS = 20;

    /** How many addresses each peer has. */
    @Param({"1", "6"})
    public int addresses;

    private final MessageCodec<KadAnswer> answers = KadCodec.answers(KadLimits.DEFAULT);
    private final MessageCodec<KadQuestion> questions = KadCodec.questions();
    private final KadQuestion question =
            new KadQuestion.FindNode(Bytes.of(Multihash.sha256(new byte[] {1}).toBytes()));
    private KadAnswer answer = new KadAnswer.Pong();
    private Bytes written = Bytes.of((byte) 0);
    private Bytes asked = Bytes.of((byte) 0);

    /** Makes an answer. */
    @Setup
    public void make() {
        List<PeerInfo> peers = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            PeerId peer = PeerId.of(Multihash.sha256(
                    ByteBuffer.allocate(Integer.BYTES).putInt(i).array()));
            List<Multiaddr> where = new ArrayList<>();
            for (int j = 0; j < addresses; j++) {
                where.add(Multiaddr.tcp(new byte[] {20, (byte) i, 1, (byte) (j + 1)}, 4001));
            }
            peers.add(new PeerInfo(peer, where, Connectedness.NOT_CONNECTED));
        }
        answer = KadAnswer.FoundNodes.of(peers);
        written = answers.encode(answer);
        asked = questions.encode(question);
    }

    /** An answer as bytes. */
    @Benchmark
    public Bytes writeAnswer() {
        return answers.encode(answer);
    }

    /** Bytes as an answer. */
    @Benchmark
    public KadAnswer readAnswer() throws MalformedMessage {
        return answers.decode(written);
    }

    /** A question as bytes. */
    @Benchmark
    public Bytes writeQuestion() {
        return questions.encode(question);
    }

    /** Bytes as a question. */
    @Benchmark
    public KadQuestion readQuestion() throws MalformedMessage {
        return questions.decode(asked);
    }
}
