package com.example.shop;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Invariant;
import com.example.shop.VoucherState.Goods;
import com.example.shop.VoucherState.Voucher;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of vouchers. */
final class VoucherInvariants {

    private VoucherInvariants() {}

    static List<Invariant<VoucherState>> of(int room) {
        return List.of(
                new Invariant<>(
                        "table-within-room", own -> beyond(own.vouchers().size(), room)),
                new Invariant<>("pending-goods-have-a-deadline", VoucherInvariants::withoutDeadline));
    }

    private static Optional<String> beyond(int count, int room) {
        return count <= room ? Optional.empty() : Optional.of("there are " + count + " vouchers, and room for " + room);
    }

    private static Optional<String> withoutDeadline(VoucherState own) {
        for (Map.Entry<String, Voucher> entry : own.vouchers()) {
            boolean pending = !(entry.getValue().goods() instanceof Goods.Given);
            if (pending != (entry.getValue().at() != Due.NEVER)) {
                return Optional.of(entry.getKey() + (pending ? " is forgotten" : " is asked for again"));
            }
        }
        return Optional.empty();
    }
}
