package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * The example machine of the log's tests: lamps that are switched on, go out by themselves after a second, are measured (a request),
 * ring (no answer), and are counted (durable); lines to lamps are handles.
 */
public final class Lamps {

    private static final State INITIAL =
            new State(Table.empty(), Table.empty(), Table.empty(), Table.empty(), Table.empty(), 0);

    private final Quirk quirk;

    private Lamps(Quirk quirk) {
        this.quirk = quirk;
    }

    /** Planted changes of the machine, as another build would have them. */
    public enum Quirk {
        /** The machine as it is. */
        NONE,
        /** A lamp of brightness 42 is stored brighter. */
        BRIGHTER,
        /** A lamp of brightness 42 also rings when it is measured: only dispatch differs. */
        RINGS_TWICE,
        /** A lamp of brightness 42 makes the reducer throw. */
        THROWS,
        /** A lamp of brightness 42 is refused by another clause. */
        REFUSES
    }

    /** The root of the tree. */
    public record Root(State lamp) {
        Root withLamp(State changed) {
            return new Root(changed);
        }
    }

    /** A lamp's colour. */
    public enum Colour {
        /** Red. */
        RED,
        /** Green, with a text of its own that must not be written. */
        GREEN {
            @Override
            public String toString() {
                return "grass";
            }
        }
    }

    /** What a lamp does. */
    public sealed interface Phase {
        /** Nothing. */
        record Dark() implements Phase {}

        /** It shines. */
        record Lit(long since, Colour colour) implements Phase {}
    }

    /** One lamp, which goes out when it is due. */
    public record Lamp(
            Phase phase, int brightness, List<String> tags, Optional<String> owner, OptionalLong watts, long at)
            implements Due {}

    /** All lamps. */
    public record State(
            Table<String, Lamp> lamps,
            Table<String, Phase> before,
            Table<Handle, String> lines,
            Table<Long, Colour> colours,
            Table<ActionId, String> asked,
            long counted) {

        /** How many lamps are lit. */
        public long lit() {
            long lit = 0;
            for (Lamp lamp : lamps.values()) {
                lit += lamp.phase() instanceof Phase.Lit ? 1 : 0;
            }
            return lit;
        }

        private boolean isLit(String lamp) {
            return lamps.find(lamp)
                    .filter(known -> known.phase() instanceof Phase.Lit)
                    .isPresent();
        }
    }

    /** Actions. */
    public sealed interface LampAction extends Action {
        /** What is about one lamp. */
        sealed interface OfLamp extends LampAction {
            /** Its name. */
            String lamp();

            @Override
            default Subject about() {
                return Subject.of("lamp", lamp());
            }
        }

        /** A wish. */
        record SwitchOn(String lamp, int brightness, Ticket ticket) implements OfLamp, Action.Wish {}

        /** A derived step. */
        record Glow(String lamp, int step) implements OfLamp {}

        /** A wish that nobody waits for. */
        record SwitchOff(String lamp) implements OfLamp {}

        /** A lamp has been lit for long enough. */
        record Faded(String lamp) implements OfLamp {}

        /** An answer. */
        record Measured(String lamp, long watts) implements LampAction {}

        /** A line is open. */
        record Wired(Handle line, String lamp) implements LampAction, Action.BringsHandle {
            @Override
            public Handle brought() {
                return line;
            }
        }

        /** A line is closed. */
        record Cut(Handle line) implements LampAction, Action.EndsHandle {
            @Override
            public Handle ended() {
                return line;
            }
        }

        /** What is never enabled. */
        record Nudge() implements LampAction {}

        /** A reducer that throws. */
        record Burst(String what) implements LampAction {}
    }

    /** What whoever asked is told. */
    public sealed interface LampOutcome extends Outcome {
        /** The lamp is lit. */
        record SwitchedOn(String lamp, Ticket ticket) implements LampOutcome {}
    }

    /** Effects. */
    public sealed interface LampEffect extends Effect {
        /** A request. */
        record Measure(String lamp) implements LampEffect, Effect.Request {}

        /** No answer. */
        record Ring(String lamp) implements LampEffect, Effect.Fire {}

