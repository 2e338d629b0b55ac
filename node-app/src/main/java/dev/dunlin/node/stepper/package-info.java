/**
 * Going through a log by hand. {@link dev.dunlin.node.stepper.Model} is where the user stands, {@link dev.dunlin.node.stepper.Stepper}
 * makes of it and a command the next one, {@link dev.dunlin.node.stepper.Screen} what a terminal shows of it: pure functions of
 * what a {@link dev.dunlin.node.stepper.Past} answers. Two thin loops feed them, {@link dev.dunlin.node.stepper.ScreenMode} on a
 * terminal and {@link dev.dunlin.node.stepper.LineMode} elsewhere.
 */
@NullMarked
package dev.dunlin.node.stepper;

import org.jspecify.annotations.NullMarked;
