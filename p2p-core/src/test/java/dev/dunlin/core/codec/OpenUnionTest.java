package dev.dunlin.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Named;
import dev.dunlin.core.state.OpenUnion;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenUnionTest {

    /** What a machine carries whose author knows none of the records. */
    @OpenUnion
    interface Letter {}

    sealed interface Post extends Letter {
        record Card(String text) implements Post {}

        record Parcel(String text, Optional<Letter> inside) implements Post {}
    }

    record Bill(String text) implements Letter {}

    @Named("card")
    record OtherCard(int number) implements Letter {}

    interface Closed {}

    record Boxes(Table<Long, Letter> letters) {}

    sealed interface BoxAction extends Action {
        record Throw(long box, Letter letter) implements BoxAction {}
    }

    private static Machine<Object, Boxes, BoxAction> boxes(List<? extends Class<? extends Letter>> letters) {
        return Machine.of("boxes", new Boxes(Table.empty()))
                .actions(BoxAction.class)
                .guards(Guards.<Object, Boxes, BoxAction>of()
                        .always(BoxAction.Throw.class)
                        .build())
                .reduces((own, action, ctx) -> switch (action) {
                    case BoxAction.Throw(long box, Letter letter) ->
                        new Boxes(own.letters().with(box, letter));
                })
                .union(Letter.class, letters)
                .budget(1 << 20);
    }

    private static Store<Boxes> store(List<? extends Class<? extends Letter>> letters) {
        return Store.of(new Boxes(Table.empty()))
                .mount(boxes(letters), own -> own, (own, changed) -> changed)
                .build();
    }

    private static final List<Class<? extends Letter>> ALL = List.of(Post.class, Bill.class);
    private static final Letter PARCEL = new Post.Parcel("big", Optional.of(new Bill("small")));

    @Test
    void itsRecordsStandTypedInLogSnapshotAndDigest() throws IOException {
        SimDisk disk = new SimDisk();
        Store<Boxes> store = store(ALL);
        ActionLog.Opened opened = ActionLog.open(disk, store, LogOptions.DEFAULT, "test");
        long at = 1_700_000_000_000_000L;
        for (Action action : List.of(
                new NodeAction.Booted(1, "test", Table.empty(), at, 1),
                new BoxAction.Throw(1, new Post.Card("hello")),
                new BoxAction.Throw(2, PARCEL))) {
            opened.writer().append(store.apply(Input.of(action), at));
        }
        opened.writer().snapshot(store, store.state());
        opened.writer().append(store.apply(Input.of(new BoxAction.Throw(3, new Bill("hello"))), at));
        opened.writer().close();

        Store<Boxes> again = store(ALL);
        LogReader<Boxes> log = LogReader.open(disk, again);
        assertThat(new Replayer<>(log, again, false).verify(step -> {}).divergence())
                .isEmpty();
        Store<Boxes> gone = store(ALL);
        ActionLog.open(disk, gone, LogOptions.DEFAULT, "test").writer().close();
        assertThat(gone.state().root()).isEqualTo(store.state().root());
        assertThat(gone.state().root().letters().at(2L)).isEqualTo(PARCEL);
    }

    @Test
    void theNameIsPartOfTheContent() {
        assertThat(Content.digest(new Post.Card("a"))).isNotEqualTo(Content.digest(new Bill("a")));
    }

    @Test
    void oneThatComesIsFineAndOneThatGoesImpossible() {
        Store<Boxes> fewer = store(List.of(Post.class));
        Store<Boxes> more = store(ALL);
        Codec codec = Codec.of(more);
        assertThat(Schema.of(more).compare(Schema.of(fewer), codec.tables()).fit())
                .isEqualTo(Schema.Fit.FINE);
        assertThat(Schema.of(fewer)
                        .compare(Schema.of(more), Codec.of(fewer).tables())
                        .text())
                .contains("IMPOSSIBLE: boxes.letter.bill was removed");
    }

    @Test
    void twoOfOneNameAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> boxes(List.of(Post.class, OtherCard.class)))
                .withMessageContaining("two variants of Letter are named card");
    }

    @Test
    void whatIsNoOpenUnionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Machine.of("boxes", new Boxes(Table.empty()))
                        .actions(BoxAction.class)
                        .union(Closed.class, List.of()))
                .withMessageContaining("annotate it with @OpenUnion");
    }
}
