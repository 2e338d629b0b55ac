package dev.dunlin.dht.sim;

/** Prints how a crowd does: {@code nodes seconds}. */
final class CrowdTry {

    private CrowdTry() {}

    public static void main(String[] args) {
        int nodes = Integer.parseInt(args[0]);
        long seconds = Long.parseLong(args[1]);
        long begun = System.nanoTime();
        KadCrowd crowd = Health.joined(nodes, Math.max(10, nodes / 60), 1, Health.SERVERS);
        say(crowd, begun, "joined");
        long until = crowd.now() + seconds * KadCrowd.SECOND;
        while (crowd.now() < until) {
            crowd.runTo(Math.min(until, crowd.now() + 60 * KadCrowd.SECOND));
            say(crowd, begun, Health.tables(crowd).toString());
        }
        System.out.println(Health.lookups(crowd, 500, 1));
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.println(used / nodes + " bytes of heap a node");
        say(crowd, begun, "done");
    }

    private static void say(KadCrowd crowd, long begun, String what) {
        System.out.printf(
                "%.1f s: at %d s, %d inputs, %d questions: %s%n",
                (System.nanoTime() - begun) / 1e9,
                crowd.now() / KadCrowd.SECOND,
                crowd.inputs(),
                crowd.questions(),
                what);
    }
}
