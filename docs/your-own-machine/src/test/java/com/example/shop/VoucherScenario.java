package com.example.shop;

import dev.dunlin.core.sim.Faults;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.sim.WorldCheck;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import com.example.shop.VoucherState.Goods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Shops redeem vouchers, some of them twice, while the faults of the seed happen. */
public final class VoucherScenario implements Scenario<Shop> {

    /** After the faults, a pending grant is asked for and granted within this, in microseconds. */
    private static final long BOUND = 60_000_000;

    private final Machine<Object, VoucherState, VoucherAction> machine;

    public VoucherScenario() {
        this(VoucherMachine.of(10));
    }

    /** With another machine, such as one with a bug. */
    public VoucherScenario(Machine<Object, VoucherState, VoucherAction> machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "vouchers";
    }

    @Override
    public Store<Shop> store() {
        return Shop.store(machine);
    }

    @Override
    public Services<Shop> services(World<Shop> world) {
        return new Warehouse(world);
    }

    @Override
    public Plan plan(long seed, Size size) {
        SimRandom random = SimRandom.of(seed, 0x776973686573L);
        List<Wish> wishes = new ArrayList<>();
        int count = size.nodes() * (1 + random.below(20));
        for (int i = 0; i < count; i++) {
            int node = random.below(size.nodes());
            String who = "user" + random.below(5);
            String code = code(node, random.below(15));
            wishes.add(new Wish(1 + random.below(size.time()), node, new VoucherAction.Redeem(code, who, Ticket.NONE)));
        }
        wishes.sort(Comparator.comparingLong(Wish::at));
        return Faults.swarm(name(), seed, size, BOUND).honest().withWishes(wishes);
    }

    private static String code(int node, int number) {
        SimRandom random = SimRandom.of(node, number);
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < VoucherGuards.CODE_LENGTH; i++) {
            code.append(VoucherGuards.ALPHABET.charAt(random.below(VoucherGuards.ALPHABET.length())));
        }
        return code.toString();
    }

    @Override
    public List<WorldCheck<Shop>> checks(World<Shop> world) {
        return List.of(new GrantedIsRedeemed((Warehouse) world.services()));
    }

    /** Whatever the warehouse has granted, the node that asked for it knows as redeemed; after a crash, too. */
    private record GrantedIsRedeemed(Warehouse warehouse) implements WorldCheck<Shop> {
        @Override
        public String name() {
            return "granted-is-redeemed";
        }

        @Override
        public Optional<String> after(SimNode<Shop> node, Turn turn) {
            return warehouse.grantedTo(node.number()).stream()
                    .filter(code -> !node.root().vouchers().vouchers().has(code))
                    .findFirst()
                    .map(code -> "the goods of " + code + " are gone, and the node could redeem it again");
        }
    }

    @Override
    public Optional<String> unfinished(World<Shop> world) {
        Warehouse warehouse = (Warehouse) world.services();
        for (SimNode<Shop> node : world.nodes()) {
            if (!node.isUp()) {
                continue;
            }
            for (var entry : node.root().vouchers().vouchers()) {
                if (!(entry.getValue().goods() instanceof Goods.Given)
                        || !warehouse.grantedTo(node.number()).contains(entry.getKey())) {
                    return Optional.of("node " + node.number() + " still owes the goods of " + entry.getKey());
                }
            }
        }
        return Optional.empty();
    }
}
