/**
 * Noise_XX_25519_ChaChaPoly_SHA256 as libp2p uses it: handshake, identity payload, transport frames
 * (libp2p/specs noise/README.md; noiseprotocol.org/noise.html, revision 34). Bytes and time in, bytes out; no sockets.
 */
@NullMarked
package dev.dunlin.connection.noise;

import org.jspecify.annotations.NullMarked;
