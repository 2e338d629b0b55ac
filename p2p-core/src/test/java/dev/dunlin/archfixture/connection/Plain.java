package dev.dunlin.archfixture.connection;

/** Breaks nothing. */
public final class Plain {}
