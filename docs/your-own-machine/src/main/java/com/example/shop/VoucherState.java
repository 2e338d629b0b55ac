package com.example.shop;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.Map;

/**
 * Which vouchers were redeemed.
 *
 * @param vouchers the redeemed ones, by code
 */
public record VoucherState(Table<String, Voucher> vouchers) {

    /** Nothing was redeemed yet. */
    public static final VoucherState INITIAL = new VoucherState(Table.empty());

    /**
     * A redeemed voucher. Times are microseconds of the node's time.
     *
     * @param who for whom
     * @param redeemedAt when
     * @param ticket of who asked for it
     * @param goods what became of its goods
     * @param at when the warehouse is to be asked again; {@link Due#NEVER} if the goods are given
     */
    public record Voucher(String who, long redeemedAt, Ticket ticket, Goods goods, long at) implements Due {
        Voucher with(Goods changed, long due) {
            return new Voucher(who, redeemedAt, ticket, changed, due);
        }
    }

    /** What became of a redeemed voucher's goods. */
    public sealed interface Goods {

        /** The warehouse was asked for them, last by this request. */
        record Asked(ActionId request) implements Goods {}

        /** It could not grant them, or the node went down meanwhile: it is to be asked again. */
        record Owed() implements Goods {}

        /** They were handed out; we heard of it then. */
        record Given(long since) implements Goods {}
    }

    VoucherState with(String code, Voucher voucher) {
        return new VoucherState(vouchers.with(code, voucher));
    }

    // Redemptions survive a boot, requests do not: what is still pending is due at once.
    VoucherState booted(long now) {
        Table<String, Voucher> after = vouchers;
        for (Map.Entry<String, Voucher> entry : vouchers) {
            if (!(entry.getValue().goods() instanceof Goods.Given)) {
                after = after.with(entry.getKey(), entry.getValue().with(new Goods.Owed(), now));
            }
        }
        return new VoucherState(after);
    }

    String phase(Subject subject) {
        return vouchers.find(subject.key())
                .map(voucher -> switch (voucher.goods()) {
                    case Goods.Asked _ -> "asked";
                    case Goods.Owed _ -> "owed";
                    case Goods.Given _ -> "given";
                })
                .orElse("fresh");
    }
}
