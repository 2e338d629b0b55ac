package dev.dunlin.connection;

import dev.dunlin.connection.sim.Bench;
import dev.dunlin.connection.sim.SimRoot;
import dev.dunlin.connection.stream.StreamSlice;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.SliceLaws;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;

/** The laws of slices, asked of the connection machine under tight limits. */
class ConnectionLawsTest extends SliceLaws<SimRoot, ConnectionState, ConnectionAction> {

    @Override
    protected Slice<? super SimRoot, ConnectionState, ConnectionAction> slice() {
        return new ConnectionSlice();
    }

    @Override
    protected Store<SimRoot> store(Slice<? super SimRoot, ConnectionState, ConnectionAction> slice) {
        return Store.of(SimRoot.INITIAL)
                .mount(slice, SimRoot::connection, SimRoot::withConnection)
                .mount(new StreamSlice(), SimRoot::stream, SimRoot::withStream)
                .build();
    }

    @Override
    protected Table<String, String> config() {
        return ConnectionLimits.TIGHT;
    }

    @Override
    protected TypeArbitraries types() {
        return ConnectionLimits.handles(TypeArbitraries.small())
                .weighing(ConnectionAction.Connect.class, 4)
                .weighing(ConnectionAction.Accepted.class, 3)
                .weighing(ConnectionAction.Listen.class, 2);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return ConnectionLimits.handles(TypeArbitraries.wide()).of(ConnectionAction.class);
    }

    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<SimRoot> driver) {
        return ConnectionLimits.fitted(action, driver.root().connection());
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<SimRoot> driver) {
        return ConnectionLimits.answers(asked);
    }

    // The limits of a later boot may be smaller: then not all peers are kept.
    @Override
    protected List<Script<SimRoot>> scripts() {
        Table<String, String> fewer = config().with("connection.maxPeers", "1");
        return List.of(
                new Script<>("fewer peers after a boot, while dialling", driver -> {
                    dialBoth(driver);
                    driver.boot(fewer);
                }),
                new Script<>("fewer peers after a boot, after failures", driver -> {
                    dialBoth(driver);
                    driver.boot(config());
                    driver.boot(fewer);
                }));
    }

    private static void dialBoth(StoreDriver<SimRoot> driver) {
        for (int number : new int[] {2, 3}) {
            driver.dispatch(new ConnectionAction.Connect(
                    TypeArbitraries.peer(number), List.of(Bench.address(number)), Ticket.NONE));
        }
    }
}
