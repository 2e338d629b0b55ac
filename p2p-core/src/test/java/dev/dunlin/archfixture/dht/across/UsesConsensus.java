package dev.dunlin.archfixture.dht.across;

/** Breaks the arrows: dht knows consensus. */
final class UsesConsensus {
    Object other = new dev.dunlin.archfixture.consensus.Plain();
}
