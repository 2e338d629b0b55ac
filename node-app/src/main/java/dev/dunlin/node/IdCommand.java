package dev.dunlin.node;

import dev.dunlin.connection.peer.Description;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin id}: asks a peer who it is. */
@Command(name = "id", description = "Connects to a peer with a key made for it, and prints what it tells by identify.")
final class IdCommand implements Runnable {

    @Parameters(
            index = "0",
            paramLabel = "MULTIADDR",
            converter = MultiaddrConverter.class,
            description = "The peer, with /p2p/ and its id at the end.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private Multiaddr address;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for the connection, and for the answer. Default: ${DEFAULT-VALUE}")
    private long timeout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        CommandFailure.require(timeout >= 1, "--timeout is at least 1 s, not " + timeout);
        PrintWriter out = spec.commandLine().getOut();
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        NodeOptions options =
                NodeOptions.DEFAULT.with("connection.maxAttempts", "1").with("ping.interval", "0");
        try (Node node = Node.start(key, options)) {
            PeerId peer = node.connect(address, Duration.ofSeconds(timeout));
            Description told = node.identified(peer, Duration.ofSeconds(timeout));
            out.println("peer      " + peer);
            out.println("agent     " + told.agentVersion());
            if (!told.protocolVersion().isEmpty()) {
                out.println("protocol  " + told.protocolVersion());
            }
            node.addresses(peer).forEach(reachable -> out.println("address   " + reachable));
            told.protocols().forEach(spoken -> out.println("speaks    " + spoken));
            out.println("signed    " + (told.record().isPresent() ? "yes" : "no"));
        }
    }
}
