package dev.dunlin.connection.multistream;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The protocols that a responder takes, checked and encoded once for all negotiations. Immutable: whoever serves one more
 * makes another and gives that to the next negotiations.
 */
public final class ServedProtocols {

    /** None: every proposal is answered {@code na}. */
    public static final ServedProtocols NONE = new ServedProtocols(Map.of(), Messages.NOT_AVAILABLE_BYTES);

    private final Map<String, byte[]> echoes;
    private final byte[] listAnswer;

    private ServedProtocols(Map<String, byte[]> echoes, byte[] listAnswer) {
        this.echoes = echoes;
        this.listAnswer = listAnswer;
    }

    /**
     * These protocols.
     *
     * @param protocols their ids; the answer to {@code ls} keeps their order
     * @param limits of the negotiations in which they will be served
     * @throws IllegalArgumentException if one of them can never be negotiated (empty, too long, with a newline, or a word
     *     of multistream-select itself)
     */
    public static ServedProtocols of(Collection<String> protocols, MultistreamLimits limits) {
        Map<String, byte[]> echoes = new LinkedHashMap<>();
        for (String protocol : protocols) {
            echoes.put(Messages.checkProtocol(protocol, limits.maxMessageBytes()), Messages.encode(protocol));
        }
        byte[] list = Messages.encodeList(List.copyOf(echoes.keySet()));
        // The body must pass the other side's limit, which we take to be ours; answering ls is optional.
        boolean answered = !echoes.isEmpty() && list.length <= limits.maxMessageBytes();
        return new ServedProtocols(echoes, answered ? list : Messages.NOT_AVAILABLE_BYTES);
    }

    /** Their ids. */
    public List<String> ids() {
        return List.copyOf(echoes.keySet());
    }

    /** Whether a protocol is among them. */
    public boolean contains(String protocol) {
        return echoes.containsKey(protocol);
    }

    /** The message that accepts one of them. */
    byte[] echo(String protocol) {
        byte[] echo = echoes.get(protocol);
        if (echo == null) {
            throw new IllegalArgumentException("the protocol " + protocol + " is not served");
        }
        return echo;
    }

    /** The answer to {@code ls}: all ids, or {@code na} where there is none or the list would be too long. */
    byte[] listAnswer() {
        return listAnswer;
    }
}
