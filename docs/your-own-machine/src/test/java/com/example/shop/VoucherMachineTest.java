package com.example.shop;

import static dev.dunlin.core.testkit.DunlinAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.StoreDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VoucherMachineTest {

    private static final Ticket ANNA = new Ticket(Ticket.API, 1);

    private final StoreDriver<Shop> shop = StoreDriver.of(Shop.store(VoucherMachine.of(2)));

    private Turn redeem(String code) {
        return shop.dispatch(new VoucherAction.Redeem(code, "anna", ANNA));
    }

    @Test
    void aVoucherIsRedeemedWhenItsGoodsAreGranted() {
        shop.boot();
        assertThat(redeem("AAAA2222")).emittedExactly(new VoucherEffect.Grant("AAAA2222", "anna"));
        assertThat(shop.lastTurn().orElseThrow().durable()).isTrue();
        assertThat(shop.answer(VoucherEffect.Grant.class, new VoucherAction.Granted("AAAA2222")))
                .ledTo(new VoucherOutcome.Redeemed(ANNA, "AAAA2222", "anna"));
        assertThat(shop).hasPhase("vouchers", Subject.of("voucher", "AAAA2222"), "given");
    }

    @Test
    void aCodeIsRedeemedOnceAndWhoeverAsksAgainIsToldWhy() {
        shop.boot();
        redeem("AAAA2222");
        assertThat(redeem("AAAA2222"))
                .ledTo(new NodeOutcome.Refused(
                        ANNA, "vouchers/redeem", Subject.of("voucher", "AAAA2222"), "code-is-not-redeemed", List.of()))
                .isRejected()
                .by("code-is-not-redeemed");
    }

    @Test
    void theTableIsBounded() {
        shop.boot();
        redeem("AAAA2222");
        redeem("BBBB3333");
        assertThat(redeem("CCCC4444")).isRejected().by("table-has-room").withOperand("room", 2);
    }

    @Test
    void aFailedGrantIsAskedForAgain() {
        shop.boot();
        redeem("AAAA2222");
        Turn.Emitted first = shop.awaiting(VoucherEffect.Grant.class);
        shop.answer(first.id(), new VoucherAction.GrantFailed("AAAA2222", first.id(), "closed"));
        assertThat(shop.effects(VoucherEffect.Grant.class)).hasSize(1);
        shop.advanceBy(VoucherReducer.RETRY + VoucherReducer.JITTER);
        assertThat(shop.effects(VoucherEffect.Grant.class)).hasSize(2);
    }

    @Test
    void aLateGrantOfAnEarlierRequestCountsAndALateFailureDoesNot() {
        shop.boot();
        redeem("AAAA2222");
        Turn.Emitted first = shop.awaiting(VoucherEffect.Grant.class);
        shop.advanceBy(VoucherReducer.PATIENCE);
        List<Turn.Emitted> both = shop.awaiting();
        assertThat(both).hasSize(2);
        assertThat(shop.answer(first.id(), new VoucherAction.GrantFailed("AAAA2222", first.id(), "silent")))
                .isRejected()
                .by("request-is-the-last");
        assertThat(shop.answer(both.getLast().id(), new VoucherAction.Granted("AAAA2222")))
                .isEnabled();
        assertThat(shop.dispatch(new VoucherAction.Granted("AAAA2222")))
                .isRejected()
                .by("goods-are-pending");
    }

    @Test
    void whatIsPendingIsAskedForAgainAfterABoot() {
        shop.boot();
        redeem("AAAA2222");
        shop.boot();
        shop.advanceBy(0);
        assertThat(shop.effects(VoucherEffect.Grant.class)).hasSize(2);
    }

    @Test
    void oneTickAsksForABoundedNumber() {
        StoreDriver<Shop> big = StoreDriver.of(Shop.store(VoucherMachine.of(250)));
        big.boot();
        for (int i = 0; i < 250; i++) {
            String code = "AAAA" + (char) ('A' + i / 100 % 8) + (char) ('2' + i / 10 % 8) + (char) ('A' + i % 8)
                    + (char) ('2' + i / 8 % 8);
            big.dispatch(new VoucherAction.Redeem(code, "anna", ANNA));
        }
        int redeemed = big.root().vouchers().vouchers().size();
        assertThat(redeemed).isGreaterThan(Store.DUE_PER_TICK);
        big.boot();
        List<Turn> ticks = big.advanceBy(0);
        assertThat(ticks).hasSize((redeemed + Store.DUE_PER_TICK - 1) / Store.DUE_PER_TICK);
        assertThat(ticks.getFirst().effects()).hasSize(Store.DUE_PER_TICK);
    }
}
