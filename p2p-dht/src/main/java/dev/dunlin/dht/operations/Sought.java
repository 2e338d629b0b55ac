package dev.dunlin.dht.operations;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.wire.ValueRecord;

/** Goals in words. */
final class Sought {

    private Sought() {}

    /** What an operation does, as its order is called, and for what. */
    static String words(Goal goal) {
        return goal.word() + " "
                + switch (goal) {
                    case Goal.FindPeer(PeerId peer) -> peer.toString();
                    case Goal.FindClosest(Bytes key) -> KeyText.shown(key);
                    case Goal.Trace(Bytes key) -> KeyText.shown(key);
                    case Goal.GetValue(Bytes key, int _) -> KeyText.shown(key);
                    case Goal.FindProviders(Bytes key, int _) -> KeyText.shown(key);
                    case Goal.PutValue(ValueRecord record) -> KeyText.shown(record.key());
                    case Goal.PutValueTo(ValueRecord record, var _) -> KeyText.shown(record.key());
                    case Goal.Provide(Bytes key) -> KeyText.shown(key);
                };
    }
}
