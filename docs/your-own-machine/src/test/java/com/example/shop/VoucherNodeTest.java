package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class VoucherNodeTest {

    private static final LogOptions OPTIONS = LogOptions.DEFAULT;

    @TempDir
    Path folder = Path.of("");

    /** Hands out whatever is asked for, at once. */
    private static final class Shelf implements VoucherService {
        private final AtomicReference<Port> node = new AtomicReference<>();

        @Override
        public void grant(ActionId request, String code, String who) {
            node.get().answer(request, new VoucherAction.Granted(code));
        }
    }

    static NodeRuntime<Shop> started(DirectoryStorage storage) throws IOException {
        Store<Shop> store = Shop.store(VoucherMachine.of(100));
        ActionLog.Opened log = ActionLog.open(storage, store, OPTIONS, "shop 1.0");
        Shelf shelf = new Shelf();
        NodeRuntime<Shop> node = NodeRuntime.of(store)
                .log(log.writer(), OPTIONS)
                .handler(VoucherEffect.class, (id, effect) -> VoucherEffects.handle(id, effect, shelf))
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of()))
                .build();
        shelf.node.set(node);
        node.start("shop 1.0", Table.empty(), new SecureRandom().nextLong());
        return node;
    }

    static CompletableFuture<Action.Ticketed> redeem(NodeRuntime<Shop> node, String code) {
        return node.ask(
                "anna redeems " + code,
                ticket -> new VoucherAction.Redeem(code, "anna", ticket),
                Duration.ofSeconds(30));
    }

    @Test
    void aShopRunsStopsAndRemembers() throws Exception {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            NodeRuntime<Shop> node = started(storage);
            assertThat(redeem(node, "AAAA2222").get()).isInstanceOf(VoucherOutcome.Redeemed.class);
            node.stop().get();
        }
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            NodeRuntime<Shop> node = started(storage);
            assertThatThrownBy(() -> redeem(node, "AAAA2222").get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("code-is-not-redeemed");
            node.stop().get();
        }
    }
}
