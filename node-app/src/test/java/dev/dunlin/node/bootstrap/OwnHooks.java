package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The hooks of docs/bootstrap.md. */
// tag::hooks
final class OwnHooks implements ListenerHooks, DialerHooks {

    private final Map<String, String> databases = new ConcurrentHashMap<>();

    static Node start(PrivateKey key, Path directory, OwnHooks hooks) {
        NodeOptions options = NodeOptions.DEFAULT
                .withLog(directory.resolve("log"))
                .withExtensions(Extensions.of(new BootstrapExtension(hooks, hooks)));
        return Node.start(key, options);
    }

    /** The identity is what the peer gave as --identity, the requirements what the token was made with. */
    @Override
    public boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within) {
        return identity.contains(requirements);
    }

    /** Asked again with the same name, it gives the same database. */
    @Override
    public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) {
        databases.putIfAbsent(name, "owner " + peer);
        return new Tally(name, role, "https://db.example/" + name, "");
    }

    @Override
    public boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) {
        return tally.endpoint().startsWith("https://");
    }

    @Override
    public boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) {
        return true;
    }

    /** Of a link that came to nothing after all. */
    @Override
    public void removeDatabase(String name, Tally tally) {
        databases.remove(name);
    }
}
// end::hooks
