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
        return contact(number, 1 + number / 256 % 200, number % 256, 1);
    }

    /** A node by its number at an address. */
    public static Contact contact(int number, String address) {
        return Contact.of(TypeArbitraries.peer(number), List.of(Multiaddr.parse(address)));
    }

    /** Nodes of so many, in few networks. */
    static Arbitrary<Contact> among(int many) {
        return Arbitraries.integers().between(1, many).map(number -> contact(number, 8, number % 5, number % 7));
    }

    // Made and not read: laws make them by the million.
    private static Contact contact(int number, int... networks) {
        byte[] ip = {(byte) networks[0], (byte) networks[1], (byte) networks[2], 1};
        return Contact.of(TypeArbitraries.peer(number), List.of(Multiaddr.tcp(ip, 4001)));
    }
}
