package dev.dunlin.node;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.system.SystemErrors;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.admin.AdminServer;
import dev.dunlin.node.admin.AdminSettings;
import dev.dunlin.node.admin.TlsMaterial;
import dev.dunlin.node.admin.UnusableFileException;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import dev.dunlin.node.config.Problem;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin API of a node that runs in a data directory: its token and its address stand there. */
final class AdminApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final AdminServer server;
    private final Path dataDir;

    private AdminApi(AdminServer server, Path dataDir) {
        this.server = server;
        this.dataDir = dataDir;
    }

    /**
     * Starts it, if the configuration says so.
     *
     * @throws CommandFailure if it cannot listen, or its token cannot be used
     */
    static Optional<AdminApi> start(Node node, Path dataDir, Configuration said) {
        forget(dataDir);
        Table<String, String> config = said.recorded();
        if (!AdminSettings.ON.isOn(config)) {
            return Optional.empty();
        }
        LiveNode live = new LiveNode(node, dataDir);
        Registry<NodeRoot> registry =
                NodeOperations.registry(node.store(), new NodeOperations.Known(said, Optional.of(live)));
        live.offers(registry);
        Optional<AdminSettings.Endpoint> endpoint = endpoint(config);
        String token = token(dataDir);
        Optional<TlsMaterial> tls = tls(config);
        tls.flatMap(material -> material.warning(Instant.now())).ifPresent(LOG::warn);
        AdminServer server;
        try {
            server = AdminServer.start(
                    registry,
                    live,
                    node.counts(),
                    DirectoryStorage.readOnly(DataDirectory.log(dataDir)),
                    token,
                    new AdminServer.Options(
                            endpoint,
                            tls,
                            AdminSettings.CONNECTIONS.integer(config),
                            AdminSettings.CONNECTIONS_PER_ADDRESS.integer(config),
                            AdminSettings.STREAMS.integer(config),
                            AdminSettings.BUFFER.number(config),
                            BuildInfo.current().version()));
        } catch (IOException failure) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the admin API cannot listen at "
                            + endpoint.map(Object::toString).orElse("127.0.0.1") + ": "
                            + SystemErrors.sentence(failure) + "; set admin.listen to another host and port",
                    failure);
        }
        AdminApi api = new AdminApi(server, dataDir);
        try {
            if (tls.isPresent()) {
                AdminFiles.certificate(dataDir, tls.get());
            }
            AdminFiles.say(dataDir, server.url());
        } catch (IOException failure) {
            api.close();
            throw FileFailure.of("write " + dataDir.resolve(AdminFiles.ADDRESS), failure);
        }
        node.runtime().watch(AdminApi::follow);
        live.isAt(server.url());
        LOG.info("admin API at {}, its token in {}", server.url(), dataDir.resolve(AdminFiles.TOKEN));
        return Optional.of(api);
    }

    private static String token(Path dataDir) {
        try {
            return AdminFiles.token(dataDir);
        } catch (UnusableFileException open) {
            throw new CommandFailure(ExitCode.NOT_PERMITTED, String.valueOf(open.getMessage()), open);
        } catch (IOException failure) {
            throw FileFailure.of("read or make " + dataDir.resolve(AdminFiles.TOKEN), failure);
        }
    }

    // What changes while the node runs and no machine has: on the store's thread, so in the order of the log.
    private static void follow(Turn turn) {
        if (turn.rejection(0) == null
                && turn.entry(0) instanceof NodeAction.Configure(Table<String, String> changes, var _)) {
            changes.find(NodeSettings.LOG_LEVEL.key()).ifPresent(AdminApi::level);
        }
    }

    private static void level(String text) {
        try {
            LogLevels.apply(text);
        } catch (BadValueException never) {
            LOG.error("{} is no level, and was taken for one", text);
        }
    }

    private static Optional<AdminSettings.Endpoint> endpoint(Table<String, String> config) {
        String said = AdminSettings.LISTEN.of(config);
        return said.isEmpty() ? Optional.empty() : Optional.of(AdminSettings.Endpoint.parse(said));
    }

    // What is wrong with its files was told with the configuration, unless it went wrong since.
    private static Optional<TlsMaterial> tls(Table<String, String> config) {
        String certificate = AdminSettings.CERTIFICATE.of(config);
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(TlsMaterial.of(
                    TlsMaterial.certificates(Path.of(certificate)), Path.of(AdminSettings.KEY.of(config))));
        } catch (UnusableFileException unusable) {
            throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(unusable.getMessage()), unusable);
        } catch (IOException failure) {
            throw FileFailure.of("read the certificate and the key of the admin API", failure);
        }
    }

    /** A configuration with what is wrong with what it says of the API. */
    static Configuration checked(Configuration said) {
        Table<String, String> config = said.recorded();
        List<Problem> problems = new ArrayList<>();
        String certificate = AdminSettings.CERTIFICATE.of(config);
        String key = AdminSettings.KEY.of(config);
        if (certificate.isEmpty() != key.isEmpty()) {
            Setting there = key.isEmpty() ? AdminSettings.CERTIFICATE : AdminSettings.KEY;
            problems.add(at(said, there, "stands alone: admin.tlsCertificate and admin.tlsKey go together"));
        }
        List<X509Certificate> chain = checked(said, AdminSettings.CERTIFICATE, TlsMaterial::certificates, problems)
                .orElse(List.of());
        checked(
                said,
                AdminSettings.KEY,
                file -> chain.isEmpty() ? TlsMaterial.key(file) : TlsMaterial.of(chain, file),
                problems);
        try {
            if (endpoint(config).filter(at -> !at.isLoopback()).isPresent() && certificate.isEmpty()) {
                problems.add(at(
                        said,
                        AdminSettings.LISTEN,
                        "is not of this machine alone, and others could listen in: set admin.tlsCertificate and"
                                + " admin.tlsKey, or listen at 127.0.0.1"));
            }
        } catch (IllegalArgumentException none) {
            problems.add(at(said, AdminSettings.LISTEN, String.valueOf(none.getMessage())));
        }
        return problems.isEmpty() ? said : said.with(problems);
    }

    /** What is made of a file. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(Path file) throws IOException, UnusableFileException;
    }

    private static <T> Optional<T> checked(
            Configuration said, Setting setting, Reading<T> reading, List<Problem> problems) {
        String named = setting.of(said.recorded());
        if (named.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.of(Path.of(named)));
        } catch (UnusableFileException unusable) {
            problems.add(at(said, setting, "names a file that " + unusable.clause()));
        } catch (InvalidPathException none) {
            problems.add(at(said, setting, "is no path: check it"));
        } catch (IOException failure) {
            problems.add(at(said, setting, "names a file that cannot be read: check the path"));
        }
        return Optional.empty();
    }

    private static Problem at(Configuration said, Setting setting, String what) {
        return new Problem(
                said.valueOf(setting.key()).origin(),
                setting.key() + " = " + LogLine.shortened(setting.of(said.recorded()), 80) + " " + what);
    }

    /** What an earlier run has left of its address is taken away. */
    static void forget(Path dataDir) {
        try {
            AdminFiles.forget(dataDir);
        } catch (IOException left) {
            // It is older than this run, so nobody goes by it.
            LOG.debug("the file with the address of the admin API stays", left);
        }
    }

    @Override
    public void close() {
        forget(dataDir);
        server.close();
    }
}
