package dev.dunlin.archfixture.dht;

/** Breaks nothing. */
public final class Plain {}
