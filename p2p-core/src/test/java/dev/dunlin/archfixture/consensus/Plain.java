package dev.dunlin.archfixture.consensus;

/** Breaks nothing. */
public final class Plain {}