        /** Waits for the disk. */
        record Count(String lamp, long count) implements LampEffect, Effect.Fire, Effect.Durable {}
    }

    /** A lamp goes out after so many microseconds. */
    public static final long LIT_MICROS = 1_000_000;

    /** From this brightness on a lamp is counted. */
    public static final int COUNTED = 90;

    /** The machine as it is. */
    public static Store<Root> store() {
        return store(Quirk.NONE);
    }

    /** With a planted change. */
    public static Store<Root> store(Quirk quirk) {
        return Store.of(new Root(INITIAL))
                .mount(machine(quirk), Root::lamp, Root::withLamp)
                .build();
    }

    /** The machine, with a planted change. */
    public static Machine<Root, State, LampAction> machine(Quirk quirk) {
        Lamps lamps = new Lamps(quirk);
        return Machine.of("lamp", INITIAL)
                .actions(LampAction.class, LampEffect.class, LampOutcome.class)
                .boots((own, booted, ctx) -> own.lines().isEmpty() ? own : withLines(own, Table.empty()))
                .guards(lamps.guards())
                .reduces(lamps::reduce)
                .due(LampAction.Faded.class, State::lamps, LampAction.Faded::new)
                .transitions("""
                        dark > lit: switchOn
                        lit > dark: switchOff, faded
                        lit: glow""")
                .phases((own, subject) -> own.isLit(subject.key()) ? "lit" : "dark")
                .handles(own -> own.lines().keys())
                .budget(1 << 20);
    }

    /** Its codec. */
    public static Codec codec() {
        return Codec.of(store());
    }

    /** The boot of a run. */
    public static Input boot(long run, long at) {
        return Input.of(new NodeAction.Booted(run, "test", Table.of("name", "lamps"), at, 7 * run));
    }

