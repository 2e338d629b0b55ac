package dev.dunlin.archfixture.pure;

/** Names Netty outside its packages. The name alone is enough, so that the test needs no Netty. */
final class KnowsNetty {
    Object handler = new io.netty.archfixture.Handler();
}
