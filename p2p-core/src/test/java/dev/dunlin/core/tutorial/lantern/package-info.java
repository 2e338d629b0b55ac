/**
 * As small as a whole machine gets: lanterns are lit by a match, and burn down.
 *
 * <pre>{@code
 * stateDiagram-v2
 *     dark --> struck: light
 *     struck --> lit: caught
 *     struck --> dark: spent, booted
 *     lit --> dark: spent, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.core.tutorial.lantern;

import org.jspecify.annotations.NullMarked;
