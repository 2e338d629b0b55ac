package dev.dunlin.archfixture.core.state;

/** Breaks the arrows: core knows connection. */
final class UsesConnection {
    Object other = new dev.dunlin.archfixture.connection.Plain();
}
