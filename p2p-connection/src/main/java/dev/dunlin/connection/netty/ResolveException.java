package dev.dunlin.connection.netty;

import dev.dunlin.core.multiformats.Multiaddr;

/** Why an address gave nothing to dial; the message is one sentence, fit to be shown. */
public final class ResolveException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 160;

    /** The kinds of failure. If parts of one address fail in different ways, the one that stands last here is told. */
    public enum Kind {
        /** No address over TCP, of a zone that makes no sense, with a name that DNS has not, or of another peer. */
        UNSUPPORTED,
        /** DNS, or this machine's table of interfaces, knows nothing that fits. */
        NOT_FOUND,
        /** A name server failed, or refused to answer. */
        FAILED,
        /** The answer did not come in time. */
        TIMED_OUT,
        /** A bound of {@link ResolverLimits} was reached. */
        LIMIT
    }

    private final Kind kind;

    ResolveException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** An address as it may stand in a message, wherever it came from: short, printable ASCII only. */
    static String shown(Multiaddr address) {
        String text = address.toString();
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
            char c = text.charAt(i);
            shown.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return text.length() > SHOWN ? shown.append("...").toString() : shown.toString();
    }
}
