package dev.dunlin.archfixture.pure;

/** A service. */
public interface EchoService {}
