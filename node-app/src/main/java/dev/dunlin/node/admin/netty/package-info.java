/**
 * What the admin API needs of Netty below Vert.x: every socket counted from its accept, and heads of requests read strictly. Vert.x
 * tells of a connection only when its TLS handshake is done, and its decoder mends what should be refused.
 */
@NullMarked
package dev.dunlin.node.admin.netty;

import org.jspecify.annotations.NullMarked;
