package dev.dunlin.archfixture.consensus.across;

/** Breaks the arrows: consensus knows dht. */
final class UsesDht {
    Object other = new dev.dunlin.archfixture.dht.Plain();
}
