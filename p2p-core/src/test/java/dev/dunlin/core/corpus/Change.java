package dev.dunlin.core.corpus;

import dev.dunlin.core.codec.Schema.Fit;
import dev.dunlin.core.corpus.after.Impossible;
import dev.dunlin.core.corpus.after.NewField;
import dev.dunlin.core.corpus.after.RemovedField;
import dev.dunlin.core.corpus.after.RenamedAction;
import dev.dunlin.core.corpus.after.RenamedClass;
import dev.dunlin.core.corpus.after.RenamedField;
import dev.dunlin.core.corpus.after.ReorderedFields;
import dev.dunlin.core.corpus.before.Shelf;
import dev.dunlin.core.corpus.before.Yard;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Locale;

/** What changes between the build that wrote a log of the corpus and the one that reads it. */
enum Change {
    /** Nothing. */
    PLAIN(Fit.FINE, put(), Shelf.SHELF, Yard.YARD),
    /** Classes have other names, and say what they were called: {@code @Named}. */
    RENAMED_CLASS(Fit.FINE, new RenamedClass.RackAction.Store("new", 3, "later", Ticket.NONE), RenamedClass.SHELF),
    /** An action has another name: {@code renamed}. */
    RENAMED_ACTION(Fit.FINE, new RenamedAction.ShelfAction.Store("new", 3, "later", Ticket.NONE), RenamedAction.SHELF),
    /** An action has another name, and that is not declared. */
    RENAMED_ACTION_UNDECLARED(Fit.IMPOSSIBLE, put(), Impossible.UNDECLARED_RENAME),
    /** Fields have other names: {@code renamedField}. */
    RENAMED_FIELD(Fit.FINE, new RenamedField.ShelfAction.Put("new", 3, "later", Ticket.NONE), RenamedField.SHELF),
    /** There are fields more, with defaults: {@code defaulted}. */
    NEW_FIELD(Fit.FINE, new NewField.ShelfAction.Put("new", 3, "later", true, Ticket.NONE), NewField.SHELF),
    /** There are fields more, without defaults. */
    NEW_FIELD_WITHOUT_DEFAULT(Fit.IMPOSSIBLE, put(), NewField.WITHOUT_DEFAULTS),
    /** There are fields less. */
    REMOVED_FIELD(Fit.RISKY, new RemovedField.ShelfAction.Put("new", 3, Ticket.NONE), RemovedField.SHELF),
    /** There is an action less. */
    REMOVED_ACTION(Fit.IMPOSSIBLE, put(), Impossible.REMOVED_ACTION),
    /** There is a variant less. */
    REMOVED_VARIANT(Fit.IMPOSSIBLE, put(), Impossible.RemovedVariant.SHELF),
    /** Fields stand in another order. */
    REORDERED_FIELDS(
            Fit.FINE, new ReorderedFields.ShelfAction.Put(Ticket.NONE, "later", "new", 3), ReorderedFields.SHELF),
    /** A field is of another type. */
    CHANGED_TYPE(Fit.IMPOSSIBLE, put(), Impossible.ChangedType.SHELF),
    /** A record inside the state has another class name, and does not say what it was called. */
    RENAMED_RECORD_UNDECLARED(Fit.IMPOSSIBLE, put(), Impossible.RenamedRecord.SHELF),
    /** There is a machine more. */
    ADDED_MACHINE(Fit.FINE, put(), Shelf.SHELF, Yard.YARD) {
        @Override
        Store<Object[]> before() {
            return store(Shelf.SHELF);
        }
    };

    private final Fit fit;
    private final Action more;
    private final List<Machine<Object, ?, ?>> after;

    @SafeVarargs
    Change(Fit fit, Action more, Machine<Object, ?, ?>... after) {
        this.fit = fit;
        this.more = more;
        this.after = List.of(after);
    }

    private static Action put() {
        return new Shelf.ShelfAction.Put("new", 3, "later", Ticket.NONE);
    }

    /** What the new build says of the old one's log. */
    Fit fit() {
        return fit;
    }

    /** An input with which the new build goes on. */
    Action more() {
        return more;
    }

    /** The build that wrote the log. */
    Store<Object[]> before() {
        return this == PLAIN ? store(Shelf.SHELF, Yard.YARD) : store(Shelf.SHELF);
    }

    /** The build that reads it. */
    Store<Object[]> after() {
        return store(after.toArray(new Machine[0]));
    }

    /** The name of a log of this change in a format. */
    String folder(int format) {
        return "format" + format + "-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @SafeVarargs
    private static Store<Object[]> store(Machine<Object, ?, ?>... machines) {
        Object[] initial = new Object[machines.length];
        for (int i = 0; i < machines.length; i++) {
            initial[i] = machines[i].initial();
        }
        Store.Builder<Object[]> builder = Store.of(initial);
        for (int i = 0; i < machines.length; i++) {
            mount(builder, i, machines[i]);
        }
        return builder.build();
    }

    private static <S, A extends Action> void mount(
            Store.Builder<Object[]> builder, int place, Machine<Object, S, A> machine) {
        builder.mount(machine, root -> machine.state().cast(root[place]), (root, own) -> {
            Object[] changed = root.clone();
            changed[place] = own;
            return changed;
        });
    }
}
