package dev.dunlin.core.codec;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.function.Function;

/**
 * A value type that is written as one JSON string, also where it is the key of a table.
 *
 * @param type the type
 * @param name its name in schemas
 * @param print its canonical text
 * @param parse reads that text
 * @param <T> the type
 */
public record TextType<T>(Class<T> type, String name, Function<T, String> print, Function<String, T> parse) {

    /** The text types of p2p-core. */
    static final List<TextType<?>> BUILT_IN = List.of(
            new TextType<>(Bytes.class, "Bytes", Bytes::toString, Bytes::parse),
            new TextType<>(Digest.class, "Digest", Digest::toString, Digest::parse),
            new TextType<>(ActionId.class, "ActionId", ActionId::toString, ActionId::parse),
            new TextType<>(Handle.class, "Handle", Handle::toString, Handle::parse),
            new TextType<>(Ticket.class, "Ticket", TextType::ticketText, TextType::ticketOf),
            new TextType<>(PeerId.class, "PeerId", PeerId::toString, PeerId::parse),
            new TextType<>(Multiaddr.class, "Multiaddr", Multiaddr::toString, Multiaddr::parse),
            new TextType<>(Multihash.class, "Multihash", Multihash::toString, Multihash::parse),
            new TextType<>(Cid.class, "Cid", Cid::toString, Cid::parse));

    private static String ticketText(Ticket ticket) {
        return ticket.slice() + "#" + ticket.key();
    }

    private static Ticket ticketOf(String text) {
        int hash = text.indexOf('#');
        if (hash < 0) {
            throw new IllegalArgumentException("a ticket is SLICE#KEY, not '" + text + "'");
        }
        return new Ticket(text.substring(0, hash), text.substring(hash + 1));
    }
}
