package dev.dunlin.connection.yamux;

/**
 * Takes a session's events, on the thread that called the session and before that call returns. It may call the
 * session's streams and {@link YamuxSession#open}; it must not call {@link YamuxSession#receive}, {@link
 * YamuxSession#drain} or {@link YamuxSession#onTime}.
 */
@FunctionalInterface
public interface YamuxListener {

    /** Something happened. */
    void on(YamuxEvent event);
}
