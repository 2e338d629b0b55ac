/**
 * The configuration of the program: command line over environment over TOML file over profile over standard values, read once before
 * the start, with every mistake found at once.
 */
@NullMarked
package dev.dunlin.node.config;

import org.jspecify.annotations.NullMarked;
