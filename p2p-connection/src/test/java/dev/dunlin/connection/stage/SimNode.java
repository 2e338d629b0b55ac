package dev.dunlin.connection.stage;

import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionEffects;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamEffects;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;

/** One node: its store, driven by hand, and the services behind it. After each input its state is audited. */
public final class SimNode {

    private final SimNetwork network;
    private final PeerId id;
    private final Table<String, String> config;
    private final Store<SimRoot> store = SimRoot.store();
    private final List<Turn> turns = new ArrayList<>();
    private SimServices services;
    private long run;

    SimNode(SimNetwork network, PeerId id, Table<String, String> config) {
        this.network = network;
        this.id = id;
        this.config = config.with("node.peerId", id.toString());
        this.services = freshServices();
    }

    private SimServices freshServices() {
        long epoch = run;
        return new SimServices(network, this, epoch, new SimPort() {
            @Override
            public void answer(ActionId effect, Action fact) {
                if (epoch == run) {
                    input(new Input(fact, effect));
                }
            }

            @Override
            public boolean offer(Action fact) {
                if (epoch == run) {
                    input(Input.of(fact));
                }
                return epoch == run;
            }
        });
    }

    /** Its name. */
    public PeerId id() {
        return id;
    }

    /** What it may be reached at, whether or not it listens there. */
    public Multiaddr address() {
        return network.addressOf(this);
    }

    /** Its state. */
    public SimRoot root() {
        return store.state().root();
    }

    /** Its own slice. */
    public NodeState node() {
        return store.state().node();
    }

    /** All turns so far. */
    public List<Turn> turns() {
        return turns;
    }

    /** Its services in this run. */
    SimServices services() {
        return services;
    }

    /** Stops it without a word, and boots it again: its sockets are gone. */
    public void reboot() {
        services.vanish();
        run++;
        services = freshServices();
        input(Input.of(new NodeAction.Booted(run, "sim", config, network.now(), run)));
    }

    /** A wish from outside. */
    public Turn dispatch(Action wish) {
        return input(Input.of(wish));
    }

    /** When it wants its next tick. */
    long nextDeadline() {
        return store.nextDeadline();
    }

    void tick() {
        store.dueTick(network.now()).ifPresent(this::input);
    }

    /** All enabled actions of a type so far. */
    public <T extends Action> List<T> actions(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Turn turn : turns) {
            for (int i = 0; i < turn.size(); i++) {
                if (type.isInstance(turn.entry(i)) && turn.rejection(i) == null) {
                    found.add(type.cast(turn.entry(i)));
                }
            }
        }
        return found;
    }

    private Turn input(Input input) {
        Turn turn = store.apply(input, network.now());
        turns.add(turn);
        Audit.check(store, input);
        for (Turn.Emitted emitted : turn.effects()) {
            carryOut(emitted.id(), emitted.effect());
        }
        return turn;
    }

    private void carryOut(ActionId effectId, Effect effect) {
        switch (effect) {
            case ConnectionEffect one -> ConnectionEffects.handle(effectId, one, services);
            case StreamEffect one -> StreamEffects.handle(effectId, one, services);
            case NodeEffect.CloseHandle one -> {
                ConnectionEffects.closeOrphan(effectId, one, services);
                StreamEffects.closeOrphan(effectId, one, services);
            }
            default -> throw new IllegalStateException("no service for " + effect);
        }
    }
}
