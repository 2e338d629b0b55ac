package dev.dunlin.connection.multistream;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Predicate;

/** Accepts the first proposal it supports; answers {@code na} to others, and to {@code ls} its list if it has one. */
final class Responder implements Role {

    private final Predicate<String> supported;
    private final byte[] listAnswer;
    private final int maxRefusals;
    private int refusals;

    Responder(Predicate<String> supported, List<String> listed, MultistreamLimits limits) {
        this.supported = supported;
        byte[] list = Messages.encodeList(listed);
        // The body must pass the other side's limit, which we take to be ours; answering ls is optional.
        boolean answered = !listed.isEmpty() && list.length <= limits.maxMessageBytes();
        this.listAnswer = answered ? list : Messages.encode(Messages.NOT_AVAILABLE);
        this.maxRefusals = limits.maxRefusals();
    }

    @Override
    public Negotiation begin(ByteArrayOutputStream out) {
        return Negotiation.Pending.INSTANCE;
    }

    @Override
    public void onHeader(ByteArrayOutputStream out) {
        out.writeBytes(Messages.encode(Messages.HEADER));
    }

    @Override
    public Negotiation onMessage(String message, ByteArrayOutputStream out) throws MultistreamException {
        boolean list = message.equals(Messages.LIST);
        if (!list && !message.equals(Messages.SIMULTANEOUS_CONNECT) && supported.test(message)) {
            out.writeBytes(Messages.encode(message));
            return new Negotiation.Agreed(message);
        }
        if (refusals == maxRefusals) {
            throw new MultistreamException(new MultistreamFailure.TooManyRefusals(maxRefusals));
        }
        refusals++;
        out.writeBytes(list ? listAnswer : Messages.encode(Messages.NOT_AVAILABLE));
        return Negotiation.Pending.INSTANCE;
    }
}
