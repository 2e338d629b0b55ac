/** How many bytes the node's connections may make it hold, all together and each. */
@NullMarked
package dev.dunlin.connection.account;

import org.jspecify.annotations.NullMarked;
