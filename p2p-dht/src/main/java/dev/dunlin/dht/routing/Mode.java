package dev.dunlin.dht.routing;

import java.util.Locale;

/** What a node does in a Kademlia network (ipfs/specs src/routing/kad-dht.md, "Client and Server Mode"). */
public enum Mode {
    /** Nothing: it asks nobody and answers nobody. */
    OFF,
    /** It asks, and does not answer. */
    CLIENT,
    /** It asks and answers. */
    SERVER,
    /** It asks, and answers as long as others can reach it. */
    AUTO;

    /** How settings call it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that settings call so. */
    static Mode of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
