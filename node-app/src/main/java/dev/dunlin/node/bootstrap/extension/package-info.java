/**
 * Bootstrap sessions in the program: their machines, services and stores put together as an extension of the node, and what operators ask and order of
 * them.
 */
@NullMarked
package dev.dunlin.node.bootstrap.extension;

import org.jspecify.annotations.NullMarked;
