package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Due;
import java.util.Comparator;
import java.util.Optional;

/**
 * An address of a peer.
 *
 * @param address without the peer at its end
 * @param source from whom it is known
 * @param until when it is forgotten, microseconds of the node's time; {@link Due#NEVER} while the peer is connected and says so
 * @param last how the last dial there ended, if there was one
 */
public record Known(Multiaddr address, Source source, long until, Optional<Outcome> last) {

    /**
     * How a dial ended.
     *
     * @param at when, microseconds since the Unix epoch
     * @param failure how it failed; empty if the peer was there
     */
    public record Outcome(long at, Optional<ConnectionError.Kind> failure) {}

    /** Where to dial first: where the peer was found last time, then where nobody has looked, then by who says so. */
    static final Comparator<Known> BEST_FIRST =
            Comparator.comparingInt(Known::luck).thenComparing(Known::source);

    /** What is kept where there is no room for all: what is trusted most, and of that the best. */
    static final Comparator<Known> MOST_TRUSTED_FIRST =
            Comparator.comparing(Known::source).thenComparingInt(Known::luck);

    private int luck() {
        return last.isEmpty() ? 1 : last.get().failure().isEmpty() ? 0 : 2;
    }

    Known until(long changed) {
        return new Known(address, source, changed, last);
    }

    Known ended(Outcome outcome) {
        return new Known(address, source, until, Optional.of(outcome));
    }
}
