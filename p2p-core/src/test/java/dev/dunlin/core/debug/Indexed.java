package dev.dunlin.core.debug;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.util.ArrayList;
import java.util.List;

/** Opens logs of lamps with an index beside them. */
final class Indexed {

    static final String BUILD = "test+1";
    static final LogIndex.Options DENSE = new LogIndex.Options(50, 50, 1000, false);

    private Indexed() {}

    static LogIndex<Lamps.Root> open(LogStorage log, LogStorage folder) {
        return open(log, folder, BUILD, new ArrayList<>());
    }

    static LogIndex<Lamps.Root> open(LogStorage log, LogStorage folder, String build, List<Long> told) {
        Store<Lamps.Root> store = Lamps.store();
        return LogIndex.open(LogReader.open(log, store), store, folder, build, DENSE, told::add);
    }

    static Replayer<Lamps.Root> straight(LogStorage log) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(log, store), store, false);
    }
}
