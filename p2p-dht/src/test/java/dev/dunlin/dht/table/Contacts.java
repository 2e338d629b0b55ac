package dev.dunlin.dht.table;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Nodes for tests. */
public final class Contacts {

    private Contacts() {}

    /** A node by its number, in a network of its own up to number 65,535. */
    public static Contact contact(int number) {
        return contact(number, "/ip4/" + (1 + number / 256 % 200) + "." + number % 256 + ".1.1/tcp/4001");
    }

    /** A node by its number at an address. */
    public static Contact contact(int number, String address) {
        return Contact.of(TypeArbitraries.peer(number), List.of(Multiaddr.parse(address)));
    }

    /** Nodes of so many, in few networks. */
    static Arbitrary<Contact> among(int many) {
        return Arbitraries.integers()
                .between(1, many)
                .map(number -> contact(number, "/ip4/8." + number % 5 + "." + number % 7 + ".1/tcp/4001"));
    }
}
