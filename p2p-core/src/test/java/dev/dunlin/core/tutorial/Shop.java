package dev.dunlin.core.tutorial;

import dev.dunlin.core.store.Store;

/**
 * The root: all that a shop's node is.
 *
 * @param vouchers which were redeemed
 */
public record Shop(VoucherState vouchers) {

    /** A shop's store. */
    public static Store<Shop> store(VoucherSlice slice) {
        return Store.of(new Shop(slice.initial()))
                .mount(slice, Shop::vouchers, (shop, changed) -> new Shop(changed))
                .build();
    }
}
