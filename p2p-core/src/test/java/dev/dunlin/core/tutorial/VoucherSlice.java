package dev.dunlin.core.tutorial;

import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import dev.dunlin.core.tutorial.VoucherState.Goods;
import dev.dunlin.core.tutorial.VoucherState.Voucher;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The registration of the voucher machine.
 *
 * @param room how many vouchers can be redeemed
 */
public record VoucherSlice(int room) implements Slice<Object, VoucherState, VoucherAction> {

    private static final String VOUCHER = "voucher";

    private static final TypeTable TYPES = TypeTable.of("vouchers")
            .action("redeem", VoucherAction.Redeem.class)
            .action("redeemed", VoucherAction.Redeemed.class)
            .action("granted", VoucherAction.Granted.class)
            .action("grantFailed", VoucherAction.GrantFailed.class)
            .action("tick", VoucherAction.Tick.class)
            .action("grantDue", VoucherAction.GrantDue.class)
            .action("restarted", VoucherAction.Restarted.class)
            .action("grant", VoucherEffect.Grant.class)
            .variant(Goods.class, "asked", Goods.Asked.class)
            .variant(Goods.class, "owed", Goods.Owed.class)
            .variant(Goods.class, "given", Goods.Given.class)
            .build();

    @Override
    public String name() {
        return "vouchers";
    }

    @Override
    public Class<VoucherAction> actions() {
        return VoucherAction.class;
    }

    @Override
    public Class<VoucherState> state() {
        return VoucherState.class;
    }

    @Override
    public TypeTable types() {
        return TYPES;
    }

    @Override
    public VoucherState initial() {
        return VoucherState.INITIAL;
    }

    @Override
    public Guards<Object, VoucherState, VoucherAction> guards() {
        return VoucherGuards.of(room);
    }

    @Override
    public VoucherState reduce(VoucherState own, VoucherAction action, Context ctx) {
        return VoucherReducer.reduce(own, action, ctx);
    }

    @Override
    public long nextDeadline(VoucherState own) {
        return own.due().next();
    }

    @Override
    public Optional<VoucherAction> tick() {
        return Optional.of(new VoucherAction.Tick());
    }

    @Override
    public List<On<?, ? extends VoucherAction>> observes() {
        return List.of(On.each(NodeAction.Booted.class, booted -> new VoucherAction.Restarted()));
    }

    @Override
    public List<Transition> transitions() {
        return List.of(
                new Transition("fresh", "redeem", "asked"),
                new Transition("asked", "granted", "given"),
                new Transition("asked", "grantFailed", "owed"),
                new Transition("asked", "grantDue", "asked"),
                new Transition("asked", "restarted", "owed"),
                new Transition("owed", "granted", "given"),
                new Transition("owed", "grantDue", "asked"),
                new Transition("given", "redeemed", "given"),
                new Transition("all", "tick", "all"),
                new Transition("all", "restarted", "all"));
    }

    @Override
    public String phase(VoucherState own, Subject subject) {
        if (subject.equals(Subject.MACHINE)) {
            return "all";
        }
        return own.vouchers()
                .find(subject.key())
                .map(voucher -> switch (voucher.goods()) {
                    case Goods.Asked _ -> "asked";
                    case Goods.Owed _ -> "owed";
                    case Goods.Given _ -> "given";
                })
                .orElse("fresh");
    }

    @Override
    public Subject about(VoucherAction action) {
        return switch (action) {
            case VoucherAction.Redeem redeem -> Subject.of(VOUCHER, redeem.code());
            case VoucherAction.Redeemed redeemed -> Subject.of(VOUCHER, redeemed.code());
            case VoucherAction.Granted granted -> Subject.of(VOUCHER, granted.code());
            case VoucherAction.GrantFailed failed -> Subject.of(VOUCHER, failed.code());
            case VoucherAction.GrantDue due -> Subject.of(VOUCHER, due.code());
            case VoucherAction.Tick _, VoucherAction.Restarted _ -> Subject.MACHINE;
        };
    }

    @Override
    public List<Invariant<VoucherState>> invariants() {
        return List.of(
                new Invariant<>(
                        "table-within-room",
                        own -> own.vouchers().size() <= room
                                ? Optional.empty()
                                : Optional.of(
                                        "there are " + own.vouchers().size() + " vouchers, and room for " + room)),
                new Invariant<>("pending-goods-have-a-deadline", VoucherSlice::withoutDeadline));
    }

    private static Optional<String> withoutDeadline(VoucherState own) {
        for (Map.Entry<String, Voucher> entry : own.vouchers()) {
            boolean pending = !(entry.getValue().goods() instanceof Goods.Given);
            if (pending != own.due().at(entry.getKey()).isPresent()) {
                return Optional.of(entry.getKey() + (pending ? " is forgotten" : " is asked for again"));
            }
        }
        return Optional.empty();
    }

    @Override
    public long byteBudget() {
        return 256 + 1_024L * room;
    }
}
