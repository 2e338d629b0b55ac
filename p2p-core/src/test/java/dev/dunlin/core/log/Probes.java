package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.state.TextType;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Stores of one machine, {@value #NAME}, whose state is whatever a test wants to see written and read back. */
final class Probes {

    static final String NAME = "probe";

    private Probes() {}

    record Root<S>(S own) {}

    sealed interface ProbeAction extends Action {
        /** An input like another. */
        record Went(String where) implements ProbeAction {}
    }

    /** The actions of a later build: one more. */
    sealed interface LaterAction extends Action {
        record Went(String where) implements LaterAction {}

        record Came(long back) implements LaterAction {}
    }

    /** What happens at an input. */
    interface Step<S> {
        S after(S own, String where);
    }

    static <S> Store<Root<S>> store(S state, TextType<?>... texts) {
        return store(state, (own, where) -> own, texts);
    }

    static <S> Store<Root<S>> store(S state, Step<S> step, TextType<?>... texts) {
        Machine.Draft<Object, S, ProbeAction> draft = Machine.of(NAME, state)
                .actions(ProbeAction.class)
                .guards(Guards.<Object, S, ProbeAction>of()
                        .always(ProbeAction.Went.class)
                        .build())
                .reduces((own, action, ctx) ->
                        action instanceof ProbeAction.Went(String where) ? step.after(own, where) : own);
        return mounted(state, draft, texts);
    }

    /** The store of a build that was made later: it has an action more, and its schema is another. */
    static <S> Store<Root<S>> later(S state, Step<S> step, TextType<?>... texts) {
        return later(state, step, draft -> draft, texts);
    }

    static <S> Store<Root<S>> later(
            S state, Step<S> step, UnaryOperator<Machine.Draft<Object, S, LaterAction>> more, TextType<?>... texts) {
        Machine.Draft<Object, S, LaterAction> draft = Machine.of(NAME, state)
                .actions(LaterAction.class)
                .guards(Guards.<Object, S, LaterAction>of()
                        .always(LaterAction.Went.class)
                        .always(LaterAction.Came.class)
                        .build())
                .reduces((own, action, ctx) ->
                        action instanceof LaterAction.Went(String where) ? step.after(own, where) : own);
        return mounted(state, more.apply(draft), texts);
    }

    static <S, A extends Action> Store<Root<S>> mounted(
            S state, Machine.Draft<Object, S, A> draft, TextType<?>... texts) {
        for (TextType<?> text : texts) {
            draft.text(text);
        }
        return Store.of(new Root<>(state))
                .mount(draft.budget(1L << 40), Root::own, (root, changed) -> new Root<>(changed))
                .build();
    }

    static Input went(String where) {
        return Input.of(new ProbeAction.Went(where));
    }

    /** Writes the snapshot after the first input. */
    static <S> void write(LogStorage storage, Store<Root<S>> store) throws IOException {
        store.apply(went("away"), 5);
        new SnapshotWriter<>(storage, Codec.of(store), store, "test", Schema.of(store), 1).write(store.state());
    }

    /** Reads the last snapshot; empty if it is damaged. */
    static <S> Optional<S> read(LogStorage storage, Store<Root<S>> store) throws IOException {
        return new SnapshotReader<>(
                        storage,
                        Codec.of(store),
                        store,
                        Segments.snapshots(storage).getLast())
                .read()
                .map(read -> read.root().own());
    }

    /** Texts, numbered, of a length. */
    static List<String> texts(int count, int length) {
        return IntStream.range(0, count).mapToObj(i -> i + "x".repeat(length)).toList();
    }
}
