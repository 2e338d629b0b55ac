/**
 * The debugger: questions to a recorded log, answered by replay. What happened to a subject and why, what led to a step and what
 * it led to, which action changed a field, what it all cost; and what would have happened otherwise.
 */
@NullMarked
package dev.dunlin.core.debug;

import org.jspecify.annotations.NullMarked;
