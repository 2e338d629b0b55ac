package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Pool;
import java.util.Optional;

/**
 * One attempt of a peer to redeem a token. Times are the node's, in microseconds.
 *
 * @param step how many stages it has entered: answers to what an earlier one asked come too late
 * @param peer who, as the connection has proved
 * @param network of which IP network it comes; empty if that is not known
 * @param token the hash of the token that it shows
 * @param question the number of its contact, for the exchange
 * @param stream on which it came
 * @param redemption the name of its redemption
 * @param role which side makes the database; empty until that is known
 * @param reference by what the peer names it in a third message; empty as long as none may come
 * @param begun when it began
 * @param entered when it entered its stage
 * @param stageEnds when that is over
 * @param ends when the session is over
 */
public record Session(
        int step,
        PeerId peer,
        String network,
        Bytes token,
        long question,
        Handle stream,
        Stage stage,
        String redemption,
        Optional<Role> role,
        Optional<Bytes> reference,
        long begun,
        long entered,
        long stageEnds,
        long ends)
        implements Pool.Member {

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public String owner() {
        return peer.toString();
    }

    @Override
    public long at() {
        return Math.min(stageEnds, ends);
    }

    Session entering(Stage next, long now, long within) {
        return new Session(
                step + 1,
                peer,
                network,
                token,
                question,
                stream,
                next,
                redemption,
                role,
                reference,
                begun,
                now,
                now + within,
                ends);
    }

    Session of(String other) {
        return new Session(
                step, peer, network, token, question, stream, stage, other, role, reference, begun, entered, stageEnds,
                ends);
    }

    Session as(Role known, long until) {
        return new Session(
                step,
                peer,
                network,
                token,
                question,
                stream,
                stage,
                redemption,
                Optional.of(known),
                reference,
                begun,
                entered,
                stageEnds,
                until);
    }

    Session named(Bytes name) {
        return new Session(
                step,
                peer,
                network,
                token,
                question,
                stream,
                stage,
                redemption,
                role,
                Optional.of(name),
                begun,
                entered,
                stageEnds,
                ends);
    }
}
