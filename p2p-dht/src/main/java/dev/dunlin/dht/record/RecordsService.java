package dev.dunlin.dht.record;

import dev.dunlin.core.store.ActionId;

/** Carries out what is asked of a store of records. */
public interface RecordsService extends AutoCloseable {

    /**
     * Carries out one effect, and answers it once by what {@link RecordsEffects#answer} says, or by {@link RecordsAction.DiskFailed}. Those
     * that were asked earlier are done earlier. Returns at once.
     *
     * @param request of the effect, which the answer carries
     */
    void carryOut(ActionId request, RecordsEffect effect);

    /** What was asked is still done; what is asked from now on fails as {@link StoreFailure#CLOSED}. Never throws. */
    @Override
    void close();
}
