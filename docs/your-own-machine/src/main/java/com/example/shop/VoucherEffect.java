package com.example.shop;

import dev.dunlin.core.store.Effect;

/** What the warehouse is asked. */
public sealed interface VoucherEffect extends Effect {

    /** Hand out a voucher's goods; {@link VoucherAction.Granted} or {@link VoucherAction.GrantFailed} answers. */
    record Grant(String code, String who) implements VoucherEffect, Effect.Request, Effect.Durable {}
}
