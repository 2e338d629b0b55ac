package com.example.shop;

import dev.dunlin.core.store.ActionId;

/** The warehouse. Never blocks, never throws, decides nothing. */
public interface VoucherService {

    /**
     * Hands out the goods of a voucher, once for each code however often it is asked, and answers once by
     * {@link VoucherAction.Granted} or {@link VoucherAction.GrantFailed}.
     *
     * @param request of the effect, which the answer carries
     */
    void grant(ActionId request, String code, String who);
}
