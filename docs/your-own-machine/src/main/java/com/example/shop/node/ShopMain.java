package com.example.shop.node;

import com.example.shop.Shop;
import com.example.shop.VoucherEffect;
import com.example.shop.VoucherEffects;
import com.example.shop.VoucherMachine;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/** The shop as a program of its own: a node without a network, embedded here. It redeems what standard input says, and ends. */
public final class ShopMain {

    private static final String BUILD = "shop 1.0";

    private ShopMain() {}

    /** Takes the folder of the log, and that of the goods. */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("shop: give the folder of the log, and that of the goods");
            System.exit(2);
        }
        try (DirectoryStorage storage = DirectoryStorage.open(Path.of(args[0]))) {
            NodeRuntime<Shop> node = started(storage, Path.of(args[1]));
            new FrontDesk(node::ask, System.out)
                    .serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
            node.stop().join();
        }
    }

    private static NodeRuntime<Shop> started(DirectoryStorage storage, Path goods) throws IOException {
        Store<Shop> store = Shop.store(VoucherMachine.of(ShopExtension.ROOM));
        ActionLog.Opened log = ActionLog.open(storage, store, LogOptions.DEFAULT, BUILD);
        log.notes().forEach(System.err::println);
        // The handler runs only after the node has started, and the shelf is there then.
        Shelf[] shelf = new Shelf[1];
        NodeRuntime<Shop> node = NodeRuntime.of(store)
                .log(log.writer(), LogOptions.DEFAULT)
                .handler(VoucherEffect.class, (id, effect) -> VoucherEffects.handle(id, effect, shelf[0]))
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of()))
                .build();
        shelf[0] = new Shelf(node, goods);
        node.start(BUILD, Table.empty(), new SecureRandom().nextLong());
        return node;
    }
}
