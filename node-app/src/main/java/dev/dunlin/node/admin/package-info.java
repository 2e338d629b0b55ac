/**
 * The admin API: what a registry of operations offers, over HTTP to those who have the token. Routes, the OpenAPI document, metrics and
 * health pages are all made of the registry; nothing here knows a machine.
 */
@NullMarked
package dev.dunlin.node.admin;

import org.jspecify.annotations.NullMarked;
