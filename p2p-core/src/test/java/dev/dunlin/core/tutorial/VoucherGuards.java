package dev.dunlin.core.tutorial;

import static dev.dunlin.core.store.Guards.clause;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.tutorial.VoucherState.Goods;
import java.util.List;

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
                        clause("code-is-well-formed", (view, own, wish, now) -> isWellFormed(wish.code())),
                        clause("names-are-short", (view, own, wish, now) -> areShort(wish)),
                        clause(
                                "code-is-not-redeemed",
                                (view, own, wish, now) -> !own.vouchers().has(wish.code()),
                                (view, own, wish, now) -> List.of(Operand.of("code", wish.code()))),
                        clause(
                                "table-has-room",
                                (view, own, wish, now) -> own.vouchers().size() < room,
                                (view, own, wish, now) -> List.of(Operand.of("room", room))))
                .on(
                        VoucherAction.Redeemed.class,
                        clause(
                                "goods-are-given",
                                (view, own, fact, now) -> own.vouchers()
                                        .find(fact.code())
                                        .filter(voucher -> voucher.goods() instanceof Goods.Given)
                                        .isPresent()))
                .on(
                        VoucherAction.Granted.class,
                        clause("goods-are-pending", (view, own, fact, now) -> isPending(own, fact.code())))
                .on(
                        VoucherAction.GrantFailed.class,
                        clause(
                                "request-is-the-last",
                                (view, own, fact, now) -> own.vouchers()
                                        .find(fact.code())
                                        .filter(voucher -> voucher.goods().equals(new Goods.Asked(fact.request())))
                                        .isPresent()))
                .on(
                        VoucherAction.Tick.class,
                        clause(
                                "deadline-has-come",
                                (view, own, fact, now) -> own.due().next() <= now))
                .on(
                        VoucherAction.GrantDue.class,
                        clause(
                                "deadline-has-come",
                                (view, own, fact, now) -> own.due().isDue(fact.code(), now)))
                .always(VoucherAction.Restarted.class)
                .build();
    }

    private static boolean isWellFormed(String code) {
        return code.length() == CODE_LENGTH && code.chars().allMatch(character -> ALPHABET.indexOf(character) >= 0);
    }

    private static boolean areShort(VoucherAction.Redeem wish) {
        return wish.who().length() <= MOST_NAME
                && wish.ticket().slice().length() <= MOST_NAME
                && wish.ticket().key().length() <= MOST_NAME;
    }

    private static boolean isPending(VoucherState own, String code) {
        return own.vouchers()
                .find(code)
                .filter(voucher -> !(voucher.goods() instanceof Goods.Given))
                .isPresent();
    }
}
