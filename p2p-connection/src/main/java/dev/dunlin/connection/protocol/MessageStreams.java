package dev.dunlin.connection.protocol;

import dev.dunlin.core.store.Handle;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The streams of a node as messages: Netty's in production, a simulated world's in simulation. */
public interface MessageStreams {

    /**
     * Does something with a stream on its own thread, once.
     *
     * @param does is given the stream, or nothing if it is over
     */
    void on(Handle stream, Consumer<Optional<MessageStream>> does);

    /** Takes streams of these protocols from now on. */
    void serve(List<String> ids);

    /** Takes none of these any more. */
    void unserve(List<String> ids);

    /** Microseconds of a clock that never steps back, to tell how long something took. */
    long micros();

    /**
     * Tells whoever runs the node of a mistake in its program, which no peer has made.
     *
     * @param what a sentence without its full stop, with the next step
     */
    void mistaken(String what);
}
