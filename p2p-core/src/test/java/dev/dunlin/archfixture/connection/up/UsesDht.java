package dev.dunlin.archfixture.connection.up;

/** Breaks the arrows: connection knows dht. */
final class UsesDht {
    Object other = new dev.dunlin.archfixture.dht.Plain();
}
