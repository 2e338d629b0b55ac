package dev.dunlin.connection.extension;

/** An extension's services in one node, from its start to its end. */
public interface Running {

    /** No services. */
    Running NOTHING = new Running() {};

    /**
     * The node takes work now.
     *
     * @throws RuntimeException if the services cannot work; the node stops then, and tells the message
     */
    default void started() {}

    /** The node is about to stop: nothing new is handed in after this. Never throws. */
    default void close() {}
}
