package dev.dunlin.node.config;

/**
 * What somebody said of a key.
 *
 * @param written the value, as it was written
 * @param origin where
 */
record Said(String key, String written, Origin origin) {}
