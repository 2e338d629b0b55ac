package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.state.Table;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.admin.AdminSettings;
import dev.dunlin.node.admin.Certificates;
import dev.dunlin.node.config.Configuration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The admin API of a node on real sockets. */
@Timeout(120)
class AdminApiTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final PeerId STRANGER = RecordedNode.ANN;

    @TempDir
    private Path data;

    private final HttpClient http = HttpClient.newHttpClient();
    private Node node;
    private Node other;
    private Multiaddr otherAddress;
    private AdminApi api;
    private String url;
    private String token;

    @BeforeEach
    void start() throws Exception {
        other = Node.start(
                PrivateKey.generate(KeyType.ED25519, new SecureRandom()),
                NodeOptions.DEFAULT.with("ping.interval", "0"));
        otherAddress = other.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
        begin(Map.of("admin.listen", "127.0.0.1:0", "admin.eventBuffer", "1MiB"));
    }

    private void begin(Map<String, String> said) throws Exception {
        Configuration configuration = Configuration.read(
                ConfigurationOptions.settings(new Machines()),
                said.entrySet().stream()
                        .map(one -> new Configuration.Option("--set", one.getKey(), one.getValue()))
                        .toList(),
                Map.of(),
                Optional.empty());
        assertThat(configuration.problems()).isEmpty();
        node = Node.start(
                Identity.loadOrCreate(data).key(),
                NodeOptions.DEFAULT
                        .withLog(DataDirectory.log(data))
                        .withExtensions(new Machines().extensions())
                        .withAll(configuration.recorded()));
        node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        api = AdminApi.start(node, data, configuration).orElseThrow();
        url = AdminFiles.address(data).orElseThrow();
        token = AdminFiles.knownToken(data).orElseThrow();
    }

    @AfterEach
    void stop() {
        api.close();
        node.close();
        other.close();
        http.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private void problem(HttpResponse<String> response, int status, String kind, String... pieces) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.path("type").asString()).isEqualTo("urn:dunlin:problem:" + kind);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asString())
                .contains(List.of(pieces))
                .doesNotContain("Exception", "dev.dunlin");
    }

    private void wrongMethod(HttpResponse<String> response, String allowed) {
        problem(response, 405, "wrong-method", allowed);
        assertThat(response.headers().firstValue("Allow")).contains(allowed);
    }

    private Registry<NodeRoot> registry() {
        return NodeOperations.described(new Machines());
    }

    /** The document, the registry and what is answered are the same set of routes. */
    @Test
    void theOpenApiDocumentAndTheRegistryHaveTheSameRoutes() throws Exception {
        JsonNode document = ok(get("/v1/openapi.json"));
        TreeSet<String> told = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue().propertyNames().forEach(method -> told.add(method + " " + path.getKey())));
        TreeSet<String> offered = new TreeSet<>(
                List.of("get /livez", "get /readyz", "get /metrics", "get /v1/openapi.json", "get /v1/events"));
        registry()
                .operations()
                .forEach(one -> offered.add((one.operation() instanceof Operation.Query<?, ?, ?> ? "get" : "post")
                        + " /v1" + one.operation().path()));
        assertThat(told).isEqualTo(offered);
        for (Registry.Offered<NodeRoot, ?, ?, ?> one : registry().operations()) {
            JsonNode operation = operation(document, one.operation());
            TreeSet<String> parameters = new TreeSet<>();
            operation
                    .path("parameters")
                    .forEach(each -> parameters.add(each.path("name").asString()));
            operation
                    .at("/requestBody/content/application~1json/schema/properties")
                    .propertyNames()
                    .forEach(parameters::add);
            assertThat(parameters)
                    .as(one.operation().name())
                    .isEqualTo(new TreeSet<>(one.operation().parameters().stream()
                            .map(Parameter::name)
                            .toList()));
            assertThat(operation.path("summary").asString())
                    .isEqualTo(one.operation().summary());
        }
    }

    private static JsonNode operation(JsonNode document, Operation<?, ?, ?> operation) {
        return document.path("paths")
                .path("/v1" + operation.path())
                .path(operation instanceof Operation.Query<?, ?, ?> ? "get" : "post");
    }

    // The answer is as the document says, and has nothing that the document does not say.
    private void fits(JsonNode document, Operation<?, ?, ?> operation, JsonNode answer) {
        JsonNode schema = operation(document, operation).at("/responses/200/content/application~1json/schema");
        ObjectNode whole = JSON.createObjectNode();
        whole.set("$ref", schema.path("$ref"));
        ObjectNode schemas = whole.putObject("components").putObject("schemas");
        document.at("/components/schemas").properties().forEach(one -> {
            ObjectNode strict = (ObjectNode) one.getValue().deepCopy();
            schemas.set(one.getKey(), strict.put("additionalProperties", false));
        });
        Schema checked = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString(), InputFormat.JSON);
        assertThat(checked.validate(answer.toString(), InputFormat.JSON))
                .as(operation.name())
                .isEmpty();
    }

    @Test
    void everyQuestionIsAnsweredAsTheDocumentSays() throws Exception {
        node.connect(otherAddress, Duration.ofSeconds(20));
        node.identified(other.self(), Duration.ofSeconds(20));
        JsonNode document = ok(get("/v1/openapi.json"));
        int asked = 0;
        for (Registry.Offered<NodeRoot, ?, ?, ?> one : registry().operations()) {
            // Nobody has come with a token: there is no session to be shown.
            if (one.operation() instanceof Operation.Query<?, ?, ?> query
                    && !query.path().contains("{session}")) {
                String path =
                        query.path().replace("{peer}", other.self().toString()).replace("{key}", "ping.interval");
                fits(document, query, ok(get("/v1" + path)));
                asked++;
            }
        }
        assertThat(asked).isGreaterThanOrEqualTo(9);
    }

    @Test
    void ordersAreCarriedOutAndAnswered() throws Exception {
        JsonNode document = ok(get("/v1/openapi.json"));
        String peer = other.self().toString();
        JsonNode connected = ok(post("/v1/connect", "{\"address\":\"" + otherAddress + "\"}"));
        assertThat(connected.path("state").asString()).startsWith(peer + " is connected since ");
        JsonNode pinged = ok(post("/v1/peers/" + peer + "/ping", "{\"count\":2}"));
        assertThat(pinged.path("roundTripsMs")).hasSize(2);
        fits(document, registry().find("peers ping").orElseThrow().operation(), pinged);
        ok(post("/v1/keep", "{\"address\":\"/p2p/" + peer + "\"}"));
        assertThat(ok(get("/v1/peers?state=kept")).at("/peers/0/keptBy/0").asString())
                .isEqualTo("an operator");
        problem(
                post("/v1/peers/" + peer + "/disconnect", ""),
                409,
                "refused",
                "it is kept by an operator, and that is to be ended first");
        ok(post("/v1/peers/" + peer + "/unkeep", "{}"));
        ok(post("/v1/peers/" + peer + "/disconnect", "{}"));
        assertThat(node.await(state -> !state.root().connection().isConnected(other.self()), NodeProcess.PATIENCE))
                .isTrue();
        JsonNode listener = ok(post("/v1/listeners", "{\"address\":\"/ip4/127.0.0.1/tcp/0\"}"));
        String bound = listener.at("/addresses/0").asString();
        assertThat(ok(get("/v1/listeners")).path("listeners")).hasSize(2);
        ok(post("/v1/unlisten", "{\"address\":\"" + bound + "\"}"));
        assertThat(node.await(state -> state.root().connection().listeners().size() == 1, NodeProcess.PATIENCE))
                .isTrue();
        problem(post("/v1/unlisten", "{\"address\":\"" + bound + "\"}"), 409, "refused", "does not listen there");
        ok(post("/v1/drain", "{}"));
        assertThat(ok(get("/v1/status")).path("state").asString()).isEqualTo("draining");
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/livez").body()).isEqualTo("ok\n");
    }

    @Test
    void whatFailsSaysWhy() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        ok(post("/v1/settings/connection.maxAttempts", "{\"value\":1}"));
        problem(
                post("/v1/connect", "{\"address\":\"/ip4/127.0.0.1/tcp/" + port + "/p2p/" + STRANGER + "\"}"),
                502,
                "failed",
                "connecting to /ip4/127.0.0.1/tcp/" + port);
        problem(
                post("/v1/connect", "{\"address\":\"/ip4/127.0.0.1/tcp/1\"}"),
                400,
                "bad-request",
                "add /p2p/ and its id");
        problem(post("/v1/connect", "{\"address\":\"nonsense\"}"), 400, "bad-request", "address = nonsense");
        problem(post("/v1/connect", "{}"), 400, "bad-request", "address is missing");
        problem(post("/v1/connect", "{\"adress\":\"x\"}"), 400, "bad-request", "there is no adress here");
        problem(post("/v1/connect", "[]"), 400, "bad-request", "no JSON object");
        problem(post("/v1/connect", "{\"address\":\"a\",\"address\":\"b\"}"), 400, "bad-request", "address twice");
        problem(post("/v1/connect", "{\"b\":[{\"a\":1,\"a\":1}]}"), 400, "bad-request", "the key a twice");
        problem(post("/v1/drain", "{} x"), 400, "bad-request", "behind the JSON object");
        problem(post("/v1/drain", "{}{}"), 400, "bad-request", "behind the JSON object");
        problem(post("/v1/drain", "{\"a\":"), 400, "bad-request", "no JSON object");
        problem(post("/v1/connect", "{\"address\":{}}"), 400, "bad-request", "neither a text");
        problem(post("/v1/connect?address=x", "{}"), 400, "bad-request", "stands in its body");
        problem(post("/v1/connect", "x".repeat(70_000)), 413, "too-long", "65536");
        problem(post("/v1/peers/nobody/ping", "{}"), 400, "bad-request", "is no peer's id");
        problem(post("/v1/peers/" + STRANGER + "/ping", "{\"count\":1000}"), 400, "bad-request", "above 100");
        problem(post("/v1/peers/" + STRANGER + "/ping", "{\"peer\":\"x\"}"), 400, "bad-request", "stands in the path");
        problem(
                post("/v1/connect", "{\"address\":\"/p2p/" + RecordedNode.BEN + "\"}"),
                409,
                "refused",
                "no address of it is known");
        problem(get("/v1/peers?limit=0"), 400, "bad-request", "limit = 0 is below 1");
        problem(get("/v1/peers?limit=1&limit=2"), 400, "bad-request", "given twice");
        problem(get("/v1/peers?colour=red"), 400, "bad-request", "there is no colour here");
        problem(get("/v1/nothing"), 404, "not-found", "openapi.json lists");
        problem(get("/"), 404, "not-found", "openapi.json lists");
        wrongMethod(get("/v1/connect"), "POST");
        wrongMethod(post("/v1/status", "{}"), "GET");
        wrongMethod(post("/metrics", "{}"), "GET");
        problem(get("/v1/settings/ping.intervall"), 404, "not-found", "did you mean ping.interval?");
        problem(get("/v1/peers/%00"), 400, "bad-request", "is no peer's id");
    }

    @Test
    void twoRequestsOfOneKeyAreOneOrder() throws Exception {
        long before = node.runtime().state().input();
        String body = "{\"address\":\"" + otherAddress + "\"}";
        ok(post("/v1/connect", body, "Idempotency-Key", "once"));
        assertThat(ok(post("/v1/connect", body, "Idempotency-Key", "once"))
                        .path("state")
                        .asString())
                .contains("is connected");
        assertThat(node.runtime().state().input()).isGreaterThan(before);
        assertThat(node.runtime().state().root().connection().connections().size())
                .isEqualTo(1);
    }

    @Test
    void aSettingChangesRecordedAndIsRefusedWhereItDoesNotFit() throws Exception {
        JsonNode set = ok(post("/v1/settings/ping.interval", "{\"value\":\"3s\"}"));
        assertThat(set.path("value").asString()).isEqualTo("3s");
        assertThat(set.path("saidBy").asString()).isEqualTo("an operator, while it ran");
        assertThat(node.runtime().state().root().ping().config().interval()).isEqualTo(3_000_000);
        problem(
                post("/v1/settings/ping.interval", "{\"value\":\"3\"}"),
                400,
                "bad-request",
                "ping.interval = 3",
                "such as 15s");
        problem(post("/v1/settings/ping.interval", "{\"value\":\"2d\"}"), 400, "bad-request", "above 1d");
        problem(post("/v1/settings/stream.maxInbound", "{\"value\":5}"), 409, "refused", "with the next start only");
        problem(
                post("/v1/settings/connection.maxListeners", "{\"value\":0}"),
                409,
                "refused",
                "what is there now does not fit the new value: 1 listeners");
        problem(
                post("/v1/settings/connection.retryBase", "{\"value\":\"1h\"}"),
                409,
                "refused",
                "connection.retryBase would be above connection.retryMax");
        assertThat(ok(get("/v1/settings/admin.readyPeers")).path("value").asString())
                .isEqualTo("0");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        ok(post("/v1/settings/admin.readyPeers", "{\"value\":1}"));
        HttpResponse<String> ready = get("/readyz?verbose=true");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(ready.body())
                        .path("checks")
                        .path("node/peers")
                        .path("reason")
                        .asString())
                .isEqualTo("0 peers are connected, and admin.readyPeers wants 1");
        assertThat(ok(get("/v1/status")).path("problems").toString()).contains("admin.readyPeers wants 1");
        node.connect(otherAddress, Duration.ofSeconds(20));
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void levelsOfLoggersChangeWhileItRuns() throws Exception {
        ch.qos.logback.classic.Logger logger =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.dunlin.some.part");
        ch.qos.logback.classic.Logger root =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        try {
            ok(post("/v1/settings/log.level", "{\"value\":\"info, dev.dunlin.some.part=debug\"}"));
            assertThat(logger.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(post("/v1/settings/log.level", "{\"value\":\"loud\"}").body())
                    .contains("log.level = loud has the level loud");
            ok(post("/v1/settings/log.level", "{\"value\":\"warn\"}"));
            assertThat(logger.getLevel()).isNull();
            assertThat(root.getLevel()).isEqualTo(Level.WARN);
        } finally {
            root.setLevel(before);
        }
    }

    /** Each setting that is said to change while the node runs can be given its own value again. */
    @Test
    void everyLiveSettingIsTaken() throws Exception {
        Table<String, String> config = node.runtime().state().node().config();
        int live = 0;
        for (Setting setting : ConfigurationOptions.settings(new Machines()).all()) {
            String body = JSON.writeValueAsString(
                    Map.of("value", setting.kind().shown(config.or(setting.key(), setting.standard()))));
            if (setting.isFamily()) {
                continue;
            }
            HttpResponse<String> response = post("/v1/settings/" + setting.key(), body);
            assertThat(response.statusCode())
                    .as("%s: %s", setting.key(), response.body())
                    .isEqualTo(setting.live() ? 200 : 409);
            live += setting.live() ? 1 : 0;
        }
        assertThat(live).isGreaterThan(30);
        assertThat(ok(get("/v1/settings")).path("settings").size())
                .isEqualTo(ConfigurationOptions.settings(new Machines()).all().size());
    }

    @Test
    void everyDeclaredMetricIsThereAndNoneNamesAPeer() throws Exception {
        node.connect(otherAddress, Duration.ofSeconds(20));
        String text = get("/metrics").body();
        for (Registry.Measured<NodeRoot, ?, ?> metric : registry().metrics()) {
            String name = "dunlin_"
                    + metric.name().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
            name += metric.metric().type() == Metric.Type.COUNTER ? "_total" : "";
            // Of what is told by a label nothing is told while there is none of it.
            if (metric.metric().label().isPresent() && !text.contains("\n# HELP " + name + " ")) {
                continue;
            }
            assertThat(text)
                    .contains("\n# HELP " + name + " " + metric.metric().meaning() + "\n")
                    .contains("\n" + name);
        }
        assertThat(text)
                .contains("dunlin_actions_total{type=\"connection/connected\"} 1.0")
                .contains("dunlin_healthy{check=\"node/log\"} 1.0")
                .contains("jvm_memory_used_bytes")
                .doesNotContain(other.self().toString())
                .doesNotContain(node.self().toString());
        assertThat(text.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(2000);
    }

    /** Each metric that the dashboard and the alerts ask for is exported, with each label that they name. */
    @Test
    void theDashboardAndTheAlertsAskForWhatThereIs() throws Exception {
        node.connect(otherAddress, Duration.ofSeconds(20));
        problem(post("/v1/peers/" + STRANGER + "/disconnect", "{}"), 409, "refused", "");
        Map<String, TreeSet<String>> exported = new TreeMap<>();
        get("/metrics").body().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            TreeSet<String> labels = exported.computeIfAbsent(line.split("[{ ]")[0], name -> new TreeSet<>());
            Matcher label = Pattern.compile("([a-z_]+)=\"").matcher(line);
            while (label.find()) {
                labels.add(label.group(1));
            }
        });
        List<String> expressions = new ArrayList<>();
        JSON.readTree(Path.of("..", "docs", "monitoring", "grafana-dashboard.json"))
                .findValuesAsString("expr")
                .forEach(expressions::add);
        assertThat(expressions).hasSizeGreaterThan(30);
        List<String> alerts = Files.readAllLines(Path.of("..", "docs", "monitoring", "alerts.yml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("expr: "))
                .toList();
        assertThat(alerts).hasSizeGreaterThan(8);
        expressions.addAll(alerts);
        // What Prometheus adds to every series.
        TreeSet<String> added = new TreeSet<>(List.of("job", "instance"));
        for (String expression : expressions) {
            Matcher metric = Pattern.compile("\\b((?:dunlin|jvm|process)_[a-z_]+)(?:\\{([^}]*)})?")
                    .matcher(expression);
            int found = 0;
            while (metric.find()) {
                found++;
                assertThat(exported).as(expression).containsKey(metric.group(1));
                Matcher label = Pattern.compile("([a-z_]+)=").matcher(metric.group(2) == null ? "" : metric.group(2));
                while (label.find()) {
                    if (!added.contains(label.group(1))) {
                        assertThat(exported.get(metric.group(1))).as(expression).contains(label.group(1));
                    }
                }
                Matcher by = Pattern.compile("by \\(([a-z_, ]+)\\)").matcher(expression);
                while (by.find()) {
                    for (String name : by.group(1).split(", ")) {
                        if (!added.contains(name)) {
                            assertThat(exported.get(metric.group(1)))
                                    .as(expression)
                                    .contains(name);
                        }
                    }
                }
            }
            assertThat(found).as(expression).isPositive();
        }
    }

    @Test
    void withoutTheTokenOnlyLifeAndReadinessAreTold() throws Exception {
        String good = token;
        token = "x".repeat(43);
        for (String path : List.of(
                "/metrics", "/v1/status", "/v1/openapi.json", "/v1/events", "/readyz?verbose=true", "/v1/none")) {
            problem(get(path), 401, "no-token", "admin.token");
        }
        problem(post("/v1/drain", "{}"), 401, "no-token", "admin.token");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(node.runtime().state().root().connection().draining()).isFalse();
        token = good;
    }

    private Socket raw(String head) throws IOException {
        URI where = URI.create(url);
        Socket socket = new Socket(where.getHost(), where.getPort());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(60));
        socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** As a browser sends it that a page of another place has led here. */
    @Test
    void aPageOfAnotherPlaceIsNotLetIn() throws Exception {
        String authority = URI.create(url).getAuthority();
        for (String head : List.of(
                "GET /v1/status HTTP/1.1\nHost: evil.example:" + URI.create(url).getPort() + "\n",
                "GET /v1/status HTTP/1.1\nHost: " + authority + "\nOrigin: http://evil.example\n",
                "POST /v1/drain HTTP/1.1\nHost: " + authority + "\nOrigin: null\nContent-Length: 0\n",
                "OPTIONS /v1/drain HTTP/1.1\nHost: " + authority
                        + "\nOrigin: http://evil.example\nAccess-Control-Request-Method: POST\n",
                "GET /v1/status HTTP/1.0\n")) {
            try (Socket socket = raw(head + "Authorization: Bearer " + token + "\nConnection: close\n\n")) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).as(head).startsWith("HTTP/1.").contains(" 403 ");
                assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("access-control-allow");
            }
        }
        assertThat(node.runtime().state().root().connection().draining()).isFalse();
    }

    // A minute of pings.
    private static final int MOST_QUIET = 6;

    /** The stream of events. */
    private final class Events implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        Events(String query) throws IOException {
            socket = raw("GET /v1/events" + query + " HTTP/1.1\nHost: "
                    + URI.create(url).getAuthority() + "\nAuthorization: Bearer " + token + "\n\n");
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next line that begins so; a stream that only says that nothing happens is not waited for long. */
        String next(String beginning) throws IOException {
            String line = lines.readLine();
            int quiet = 0;
            while (line != null && !line.startsWith(beginning)) {
                assertThat(quiet += line.startsWith(": ") ? 1 : 0)
                        .as("pings instead of " + beginning)
                        .isLessThan(MOST_QUIET);
                line = lines.readLine();
            }
            assertThat(line).as("a line that begins with " + beginning).isNotNull();
            return line;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private void noClients() {
        NodeProcess.eventually("no clients", () -> {
            try {
                return Optional.of(get("/metrics").body())
                        .filter(text -> text.contains("\ndunlin_event_clients 0.0\n"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void change(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            ok(post("/v1/settings/ping.failures", "{\"value\":" + (1 + i % 100) + "}"));
        }
    }

    @Test
    void eventsAreTheLinesOfTheLogFromACursorOn() throws Exception {
        change(3);
        try (Events all = new Events("?from=1");
                Events some = new Events("?from=1&type=node/configure")) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                long id = Long.parseLong(all.next("id: ").substring(4));
                ids.add(id);
                JsonNode line = JSON.readTree(all.next("data: ").substring(6));
                assertThat(line.at("/meta/input").asLong()).isEqualTo(id);
            }
            assertThat(ids).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            for (int i = 0; i < 3; i++) {
                assertThat(some.next("data: ")).startsWith("data: {\"type\":\"node/configure\"");
            }
            change(1);
            assertThat(some.next("data: ")).startsWith("data: {\"type\":\"node/configure\"");
        }
        try (Events live = new Events("")) {
            live.next("retry: ");
            long before = node.runtime().state().input();
            change(1);
            assertThat(Long.parseLong(live.next("id: ").substring(4))).isGreaterThan(before);
        }
    }

    /** A client that does not read for a while is told what it has missed, and the others notice nothing. */
    @Test
    void whoDoesNotReadHasAGapAndDelaysNobody() throws Exception {
        try (Events stopped = new Events("");
                Events reading = new Events("?type=node/configure")) {
            stopped.next("retry: ");
            reading.next("retry: ");
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 100; i++) {
                    // Long enough that what sockets hold is soon full.
                    node.runtime().offer(new ConnectionAction.Keep(STRANGER, List.of(), "x".repeat(256)));
                    node.runtime().offer(new ConnectionAction.Unkeep(STRANGER, "x".repeat(256)));
                }
                change(1);
                assertThat(reading.next("data: ")).contains("ping.failures");
            }
            change(1);
            String line = stopped.next("event: gap");
            assertThat(line).isEqualTo("event: gap");
            JsonNode told = JSON.readTree(stopped.next("data: ").substring(6));
            assertThat(told.path("to").asLong())
                    .isGreaterThanOrEqualTo(told.path("from").asLong());
            assertThat(Long.parseLong(stopped.next("id: ").substring(4)))
                    .isEqualTo(told.path("to").asLong() + 1);
        }
    }

    /** What is damaged in the segment that is being written is told, counted and left out; nobody waits for it. */
    @Test
    void aDamagedLineIsToldAndNotWaitedFor() throws Exception {
        change(5);
        Path segment;
        try (Stream<Path> files = Files.list(DataDirectory.log(data))) {
            segment = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
        String change = "{\"type\":\"node/configure\"";
        String text = NodeProcess.eventually("five lines", () -> {
            try {
                return Optional.of(Files.readString(segment))
                        .filter(all -> all.split(Pattern.quote(change), -1).length > 5);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        int second = text.indexOf(change, text.indexOf(change) + 1);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(text.substring(0, second + 20).getBytes(StandardCharsets.UTF_8).length);
            file.write('X');
        }
        try (Events all = new Events("?from=1")) {
            all.next("event: damage");
            assertThat(all.next("data: "))
                    .contains("\"reason\":")
                    .contains(segment.getFileName().toString());
            all.next("event: gap");
            all.next("data: " + change);
        }
        // The log is followed anew only for a client that is alone.
        noClients();
        try (Events live = new Events("")) {
            live.next("event: damage");
            change(1);
            live.next("data: " + change);
        }
        assertThat(get("/metrics").body()).containsPattern("\ndunlin_event_damage_total [2-9]");
    }

    // Another node, told something else.
    private void beginAgain(String key, String value) throws Exception {
        api.close();
        node.close();
        data = Files.createDirectory(data.resolve("second"));
        begin(Map.of("admin.listen", "127.0.0.1:0", key, value));
    }

    @Test
    void moreClientsThanThereMayBeAreRefused() throws Exception {
        beginAgain("admin.maxEventStreams", "1");
        try (Events first = new Events("")) {
            first.next("retry: ");
            problem(get("/v1/events"), 503, "unavailable", "admin.maxEventStreams");
        }
        // The place of one that has gone is free at once, though nothing happens that it could be told.
        NodeProcess.eventually("a free place", () -> {
            try (Events next = new Events("")) {
                return Optional.ofNullable(next.lines.readLine()).filter(line -> line.contains(" 200 "));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Clients that come and go at once, before anybody has told them anything, leave no place taken. */
    @Test
    void whoGoesAtOnceTakesNoPlace() throws Exception {
        for (int i = 0; i < 60; i++) {
            new Events("").close();
        }
        noClients();
    }

    @Test
    void whatCannotBeDecodedIsABadRequest() throws Exception {
        String authority = URI.create(url).getAuthority();
        for (String target : List.of(
                "/readyz?%zz",
                "/v1/peers/%zz", "/v1/peers/%", "/v1/settings/%zz", "/v1/peers?limit=%zz", "/v1/peers?%c3")) {
            try (Socket socket = raw("GET " + target + " HTTP/1.1\nHost: " + authority + "\nAuthorization: Bearer "
                    + token + "\nConnection: close\n\n")) {
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .as(target)
                        .startsWith("HTTP/1.1 400 ");
            }
        }
        // Whatever is sent with it: only an order is read.
        for (String method : List.of("HEAD", "PUT", "DELETE", "PATCH", "TRACE", "FOO", "POST")) {
            for (String path : List.of("/livez", "/v1/events", "/v1/status", "/v1/status?a=b")) {
                try (Socket socket = raw(method + " " + path + " HTTP/1.1\nHost: " + authority
                        + "\nAuthorization: Bearer " + token + "\nConnection: close\n\n")) {
                    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                            .as(method + " " + path)
                            .startsWith("HTTP/1.1 405 ")
                            .containsIgnoringCase("\r\nallow: GET\r\n");
                }
            }
        }
    }

    /** Over TLS, at every address, with a certificate that no authority knows. */
    @Test
    void aNodeThatSpeaksTlsIsAskedByItsOwnVerbs() throws Exception {
        Path top = data;
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            data = top;
            askedOverTls(Certificates.of(top, kind, kind), top.resolve("tls" + kind));
        }
    }

    private void askedOverTls(Certificates.Made made, Path folder) throws Exception {
        api.close();
        node.close();
        data = Files.createDirectory(folder);
        begin(Map.of(
                "admin.listen",
                "0.0.0.0:0",
                "admin.tlsCertificate",
                made.certificate().toString(),
                "admin.tlsKey",
                made.key().toString()));
        assertThat(url).startsWith("https://127.0.0.1:");
        try (FolderLock held = DataDirectory.lock(data, "a test")) {
            AdminFiles.say(data, url);
            Program program = new Program();
            assertThat(program.run("status", "--data-dir", data))
                    .as(program.err())
                    .isEqualTo(ExitCode.OK);
            assertThat(program.out()).contains(" is running");
            assertThat(program.run("status", "--data-dir", data)).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void moreConnectionsThanThereMayBeAreClosed() throws Exception {
        beginAgain("admin.maxConnections", "2");
        String ask = "GET /livez HTTP/1.1\nHost: " + URI.create(url).getAuthority() + "\n\n";
        try (Socket one = raw(ask);
                Socket two = raw(ask)) {
            assertThat(one.getInputStream().read()).isEqualTo('H');
            assertThat(two.getInputStream().read()).isEqualTo('H');
            try (Socket three = raw(ask)) {
                int first;
                try {
                    first = three.getInputStream().read();
                } catch (IOException reset) {
                    first = -1;
                }
                assertThat(first).isEqualTo(-1);
            }
        }
    }

    /** Whoever waits for an order when the node stops is told that it may or may not have been carried out. */
    @Test
    void whatIsInWorkWhenTheNodeStopsIsAnswered() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return post(
                            "/v1/connect",
                            "{\"address\":\"/ip4/127.0.0.1/tcp/" + silent.getLocalPort() + "/p2p/" + STRANGER + "\"}");
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            silent.accept();
            api.close();
            problem(waiting.get(), 503, "unavailable", "the node is stopping", "may or may not have been carried out");
        }
    }

    /** Each check says what it looks at, to people and in the document. */
    @Test
    void eachCheckSaysWhatItLooksAt() throws Exception {
        JsonNode checks = ok(get("/readyz?verbose=true")).path("checks");
        assertThat(checks).hasSizeGreaterThan(registry().checks().size());
        for (Registry.Looked<NodeRoot, ?, ?> look : registry().checks()) {
            assertThat(checks.path(look.name()).path("meaning").asString())
                    .as(look.name())
                    .isEqualTo(look.check().meaning());
        }
        checks.properties()
                .forEach(check -> assertThat(check.getValue().path("meaning").asString())
                        .as(check.getKey())
                        .isNotBlank());
        assertThat(ok(get("/v1/openapi.json"))
                        .at("/components/schemas/CheckNow/properties/meaning/description")
                        .asString())
                .isEqualTo("what is looked at");
    }

    @Test
    void itsAddressIsGoneWhenItIsClosed() throws Exception {
        assertThat(AdminFiles.address(data)).contains(url);
        api.close();
        assertThat(AdminFiles.address(data)).isEmpty();
        assertThatThrownBy(() -> get("/livez")).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsSaidOfItsPlaceIsChecked() throws Exception {
        assertThat(problems(Map.of("admin.listen", "0.0.0.0:4002"))).contains("set admin.tlsCertificate");
        assertThat(problems(Map.of("admin.listen", "[::]:4002"))).contains("set admin.tlsCertificate");
        assertThat(problems(Map.of("admin.listen", "4002"))).contains("write it as 127.0.0.1:4002");
        assertThat(problems(Map.of("admin.listen", "127.0.0.1:70000"))).contains("write it as 127.0.0.1:4002");
        assertThat(problems(Map.of("admin.tlsKey", "/nowhere")))
                .contains("go together")
                .contains("cannot be read");
        Certificates.Made one = Certificates.of(data, "one", "EC");
        Certificates.Made two = Certificates.of(data, "two", "RSA");
        assertThat(problems(Map.of(
                        "admin.tlsCertificate",
                        one.certificate().toString(),
                        "admin.tlsKey",
                        one.key().toString())))
                .isEmpty();
        assertThat(problems(Map.of(
                        "admin.tlsCertificate",
                        one.certificate().toString(),
                        "admin.tlsKey",
                        two.key().toString())))
                .contains("admin.tlsKey", "holds the key to another certificate");
        assertThat(problems(Map.of(
                        "admin.tlsCertificate",
                        one.key().toString(),
                        "admin.tlsKey",
                        one.key().toString())))
                .contains("admin.tlsCertificate", "holds no certificate");
        assertThat(problems(Map.of("admin.tlsCertificate", data.toString(), "admin.tlsKey", "/dev/zero")))
                .contains("is a folder", "device");
        assertThat(problems(Map.of("admin.listen", "[::1]:0"))).isEmpty();
        assertThat(problems(Map.of("admin.listen", "localhost:4002"))).isEmpty();
        assertThat(AdminSettings.Endpoint.parse("[::1]:7")).hasToString("[::1]:7");
    }

    private static String problems(Map<String, String> said) throws IOException {
        return AdminApi.checked(Configuration.read(
                        ConfigurationOptions.settings(new Machines()),
                        said.entrySet().stream()
                                .map(one -> new Configuration.Option("--set", one.getKey(), one.getValue()))
                                .toList(),
                        Map.of(),
                        Optional.empty()))
                .problems()
                .stream()
                .map(Object::toString)
                .reduce("", (one, more) -> one + "\n" + more);
    }
}
