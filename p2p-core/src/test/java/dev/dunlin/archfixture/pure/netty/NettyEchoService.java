package dev.dunlin.archfixture.pure.netty;

import dev.dunlin.archfixture.pure.EchoService;

/** Breaks nothing: a service at the rim, which may use everything. */
final class NettyEchoService implements EchoService {
    private final Object handler = new io.netty.archfixture.Handler();

    long now() {
        return System.nanoTime() + handler.hashCode();
    }
}
