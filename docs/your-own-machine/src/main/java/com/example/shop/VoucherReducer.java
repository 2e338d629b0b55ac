package com.example.shop;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Ticket;
import com.example.shop.VoucherState.Goods;
import com.example.shop.VoucherState.Voucher;

/** What becomes of vouchers. */
final class VoucherReducer {

    /** So long the warehouse may take to answer, in microseconds. */
    static final long PATIENCE = 10_000_000;

    /** So long after it failed it is asked again, in microseconds, and up to {@link #JITTER} longer. */
    static final long RETRY = 2_000_000;

    static final long JITTER = 1_000_000;

    private VoucherReducer() {}

    static VoucherState reduce(VoucherState own, VoucherAction action, Context ctx) {
        return switch (action) {
            case VoucherAction.Redeem(String code, String who, Ticket ticket) ->
                asked(own, code, new Voucher(who, ctx.now(), ticket, new Goods.Owed(), ctx.now()), ctx);
            case VoucherAction.Granted(String code) -> granted(own, code, ctx);
            case VoucherAction.GrantFailed(String code, ActionId _, String _) -> {
                long again = ctx.now() + RETRY + ctx.random().nextLong(JITTER);
                yield own.with(code, own.vouchers().at(code).with(new Goods.Owed(), again));
            }
            case VoucherAction.GrantDue(String code) ->
                asked(own, code, own.vouchers().at(code), ctx);
        };
    }

    private static VoucherState asked(VoucherState own, String code, Voucher voucher, Context ctx) {
        ActionId request = ctx.effect(new VoucherEffect.Grant(code, voucher.who()));
        return own.with(code, voucher.with(new Goods.Asked(request), ctx.now() + PATIENCE));
    }

    private static VoucherState granted(VoucherState own, String code, Context ctx) {
        Voucher voucher = own.vouchers().at(code);
        ctx.then(new VoucherOutcome.Redeemed(voucher.ticket(), code, voucher.who()));
        return own.with(code, voucher.with(new Goods.Given(ctx.now()), Due.NEVER));
    }
}
