package dev.dunlin.dht.extension;

import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.wire.KadProtocol;
import java.util.List;

/** The machines of Kademlia, for a network and that of the local network beside it. */
public final class KadExtension implements Extension {

    private final Validators validators;

    /** For the public network. */
    public KadExtension() {
        this(Validators.STANDARD);
    }

    /**
     * For a network of one's own, whose prefix is the node's setting {@code routing.prefix}.
     *
     * @param validators which judge the values that are stored in it
     */
    public KadExtension(Validators validators) {
        this.validators = validators;
    }

    @Override
    public String name() {
        return "kad";
    }

    @Override
    public List<Machine<? super StreamView, ?, ?>> machines() {
        return List.of(
                Operated.QUERY,
                Operated.ROUTING,
                Operated.records(validators),
                Operated.dht(validators),
                Operated.publish(validators),
                Operated.CRAWL,
                Operated.METRICS);
    }

    @Override
    public List<Protocol<?, ?>> protocols() {
        return List.of(KadProtocol.wide(), KadProtocol.local());
    }
}
