package com.example.shop;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/** What whoever wanted the goods of a voucher is told. */
public sealed interface VoucherOutcome extends Outcome {

    /** The voucher is redeemed for good, and its goods were handed out. */
    record Redeemed(Ticket ticket, String code, String who) implements VoucherOutcome {
        @Override
        public Subject about() {
            return Subject.of("voucher", code);
        }
    }
}
