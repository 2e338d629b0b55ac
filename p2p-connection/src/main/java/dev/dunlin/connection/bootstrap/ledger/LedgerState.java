package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;

/**
 * What the ledger is being asked for those who operate the node.
 *
 * @param inquiries who waits for an answer, by the number of the inquiry; at most {@link #MOST}
 * @param last the number of the last inquiry; never falls
 */
public record LedgerState(Table<Long, Ticket> inquiries, long last) {

    /** The most that wait. */
    public static final int MOST = 64;

    /** Before the first boot. */
    public static final LedgerState INITIAL = new LedgerState(Table.empty(), 0);
}