    /** A busy day: an input of any kind, drawn for a store's present state. */
    public static Input draw(Random random, Store<Root> store, List<ActionId> open) {
        String lamp = "lamp" + random.nextInt(12);
        long run = store.state().node().run();
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 ->
                Input.of(new LampAction.SwitchOn(lamp, random.nextInt(110), new Ticket("api", lamp.length())));
            case 4 -> Input.of(new LampAction.SwitchOff(lamp));
            case 5, 6 ->
                open.isEmpty()
                        ? Input.of(new LampAction.Measured(lamp, 1))
                        : new Input(
                                new LampAction.Measured(lamp, random.nextLong()),
                                open.remove(random.nextInt(open.size())));
            case 7 -> Input.of(new LampAction.Wired(new Handle("line", run, random.nextInt(30)), lamp));
            case 8 -> Input.of(new LampAction.Cut(new Handle("line", run, random.nextInt(30))));
            default -> Input.of(new LampAction.Glow(lamp, random.nextInt(3)));
        };
    }

    private Guards<Root, State, LampAction> guards() {
        return Guards.<Root, State, LampAction>of()
                .on(
                        LampAction.SwitchOn.class,
                        Guards.clause(
                                "lamp-is-dark",
                                (view, own, action, now) -> !own.isLit(action.lamp()),
                                (view, own, action, now) -> List.of(Operand.of("lamp", action.lamp()))),
                        Guards.clause(
                                quirk == Quirk.REFUSES ? "brightness-is-fit" : "brightness-in-range",
                                (view, own, action, now) -> action.brightness() <= 100
                                        && (quirk != Quirk.REFUSES || action.brightness() != 42)))
                .on(
                        LampAction.Glow.class,
                        Guards.clause("lamp-is-lit", (view, own, action, now) -> own.isLit(action.lamp())))
                .on(
                        LampAction.SwitchOff.class,
                        Guards.clause("lamp-is-lit", (view, own, action, now) -> own.isLit(action.lamp())))
                .on(
                        LampAction.Measured.class,
                        Guards.clause(
                                "lamp-is-known",
                                (view, own, action, now) -> own.lamps().has(action.lamp())))
                .on(
                        LampAction.Wired.class,
                        Guards.clause(
                                "line-is-free",
                                (view, own, action, now) -> !own.lines().has(action.line())))
                .on(
                        LampAction.Cut.class,
                        Guards.clause(
                                "line-is-held",
                                (view, own, action, now) -> own.lines().has(action.line())))
                .always(LampAction.Faded.class)
                .on(LampAction.Nudge.class, Guards.clause("is-never", (view, own, action, now) -> false))
                .always(LampAction.Burst.class)
                .build();
    }

    private State reduce(State own, LampAction action, Context ctx) {
        return switch (action) {
            case LampAction.SwitchOn(String lamp, int brightness, Ticket ticket) ->
                switchedOn(own, lamp, brightness, ticket, ctx);
            case LampAction.Glow(String lamp, int step) -> {
                if (step > 0) {
                    ctx.then(new LampAction.Glow(lamp, step - 1));
                }
                yield own;
            }
            case LampAction.SwitchOff(String lamp) -> out(own, lamp);
            case LampAction.Faded(String lamp) -> out(own, lamp);
            case LampAction.Measured(String lamp, long watts) -> {
                Lamp at = own.lamps().at(lamp);
                yield withLamp(
                        own,
                        lamp,
                        new Lamp(at.phase(), at.brightness(), at.tags(), at.owner(), OptionalLong.of(watts), at.at()));
            }
            case LampAction.Wired(Handle line, String lamp) ->
                withLines(own, own.lines().with(line, lamp));
            case LampAction.Cut(Handle line) -> withLines(own, own.lines().without(line));
            case LampAction.Nudge _ -> own;
            case LampAction.Burst(String what) -> throw new IllegalStateException(what);
        };
    }

    private State switchedOn(State own, String lamp, int brightness, Ticket ticket, Context ctx) {
        boolean odd = brightness == 42;
        if (odd && quirk == Quirk.THROWS) {
            throw new IllegalStateException("42 is too bright");
        }
        Colour colour = Colour.values()[ctx.random().nextInt(Colour.values().length)];
        ctx.then(new LampOutcome.SwitchedOn(lamp, ticket));
        ctx.then(new LampAction.Glow(lamp, 1));
        ActionId asked = ctx.effect(new LampEffect.Measure(lamp));
        ctx.effect(new LampEffect.Ring(odd && quirk == Quirk.RINGS_TWICE ? lamp + lamp : lamp));
        long counted = own.counted();
        if (brightness >= COUNTED) {
            counted++;
            ctx.effect(new LampEffect.Count(lamp, counted));
        }
        Lamp lit = new Lamp(
                new Phase.Lit(ctx.now(), colour),
                odd && quirk == Quirk.BRIGHTER ? 43 : brightness,
                List.of("tag" + brightness % 3),
                brightness % 2 == 0 ? Optional.of("owner") : Optional.empty(),
                OptionalLong.empty(),
                ctx.now() + LIT_MICROS);
        Table<ActionId, String> open = own.asked().size() < 50 ? own.asked() : Table.empty();
        return new State(
                own.lamps().with(lamp, lit),
                own.before().with(lamp, own.lamps().find(lamp).map(Lamp::phase).orElse(new Phase.Dark())),
                own.lines(),
                own.colours().with((long) brightness, colour),
                open.with(asked, lamp),
                counted);
    }

    private static State out(State own, String lamp) {
        Lamp at = own.lamps().at(lamp);
        State dark = withLamp(own, lamp, new Lamp(new Phase.Dark(), 0, at.tags(), at.owner(), at.watts(), Due.NEVER));
        return new State(
                dark.lamps(),
                own.before().with(lamp, at.phase()),
                own.lines(),
                own.colours(),
                own.asked(),
                own.counted());
    }

    private static State withLamp(State own, String name, Lamp lamp) {
        return new State(
                own.lamps().with(name, lamp), own.before(), own.lines(), own.colours(), own.asked(), own.counted());
    }

    private static State withLines(State own, Table<Handle, String> lines) {
        return new State(own.lamps(), own.before(), lines, own.colours(), own.asked(), own.counted());
    }

    /** What a state is made of, for messages of tests. */
    public static Map<String, Object> parts(Store<Root> store) {
        return store.statesOf(store.state());
    }
}
