package dev.dunlin.core.tutorial;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Ticket;

/** What happens to vouchers. */
public sealed interface VoucherAction extends Action {

    /** Wish: somebody wants the goods of a voucher. {@link Redeemed} is its outcome, and echoes the ticket. */
    record Redeem(String code, String who, Ticket ticket) implements VoucherAction {}

    /** Outcome: the voucher is redeemed for good, and its goods were handed out. */
    record Redeemed(String code, String who, Ticket ticket) implements VoucherAction, Action.Ticketed {}

    /** The warehouse has handed out the goods, now or earlier. */
    record Granted(String code) implements VoucherAction {}

    /** The warehouse has not handed out the goods, as this request wanted; why is for a reader of the log. */
    record GrantFailed(String code, ActionId request, String why) implements VoucherAction {}

    /** A deadline has come. */
    record Tick() implements VoucherAction {}

    /** The warehouse is to be asked again for a voucher's goods. */
    record GrantDue(String code) implements VoucherAction {}

    /** The node has booted: no answer will come to what was asked before. */
    record Restarted() implements VoucherAction {}
}
