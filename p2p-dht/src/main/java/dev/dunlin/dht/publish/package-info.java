/**
 * What this node keeps published: content of which others are told that it provides it, and values that others store. Others forget both
 * after 48 hours, so each is published again before that, also over restarts.
 *
 * <p>Content is published by region of the id space. The nodes that are to store a key are those nearest to it, so keys that are near to one
 * another go to the same nodes: a few lookups find all nodes of a region, and each is then told of all of its keys over one stream. How
 * many lookups that takes follows from how many nodes there are, and not from how many keys (go-libp2p-kad-dht calls it Provide Sweep). Where
 * a region has hardly more keys than lookups would be needed for all of its nodes, the keys are looked for themselves.
 *
 * <p>A round goes through the id space once in each interval, so that the work is spread evenly. What is new, and what too few nodes have
 * stored, does not wait for its turn. Regions are not laid out beforehand by how many nodes the network is estimated to have: the first
 * lookup in a region shows where it ends, so that regions fit wherever nodes are dense or sparse.
 *
 * <p>The phases of the sweep over a region:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     idle --> seeding: sweepDue
 *     seeding --> exploring: seeded
 *     exploring --> storing: searched
 *     storing --> idle: storeAnswered, storeFailed, booted
 *     exploring --> idle: searched, unsearched, booted
 *     seeding --> idle: seeded, unsearched, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.publish;

import org.jspecify.annotations.NullMarked;
