/** Keys, signatures, peer ids, signed envelopes and peer records. */
@NullMarked
package dev.dunlin.core.keys;

import org.jspecify.annotations.NullMarked;
