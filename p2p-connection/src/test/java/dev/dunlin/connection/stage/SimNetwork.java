package dev.dunlin.connection.stage;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, the links between them, and virtual time. Events of one moment happen in the order in which they were made.
 */
public final class SimNetwork {

    /** When time begins: 2026-01-01T00:00:00Z, in microseconds since the Unix epoch. */
    public static final long START = 1_767_225_600_000_000L;

    private final long latency;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimNode> nodes = new ArrayList<>();
    private final Map<Multiaddr, SimNode> listening = new LinkedHashMap<>();
    private final List<SimLink> links = new ArrayList<>();
    private final Set<Multiaddr> silent = new HashSet<>();
    private boolean stubborn;
    private long now = START;
    private long sequence;
    private long handshakes;

    private record Event(long at, long sequence, Runnable happens) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int order = Long.compare(at, other.at);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }

    /** A network in which everything takes the same time one way, in microseconds. */
    public SimNetwork(long latency) {
        this.latency = latency;
    }

    /** Virtual time, microseconds since the Unix epoch. */
    public long now() {
        return now;
    }

    /** Adds a node and boots it. */
    public SimNode node(PeerId id, Table<String, String> config) {
        SimNode node = new SimNode(this, id, config);
        nodes.add(node);
        node.reboot();
        return node;
    }

    /** The nodes in the order they came. */
    public List<SimNode> nodes() {
        return nodes;
    }

    /** The links that are up at one end at least. */
    public List<SimLink> links() {
        links.removeIf(SimLink::isDown);
        return links;
    }

    /** The address of a node: {@code /ip4/10.0.0.N/tcp/4001}. */
    Multiaddr addressOf(SimNode node) {
        return address(nodes.indexOf(node));
    }

    /** The address of the n-th node. */
    public static Multiaddr address(int index) {
        return Multiaddr.tcp(new byte[] {10, 0, 0, (byte) (index + 1)}, 4001);
    }

    /** Dials to this address are never answered, as behind a firewall that drops. */
    public void silence(Multiaddr address) {
        silent.add(address);
    }

    /** From now on orderly closes hang until they are forced, or no longer. */
    public void stubborn(boolean whether) {
        stubborn = whether;
    }

    boolean isStubborn() {
        return stubborn;
    }

    boolean isSilent(Multiaddr address) {
        return silent.contains(address);
    }

    @Nullable
    SimNode at(Multiaddr address) {
        return listening.get(address);
    }

    boolean listen(Multiaddr address, SimNode node) {
        return listening.putIfAbsent(address, node) == null;
    }

    void unlisten(Multiaddr address) {
        listening.remove(address);
    }

    /** A hash that no other handshake has. */
    Bytes nextHandshake() {
        return Bytes.of(ByteBuffer.allocate(Long.BYTES).putLong(++handshakes).array());
    }

    void add(SimLink link) {
        links.add(link);
    }

    /** After the time one way. */
    void far(Runnable happens) {
        after(latency, happens);
    }

    /** Next, at this very time. */
    void near(Runnable happens) {
        after(0, happens);
    }

    private void after(long delay, Runnable happens) {
        events.add(new Event(now + delay, sequence++, happens));
    }

    /** Lets time pass; ticks come when they are due. */
    public void pass(long micros) {
        long end = now + micros;
        while (step(end)) {}
        now = end;
    }

    /** Lets everything happen that is on its way, without letting time pass beyond it. */
    public void settle() {
        while (!events.isEmpty()) {
            step(events.peek().at());
        }
    }

    private boolean step(long end) {
        Event event = events.peek();
        long at = event == null ? Deadlines.NEVER : event.at();
        SimNode due = null;
        for (SimNode node : nodes) {
            if (node.nextDeadline() < at) {
                at = node.nextDeadline();
                due = node;
            }
        }
        if (at > end) {
            return false;
        }
        now = Math.max(now, at);
        if (due != null) {
            due.tick();
        } else if (event != null) {
            events.poll();
            event.happens().run();
        }
        return true;
    }
}
