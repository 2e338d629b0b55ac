package dev.dunlin.core.corpus.before;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Visitors and gates: a machine with every kind of value and of action that a log can have. */
public final class Yard {

    private Yard() {}

    /** A visitor leaves after so long. */
    public static final long STAYS = 5_000_000;

    /** What is in a box. */
    public enum Kind {
        /** Letters. */
        LETTERS,
        /** Tools. */
        TOOLS
    }

    /** A value of the machine's own that is written as one text. */
    public record Badge(String letters, int number) implements Comparable<Badge> {
        static final TextType<Badge> TEXT = new TextType<>(
                Badge.class,
                "Badge",
                badge -> badge.letters() + "-" + badge.number(),
                text -> new Badge(
                        text.substring(0, text.indexOf('-')), Integer.parseInt(text.substring(text.indexOf('-') + 1))));

        @Override
        public int compareTo(Badge other) {
            int order = letters.compareTo(other.letters);
            return order != 0 ? order : Integer.compare(number, other.number);
        }
    }

    /** One visitor. */
    public record Visitor(Optional<Multiaddr> from, OptionalLong weight, OptionalInt marks, List<Badge> badges, long at)
            implements Due {}

    /** Plain values. */
    public record Plain(double part, boolean open, char letter, short few, byte least, String text) {}

    /** The whole yard. */
    public record State(
            Table<PeerId, Visitor> visitors,
            Table<Handle, String> gates,
            Table<Kind, Table<Long, Bytes>> boxes,
            Table<ActionId, PeerId> asked,
            Table<Badge, Integer> worn,
            Plain plain) {
        static final State EMPTY = new State(
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                new Plain(0, false, ' ', (short) 0, (byte) 0, ""));

        State visitors(Table<PeerId, Visitor> changed) {
            return new State(changed, gates, boxes, asked, worn, plain);
        }

        State gates(Table<Handle, String> changed) {
            return new State(visitors, changed, boxes, asked, worn, plain);
        }
    }

    /** Actions. */
    public sealed interface YardAction extends Action {
        /** A wish. */
        record Enter(PeerId peer, Multiaddr from, List<Badge> badges, Ticket ticket)
                implements YardAction, OfPeer, Wish {}

        /** An answer. */
        record Weighed(PeerId peer, long grams) implements YardAction, OfPeer {}

        /** A visitor has stayed for long enough. */
        record Stayed(PeerId peer) implements YardAction, OfPeer {}

        /** A gate is open. */
        record GateOpened(Handle gate, String name) implements YardAction, BringsHandle {
            @Override
            public Handle brought() {
                return gate;
            }
        }

        /** A gate is closed. */
        record GateClosed(Handle gate) implements YardAction, EndsHandle {
            @Override
            public Handle ended() {
                return gate;
            }
        }

        /** Something is in a box. */
        record Boxed(Kind kind, long number, Bytes content) implements YardAction {}

        /** Plain values are others. */
        record Said(Plain plain) implements YardAction {}
    }

    /** What whoever asked is told. */
    public sealed interface YardOutcome extends Outcome {
        /** The visitor is in. */
        record Entered(PeerId peer, Ticket ticket) implements YardOutcome {}
    }

    /** Effects. */
    public sealed interface YardEffect extends Effect {
        /** A request. */
        record Weigh(PeerId peer) implements YardEffect, Effect.Request {}
    }

    /** The machine. */
    public static final Machine<Object, State, YardAction> YARD = Machine.of("yard", State.EMPTY)
            .actions(YardAction.class, YardEffect.class, YardOutcome.class)
            .text(Badge.TEXT)
            .boots((own, booted, ctx) -> own.gates(Table.empty()))
            .guards(Guards.<Object, State, YardAction>of()
                    .on(YardAction.Enter.class, Clauses.absent("is-outside", State::visitors, YardAction.Enter::peer))
                    .on(
                            YardAction.Weighed.class,
                            Clauses.when(
                                    "is-inside", (own, action) -> own.visitors().has(action.peer())))
                    .always(YardAction.Stayed.class)
                    .on(
                            YardAction.GateOpened.class,
                            Clauses.when(
                                    "is-named", (own, action) -> !action.name().isEmpty()))
                    .always(YardAction.GateClosed.class)
                    .always(YardAction.Boxed.class)
                    .always(YardAction.Said.class)
                    .build())
            .reduces(Yard::reduce)
            .due(YardAction.Stayed.class, State::visitors, YardAction.Stayed::new)
            .handles(own -> own.gates().keys())
            .budget(1 << 20);

    private static State reduce(State own, YardAction action, Context ctx) {
        return switch (action) {
            case YardAction.Enter(PeerId peer, Multiaddr from, List<Badge> badges, Ticket ticket) -> {
                ctx.then(new YardOutcome.Entered(peer, ticket));
                ActionId asked = ctx.effect(new YardEffect.Weigh(peer));
                Table<Badge, Integer> worn = own.worn();
                for (Badge badge : badges) {
                    worn = worn.with(badge, worn.find(badge).orElse(0) + 1);
                }
                Visitor visitor = new Visitor(
                        Optional.of(from), OptionalLong.empty(), OptionalInt.empty(), badges, ctx.now() + STAYS);
                yield new State(
                        own.visitors().with(peer, visitor),
                        own.gates(),
                        own.boxes(),
                        own.asked().with(asked, peer),
                        worn,
                        own.plain());
            }
            case YardAction.Weighed(PeerId peer, long grams) -> {
                Visitor in = own.visitors().at(peer);
                yield own.visitors(own.visitors()
                        .with(
                                peer,
                                new Visitor(
                                        in.from(),
                                        OptionalLong.of(grams),
                                        OptionalInt.of((int) (grams % 7)),
                                        in.badges(),
                                        in.at())));
            }
            case YardAction.Stayed(PeerId peer) -> own.visitors(own.visitors().without(peer));
            case YardAction.GateOpened(Handle gate, String name) ->
                own.gates(own.gates().with(gate, name));
            case YardAction.GateClosed(Handle gate) -> own.gates(own.gates().without(gate));
            case YardAction.Boxed(Kind kind, long number, Bytes content) -> {
                Table<Long, Bytes> box = own.boxes().find(kind).orElse(Table.empty());
                yield new State(
                        own.visitors(),
                        own.gates(),
                        own.boxes().with(kind, box.with(number, content)),
                        own.asked(),
                        own.worn(),
                        own.plain());
            }
            case YardAction.Said(Plain plain) ->
                new State(own.visitors(), own.gates(), own.boxes(), own.asked(), own.worn(), plain);
        };
    }
}
