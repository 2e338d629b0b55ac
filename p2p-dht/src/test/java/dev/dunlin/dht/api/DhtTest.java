package dev.dunlin.dht.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.sim.Adversary;
import dev.dunlin.dht.sim.KadCrowd;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API, of one node among twenty in a simulated world. */
@Timeout(60)
final class DhtTest {

    private static final int NODES = 20;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);
    private static final Bytes KEY = AnyValue.key("a");
    private static final Bytes VALUE = bytes("first");
    private static final Cid CONTENT = Cid.v1(Multicodec.RAW, Multihash.sha256(new byte[] {1, 2, 3}));

    private static final DhtConfig CONFIG =
            DhtConfig.builder().mode(Mode.SERVER).filterLocalhost(false).build();

    private final List<Duration> waits = new ArrayList<>();
    private final KadCrowd crowd = world(CONFIG);
    private final CrowdHost host = new CrowdHost(crowd, 0, CONFIG.settings());
    private Dht dht = dht(CONFIG);

    private static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KadCrowd world(DhtConfig config) {
        return new KadCrowd(KadCrowd.Options.of(1, config.settings())
                .judgedBy(AnyValue.VALIDATORS)
                .with(List.of(Operated.METRICS)));
    }

    private Dht dht(DhtConfig config) {
        return Dht.of(host, AnyValue.VALIDATORS, config, wait -> {
            waits.add(wait);
            return host.pause(wait);
        });
    }

    @BeforeEach
    void joined() {
        for (int i = 0; i < NODES; i++) {
            crowd.add();
            crowd.start(i, i == 0 ? List.of() : List.of(0));
        }
        crowd.runTo(60 * KadCrowd.SECOND);
        dht.start();
    }

    private <T> T get(CompletableFuture<T> future) {
        host.drive(future, LONG);
        assertThat(future).as("it is done").isDone();
        return future.join();
    }

    private DhtException failure(CompletableFuture<?> future) {
        host.drive(future, LONG);
        return Dht.failure(Objects.requireNonNull(catchThrowable(future::join)));
    }

    // What is asked

    @Test
    void peersAreFoundByBothForms() {
        Contact other = crowd.contact(7);
        assertThat(get(dht.findPeerAsync(other.peer()))).contains(other);
        assertThat(get(CompletableFuture.supplyAsync(() -> dht.findPeer(other.peer()), VIRTUAL)))
                .contains(other);
        int unknown = crowd.add();
        assertThat(get(dht.findPeerAsync(crowd.contact(unknown).peer()))).isEmpty();
    }

    @Test
    void theNodeItselfIsFoundWithoutAsking() {
        assertThat(dht.findPeer(crowd.contact(0).peer())).contains(crowd.contact(0));
    }

    @Test
    void theNearestAreFound() {
        List<Contact> nearest = get(dht.getClosestPeersAsync(crowd.contact(3).peer()));
        assertThat(nearest.getFirst()).isEqualTo(crowd.contact(3));
        assertThat(nearest).hasSize(NODES - 1);
        assertThat(get(CompletableFuture.supplyAsync(() -> dht.getClosestPeers(KEY), VIRTUAL)))
                .hasSize(NODES - 1);
    }

    @Test
    void valuesAreStoredAndFound() {
        assertThat(get(dht.putValueAsync(KEY, VALUE))).isEqualTo(NODES - 1);
        CrowdHost elsewhere = new CrowdHost(crowd, 9, CONFIG.settings());
        Dht other = Dht.of(elsewhere, AnyValue.VALIDATORS, CONFIG);
        other.start();
        CompletableFuture<Optional<Bytes>> found = other.getValueAsync(KEY);
        elsewhere.drive(found, LONG);
        assertThat(found.join()).contains(VALUE);
        CompletableFuture<Optional<Bytes>> nothing = other.getValueAsync(AnyValue.key("nothing"), 1);
        elsewhere.drive(nothing, LONG);
        assertThat(nothing.join()).isEmpty();
    }

    @Test
    void aValueIsStoredWithThoseThatAreGivenAndNobodyElse() {
        List<Contact> chosen = List.of(crowd.contact(5), crowd.contact(13));
        long questions = crowd.questions();
        assertThat(get(dht.putValueToAsync(KEY, VALUE, chosen))).isEqualTo(2);
        assertThat(crowd.questions()).isEqualTo(questions + 2);
        for (int i = 0; i < NODES; i++) {
            assertThat(crowd.records(i).values().held().has(KEY))
                    .as("node %d", i)
                    .isEqualTo(i == 5 || i == 13);
        }
        crowd.stop(5);
        assertThat(get(dht.putValueToAsync(KEY, bytes("second"), chosen))).isEqualTo(1);
        crowd.stop(13);
        assertThat(failure(dht.putValueToAsync(KEY, VALUE, chosen)))
                .isInstanceOf(DhtException.MaxRetries.class)
                .hasMessageContaining("none of the 2 nodes");
    }

    /** It is not said to be nowhere before the last that was asked has answered, or had its time. */
    @Test
    void theOnlyOneThatHasItMayBeSlow() {
        get(dht.putValueToAsync(KEY, VALUE, List.of(crowd.contact(13))));
        crowd.corrupt(13, (node, asker, question) -> new Adversary.Reply.Honest(6 * KadCrowd.SECOND));
        assertThat(get(dht.getValueAsync(KEY))).contains(VALUE);
    }

    /** What this node holds itself is enough where one answer is. */
    @Test
    void whatTheNodeHoldsItselfIsFoundThoughNobodyAnswers() {
        get(dht.putValueAsync(KEY, VALUE));
        for (int i = 1; i < NODES; i++) {
            crowd.stop(i);
        }
        long questions = crowd.questions();
        assertThat(get(dht.getValueAsync(KEY, 1))).contains(VALUE);
        assertThat(crowd.questions()).isEqualTo(questions);
        assertThat(get(dht.getValueAsync(KEY, 2))).contains(VALUE);
    }

    @Test
    void betterValuesAreToldOneAfterTheOther() {
        crowd.say(2, new RecordsAction.Put(Ticket.NONE, ValueRecord.of(KEY, bytes("z, the best"))));
        get(dht.putValueAsync(AnyValue.key("b"), VALUE));
        Results<Bytes> values = dht.searchValue(KEY, 0);
        host.drive(values.end(), LONG);
        List<Bytes> told = new ArrayList<>();
        values.forEach(told::add);
        assertThat(told).last().isEqualTo(bytes("z, the best"));
        assertThat(values.end()).isCompleted();
        assertThatIllegalStateException().isThrownBy(values::iterator).withMessageContaining("taken once");
    }

    @Test
    void providersAreFound() {
        assertThat(get(dht.provideAsync(CONTENT))).isEqualTo(NODES - 1);
        CrowdHost elsewhere = new CrowdHost(crowd, 9, CONFIG.settings());
        Dht other = Dht.of(elsewhere, AnyValue.VALIDATORS, CONFIG);
        other.start();
        Results<Contact> providers = other.findProviders(CONTENT, 5);
        elsewhere.drive(providers.end(), LONG);
        try (var found = providers.stream()) {
            assertThat(found).containsExactly(crowd.contact(0));
        }
    }

    @Test
    void whatIsKeptProvidedIsFoundWithoutAnotherCall() {
        assertThat(get(dht.keepProvidingAsync(List.of(CONTENT, CONTENT)))).isEqualTo(1);
        host.drive(new CompletableFuture<>(), Duration.ofSeconds(30));
        CrowdHost elsewhere = new CrowdHost(crowd, 9, CONFIG.settings());
        Dht other = Dht.of(elsewhere, AnyValue.VALIDATORS, CONFIG);
        other.start();
        Results<Contact> providers = other.findProviders(CONTENT, 1);
        elsewhere.drive(providers.end(), LONG);
        assertThat(providers.iterator().next()).isEqualTo(crowd.contact(0));
        CrowdHost again = new CrowdHost(crowd, 0, CONFIG.settings());
        Dht same = Dht.of(again, AnyValue.VALIDATORS, CONFIG);
        same.start();
        CompletableFuture<Integer> stopped = same.stopProvidingAsync(List.of(CONTENT));
        again.drive(stopped, LONG);
        assertThat(stopped.join()).isEqualTo(1);
        assertThatExceptionOfType(DhtException.Configuration.class).isThrownBy(() -> dht.keepProviding(List.of()));
    }

    @Test
    void aValueThatIsKeptIsStoredAgain() {
        Bytes key = AnyValue.key("kept");
        Bytes value = Bytes.of((byte) 7);
        assertThat(get(dht.keepValueAsync(key, value))).isEqualTo(key);
        host.drive(new CompletableFuture<>(), Duration.ofSeconds(30));
        assertThat(get(dht.getValueAsync(key))).contains(value);
        assertThat(crowd.publishing(0).valueCount()).isEqualTo(1);
        assertThat(get(dht.stopKeepingValueAsync(key))).isEqualTo(key);
        assertThat(crowd.publishing(0).valueCount()).isZero();
        CompletableFuture<Bytes> gone = dht.stopKeepingValueAsync(key);
        host.drive(gone, LONG);
        assertThatThrownBy(gone::join).hasMessageContaining("no value of this key is kept");
    }

    @Test
    void whoIsNotListeningIsToldThatNobodyCouldComeToIt() {
        CrowdHost deaf = new CrowdHost(crowd, crowd.add(), CONFIG.settings());
        int number = crowd.size() - 1;
        crowd.start(number, List.of(0));
        crowd.say(number, new IdentifyAction.AddressesUnbound(new Handle("listener", 1, 1)));
        Dht other = Dht.of(deaf, AnyValue.VALIDATORS, CONFIG);
        other.start();
        CompletableFuture<Integer> provided = other.provideAsync(CONTENT);
        deaf.drive(provided, LONG);
        assertThat(provided)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(DhtException.Query.class)
                .withMessageContaining("have it listen first");
    }

    @Test
    void theNetworkIsJoined() {
        assertThat(get(dht.bootstrapAsync())).isEqualTo(NODES - 1);
    }

    @Test
    void whatIsDoneIsCounted() {
        DhtMetrics before = dht.metrics();
        get(dht.putValueAsync(KEY, VALUE));
        get(dht.getValueAsync(KEY));
        crowd.stop(5);
        get(dht.getClosestPeersAsync(KEY));
        // Who is gone is looked at, in vain.
        host.drive(new CompletableFuture<>(), Duration.ofMinutes(15));
        DhtMetrics after = dht.metrics();
        assertThat(after.totalQueries()).isGreaterThanOrEqualTo(before.totalQueries() + 3);
        assertThat(after.totalNetworkRequests()).isGreaterThan(before.totalNetworkRequests() + NODES);
        assertThat(after.networkAnswers()).isGreaterThan(before.networkAnswers());
        assertThat(after.networkTimeouts()).isGreaterThan(before.networkTimeouts());
        assertThat(after.errors().has("timed-out")).isTrue();
        assertThat(after.queryLatency().average())
                .isBetween(after.queryLatency().least(), after.queryLatency().most());
        assertThat(after.networkLatency().least()).isPositive();
        assertThat(after.routingTableSize()).isBetween(NODES - 2, NODES - 1);
        assertThat(after.peersAdded() - after.peersRemoved()).isEqualTo(after.routingTableSize());
        assertThat(after.bucketRefreshes()).isPositive();
        assertThat(after.valuesKept()).as("one's own").isEqualTo(1);
        assertThat(after.querySuccessRate()).isBetween(0.5, 1.0);
        assertThat(after.networkSuccessRate()).isBetween(0.5, 0.999);
        assertThat(after.queriesPerSecond()).isPositive();
        assertThat(after.networkRequestsPerSecond()).isGreaterThan(after.queriesPerSecond());
        Dht uncounted = dht(DhtConfig.builder()
                .mode(Mode.SERVER)
                .filterLocalhost(false)
                .enableMetrics(false)
                .build());
        uncounted.start();
        assertThat(uncounted.metrics()).isEqualTo(DhtMetrics.NONE);
        assertThat(DhtMetrics.NONE.querySuccessRate()).isEqualTo(1);
        assertThat(DhtMetrics.NONE.queriesPerSecond()).isZero();
    }

    // What is wrong

    @Test
    void wrongArgumentsAreToldBeforeAnythingIsSent() {
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() -> dht.getClosestPeers(Bytes.EMPTY))
                .withMessageContaining("1 to " + KadQuestion.MAX_KEY);
        assertThatExceptionOfType(DhtException.Configuration.class).isThrownBy(() -> dht.getValue(KEY, -1));
        assertThatExceptionOfType(DhtException.Configuration.class).isThrownBy(() -> dht.getValue(KEY, 257));
        assertThatExceptionOfType(DhtException.Configuration.class).isThrownBy(() -> dht.findProviders(CONTENT, 0));
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() -> dht.findProviders(CONTENT, Goal.MOST_PROVIDERS + 1));
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() -> dht.putValue(KEY, Bytes.of(new byte[(1 << 20) + 1])));
        Contact other = crowd.contact(1);
        for (List<Contact> wrong : List.of(List.<Contact>of(), List.of(other, other), List.of(crowd.contact(0)))) {
            assertThatExceptionOfType(DhtException.Configuration.class)
                    .isThrownBy(() -> dht.putValueTo(KEY, VALUE, wrong));
        }
        assertThatExceptionOfType(DhtException.Protocol.class)
                .isThrownBy(() -> dht.putValueTo(KEY, Bytes.EMPTY, List.of(other)));
        assertThatExceptionOfType(DhtException.Protocol.class)
                .isThrownBy(() -> dht.putValue(KEY, Bytes.EMPTY))
                .withMessageContaining("the value has no byte");
        assertThatExceptionOfType(DhtException.Protocol.class)
                .isThrownBy(() -> dht.putValue(bytes("/other/a"), VALUE))
                .withMessageContaining("/test/");
        assertThat(crowd.operations(0).running()).isEmpty();
    }

    @Test
    void whatCannotBeABootstrapNodeIsToldAtOnce() {
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() -> DhtConfig.builder()
                        .bootstrapPeers(List.of(Multiaddr.parse("/ip4/192.0.2.1/tcp/4001")))
                        .build())
                .withMessageContaining("does not say which node is there");
        assertThat(DhtConfig.builder()
                        .setting("records.store", "sqlite")
                        .build()
                        .settings()
                        .at("records.store"))
                .isEqualTo("sqlite");
    }

    @Test
    void manyMayWaitForTheNetworkToBeJoined() {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            all.add(dht.bootstrapAsync());
        }
        for (CompletableFuture<Integer> one : all) {
            assertThat(get(one)).isEqualTo(NODES - 1);
        }
    }

    @Test
    void nothingIsTakenBeforeTheStartAndAfterTheEnd() {
        Dht fresh = dht(CONFIG);
        assertThatExceptionOfType(DhtException.NotStarted.class).isThrownBy(() -> fresh.getValue(KEY));
        assertThatExceptionOfType(DhtException.NotStarted.class).isThrownBy(fresh::bootstrap);
        fresh.start();
        fresh.start();
        fresh.close();
        fresh.close();
        assertThatExceptionOfType(DhtException.Closed.class).isThrownBy(() -> fresh.getValue(KEY));
        assertThatExceptionOfType(DhtException.Closed.class).isThrownBy(fresh::start);
    }

    @Test
    void whatGoesOnWhenItIsClosedFailsAndIsStopped() {
        CompletableFuture<Optional<Bytes>> value = dht.getValueAsync(KEY);
        host.drive(value, Duration.ofMillis(20));
        assertThat(crowd.operations(0).running()).isNotEmpty();
        dht.close();
        assertThat(failure(value)).isInstanceOf(DhtException.Closed.class);
        assertThat(host.offered())
                .hasOnlyElementsOfType(OperationAction.Stop.class)
                .hasSize(1);
        assertThat(crowd.operations(0).running()).isEmpty();
    }

    @Test
    void whoGoesAwayStopsWhatItAsked() {
        CompletableFuture<Optional<Bytes>> value = dht.getValueAsync(KEY);
        host.drive(value, Duration.ofMillis(20));
        value.cancel(true);
        Results<Contact> providers = dht.findProviders(CONTENT, 5);
        host.drive(providers.end(), Duration.ofMillis(20));
        providers.close();
        host.drive(providers.end(), Duration.ofMillis(20));
        assertThat(providers.iterator().hasNext()).isFalse();
        assertThat(host.offered()).hasSize(2);
        assertThat(crowd.operations(0).running()).isEmpty();
    }

    @Test
    void aWaitingThreadThatIsInterruptedStopsWhatItAsked() throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                dht.getValue(KEY);
            } catch (CancellationException e) {
                thrown.complete(e);
            }
        });
        while (crowd.operations(0).running().isEmpty()) {
            host.drive(thrown, Duration.ofMillis(10));
        }
        waiting.interrupt();
        waiting.join();
        assertThat(thrown).isCompleted();
        host.drive(new CompletableFuture<>(), Duration.ofMillis(20));
        assertThat(crowd.operations(0).running()).isEmpty();
    }

    // What is tried again

    @Test
    void whatNobodyAnswersIsTriedAgainWithGrowingWaits() {
        for (int i = 1; i < NODES; i++) {
            crowd.stop(i);
        }
        dht = dht(DhtConfig.builder()
                .mode(Mode.SERVER)
                .filterLocalhost(false)
                .maxRetries(4)
                .initialBackoff(Duration.ofSeconds(1))
                .maxBackoff(Duration.ofSeconds(3))
                .build());
        dht.start();
        DhtException failure = failure(dht.getClosestPeersAsync(KEY));
        assertThat(failure).isInstanceOf(DhtException.MaxRetries.class).hasMessageContaining("tried 5 times");
        assertThat(failure.getCause()).isInstanceOfAny(DhtException.Network.class, DhtException.Routing.class);
        assertThat(waits)
                .containsExactly(
                        Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(3));
    }

    @Test
    void whoKnowsNobodyIsToldSo() {
        int alone = crowd.add();
        crowd.start(alone, List.of());
        CrowdHost lonely = new CrowdHost(crowd, alone, CONFIG.settings());
        Dht other = Dht.of(
                lonely,
                AnyValue.VALIDATORS,
                DhtConfig.builder()
                        .mode(Mode.SERVER)
                        .filterLocalhost(false)
                        .maxRetries(0)
                        .build());
        other.start();
        CompletableFuture<List<Contact>> nearest = other.getClosestPeersAsync(KEY);
        CompletableFuture<Integer> known = other.bootstrapAsync();
        lonely.drive(known, LONG);
        assertThat(nearest)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(DhtException.Routing.class);
        assertThat(known)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(DhtException.Bootstrap.class);
    }

    @Test
    void whatIsRefusedForWantOfRoomIsTriedAgain() {
        List<CompletableFuture<List<Contact>>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(dht.getClosestPeersAsync(AnyValue.key("k" + i)));
        }
        all.forEach(one -> assertThat(get(one)).isNotEmpty());
        assertThat(waits).as("48 may go on at a time").hasSizeBetween(12, 36);
    }

    // With which node it works

    @Test
    void aNodeWithOtherSettingsIsRefusedWithAllThatDiffers() {
        Dht other = dht(DhtConfig.builder()
                .mode(Mode.CLIENT)
                .bucketSize(5)
                .filterLocalhost(false)
                .build());
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(other::start)
                .satisfies(bad -> assertThat(bad.problems())
                        .hasSize(3)
                        .anyMatch(one -> one.contains("routing.mode = server, not client"))
                        .anyMatch(one -> one.contains("routing.bucketSize = 20, not 5")));
    }

    @Test
    void aNodeWithoutADhtIsRefused() {
        CrowdHost without = new CrowdHost(crowd, 0, Table.empty()) {
            @Override
            public <S> S state(Machine<?, S, ?> machine) {
                throw new IllegalArgumentException("the node has no machine " + machine.name());
            }
        };
        assertThatExceptionOfType(DhtException.Configuration.class)
                .isThrownBy(() ->
                        Dht.of(without, AnyValue.VALIDATORS, DhtConfig.STANDARD).start())
                .withMessageContaining("start it with a KadExtension");
    }
}
