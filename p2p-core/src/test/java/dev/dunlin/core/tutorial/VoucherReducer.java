package dev.dunlin.core.tutorial;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.tutorial.VoucherState.Goods;
import dev.dunlin.core.tutorial.VoucherState.Voucher;
import java.util.Map;

/** What becomes of vouchers. */
final class VoucherReducer {

    /** So long the warehouse may take to answer, in microseconds. */
    static final long PATIENCE = 10_000_000;

    /** So long after it failed it is asked again, in microseconds, and up to {@link #JITTER} longer. */
    static final long RETRY = 2_000_000;

    static final long JITTER = 1_000_000;

    /** The most vouchers that one tick asks for again. */
    static final int PER_TICK = 100;

    private VoucherReducer() {}

    static VoucherState reduce(VoucherState own, VoucherAction action, Context ctx) {
        return switch (action) {
            case VoucherAction.Redeem(String code, String who, Ticket ticket) -> {
                ActionId request = ctx.effect(new VoucherEffect.Grant(code, who));
                Voucher voucher = new Voucher(who, ctx.now(), ticket, new Goods.Asked(request));
                yield own.with(code, voucher, ctx.now() + PATIENCE);
            }
            case VoucherAction.Granted(String code) -> granted(own, code, ctx);
            case VoucherAction.Redeemed _ -> own;
            case VoucherAction.GrantFailed(String code, ActionId _, String _) -> {
                Voucher voucher = own.vouchers().at(code).with(new Goods.Owed());
                yield own.with(code, voucher, ctx.now() + RETRY + ctx.random().nextLong(JITTER));
            }
            case VoucherAction.Tick _ -> {
                own.due().due(ctx.now(), PER_TICK).forEach(code -> ctx.then(new VoucherAction.GrantDue(code)));
                yield own;
            }
            case VoucherAction.GrantDue(String code) -> askedAgain(own, code, ctx);
            case VoucherAction.Restarted _ -> restarted(own, ctx);
        };
    }

    private static VoucherState granted(VoucherState own, String code, Context ctx) {
        Voucher voucher = own.vouchers().at(code);
        ctx.then(new VoucherAction.Redeemed(code, voucher.who(), voucher.ticket()));
        return own.with(code, voucher.with(new Goods.Given(ctx.now())), Deadlines.NEVER);
    }

    private static VoucherState askedAgain(VoucherState own, String code, Context ctx) {
        Voucher voucher = own.vouchers().at(code);
        ActionId request = ctx.effect(new VoucherEffect.Grant(code, voucher.who()));
        return own.with(code, voucher.with(new Goods.Asked(request)), ctx.now() + PATIENCE);
    }

    // Redemptions survive a boot, requests do not: what is still pending is due at once.
    private static VoucherState restarted(VoucherState own, Context ctx) {
        VoucherState after = own;
        for (Map.Entry<String, Voucher> entry : own.vouchers()) {
            after = switch (entry.getValue().goods()) {
                case Goods.Asked _, Goods.Owed _ ->
                    after.with(entry.getKey(), entry.getValue().with(new Goods.Owed()), ctx.now());
                case Goods.Given _ -> after;
            };
        }
        return after;
    }
}
