package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.node.bootstrap.Provisioner;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.nio.file.Path;

/** Where a test gets between a node and its files; a node has {@link #NOTHING} there. */
interface Between {

    /** The files themselves. */
    Between NOTHING = new Between() {};

    /** The ledger as the node sees it. */
    default Transactions ledger(Transactions file) {
        return file;
    }

    /** Opens a directory of databases. */
    default Provisioner tallies(Path directory, SqliteTallies.Limits limits) {
        return SqliteTallies.open(directory, limits);
    }
}
