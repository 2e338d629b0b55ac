package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.Parcels.Colour;
import dev.dunlin.core.runtime.Parcels.Label;
import dev.dunlin.core.runtime.Parcels.Nothing;
import dev.dunlin.core.runtime.Parcels.ParcelAction;
import dev.dunlin.core.runtime.Parcels.ParcelEffect;
import dev.dunlin.core.runtime.Parcels.Tag;
import dev.dunlin.core.runtime.Parcels.Wrap;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Inputs whose contents could not be recorded, or not read back: each is refused, and the node and its log go on. */
@Timeout(60)
final class DoorContentTest {

    private static final PeerId PEER = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
    private static final ActionId REQUEST = new ActionId(1, 1);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SimDisk disk = new SimDisk();
    private NodeRuntime<Parcels.Root> node = unstarted(Parcels.store()).build();

    private static NodeBuilder<Parcels.Root> unstarted(Store<Parcels.Root> store) {
        return NodeRuntime.of(store)
                .handler(ParcelEffect.class, (id, effect) -> {})
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of("hatch", handle -> {})));
    }

    @BeforeEach
    void start() throws IOException {
        Store<Parcels.Root> store = Parcels.store();
        node = unstarted(store)
                .log(ActionLog.open(disk, store, LogOptions.DEFAULT, "test").writer(), LogOptions.DEFAULT)
                .build();
        node.start("test", Table.empty(), 7);
    }

    @AfterEach
    void end() throws InterruptedException, TimeoutException {
        try {
            node.stop().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(NodeFailure.class);
        }
    }

    /** Ends the node: it took so many inputs beside its boot, they are in the log, and the log is whole. */
    private void theLogHas(long inputs) throws Exception {
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(node.state().input()).isEqualTo(1 + inputs);
        for (String name : disk.names()) {
            if (name.startsWith("snapshot")) {
                // As after a crash: all is read again.
                disk.delete(name);
            }
        }
        Store<Parcels.Root> again = Parcels.store();
        assertThat(ActionLog.open(disk, again, LogOptions.DEFAULT, "test").lastInput())
                .isEqualTo(1 + inputs);
        assertThat(again.state().root()).isEqualTo(node.state().root());
        Store<Parcels.Root> store = Parcels.store();
        Replayer.Verified verified = new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(1 + inputs);
    }

    private void isTaken(Action action) {
        assertThat(node.offer(action)).isEqualTo(Port.Offer.TAKEN);
    }

    private static void refused(ThrowingCallable offering, String... message) {
        assertThatThrownBy(offering).isInstanceOf(IllegalArgumentException.class);
        for (String part : message) {
            assertThatThrownBy(offering).message().containsIgnoringCase(part);
        }
    }

    /** What no type allows, and every caller can do. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    private static Label label(String text) {
        return new Label(text, Optional.of(PEER));
    }

    // What is missing

    @Test
    void aNullInAnInputIsRefusedAndItsFieldNamed() throws Exception {
        Map<String, Action> offered = Map.of(
                "seen has no value for peer", new ParcelAction.Seen(nothing()),
                "painted has no value for colour", new ParcelAction.Painted(nothing(), 3),
                "weighed has no value for grams", new ParcelAction.Weighed(nothing()),
                "noted has no value for text", new ParcelAction.Noted(nothing()),
                "tagged has no value for tags", new ParcelAction.Tagged(nothing()),
                "wrapped has no value for wrap", new ParcelAction.Wrapped(nothing()),
                "hatched has no value for hatch", new ParcelAction.Hatched(nothing()),
                "collect has no value for ticket", new ParcelAction.Collect(nothing()));
        offered.forEach((sentence, action) -> {
            int space = sentence.indexOf(' ');
            String type = sentence.substring(0, space);
            refused(() -> node.offer(action), type, sentence.substring(space + 1));
            refused(() -> node.answer(REQUEST, action), type, sentence.substring(space + 1));
            refused(() -> node.ask("key", ticket -> action, LONG), type, sentence.substring(space + 1));
        });
        refused(() -> node.ended(new ParcelAction.Shut(nothing())), "shut", "has no value for hatch");
        isTaken(new ParcelAction.Painted(Colour.GREEN, 3));
        theLogHas(1);
    }

    @Test
    void aNullAtAnyDepthIsRefusedAndItsFieldNamed() throws Exception {
        Label noText = new Label(nothing(), Optional.empty());
        Label noSender = new Label("text", nothing());
        for (Label bad : List.of(noText, noSender)) {
            String field = "has no value for " + (bad == noText ? "text" : "sender");
            for (Action action : List.of(
                    new ParcelAction.Labelled(bad, List.of(), Table.empty(), Optional.empty()),
                    new ParcelAction.Labelled(label("a"), List.of(label("b"), bad), Table.empty(), Optional.empty()),
                    new ParcelAction.Labelled(label("a"), List.of(), Table.of("k", bad), Optional.empty()),
                    new ParcelAction.Labelled(label("a"), List.of(), Table.empty(), Optional.of(bad)))) {
                refused(() -> node.offer(action), "label", field);
                refused(() -> node.answer(REQUEST, action), "label", field);
            }
        }
        refused(
                () -> node.offer(new ParcelAction.Wrapped(new Wrap.In(new Wrap.In(nothing())))),
                "in",
                "has no value for inside");
        refused(() -> node.offer(new ParcelAction.Labelled(
                label("a"), Arrays.asList(label("b"), nothing()), Table.empty(), Optional.empty())));
        isTaken(new ParcelAction.Labelled(
                label("a"), List.of(label("b")), Table.of("k", label("c")), Optional.of(label("d"))));
        theLogHas(1);
    }

    // How deep it is

    private static Action wrapped(int deep) {
        Wrap wrap = new Wrap.Bare();
        for (int i = 0; i < deep; i++) {
            wrap = new Wrap.In(wrap);
        }
        return new ParcelAction.Wrapped(wrap);
    }

    @Test
    void whatIsTooDeepToBeReadBackIsRefused() throws Exception {
        for (int deep : new int[] {110, 300, 495, 600, 2_000, 100_000}) {
            Action action = wrapped(deep);
            refused(() -> node.offer(action), "wrapped");
            refused(() -> node.answer(REQUEST, action), "wrapped");
            refused(() -> node.ask("key", ticket -> action, LONG), "wrapped");
        }
        isTaken(wrapped(0));
        isTaken(wrapped(90));
        theLogHas(2);
    }

    // How long it is

    @Test
    void whatIsLongByItsNamesAndBracesIsRefused() throws Exception {
        Wrap named = new Wrap.BareButWithANameOfMoreThanSixtyCharactersForTheSakeOfItsLength();
        refused(() -> node.offer(new ParcelAction.Tagged(Collections.nCopies(250_000, new Tag(true)))), "tagged");
        refused(() -> node.offer(new ParcelAction.Stacked(Collections.nCopies(250_000, named))), "stacked");
        refused(() -> node.offer(new ParcelAction.Emptied(Collections.nCopies(6_000_000, new Nothing()))), "emptied");
        isTaken(new ParcelAction.Tagged(Collections.nCopies(50_000, new Tag(true))));
        isTaken(new ParcelAction.Stacked(Collections.nCopies(50_000, named)));
        isTaken(new ParcelAction.Emptied(Collections.nCopies(100_000, new Nothing())));
        theLogHas(3);
    }

    @Test
    void whatIsLongByItsDigitsEscapesAndEncodingIsRefused() throws Exception {
        refused(
                () -> node.offer(new ParcelAction.Numbered(Collections.nCopies(1_000_000, Long.MIN_VALUE))),
                "numbered");
        for (String escaped : List.of("\u0001", "\\", "\"")) {
            refused(() -> node.offer(new ParcelAction.Noted(escaped.repeat(12_000_000))), "noted");
        }
        for (String wide : List.of("\u00e9", "\u20ac", "\ud83d\ude00")) {
            int bytes = wide.getBytes(StandardCharsets.UTF_8).length;
            refused(() -> node.offer(new ParcelAction.Noted(wide.repeat((18 << 20) / bytes))), "noted");
        }
        isTaken(new ParcelAction.Numbered(Collections.nCopies(100_000, Long.MIN_VALUE)));
        isTaken(new ParcelAction.Noted("\u0001\\\"".repeat(100_000)));
        theLogHas(2);
    }

    /** The longest that the door lets in can be recorded: what it counts is not less than what is written. */
    @Test
    void whateverTheDoorLetsInCanBeRecorded() throws Exception {
        int taken = 0;
        for (int many = 30_000_000; many > 3_000_000; many /= 2) {
            for (Action action : List.of(
                    new ParcelAction.Noted("\u0001".repeat(many / 2)),
                    new ParcelAction.Tagged(Collections.nCopies(many / 20, new Tag(true))),
                    new ParcelAction.Emptied(Collections.nCopies(many, new Nothing())))) {
                try {
                    isTaken(action);
                    taken++;
                } catch (IllegalArgumentException tooLong) {
                    assertThat(tooLong).hasMessageContaining("16777216");
                }
            }
        }
        theLogHas(taken);
    }

    @Test
    void manyLongRefusalsOfOneInputStayWithinAFrame() throws Exception {
        isTaken(new ParcelAction.Dropped(9_000));
        isTaken(new ParcelAction.Painted(Colour.RED, 1));
        isTaken(new ParcelAction.Dropped(10));
        theLogHas(3);
        assertThat(node.stats().rejections()).as("the node knows them all").isEqualTo(9_010);
    }

    // Control

    @Test
    void theHandleOfAnOperatorsOrderMayBeRefusedForItsBudget() throws Exception {
        node.stop().get(30, TimeUnit.SECONDS);
        node = unstarted(Parcels.store()).budgets(new Budgets(100, 100, 100, 3)).build();
        node.start("test", Table.empty(), 7);
        for (int i = 0; i < 3; i++) {
            isTaken(new ParcelAction.Hatched(new Handle("hatch", 1, i)));
        }
        // What has left the queue counts again when its state is published.
        RunningLamps.await(() -> node.stats().handles() == 3);
        assertThat(node.offer(new ParcelAction.Hatched(new Handle("hatch", 1, 3))))
                .isEqualTo(Port.Offer.HANDLES_FULL);
        isTaken(new ParcelAction.Ordered(1));
        RunningLamps.await(() -> node.stats().handles() == 3);
        node.ended(new ParcelAction.Shut(new Handle("hatch", 1, 1)));
        RunningLamps.await(() -> node.stats().handles() == 2);
        isTaken(new ParcelAction.Hatched(new Handle("hatch", 1, 3)));
        RunningLamps.await(() -> node.stats().handles() == 3);
        assertThat(node.offer(new ParcelAction.Hatched(new Handle("hatch", 1, 4))))
                .isEqualTo(Port.Offer.HANDLES_FULL);
    }

    /** Seen to fail when control is refused for requests, too. */
    @Test
    void anOperatorsOrderIsTakenThoughRequestsAreFull() throws Exception {
        node.stop().get(30, TimeUnit.SECONDS);
        node = unstarted(Parcels.store()).budgets(new Budgets(100, 100, 1, 1)).build();
        node.start("test", Table.empty(), 7);
        isTaken(new ParcelAction.Sent());
        RunningLamps.await(() -> node.stats().requests() == 1);
        assertThat(node.offer(new ParcelAction.Painted(Colour.RED, 1))).isEqualTo(Port.Offer.REQUESTS_FULL);
        isTaken(new ParcelAction.Ordered(1));
        RunningLamps.await(() -> node.state().root().parcel().taken() == 1);
    }
}
