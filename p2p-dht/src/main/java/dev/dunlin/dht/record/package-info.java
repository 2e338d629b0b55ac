/**
 * What this node keeps for others, and the answers to who asks for it: values, of which each key has one, and provider records, which say
 * who has the content of a key (libp2p/specs kad-dht/README.md; ipfs/specs src/routing/kad-dht.md). What this node publishes itself is not
 * kept here.
 *
 * <p>There is one store for all networks that a node is part of. A value is signed and the same everywhere, and a provider is one peer
 * with one share, whatever network it tells in; only its addresses belong to a network, and they are filtered both as they come and as they
 * are told.
 *
 * <p>Ages go by two clocks. By the node's time a record is at least so old, since that time stands still while the node is off: this bounds
 * how long a record is kept, whatever the wall clock does. The wall clock knows how long the node was off, and may be wrong. A record that
 * has expired by either is not told; by the wall clock it is dropped only when that has run without a step for a while, so that a boot with
 * a clock in the future loses nothing.
 *
 * <p>The records are in the state, and so in the heap and in each snapshot of the log; or, with {@code records.store} being
 * {@code sqlite}, in a file beside the log. Then the state has nothing of them but {@link dev.dunlin.dht.record.Disk}: what waits for the
 * file, bounded and with a share for each peer, and how much there is. Each question of a peer becomes one request, and each request has
 * one answer, which is recorded: a replay needs no file. Both ways the same rules hold, as they are written once, over
 * {@link dev.dunlin.dht.record.RecordStore}: in memory the reducer applies them, and beside a file its service does, in the transaction in
 * which the record is stored ({@link dev.dunlin.dht.record.RecordsEffects}).
 *
 * <p>How many records there are, and of each peer, the file itself counts, in the transaction that changes it, and tells with each write.
 * The state could count them, too, but only by a table of all peers that have stored something, which is what the file is there to spare
 * it; and after a crash the two would differ by what the log had lost, or the file. So bounds are compared with what is in the file at
 * that moment, several questions at once cannot go beyond them together, and each boot asks anew how much there is.
 *
 * <p>A value is stored in two steps, since only the machine knows which of two is better: what is held is read, and the new value takes its
 * place if that is still held; if not, it is looked at again, a few times. What the last run had asked for is over at a boot: the
 * connections of those who asked are gone, and a record that was stored and not acknowledged is one that its sender stores again.
 *
 * <p>The phases of the value under a key, and of the content of a key:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     noValue --> held: valueSent, put
 *     held --> noValue: expiryDue, valueSent, put
 *     noProviders --> provided: providersSent
 *     provided --> noProviders: expiryDue, providersSent
 *     noValue --> onDisk: booted
 *     held --> onDisk: booted
 *     noProviders --> onDisk: booted
 *     provided --> onDisk: booted
 *     onDisk --> noValue: booted
 *     onDisk --> noProviders: booted
 * }</pre>
 *
 * <p>Of what is {@code onDisk} the state does not know whether it is there.
 */
@NullMarked
package dev.dunlin.dht.record;

import org.jspecify.annotations.NullMarked;
