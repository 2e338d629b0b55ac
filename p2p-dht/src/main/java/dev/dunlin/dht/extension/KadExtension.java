package dev.dunlin.dht.extension;

import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.record.DiskConfig;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.RecordsService;
import dev.dunlin.dht.record.StoreFailure;
import dev.dunlin.dht.record.StoreKind;
import dev.dunlin.dht.wire.KadProtocol;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The machines of Kademlia, for a network and that of the local network beside it. */
public final class KadExtension implements Extension {

    private final Validators validators;
    private final Optional<Function<Host, RecordsService>> file;

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
        this(validators, Optional.empty());
    }

    private KadExtension(Validators validators, Optional<Function<Host, RecordsService>> file) {
        this.validators = validators;
        this.file = file;
    }

    /**
     * This, which can keep its records in a file, if the node's setting {@code records.store} says so.
     *
     * @param opens opens that file for a node that begins; what it throws tells why it cannot
     */
    public KadExtension withFile(Function<Host, RecordsService> opens) {
        return new KadExtension(validators, Optional.of(opens));
    }

    /** Whether it was given a file, by {@link #withFile}. */
    public boolean hasFile() {
        return file.isPresent();
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

    @Override
    public Running begin(Host host) {
        if (DiskConfig.of(host.config()).store() == StoreKind.MEMORY) {
            // Its machine asks for nothing.
            host.handler(
                    RecordsEffect.class,
                    (request, effect) ->
                            host.answer(request, new RecordsAction.DiskFailed(request, StoreFailure.CLOSED, "")));
            return Running.NOTHING;
        }
        RecordsService service = file.orElseThrow(() -> new IllegalStateException(
                        "records.store is sqlite, and this node has no directory for such a file: start it with one, or set"
                                + " records.store = \"memory\""))
                .apply(host);
        host.handler(RecordsEffect.class, service::carryOut);
        return new Running() {
            @Override
            public void close() {
                service.close();
            }
        };
    }
}
