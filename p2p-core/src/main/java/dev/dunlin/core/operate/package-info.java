/**
 * What a machine offers to those who operate a node: questions, orders, metrics and checks of its health, declared once on the machine.
 * Command lines, HTTP routes, metrics and health pages are made of these declarations, so a machine that is mounted brings all of its own.
 */
@NullMarked
package dev.dunlin.core.operate;

import org.jspecify.annotations.NullMarked;
