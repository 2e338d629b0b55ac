package dev.dunlin.connection.tutorial;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.MachineLaws;
import java.util.List;

/** The answerer obeys the laws, whatever it is asked. */
final class EchoLawsTest extends MachineLaws<EchoLawsTest.Root, Echo.Count, Echo.Came> {

    record Root(Silent.Nothing exchange, Echo.Count count) {}

    @Override
    protected Machine<Object, Echo.Count, Echo.Came> machine() {
        return Echo.ECHO;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, Echo.Count, Echo.Came> echo) {
        return Store.of(new Root(new Silent.Nothing(), new Echo.Count(0)))
                .mount(Silent.exchange(List.of(Echo.Text.class)), Root::exchange, (root, same) -> root)
                .mount(echo, Root::count, (root, changed) -> new Root(root.exchange(), changed))
                .build();
    }
}
