package com.example.shop;

import dev.dunlin.core.store.Machine;

/** The registration of the voucher machine. */
public final class VoucherMachine {

    private VoucherMachine() {}

    /**
     * The machine.
     *
     * @param room how many vouchers can be redeemed
     */
    public static Machine<Object, VoucherState, VoucherAction> of(int room) {
        return Machine.of("vouchers", VoucherState.INITIAL)
                .actions(VoucherAction.class, VoucherEffect.class, VoucherOutcome.class)
                .boots((own, booted, ctx) -> own.booted(ctx.now()))
                .guards(VoucherGuards.of(room))
                .reduces(VoucherReducer::reduce)
                .due(VoucherAction.GrantDue.class, VoucherState::vouchers, VoucherAction.GrantDue::new)
                .transitions("""
                        fresh > asked: redeem
                        asked > given: granted
                        asked > owed: grantFailed, booted
                        asked: grantDue
                        owed > given: granted
                        owed > asked: grantDue""")
                .phases(VoucherState::phase)
                .invariants(VoucherInvariants.of(room))
                .budget(256 + 1_024L * room);
    }
}
