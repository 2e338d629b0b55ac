/**
 * What can be configured, as data: each key with its kind, range, standard value and meaning. Machines and services declare their
 * settings here once; reading, checking, help and the reference page all follow from the declaration.
 */
@NullMarked
package dev.dunlin.core.config;

import org.jspecify.annotations.NullMarked;
