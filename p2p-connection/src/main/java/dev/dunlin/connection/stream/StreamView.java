package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionView;

/** What machines that use streams see of the root. */
public interface StreamView extends ConnectionView {

    /** The streams. */
    StreamState stream();
}
