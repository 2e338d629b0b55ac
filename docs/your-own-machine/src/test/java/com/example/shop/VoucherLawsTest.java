package com.example.shop;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Vouchers obey the laws. */
final class VoucherLawsTest extends MachineLaws<Shop, VoucherState, VoucherAction> {

    @Override
    protected Machine<? super Shop, VoucherState, VoucherAction> machine() {
        return VoucherMachine.of(3);
    }

    @Override
    protected Store<Shop> store(Machine<? super Shop, VoucherState, VoucherAction> machine) {
        return Shop.store(machine);
    }

    // Four good codes, so that they meet often, and a bad one.
    @Override
    protected TypeArbitraries types() {
        return TypeArbitraries.small()
                .with(String.class, Arbitraries.of("AAAA2222", "BBBB3333", "CCCC4444", "DDDD5555", "zero0000"));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return TypeArbitraries.wide()
                .with(VoucherAction.Redeem.class, "code", codes())
                .of(VoucherAction.class);
    }

    private static Arbitrary<String> codes() {
        return Arbitraries.strings().withChars(VoucherGuards.ALPHABET).ofLength(VoucherGuards.CODE_LENGTH);
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Shop> driver) {
        return asked.effect() instanceof VoucherEffect.Grant(String code, String _)
                ? List.of(
                        new VoucherAction.Granted(code),
                        new VoucherAction.GrantFailed(code, asked.id(), "the warehouse is closed"))
                : List.of();
    }

    @Override
    protected List<Script<Shop>> scripts() {
        return List.of(new Script<>(
                "a name that is too long",
                driver -> driver.dispatch(new VoucherAction.Redeem("AAAA2222", "a".repeat(65), Ticket.NONE))));
    }
}
