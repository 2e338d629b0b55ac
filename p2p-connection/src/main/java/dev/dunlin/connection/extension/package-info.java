/** What a program of somebody else brings to a node of this one: machines, their protocols, and the services of their effects. */
@NullMarked
package dev.dunlin.connection.extension;

import org.jspecify.annotations.NullMarked;
