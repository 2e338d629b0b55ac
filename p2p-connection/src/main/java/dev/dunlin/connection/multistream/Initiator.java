package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Proposes protocols in order, the first one together with the header. */
final class Initiator implements Role {

    private final List<String> protocols;
    private final Negotiation waiting;
    private final int maxRefusals;
    private int proposed;

    Initiator(List<String> protocols, boolean lazy, int maxRefusals) {
        this.protocols = protocols;
        this.waiting = lazy ? new Negotiation.Assumed(protocols.getFirst()) : Negotiation.Pending.INSTANCE;
        this.maxRefusals = maxRefusals;
    }

    @Override
    public Negotiation begin(ByteArrayOutputStream out) {
        out.writeBytes(Messages.HEADER_BYTES);
        out.writeBytes(Messages.encode(protocols.getFirst()));
        return waiting;
    }

    @Override
    public void onHeader(ByteArrayOutputStream out) {
        // Ours was sent at the beginning.
    }

    @Override
    public Negotiation onMessage(String message, ByteArrayOutputStream out) throws MultistreamException {
        String proposal = protocols.get(proposed);
        if (message.equals(proposal)) {
            return new Negotiation.Agreed(proposal);
        }
        if (!message.equals(Messages.NOT_AVAILABLE)) {
            throw new MultistreamException(new MultistreamFailure.UnexpectedAnswer(proposal, message));
        }
        proposed++;
        if (proposed == protocols.size()) {
            throw new MultistreamException(new MultistreamFailure.NoCommonProtocol(protocols));
        }
        if (proposed > maxRefusals) {
            throw new MultistreamException(new MultistreamFailure.TooManyRefusals(maxRefusals));
        }
        out.writeBytes(Messages.encode(protocols.get(proposed)));
        return waiting;
    }
}
