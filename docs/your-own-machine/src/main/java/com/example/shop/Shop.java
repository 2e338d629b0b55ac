package com.example.shop;

import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/**
 * The root: all that a shop's node is.
 *
 * @param vouchers which were redeemed
 */
public record Shop(VoucherState vouchers) {

    /** A shop's store. */
    public static Store<Shop> store(Machine<? super Shop, VoucherState, VoucherAction> machine) {
        return Store.of(new Shop(VoucherState.INITIAL))
                .mount(machine, Shop::vouchers, (shop, changed) -> new Shop(changed))
                .build();
    }
}
