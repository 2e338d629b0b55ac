/**
 * Keys, signatures, signed envelopes and peer records. Pure, but for key generation, which takes its randomness as an
 * argument: signatures are deterministic. The names of peers are in {@code dev.dunlin.core.multiformats}.
 */
@NullMarked
package dev.dunlin.core.keys;

import org.jspecify.annotations.NullMarked;
