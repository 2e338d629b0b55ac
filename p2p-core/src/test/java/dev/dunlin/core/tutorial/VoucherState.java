package dev.dunlin.core.tutorial;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Ticket;

/**
 * Which vouchers were redeemed.
 *
 * @param vouchers the redeemed ones, by code
 * @param due when the warehouse is asked again for goods that it has not granted, microseconds since the Unix epoch
 */
public record VoucherState(Table<String, Voucher> vouchers, Deadlines<String> due) {

    /** Nothing was redeemed yet. */
    public static final VoucherState INITIAL = new VoucherState(Table.empty(), Deadlines.none());

    /**
     * A redeemed voucher.
     *
     * @param who for whom
     * @param redeemedAt when, microseconds since the Unix epoch
     * @param ticket of who asked for it
     * @param goods what became of its goods
     */
    public record Voucher(String who, long redeemedAt, Ticket ticket, Goods goods) {
        Voucher with(Goods changed) {
            return new Voucher(who, redeemedAt, ticket, changed);
        }
    }

    /** What became of a redeemed voucher's goods. Times are microseconds since the Unix epoch. */
    public sealed interface Goods {

        /** The warehouse was asked for them, last by this request. */
        record Asked(ActionId request) implements Goods {}

        /** It could not grant them, or the node went down meanwhile: it is to be asked again. */
        record Owed() implements Goods {}

        /** They were handed out; we heard of it then. */
        record Given(long at) implements Goods {}
    }

    VoucherState with(String code, Voucher voucher, long deadline) {
        return new VoucherState(vouchers.with(code, voucher), due.with(code, deadline));
    }
}
