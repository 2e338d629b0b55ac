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
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import dev.dunlin.node.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin API of a node that runs in a data directory: its token and its address stand there. */
final class AdminApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final AdminServer<NodeRoot> server;
    private final Path dataDir;

    private AdminApi(AdminServer<NodeRoot> server, Path dataDir) {
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
        AdminServer<NodeRoot> server;
        try {
            server = AdminServer.start(
                    registry,
                    live,
                    node.counts(),
                    DirectoryStorage.readOnly(DataDirectory.log(dataDir)),
                    token,
                    new AdminServer.Options(
                            endpoint,
                            tls(config),
                            AdminSettings.CONNECTIONS.integer(config),
                            AdminSettings.STREAMS.integer(config),
                            AdminSettings.BUFFER.number(config),
                            BuildInfo.current().version()));
        } catch (IOException failure) {
            if (tls(config).isPresent() && SystemErrors.of(failure).isEmpty()) {
                throw new CommandFailure(
                        ExitCode.CONFIGURATION,
                        "the certificate or the key of the admin API cannot be used: " + failure.getMessage()
                                + "; look at the files of admin.tlsCertificate and admin.tlsKey",
                        failure);
            }
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the admin API cannot listen at "
                            + endpoint.map(Object::toString).orElse("127.0.0.1") + ": "
                            + SystemErrors.sentence(failure) + "; set admin.listen to another host and port",
                    failure);
        }
        AdminApi api = new AdminApi(server, dataDir);
        try {
            Optional<AdminServer.Tls> tls = tls(config);
            if (tls.isPresent()) {
                AdminFiles.certificate(dataDir, tls.get().certificate());
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
        } catch (AdminFiles.NotPrivateException open) {
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

    private static Optional<AdminServer.Tls> tls(Table<String, String> config) {
        String certificate = AdminSettings.CERTIFICATE.of(config);
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(new AdminServer.Tls(Path.of(certificate), Path.of(AdminSettings.KEY.of(config))));
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
        for (Setting file : List.of(AdminSettings.CERTIFICATE, AdminSettings.KEY)) {
            String named = file.of(config);
            if (!named.isEmpty() && !Files.isReadable(Path.of(named))) {
                problems.add(at(said, file, "names " + named + ", which cannot be read: check the path"));
            }
        }
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
