package io.netty.archfixture;

/** Stands for Netty, which this module does not have. */
public final class Handler {}
