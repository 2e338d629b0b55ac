/**
 * Crawls: each asks all nodes of a network for whom they know, bucket by bucket, and so finds out who is there. Nodes are asked side by
 * side, each one question at a time, until nobody new is named; each is told of once.
 *
 * <p>The phases of a crawl:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     crawling --> noCrawl: seeded, unseeded, answerCame, answerMissing, crawlDue, stop, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.dht.crawl;

import org.jspecify.annotations.NullMarked;
