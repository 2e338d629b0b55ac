package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer.Approved;
import dev.dunlin.connection.bootstrap.wire.Tally;

/** What an attempt waits for. */
public sealed interface Phase {

    /** A node of the party is being dialled. */
    record Connecting() implements Phase {}

    /** The contact is sent, or on its way; its answer is awaited. */
    record AwaitingResponse() implements Phase {}

    /** All is tried again after a while. */
    record Pausing() implements Phase {}

    /** The answer is being looked at. */
    record ValidatingResponse(Approved answer) implements Phase {}

    /** The database is being made here. */
    record ProvisioningDatabase(Approved answer) implements Phase {}

    /** The party is being told of it. */
    record SendingDatabase(Approved answer, Tally tally) implements Phase {}

    /** Its phase in the diagram, in camel case. */
    default String word() {
        return switch (this) {
            case Connecting _ -> "connecting";
            case AwaitingResponse _ -> "awaitingResponse";
            case Pausing _ -> "pausing";
            case ValidatingResponse _ -> "validatingResponse";
            case ProvisioningDatabase _ -> "provisioningDatabase";
            case SendingDatabase _ -> "sendingDatabase";
        };
    }
}
