package dev.dunlin.core.sim;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.EffectDesk;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The scripts of {@link SameScriptTest}, and what is seen of a node while it goes through one. */
final class SameScript {

    /** Node time that a run takes at most: both have forced what is older than a second. */
    static final long RUN_AT_MOST = 900_000;

    private SameScript() {}

    /** What happens to a node. */
    sealed interface Step {
        /** New work. */
        record Offer(Action action) implements Step {}

        /** One of the handles that are open is closed, if any is. */
        record End(int which) implements Step {}

        /** The wall clock is stepped. */
        record ClockStep(long by) implements Step {}

        /** The answer to one of the requests that are open, if any is. */
        record Answer(int which, int effects) implements Step {}

        /** The force in flight is done, if one is. */
        record Force() implements Step {}

        /** Time passes. */
        record Advance(long micros) implements Step {}

        /** An input takes so long, and meanwhile others come; nothing comes if it is refused. */
        record Busy(Action first, long micros, List<Action> others) implements Step {}

        /** The process ends: what was not written is lost. */
        record Kill(long down) implements Step {}

        /** The power goes: what was not forced is there, missing or torn. */
        record PowerLoss(long down, long seed) implements Step {}
    }

    /**
     * What was seen at one step.
     *
     * @param turns the turns, and what the node came back with
     * @param carriedOut the effects that were carried out, in their order
     * @param refused what was not let in, and why
     */
    record Seen(List<String> turns, List<String> carriedOut, List<String> refused) {
        Seen {
            refused = List.copyOf(refused);
            turns = List.copyOf(turns);
            carriedOut = List.copyOf(carriedOut);
        }
    }

    /** A turn in words, with everything that is in it, and the state after it. */
    static String told(Turn turn, StoreState<Errands.Root> after) {
        StringBuilder text =
                new StringBuilder().append(turn.number()).append(" at ").append(turn.now() - World.BEGINNING);
        for (int i = 0; i < turn.size(); i++) {
            text.append("\n      ")
                    .append(turn.id(i))
                    .append(" of ")
                    .append(turn.cause(i))
                    .append(' ')
                    .append(turn.entry(i));
            if (turn.rejection(i) != null) {
                text.append(" disabled: ").append(turn.rejection(i));
            }
        }
        return text.append(turn.durable() ? "\n      durable, " : "\n      ")
                .append(told(after))
                .toString();
    }

    /** A state in words. */
    static String told(StoreState<Errands.Root> state) {
        return "state after " + state.input() + " at " + (state.now() - World.BEGINNING) + ": "
                + Content.digest(state.root()) + " " + Content.digest(state.node());
    }

    /** What a node came back with. */
    static String cameBack(StoreState<Errands.Root> state) {
        return "came back with " + told(state);
    }

    static String told(ActionId id, Effect effect) {
        return id + " " + effect;
    }

    static long errandOf(Effect request) {
        return switch (request) {
            case Errands.Post.AskPost(long errand) -> errand;
            case Errands.Post.SurePost(long errand) -> errand;
            case Errands.Bank.AskBank(long errand) -> errand;
            case Errands.Bank.SureBank(long errand) -> errand;
            default -> throw new AssertionError(effect(request));
        };
    }

    /** One of the handles that are open. */
    static Optional<Handle> handle(StoreState<Errands.Root> state, int which) {
        List<Handle> open = new ArrayList<>();
        state.node().handles().forEach(entry -> open.add(entry.getKey()));
        return open.isEmpty() ? Optional.empty() : Optional.of(open.get(which % open.size()));
    }

    private static String effect(Effect effect) {
        return effect + " is no request";
    }

    /** How far the clocks of a script's node gain in a second. */
    static int drift(long number) {
        return (int) (number % 3) * 400 - 400;
    }

    /** An action as a service of this run hands it in. */
    static Action ofRun(Action action, StoreState<Errands.Root> state) {
        return action instanceof ErrandAction.Opened(Handle brought)
                ? new ErrandAction.Opened(
                        new Handle(brought.kind(), state.node().run(), brought.number()))
                : action;
    }

    /** After so long a time, nobody answers any more what was asked before. */
    static boolean isForgotten(long micros) {
        return micros > EffectDesk.LOST;
    }

