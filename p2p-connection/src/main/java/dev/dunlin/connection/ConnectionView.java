package dev.dunlin.connection;

/** What machines that depend on connections see of the root. */
public interface ConnectionView {

    /** The connections. */
    ConnectionState connection();
}
