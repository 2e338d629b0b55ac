package com.example.shop;

import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.store.ActionId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The simulated warehouse, which serves all nodes of a world over its network; goods that have left do not come back. */
final class Warehouse implements Scenario.Services<Shop> {

    /** So long it takes to find that nothing passes, in microseconds: longer than the machine's patience. */
    private static final long SILENCE = 30_000_000;

    private final World<Shop> world;
    private final SimRandom random;
    private final Map<Integer, Set<String>> granted = new TreeMap<>();

    Warehouse(World<Shop> world) {
        this.world = world;
        this.random = world.random(0x676F6F6473L);
    }

    /** The codes whose goods it has handed out at a node's request. */
    Set<String> grantedTo(int node) {
        return granted.computeIfAbsent(node, any -> new TreeSet<>());
    }

    @Override
    public Scenario.Running begin(SimNode<Shop> node) {
        Desk desk = new Desk(node);
        node.handler(VoucherEffect.class, (id, effect) -> VoucherEffects.handle(id, effect, desk));
        return power -> desk.open = false;
    }

    /** What one run of one node has of the warehouse. It stands beside the next node. */
    private final class Desk implements VoucherService {
        private final SimNode<Shop> node;
        private final int place;
        private boolean open = true;

        Desk(SimNode<Shop> node) {
            this.node = node;
            this.place = (node.number() + 1) % world.nodes().size();
        }

        @Override
        public void grant(ActionId request, String code, String who) {
            long way = world.latency(node.number(), place);
            boolean fails = random.permille(100) && world.now() < world.plan().safe();
            if (world.blocked(node.number(), place)) {
                answer(SILENCE, request, new VoucherAction.GrantFailed(code, request, "the warehouse is silent"));
            } else if (fails) {
                answer(2 * way, request, new VoucherAction.GrantFailed(code, request, "the goods cannot be found"));
            } else {
                world.after(way, () -> {
                    grantedTo(node.number()).add(code);
                    answer(way, request, new VoucherAction.Granted(code));
                });
            }
        }

        // A process that has ended hears nothing any more.
        private void answer(long delay, ActionId request, VoucherAction fact) {
            world.after(delay, () -> {
                if (open) {
                    node.answer(request, fact);
                }
            });
        }
    }
}
