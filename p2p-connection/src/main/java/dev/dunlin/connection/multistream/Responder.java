package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;

/** Stops at the first proposal that is served; answers {@code na} to others, and to {@code ls} the list if there is one. */
final class Responder implements Role {

    private final ServedProtocols served;
    private final int maxRefusals;
    private int refusals;

    Responder(ServedProtocols served, int maxRefusals) {
        this.served = served;
        this.maxRefusals = maxRefusals;
    }

    @Override
    public Negotiation begin(ByteArrayOutputStream out) {
        return Negotiation.Pending.INSTANCE;
    }

    @Override
    public void onHeader(ByteArrayOutputStream out) {
        out.writeBytes(Messages.HEADER_BYTES);
    }

    @Override
    public Negotiation onMessage(String message, ByteArrayOutputStream out) throws MultistreamException {
        // No word of multistream-select itself, such as that of simultaneous open, is ever served.
        if (served.contains(message)) {
            return new Negotiation.Proposed(message);
        }
        if (refusals == maxRefusals) {
            throw new MultistreamException(new MultistreamFailure.TooManyRefusals(maxRefusals));
        }
        refusals++;
        out.writeBytes(message.equals(Messages.LIST) ? served.listAnswer() : Messages.NOT_AVAILABLE_BYTES);
        return Negotiation.Pending.INSTANCE;
    }
}
