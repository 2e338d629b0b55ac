/** Replays logs: verifies them, seeks and steps in them, shows and compares states. */
@NullMarked
package dev.dunlin.core.replay;

import org.jspecify.annotations.NullMarked;
