package dev.dunlin.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Two machines and a switch between them, each a network namespace. Each machine has one interface with addresses of one family.
 *
 * @param prefix of the names of the namespaces
 * @param six whether the addresses are of IPv6
 */
record Namespaces(String prefix, boolean six) implements AutoCloseable {

    private static final List<String> MACHINES = List.of("a", "b");

    /** Why there can be none here; empty if there can. */
    static Optional<String> trouble() {
        String name = "dunlin" + ProcessHandle.current().pid() + "x";
        Optional<String> trouble = Shell.trouble("ip netns add " + name)
                .or(() -> Shell.trouble("ip -n " + name + " link add br0 type bridge"))
                .or(() -> Shell.trouble("ip netns exec " + name + " ss -H"));
        Shell.trouble("ip netns del " + name);
        return trouble;
    }

    /** Makes them, with the first addresses. */
    static Namespaces of(String name, boolean six) throws IOException {
        Namespaces made = new Namespaces("dunlin" + ProcessHandle.current().pid() + name, six);
        for (String machine : List.of("a", "b", "s")) {
            Shell.run("ip netns add " + made.prefix + machine);
            Shell.run("ip -n " + made.prefix + machine + " link set lo up");
        }
        made.atSwitch("link add br0 type bridge");
        made.atSwitch("link set br0 up");
        for (String machine : MACHINES) {
            Shell.run("ip link add eth0 netns " + made.prefix + machine + " type veth peer name p" + machine + " netns "
                    + made.prefix + "s");
            made.atSwitch("link set p" + machine + " master br0 up");
            Shell.run("ip -n " + made.prefix + machine + " link set eth0 up");
            made.give(machine, MACHINES.indexOf(machine) + 1);
        }
        return made;
    }

    private void atSwitch(String what) throws IOException {
        Shell.run("ip -n " + prefix + "s " + what);
    }

    /** An address of this network. */
    String host(int number) {
        return six ? "fd77::" + Integer.toHexString(number) : "10.77.0." + number;
    }

    /** The same and the port 4001, as a multiaddr. */
    String multiaddr(int number) {
        return (six ? "/ip6/" : "/ip4/") + host(number) + "/tcp/4001";
    }

    /** What a machine listens at. */
    String anywhere() {
        return six ? "/ip6/::/tcp/4001" : "/ip4/0.0.0.0/tcp/4001";
    }

    void give(String machine, int number) throws IOException {
        Shell.run("ip -n " + prefix + machine + " addr add " + host(number) + (six ? "/64" : "/24") + " dev eth0"
                + (six ? " nodad" : ""));
    }

    void take(String machine, int number) throws IOException {
        Shell.run("ip -n " + prefix + machine + " addr del " + host(number) + (six ? "/64" : "/24") + " dev eth0");
    }

    /** Pulls a machine's cable, or plugs it in. */
    void cable(String machine, boolean isIn) throws IOException {
        atSwitch("link set p" + machine + (isIn ? " up" : " down"));
    }

    /** Whether nothing that a machine has sent to the other waits for being sent again. */
    boolean flows(String machine) {
        try {
            String sockets = Shell.run("ip netns exec " + prefix + machine + " ss -Htin state established");
            return sockets.contains("4001") && !sockets.contains("unacked:");
        } catch (IOException e) {
            return false;
        }
    }

    /** What starts a program on a machine. */
    List<String> on(String machine) {
        return List.of("ip", "netns", "exec", prefix + machine);
    }

    @Override
    public void close() {
        for (String machine : List.of("a", "b", "s")) {
            Shell.trouble("ip netns del " + prefix + machine);
        }
    }
}
