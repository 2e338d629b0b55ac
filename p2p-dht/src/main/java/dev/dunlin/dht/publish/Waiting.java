package dev.dunlin.dht.publish;

/**
 * That a key is to be published soon.
 *
 * @param at when, microseconds of the node's time
 * @param tries how often in a row too few nodes have stored it
 */
record Waiting(long at, int tries) {}
