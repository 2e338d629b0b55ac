package dev.dunlin.archfixture.pure;

/** Implements a service in a pure package. */
final class InnerEchoService implements EchoService {}
