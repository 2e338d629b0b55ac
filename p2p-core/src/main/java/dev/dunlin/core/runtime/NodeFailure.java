package dev.dunlin.core.runtime;

/** What stopped a node: the message names the log, the step, and what to do. */
public final class NodeFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
