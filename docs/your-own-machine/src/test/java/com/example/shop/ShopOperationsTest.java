package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A question is a pure function of the state: no node is needed to try one. */
class ShopOperationsTest {

    private final Store<Shop> store = Store.of(new Shop(VoucherState.INITIAL))
            .mount(
                    VoucherMachine.of(10).bringing(ShopOperations.ALL),
                    Shop::vouchers,
                    (shop, changed) -> new Shop(changed))
            .build();
    private final Registry<Shop> registry = Registry.of(store);

    @Test
    void whatIsAskedIsAnsweredOfTheState() {
        store.apply(Input.of(new NodeAction.Booted(1, "test", Table.empty(), 1_000_000, 1)), 0);
        store.apply(Input.of(new VoucherAction.Redeem("AAAA2222", "ann", Ticket.NONE)), 1_000_000);
        Registry.Offered<Shop, ?, ?, ?> vouchers = registry.find("vouchers").orElseThrow();
        Record answer = vouchers.answer(store.state(), Arguments.of(List.of(), Map.of()), Long::toString);
        assertThat(vouchers.text(answer)).containsExactly("AAAA2222  asked  1970-01-01T00:00:02Z  ann");
        assertThat(registry.metrics().getFirst().read(store.state()).toString()).isEqualTo("{asked=1, given=0, owed=0}");
        assertThat(registry.checks().getFirst().now(store.state(), Long::toString)).isEqualTo(Health.ok("nothing is owed"));
    }

    @Test
    void anOrderIsAWish() {
        Operation<?, ?, ?> redeem = registry.find("redeem").orElseThrow().operation();
        Arguments given = Arguments.of(redeem.parameters(), Map.of("code", "AAAA2222", "who", "ann"));
        assertThat(((Operation.Order<?, ?, ?>) redeem).wish().apply(given, Ticket.NONE))
                .isEqualTo(new VoucherAction.Redeem("AAAA2222", "ann", Ticket.NONE));
    }
}
