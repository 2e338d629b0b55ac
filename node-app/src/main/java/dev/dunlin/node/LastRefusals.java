package dev.dunlin.node;

import dev.dunlin.connection.words.Refusal;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers of the peers that were refused something lately what it was, since state does not say it. A watcher of the runtime; of at
 * most {@link #MOST} peers.
 */
final class LastRefusals implements Consumer<Turn> {

    /** Of so many peers. */
    static final int MOST = 1024;

    private final Function<Class<? extends Action>, String> names;
    private final Map<PeerId, Refusal> last = new LinkedHashMap<>();

    LastRefusals(Function<Class<? extends Action>, String> names) {
        this.names = names;
    }

    @Override
    public void accept(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            Verdict.@Nullable Disabled disabled = turn.rejection(i);
            if (disabled != null && turn.entry(i) instanceof OfPeer about) {
                String type = names.apply(about.getClass());
                if (Refusal.isTold(type)) {
                    remember(about.peer(), new Refusal(turn.now(), type, disabled.clause(), disabled.operands()));
                }
            }
        }
    }

    private synchronized void remember(PeerId peer, Refusal refusal) {
        last.remove(peer);
        last.put(peer, refusal);
        if (last.size() > MOST) {
            last.remove(last.keySet().iterator().next());
        }
    }

    /** What a peer was refused last, if it is remembered. */
    synchronized Optional<Refusal> of(PeerId peer) {
        return Optional.ofNullable(last.get(peer));
    }
}
