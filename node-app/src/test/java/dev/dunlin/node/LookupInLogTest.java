package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadProtocol;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lookups of a log are told afterwards, though nobody had asked for their traces. */
final class LookupInLogTest {

    private static final Extensions KAD = Extensions.of(new KadExtension());
    private static final PeerId SELF = PeerId.of(Multihash.sha256(new byte[] {9}));
    private static final List<Multiaddr> ADDRESSES = List.of(Multiaddr.parse("/ip4/192.0.2.1/tcp/4001"));

    @TempDir
    private Path data;

    @Test
    void theBeginningIsFoundAndAllPartsAreTold() throws IOException {
        record();
        LookupTrace trace = trace("1").orElseThrow();
        assertThat(trace.end()).contains(QueryOutcome.End.CONVERGED);
        assertThat(trace.parts())
                .containsExactly(
                        new Part(RecordedNode.ANN, Optional.empty(), 1, new Part.Fate.Replied(0, 2_000_000, 1)),
                        new Part(
                                RecordedNode.BEN,
                                Optional.of(RecordedNode.ANN),
                                2,
                                new Part.Fate.NotReplied(2_000_000, 3_000_000, AskFailure.UNREACHABLE)));
    }

    @Test
    void ofWhatTheLogDoesNotHaveNothingIsTold() throws IOException {
        record();
        assertThat(trace("99")).isEmpty();
        assertThat(trace("seven")).isEmpty();
    }

    private void record() throws IOException {
        try (RecordedNode node = RecordedNode.in(data, KAD)) {
            node.boot(SELF);
            node.take(new QueryAction.Start(
                    new Ticket(Ticket.API, 1),
                    "api",
                    KadProtocol.NAME,
                    new KadQuestion.FindNode(Bytes.of((byte) 1)),
                    List.of(Contact.of(RecordedNode.ANN, ADDRESSES)),
                    AddressFilter.ANY,
                    Terms.standard(20)));
            node.take(new ConnectionAction.Retry(RecordedNode.BEN));
            node.take(new QueryAction.AnswerCame(
                    1,
                    1,
                    RecordedNode.ANN,
                    Optional.of(ADDRESSES.getFirst()),
                    KadAnswer.FoundNodes.of(
                            List.of(new PeerInfo(RecordedNode.BEN, ADDRESSES, Connectedness.NOT_CONNECTED))),
                    5));
            node.take(new QueryAction.AnswerMissing(1, 2, RecordedNode.BEN, AskFailure.UNREACHABLE, ""));
        }
    }

    private Optional<LookupTrace> trace(String query) throws IOException {
        Store<NodeRoot> store = NodeRoot.newStore(KAD);
        try (DirectoryStorage files = DirectoryStorage.open(data.resolve("index"))) {
            LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(data.resolve("log")), store);
            LogIndex<NodeRoot> index = LogIndex.open(log, store, files, "test+1", LogIndex.Options.DEFAULT, step -> {});
            return LookupInLog.trace(
                    index, NodeRoot.newStore(KAD), new Subject(QueryAction.OfQuery.KIND, query), false);
        }
    }
}
