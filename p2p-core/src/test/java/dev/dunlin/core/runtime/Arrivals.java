package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Inbox.Item;
import dev.dunlin.core.runtime.Port.Offer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** New work of every kind, and inboxes for it: for the tests of the inbox. */
final class Arrivals {

    private Arrivals() {}

    /** New work of nobody. */
    record Work(int producer, long number) implements Action {}

    /** New work of a peer. */
    record PeerWork(PeerId peer, long number) implements OfPeer {}

    /** A vote, or an operator's order. */
    record Order(int producer, long number) implements Action.Control {}

    /** Something that was opened. */
    record Opened(Handle handle) implements Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    /** Something that a peer has opened. */
    record PeerOpened(PeerId peer, Handle handle) implements OfPeer, Action.BringsHandle {
        @Override
        public Handle brought() {
            return handle;
        }
    }

    static PeerId peer(int number) {
        return PeerId.ofPublicKey(ByteBuffer.allocate(8).putInt(number).array());
    }

    static Inbox inbox(int queued, int control, int handles) {
        return Inbox.ofThreads(new Budgets(queued, control, 1, handles), () -> {});
    }

    static Offer offer(Inbox inbox, Action action) {
        return inbox.offer(action, true, 0);
    }

    /** Offers until it is refused. */
    static int flood(Inbox inbox, PeerId peer, Offer refusal) {
        int taken = 0;
        Offer answer;
        while ((answer = offer(inbox, new PeerWork(peer, taken))) == Offer.TAKEN) {
            taken++;
        }
        assertThat(answer).isEqualTo(refusal);
        return taken;
    }

    static List<Action> drained(Inbox inbox) {
        List<Action> all = new ArrayList<>();
        for (Item item = inbox.poll(); item != null; item = inbox.poll()) {
            all.add(item.action());
        }
        return all;
    }

    static void assertEmpty(Inbox inbox) {
        assertThat(inbox.poll()).isNull();
        assertThat(inbox.owesWork()).isFalse();
        assertThat(inbox.queued()).isZero();
        assertThat(inbox.control()).isZero();
        assertThat(inbox.sources()).isZero();
    }
}
