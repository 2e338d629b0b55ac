package dev.dunlin.dht.record;

/** Something that came at a time. */
interface Received {

    /** When it came, microseconds of the node's time; a little later if something else came then. */
    long received();

    /** The same as the wall clock said it then, microseconds since the Unix epoch. */
    long receivedWall();
}
