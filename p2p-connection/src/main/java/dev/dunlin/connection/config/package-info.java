/** What the machines share to read their configurations. */
@NullMarked
package dev.dunlin.connection.config;

import org.jspecify.annotations.NullMarked;
