package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.StoreDriver;
import org.junit.jupiter.api.Test;

/** A second machine, which counts what the first has handed out. */
final class TallyTest {

    record Tally(Table<String, Long> byName) {}

    sealed interface TallyAction extends Action {
        record Counted(String code, String who) implements TallyAction {}
    }

    static final Machine<Object, Tally, TallyAction> TALLY = Machine.of("tally", new Tally(Table.empty()))
            .actions(TallyAction.class)
            .guards(Guards.<Object, Tally, TallyAction>of()
                    .always(TallyAction.Counted.class)
                    .build())
            .reduces((own, action, ctx) -> switch (action) {
                case TallyAction.Counted(String code, String who) ->
                    new Tally(own.byName().with(who, own.byName().or(who, 0L) + 1));
            })
            .on(VoucherOutcome.Redeemed.class, redeemed -> new TallyAction.Counted(redeemed.code(), redeemed.who()))
            .budget(1 << 20);

    record Firm(VoucherState vouchers, Tally tally) {}

    static Store<Firm> store() {
        return Store.of(new Firm(VoucherState.INITIAL, new Tally(Table.empty())))
                .mount(VoucherMachine.of(10), Firm::vouchers, (firm, changed) -> new Firm(changed, firm.tally()))
                .mount(TALLY, Firm::tally, (firm, changed) -> new Firm(firm.vouchers(), changed))
                .build();
    }

    @Test
    void whatTheFirstMachineTellsIsAnActionOfTheSecond() {
        StoreDriver<Firm> driver = StoreDriver.of(store());
        driver.boot();
        driver.dispatch(new VoucherAction.Redeem("AAAA2222", "ann", new Ticket("api", 1)));
        driver.answer(VoucherEffect.Grant.class, new VoucherAction.Granted("AAAA2222"));
        assertThat(driver.root().tally().byName().at("ann")).isEqualTo(1);
    }
}
