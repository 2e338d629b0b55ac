package com.example.shop.node;

import com.example.shop.ShopOperations;
import com.example.shop.VoucherEffect;
import com.example.shop.VoucherEffects;
import com.example.shop.VoucherMachine;
import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The shop in the program dunlin: {@code dunlin --machines target/shop.jar run}. It redeems what standard input says. */
public final class ShopExtension implements Extension {

    /** How many vouchers can be redeemed. */
    static final int ROOM = 1_000;

    @Override
    public String name() {
        return "shop";
    }

    @Override
    public List<Machine<? super StreamView, ?, ?>> machines() {
        return List.of(VoucherMachine.of(ROOM).bringing(ShopOperations.ALL));
    }

    @Override
    public Running begin(Host host) {
        Shelf shelf = new Shelf(host, Path.of(System.getenv().getOrDefault("SHOP_GOODS", "goods")));
        host.handler(VoucherEffect.class, (id, effect) -> VoucherEffects.handle(id, effect, shelf));
        return new Running() {
            @Override
            public void started() {
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                Thread desk = new Thread(() -> new FrontDesk(host::ask, System.out).serve(lines), "front-desk");
                desk.setDaemon(true);
                desk.start();
            }
        };
    }
}
