package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import java.util.List;

/** What a session waits for. */
public sealed interface Stage {

    /** A stage in which the contact has no answer yet. */
    sealed interface Unanswered extends Stage {}

    /** The token is being looked at, and a use of it held. */
    record ValidatingToken(BootstrapQuestion.Contact contact) implements Unanswered {}

    /**
     * Another session of the same redemption goes on; its end is awaited.
     *
     * @param redemption the one that goes on
     */
    record Joining(BootstrapQuestion.Contact contact, String redemption) implements Unanswered {}

    /** Who the peer is, is being looked at. */
    record ValidatingIdentity(BootstrapQuestion.Contact contact) implements Unanswered {}

    /**
     * As many databases as may are being made: a place is awaited.
     *
     * @param cadre where the nodes of the peer's party are
     */
    record Queued(List<Multiaddr> cadre) implements Unanswered {
        /** Copies the list. */
        public Queued {
            cadre = List.copyOf(cadre);
        }
    }

    /**
     * That a database is about to be made is being written down.
     *
     * @param cadre where the nodes of the peer's party are
     */
    record Announcing(List<Multiaddr> cadre) implements Unanswered {
        /** Copies the list. */
        public Announcing {
            cadre = List.copyOf(cadre);
        }
    }

    /** The database is being made. */
    record ProvisioningDatabase() implements Unanswered {}

    /** That it is there is being written down. */
    record Recording(Tally tally) implements Unanswered {}

    /**
     * An approval is being written.
     *
     * @param isLast whether nothing is to come of the peer then
     */
    record SendingResponse(boolean isLast) implements Stage {}

    /** The peer is to tell of the database that it makes. */
    record AwaitingDatabase() implements Stage {}

    /**
     * What the peer has told of the database is being looked at.
     *
     * @param question the number of the message, for the exchange
     */
    record ValidatingDatabase(Tally tally, long question) implements Stage {}

    /**
     * That the database is taken is being written down.
     *
     * @param question the number of the message, for the exchange
     */
    record Concluding(Tally tally, long question) implements Stage {}

    /** Whether it holds one of the places at the hook that makes databases. */
    default boolean isProvisioning() {
        return this instanceof Announcing || this instanceof ProvisioningDatabase;
    }

    /** Whether the ledger or a hook is to answer. */
    default boolean isAsking() {
        return switch (this) {
            case ValidatingToken _,
                    ValidatingIdentity _,
                    Announcing _,
                    ProvisioningDatabase _,
                    Recording _,
                    ValidatingDatabase _,
                    Concluding _ -> true;
            case Joining _, Queued _, SendingResponse _, AwaitingDatabase _ -> false;
        };
    }

    /** Its phase in the diagram, in camel case. */
    default String phase() {
        return switch (this) {
            case ValidatingToken _ -> "validatingToken";
            case Joining _ -> "joining";
            case ValidatingIdentity _ -> "validatingIdentity";
            case Queued _ -> "queued";
            case Announcing _ -> "announcing";
            case ProvisioningDatabase _ -> "provisioningDatabase";
            case Recording _ -> "recording";
            case SendingResponse _ -> "sendingResponse";
            case AwaitingDatabase _ -> "awaitingDatabase";
            case ValidatingDatabase _ -> "validatingDatabase";
            case Concluding _ -> "concluding";
        };
    }

    /** As operators and metrics call it. */
    default String word() {
        return switch (this) {
            case ValidatingToken _, Joining _ -> "VALIDATING_TOKEN";
            case ValidatingIdentity _ -> "VALIDATING_IDENTITY";
            case Queued _, Announcing _, ProvisioningDatabase _, Recording _ -> "PROVISIONING_DATABASE";
            case SendingResponse _ -> "SENDING_RESPONSE";
            case AwaitingDatabase _ -> "AWAITING_DATABASE";
            case ValidatingDatabase _, Concluding _ -> "VALIDATING_DATABASE";
        };
    }
}
