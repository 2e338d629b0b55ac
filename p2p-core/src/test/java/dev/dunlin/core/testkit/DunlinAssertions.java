package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Turn;

/**
 * Readable assertions on what a store does.
 *
 * <pre>{@code
 * assertThat(driver.dispatch(new Open("front"))).isEnabled().emitted(new Unlock("front")).changedOnly("gate");
 * assertThat(driver.dispatch(new Open("front"))).isRejected().by("is-shut");
 * assertThat(driver).awaits(Unlock.class).hasPhase("gate", Subject.of("gate", "front"), "opening");
 * }</pre>
 */
public final class DunlinAssertions {

    private DunlinAssertions() {}

    /** Of a turn: its input and all that it led to. */
    public static TurnAssert assertThat(Turn turn) {
        return new TurnAssert(turn);
    }

    /** Of one rejection. */
    public static RejectionAssert assertThat(Rejection rejection) {
        return new RejectionAssert(rejection);
    }

    /** Of a driven store as it stands. */
    public static <R> DriverAssert<R> assertThat(StoreDriver<R> driver) {
        return new DriverAssert<>(driver);
    }
}
