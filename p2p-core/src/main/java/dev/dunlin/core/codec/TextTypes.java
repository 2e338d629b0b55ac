package dev.dunlin.core.codec;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.TextType;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.TypeTable;
import java.util.ArrayList;
import java.util.List;

/** The text types that every store knows. */
final class TextTypes {

    private TextTypes() {}

    static final List<TextType<?>> BUILT_IN = List.of(
            new TextType<>(Bytes.class, "Bytes", Bytes::toString, Bytes::parse),
            new TextType<>(Digest.class, "Digest", Digest::toString, Digest::parse),
            new TextType<>(ActionId.class, "ActionId", ActionId::toString, ActionId::parse),
            new TextType<>(Handle.class, "Handle", Handle::toString, Handle::parse),
            new TextType<>(Ticket.class, "Ticket", Ticket::toString, Ticket::parse),
            new TextType<>(PeerId.class, "PeerId", PeerId::toString, PeerId::parse),
            new TextType<>(Multiaddr.class, "Multiaddr", Multiaddr::toString, Multiaddr::parse),
            new TextType<>(Multihash.class, "Multihash", Multihash::toString, Multihash::parse),
            new TextType<>(Cid.class, "Cid", Cid::toString, Cid::parse));

    /** Those, and the machines' own. */
    static List<TextType<?>> of(List<TypeTable> tables) {
        List<TextType<?>> all = new ArrayList<>(BUILT_IN);
        for (TypeTable table : tables) {
            for (TextType<?> text : table.texts()) {
                if (!all.contains(text)) {
                    all.add(text);
                }
            }
        }
        return all;
    }
}
