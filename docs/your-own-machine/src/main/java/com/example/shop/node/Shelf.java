package com.example.shop.node;

import com.example.shop.VoucherAction;
import com.example.shop.VoucherService;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The warehouse: a folder that gets one file for each code, however often it is asked for. */
final class Shelf implements VoucherService {

    private final Port node;
    private final Path goods;

    /**
     * Over a folder.
     *
     * @param node gets the answers
     */
    Shelf(Port node, Path goods) {
        this.node = node;
        this.goods = goods;
    }

    // A handler must not wait for a disk.
    @Override
    public void grant(ActionId request, String code, String who) {
        Thread.startVirtualThread(() -> node.answer(request, granted(request, code, who)));
    }

    private VoucherAction granted(ActionId request, String code, String who) {
        try {
            Files.createDirectories(goods);
            Files.writeString(Files.createFile(goods.resolve(code)), who + "\n");
            return new VoucherAction.Granted(code);
        } catch (FileAlreadyExistsException before) {
            return new VoucherAction.Granted(code);
        } catch (IOException failure) {
            return new VoucherAction.GrantFailed(code, request, "the goods cannot be written");
        }
    }
}
