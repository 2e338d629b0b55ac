package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.wire.Tally;
import java.util.List;
import java.util.Optional;

/**
 * The databases that this node has made for redemptions of its own tokens, as whoever puts a ledger in order sees them. Each is known by the name
 * of its redemption. Those that it has made for links of others are not among them.
 */
public interface Databases {

    /** The whole database of a redemption; empty if there is none, or only a part of one. */
    Optional<Tally> find(String redemption);

    /** Removes what there is of a redemption's database; nothing if there is nothing. */
    void remove(String redemption);

    /** The names of those that there are, also of parts, in their order; those behind a name. */
    List<String> names(String after, int most);
}
