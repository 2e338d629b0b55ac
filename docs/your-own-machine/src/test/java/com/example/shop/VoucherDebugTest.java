package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.debug.Bisect;
import dev.dunlin.core.debug.Blame;
import dev.dunlin.core.debug.CauseTree;
import dev.dunlin.core.debug.Cost;
import dev.dunlin.core.debug.Edit;
import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.debug.LoggedAction;
import dev.dunlin.core.debug.Parting;
import dev.dunlin.core.debug.StatePath;
import dev.dunlin.core.debug.WhatIf;
import dev.dunlin.core.debug.Why;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The questions that a node's log answers, put to the log of a shop. */
@Timeout(60)
final class VoucherDebugTest {

    private static final Subject VOUCHER = Subject.of("voucher", "AAAA2222");

    @TempDir
    Path folder = Path.of("");

    /** 1 the boot, 2 a voucher is redeemed, 3 its goods are granted, 4 it is redeemed again, which is refused. */
    @BeforeEach
    void aDay() throws Exception {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            NodeRuntime<Shop> node = VoucherNodeTest.started(storage);
            VoucherNodeTest.redeem(node, "AAAA2222").get();
            assertThat(VoucherNodeTest.redeem(node, "AAAA2222")).failsWithin(Duration.ofSeconds(30));
            node.stop().get();
        }
    }

    // A store of the same machines, before its first input.
    private static Store<Shop> store() {
        return Shop.store(VoucherMachine.of(100));
    }

    private static LogReader<Shop> log(LogStorage files) {
        return LogReader.open(files, store());
    }

    @Test
    void theLogIsVerified() {
        LogReader<Shop> log = log(DirectoryStorage.readOnly(folder));
        Replayer<Shop> replayer = new Replayer<>(log, store(), false);
        Replayer.Verified verified = replayer.verify(step -> {});
        verified.divergence().ifPresent(divergence -> System.out.println(divergence.text()));
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.failures()).isEmpty();
        assertThat(verified.last()).isEqualTo(4);
    }

    @Test
    void aStepIsLookedAt() {
        Replayer<Shop> replayer = new Replayer<>(log(DirectoryStorage.readOnly(folder)), store(), false);
        replayer.seek(2);
        System.out.println(replayer.json(replayer.state()).toPrettyString());
        replayer.difference(2, 3, 100).forEach(System.out::println);
        replayer.close();
        assertThat(replayer.step()).isEqualTo(3);
    }

    @Test
    void theIndexKnowsWhy() throws IOException {
        LogReader<Shop> log = log(DirectoryStorage.readOnly(folder));
        try (DirectoryStorage files = DirectoryStorage.open(folder.resolve("index"))) {
            LogIndex<Shop> index = LogIndex.open(log, store(), files, "shop 1.0", LogIndex.Options.DEFAULT, step -> {});

            Why why = Why.of(index, VOUCHER, 20);
            why.chain().forEach(entry -> System.out.println(entry.id() + " " + entry.type() + " " + entry.payload()));
            assertThat(why.phases()).containsEntry("vouchers", "given");
            Entry refused = why.lastRejection().orElseThrow();
            assertThat(refused.id()).isEqualTo(new ActionId(4, 0));
            assertThat(refused.rejection().orElseThrow().clause()).isEqualTo("code-is-not-redeemed");

            Blame blame = Blame.of(index, StatePath.parse("vouchers.vouchers.AAAA2222.goods"), index.last());
            assertThat(blame)
                    .isInstanceOfSatisfying(
                            Blame.Changed.class,
                            changed -> assertThat(changed.action().type()).isEqualTo("vouchers/granted"));

            CauseTree tree = CauseTree.of(index, new ActionId(3, 0), 100);
            assertThat(tree.causes()).extracting(Entry::type).containsExactly("vouchers/grant", "vouchers/redeem");

            Cost cost = Cost.of(index, System::nanoTime, step -> {});
            assertThat(cost.types()).containsKey("vouchers/redeem");
        }
    }

    @Test
    void thePastIsChanged() {
        LogReader<Shop> log = log(DirectoryStorage.readOnly(folder));
        WhatIf<Shop> whatIf = new WhatIf<>(log, VoucherDebugTest::store, false);

        WhatIf.Outcome without = whatIf.run(2, new Edit.Drop(), Long.MAX_VALUE, 100);
        assertThat(without.parted()).hasValue(2);
        assertThat(without.openLoop())
                .as("the second wish now asks, and nobody answers")
                .isTrue();
        without.actions().forEach(System.out::println);

        LoggedAction other = LoggedAction.parse(log.codec(), """
                {"type":"vouchers/redeem","payload":{"code":"BBBB3333","who":"bob","ticket":"#0"}}""");
        WhatIf.Outcome more = whatIf.run(2, new Edit.Insert(other), Long.MAX_VALUE, 100);
        assertThat(more.fields()).anyMatch(field -> field.path().equals("vouchers.vouchers.BBBB3333"));
    }

    @Test
    void twoLogsPart() {
        Plan plan = new VoucherScenario().plan(7, new Scenario.Size(4, 60_000_000));
        SimDisk one = recorded(new VoucherScenario(), plan);
        SimDisk other = recorded(new VoucherScenario(VoucherMachine.of(2)), plan);

        Bisect.Compared compared = Bisect.logs(log(one), log(other));
        Parting parting = compared.parting().orElseThrow();
        System.out.println("step " + parting.step() + ": " + parting.what());

        Bisect.Explained explained = Bisect.explain(
                parting,
                new Replayer<>(log(one), Shop.store(VoucherMachine.of(10)), false),
                new Replayer<>(log(other), Shop.store(VoucherMachine.of(2)), false),
                100);
        explained.fields().forEach(System.out::println);
        assertThat(explained.fields()).isNotEmpty();
    }

    private static SimDisk recorded(VoucherScenario scenario, Plan plan) {
        return Objects.requireNonNull(Simulation.of(scenario).logs(plan).get(0), "node 0");
    }
}
