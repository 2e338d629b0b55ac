package com.example.shop;

import dev.dunlin.core.store.ActionId;

/** The one handler of the machine's effects: from an effect to the service's method. */
public final class VoucherEffects {

    private VoucherEffects() {}

    /** Has one carried out. */
    public static void handle(ActionId id, VoucherEffect effect, VoucherService service) {
        switch (effect) {
            case VoucherEffect.Grant(String code, String who) -> service.grant(id, code, who);
        }
    }
}