    /**
     * The script of a number: the same for the same. It has a crash at least. Every fourth runs for longer than the clock is not
     * looked at, and for longer than requests are waited for; before its crashes all is forced, for the two disks keep what is
     * older than a second by clocks of their own.
     */
    static List<Step> drawn(long number) {
        List<Step> steps = drawnShort(number);
        if (number % 4 != 3) {
            return steps;
        }
        SplittableRandom random = new SplittableRandom(~number);
        List<Step> all = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Step.Kill(long down) -> forcedBefore(new Step.Kill(down), all);
                case Step.PowerLoss(long down, long _) -> forcedBefore(new Step.Kill(down), all);
                default -> all.add(step);
            }
            switch (random.nextInt(10)) {
                case 0 -> all.add(new Step.Advance(random.nextInt(2_500_000)));
                case 1 -> all.add(new Step.ClockStep((random.nextInt(9) - 4) * 400_000L));
                case 2 -> {
                    // All that is due has happened before the hour begins, and waits for nothing.
                    forcedBefore(new Step.Advance(1_000_000), all);
                    forcedBefore(new Step.Advance(EffectDesk.LOST + random.nextInt(1_000_000) + 1), all);
                }
                default -> {}
            }
        }
        return List.copyOf(all);
    }

    private static void forcedBefore(Step step, List<Step> all) {
        all.add(new Step.Force());
        all.add(new Step.Force());
        all.add(step);
    }

    private static List<Step> drawnShort(long number) {
        SplittableRandom random = new SplittableRandom(number);
        List<Step> steps = new ArrayList<>();
        int count = 5 + random.nextInt(26);
        int certain = random.nextInt(count);
        long ran = 0;
        for (int i = 0; i < count; i++) {
            int kind = i == certain ? 93 + random.nextInt(7) : random.nextInt(100);
            long micros = random.nextInt(3) == 0 ? random.nextInt(1_500) : random.nextInt(120_000);
            if (kind < 38) {
                steps.add(new Step.Offer(action(random)));
            } else if (kind < 40) {
                steps.add(new Step.End(random.nextInt(1_000)));
            } else if (kind < 60) {
                steps.add(new Step.Answer(random.nextInt(1_000), effects(random)));
            } else if (kind < 72) {
                steps.add(new Step.Force());
            } else if (kind < 93) {
                if (ran + micros > RUN_AT_MOST) {
                    continue;
                }
                ran += micros;
                if (kind < 84) {
                    steps.add(new Step.Advance(micros));
                } else {
                    List<Action> others = new ArrayList<>();
                    boolean flood = random.nextInt(4) == 0;
                    for (int n = random.nextInt(flood ? 200 : 5); n > 0; n--) {
                        others.add(
                                flood && random.nextInt(10) > 0
                                        ? new ErrandAction.Knock(peer(random.nextInt(random.nextInt(2) + 1)), 0)
                                        : action(random));
                    }
                    steps.add(new Step.Busy(action(random), micros, List.copyOf(others)));
                }
            } else {
                ran = 0;
                long down = 1 + random.nextInt(random.nextBoolean() ? 10 : 50_000);
                steps.add(kind < 97 ? new Step.Kill(down) : new Step.PowerLoss(down, random.nextLong()));
            }
        }
        return List.copyOf(steps);
    }

    private static Action action(SplittableRandom random) {
        int errand = random.nextInt(8);
        return switch (random.nextInt(12)) {
            case 8 -> new ErrandAction.Order(errand, effects(random));
            case 9 -> new ErrandAction.Knock(peer(errand), effects(random));
            case 10, 11 -> new ErrandAction.Opened(new Handle("line", 1, random.nextInt(1_000_000)));
            case 0 -> new ErrandAction.Drop(errand);
            case 1 -> new ErrandAction.Go(errand, random.nextInt(4));
            default -> {
                // Now and then more of them at once than a tick deals out.
                boolean crowd = random.nextInt(12) == 0;
                yield new ErrandAction.Begin(
                        errand,
                        crowd ? 65 + random.nextInt(80) : 1 + random.nextInt(2),
                        random.nextInt(3) == 0 ? random.nextInt(1_500) : random.nextInt(150_000),
                        random.nextInt(3),
                        crowd ? 0 : effects(random),
                        random.nextBoolean() ? Ticket.NONE : new Ticket("test", errand));
            }
        };
    }

    private static PeerId peer(int number) {
        return PeerId.ofPublicKey(new byte[] {(byte) number});
    }

    private static int effects(SplittableRandom random) {
        int effects = 0;
        for (int n = random.nextInt(5); n > 0; n--) {
            effects = effects * Errands.BASE + random.nextInt(Errands.BASE);
        }
        return effects;
    }
}
