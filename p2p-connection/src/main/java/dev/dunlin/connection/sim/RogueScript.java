package dev.dunlin.connection.sim;

import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.sim.RogueDeed.Handshake;
import dev.dunlin.connection.sim.RogueDeed.Streaming;
import dev.dunlin.core.sim.Misdeed;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.SimRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Draws what byzantine peers do: the same steps that somebody could write. */
final class RogueScript {

    private static final long MEAN_PAUSE = 3_000_000;
    private static final long MEAN_DELAY = 500_000;
    private static final int MOST_AT_ONCE = 40;
    private static final List<String> PROTOCOLS =
            List.of(PingProtocol.ID, IdentifyProtocol.ID, IdentifyProtocol.PUSH_ID, "/none/1");

    private final SimRandom random;
    private final int node;
    private final int nodes;
    private final long end;
    private final List<Misdeed> script = new ArrayList<>();
    private int last;

    private RogueScript(SimRandom random, int node, int nodes, long end) {
        this.random = random;
        this.node = node;
        this.nodes = nodes;
        this.end = end;
    }

    /** A script for each byzantine node of a plan, as its seed draws them, up to the end of the faults; by time. */
    static List<Misdeed> draw(Plan plan) {
        List<Misdeed> all = new ArrayList<>();
        for (int node : plan.byzantine()) {
            SimRandom random = SimRandom.of(plan.seed(), 0x726F677565L, node);
            RogueScript one = new RogueScript(random, node, plan.nodes(), plan.safe());
            one.draw();
            all.addAll(one.script);
        }
        all.sort(Comparator.comparingLong(Misdeed::at));
        return all;
    }

    private void draw() {
        last = random.below(nodes);
        add(0, new RogueDeed.AnswerDials(identity(), handshake()));
        add(0, new RogueDeed.AnswerStreams(streaming()));
        for (long at = random.exponential(MEAN_PAUSE); at < end; at += random.exponential(MEAN_PAUSE)) {
            switch (random.below(13)) {
                case 0, 1, 2, 3 -> {
                    last = random.below(nodes);
                    add(at, new RogueDeed.Dial(last, identity(), handshake()));
                    if (random.permille(700)) {
                        add(at + random.exponential(MEAN_DELAY), flood(last));
                    }
                }
                case 4, 5 -> add(at, flood(target()));
                case 6 -> add(at, new RogueDeed.ResetStreams(target()));
                case 7 -> add(at, new RogueDeed.HalfCloseStreams(target()));
                case 8 -> add(at, new RogueDeed.Close(target()));
                case 9 -> add(at, new RogueDeed.Vanish(target()));
                case 10 -> add(at, new RogueDeed.GoAway(target(), random.permille(500)));
                case 11 -> add(at, new RogueDeed.AnswerDials(identity(), handshake()));
                default -> add(at, new RogueDeed.AnswerStreams(streaming()));
            }
        }
    }

    private void add(long at, RogueDeed deed) {
        if (at < end) {
            script.add(new Misdeed(at, node, deed));
        }
    }

    private RogueDeed flood(int target) {
        return new RogueDeed.OpenStreams(
                target, PROTOCOLS.get(random.below(PROTOCOLS.size())), 1 + random.below(MOST_AT_ONCE));
    }

    // Half of what it does concerns whom it dialled last, to whom there is a connection more often than to others.
    private int target() {
        return random.permille(500) ? last : random.below(nodes);
    }

    // Itself, a node of the world, or somebody whom nobody knows.
    private int identity() {
        return random.permille(800) ? node : random.below(nodes + 1);
    }

    private Handshake handshake() {
        Handshake[] all = Handshake.values();
        return random.permille(500) ? Handshake.WHOLE : all[random.below(all.length)];
    }

    private Streaming streaming() {
        Streaming[] all = Streaming.values();
        return all[random.below(all.length)];
    }
}
