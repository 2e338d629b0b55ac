/**
 * Queries: each asks node after node for what is nearer to an id, until nobody nearer is left (Maymounkov and Mazières 2002, 2.3; libp2p/specs
 * kad-dht/README.md). All of a node's queries are in one pool.
 *
 * <p>The phases of a query:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     asking --> noQuery: answerCame, answerMissing, queryDue, stop, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.query;

import org.jspecify.annotations.NullMarked;
