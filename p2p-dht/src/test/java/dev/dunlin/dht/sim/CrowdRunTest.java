package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a crowd: what it stores and finds while nodes leave and come, and what adversaries may do. */
final class CrowdRunTest {

    private static final long MINUTE = 60 * KadCrowd.SECOND;

    @Test
    void valuesOutliveTheNodesThatHoldThem() {
        CrowdRun run = CrowdRun.of(1, new CrowdRun.Size(60, 90 * MINUTE, 300));
        run.crowd().runTo(run.end());
        Churn churn = run.churn().orElseThrow();
        // 59 nodes leave at 0.3 an hour in an hour and a half: 26 or so.
        assertThat(churn.left()).isBetween(11, 45);
        assertThat(churn.returned() + churn.joined()).isBetween(churn.left() / 2, churn.left());
        assertThat(run.crowd().size()).isEqualTo(60 + churn.joined());
        assertThat(run.values().puts()).isBetween(60, 120);
        assertThat(run.values().gets()).isGreaterThan(1_900);
        assertThat(run.values().rate()).as("%s", run.values()).isGreaterThan(0.99);
        assertThat(run.values().wrong()).isZero();
        CrowdLookups.Report lookups = run.lookups().orElseThrow();
        assertThat(lookups.done()).isGreaterThan(990);
        assertThat(lookups.recall()).as("%s", lookups).isGreaterThan(0.97);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertThat(digest(3)).isEqualTo(digest(3)).isNotEqualTo(digest(4));
    }

    private static Digest digest(long seed) {
        CrowdRun run = CrowdRun.of(seed, new CrowdRun.Size(20, 5 * MINUTE, 2_000));
        run.crowd().runTo(run.end());
        return run.crowd().digest();
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        for (CrowdSize size : List.of(
                new CrowdSize(1, 1, 0),
                new CrowdSize(CrowdRun.MOST_NODES + 1, 1, 0),
                new CrowdSize(2, 0, 0),
                new CrowdSize(2, 1, -1))) {
            assertThatThrownBy(() -> new CrowdRun.Size(size.nodes(), size.live(), size.churn()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Churn.Rate(0, 500, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Churn.Rate(1, 1001, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private record CrowdSize(int nodes, long live, int churn) {}

    @Test
    void aSignatureIsOfItsKeyAndNumber() {
        SignedValue rules = new SignedValue();
        Bytes key = SignedValue.key(1);
        ValueRecord record = SignedValue.record(key, 5);
        assertThat(rules.problem(key, record.value(), 0)).isEmpty();
        assertThat(rules.problem(SignedValue.key(2), record.value(), 0)).isPresent();
        byte[] changed = record.value().toArray();
        changed[7]++;
        assertThat(rules.problem(key, Bytes.of(changed), 0)).isPresent();
        assertThat(rules.problem(key, Bytes.of((byte) 1), 0)).isPresent();
        assertThat(rules.better(key, Bytes.of(changed), record.value())).isPositive();
    }

    /** Somebody who lies, is silent or is late joins as others do, and whoever asks gets what it gives. */
    @Test
    void adversariesAnswerInTheirOwnWay() {
        assertThat(told((node, asker, question) -> Adversary.Reply.HONEST)).containsExactly(QueryOutcome.End.CONVERGED);
        assertThat(told((node, asker, question) -> new Adversary.Reply.Honest(5 * KadCrowd.SECOND)))
                .containsExactly(QueryOutcome.End.CONVERGED);
        assertThat(told((node, asker, question) -> new Adversary.Reply.Silence()))
                .containsExactly(QueryOutcome.End.NO_ANSWERS);
        // It answers another question than the one that was asked.
        assertThat(told((node, asker, question) -> new Adversary.Reply.Lie(new KadAnswer.Pong())))
                .containsExactly(QueryOutcome.End.NO_ANSWERS);
    }

    private static List<QueryOutcome.End> told(Adversary as) {
        KadCrowd crowd = CrowdHealth.joined(2, 1, KadCrowd.Options.of(5, CrowdHealth.SERVERS));
        crowd.runTo(crowd.now() + MINUTE);
        crowd.corrupt(1, as);
        List<QueryOutcome.End> ends = new ArrayList<>();
        crowd.ask(0, ticket -> CrowdLookups.start(crowd, 0, ticket, Bytes.of((byte) 1)), outcome -> {
            if (outcome instanceof QueryOutcome.Done done) {
                ends.add(done.end());
            }
            return outcome instanceof QueryOutcome.Done;
        });
        crowd.runTo(crowd.now() + 2 * MINUTE);
        return ends;
    }

    /** Whoever asked and has stopped since is told nothing, and a node that was removed knows nothing any more. */
    @Test
    void whoHasStoppedIsToldNothing() {
        KadCrowd crowd = CrowdHealth.joined(20, 10, KadCrowd.Options.of(6, CrowdHealth.SERVERS));
        crowd.runTo(crowd.now() + MINUTE);
        List<Object> told = new ArrayList<>();
        crowd.ask(3, ticket -> join(ticket), outcome -> told.add(outcome));
        crowd.ask(4, ticket -> join(ticket), outcome -> told.add(outcome));
        assertThat(crowd.up()).isEqualTo(20);
        crowd.remove(3);
        crowd.stop(3);
        assertThat(crowd.up()).isEqualTo(19);
        crowd.runTo(crowd.now() + MINUTE);
        assertThat(told).singleElement().isInstanceOf(RoutingOutcome.Joined.class);
        assertThat(crowd.routing(3).spaces().isEmpty()).isTrue();
    }

    private static RoutingAction.Join join(Ticket ticket) {
        return new RoutingAction.Join(ticket, Network.WIDE);
    }
}
