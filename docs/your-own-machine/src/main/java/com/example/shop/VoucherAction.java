package com.example.shop;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/** What happens to vouchers. */
public sealed interface VoucherAction extends Action {

    /** The voucher's code. */
    String code();

    @Override
    default Subject about() {
        return Subject.of("voucher", code());
    }

    /** Wish: somebody wants the goods of a voucher. {@link VoucherOutcome.Redeemed} is its outcome. */
    record Redeem(String code, String who, Ticket ticket) implements VoucherAction, Action.Wish {}

    /** The warehouse has handed out the goods, now or earlier. */
    record Granted(String code) implements VoucherAction {}

    /** The warehouse has not handed out the goods, as this request wanted; why is for a reader of the log. */
    record GrantFailed(String code, ActionId request, String why) implements VoucherAction {}

    /** The warehouse is to be asked again for a voucher's goods. */
    record GrantDue(String code) implements VoucherAction {}
}
