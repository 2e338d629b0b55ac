/** What whoever runs a node decides and does for bootstraps. */
@NullMarked
package dev.dunlin.connection.bootstrap.hooks;

import org.jspecify.annotations.NullMarked;
