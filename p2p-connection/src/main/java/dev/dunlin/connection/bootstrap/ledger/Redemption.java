package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Tally;
import java.util.Optional;

/**
 * One use of a token by one peer. Times are the wall clock's, in microseconds.
 *
 * @param id its name, 26 characters of a to z and 2 to 7, which nobody can guess; names of databases are made of it
 * @param begun when it was reserved
 * @param lease until when it may go on, or its answer be asked for again
 * @param tally the database; empty while there is none
 */
public record Redemption(String id, RedemptionKey key, Phase phase, long begun, long lease, Optional<Tally> tally) {

    Redemption in(Phase next, long until) {
        return new Redemption(id, key, next, begun, until, tally);
    }

    Redemption made(Phase next, Tally database, long until) {
        return new Redemption(id, key, next, begun, until, Optional.of(database));
    }
}
