package com.example.shop;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.below;
import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Guards;
import com.example.shop.VoucherState.Goods;

/** When a voucher may do what. */
final class VoucherGuards {

    /** The characters of a code: no zero, no one, no I, no O. */
    static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    static final int CODE_LENGTH = 8;
    static final int MOST_NAME = 64;

    private VoucherGuards() {}

    static Guards<Object, VoucherState, VoucherAction> of(int room) {
        return Guards.<Object, VoucherState, VoucherAction>of()
                .on(
                        VoucherAction.Redeem.class,
                        when("code-is-well-formed", (own, wish) -> isWellFormed(wish.code())),
                        when("name-is-short", (own, wish) -> wish.who().length() <= MOST_NAME),
                        absent("code-is-not-redeemed", VoucherState::vouchers, VoucherAction.Redeem::code),
                        below("table-has-room", own -> own.vouchers().size(), "room", own -> room))
                .on(
                        VoucherAction.Granted.class,
                        present(
                                "goods-are-pending",
                                VoucherState::vouchers,
                                VoucherAction.Granted::code,
                                (fact, voucher) -> !(voucher.goods() instanceof Goods.Given)))
                .on(
                        VoucherAction.GrantFailed.class,
                        present(
                                "request-is-the-last",
                                VoucherState::vouchers,
                                VoucherAction.GrantFailed::code,
                                (fact, voucher) -> voucher.goods().equals(new Goods.Asked(fact.request()))))
                .always(VoucherAction.GrantDue.class)
                .build();
    }

    private static boolean isWellFormed(String code) {
        return code.length() == CODE_LENGTH && code.chars().allMatch(character -> ALPHABET.indexOf(character) >= 0);
    }
}
