package dev.dunlin.node.admin;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * What stands at each path: what the registry offers, and what every API has.
 *
 * @param <R> the root of the state tree
 */
final class Routes<R> implements Reception.Desk {

    /** Why something of a URL cannot be decoded. */
    static final String UNDECODABLE =
            "what follows a '%' in the path or behind the '?' is no two hexadecimal digits, or no UTF-8: encode it again";

    private static final Parameter VERBOSE =
            Parameter.optional("verbose", new Kind.Flag(), "false", "whether each check is told");
    private static final Parameter FROM = Parameter.optional(
            "from", new Kind.Count(0, Long.MAX_VALUE), "the first input to be told; without it, those from now on");
    private static final Parameter TYPE = Parameter.optional(
            "type",
            new Kind.Several("beginnings", 16, 100),
            "only inputs whose types begin so, with commas between them");

    /** The routes that every API has. */
    static final List<OpenApi.Fixed> FIXED = List.of(
            new OpenApi.Fixed("/livez", true, "Answers as long as the process lives.", "text/plain", List.of()),
            new OpenApi.Fixed(
                    "/readyz",
                    true,
                    "Tells whether the node is ready for work; status 503 if it is not. With verbose, which needs the token,"
                            + " each check.",
                    "application/json",
                    List.of(VERBOSE),
                    Optional.of(Readiness.class)),
            new OpenApi.Fixed("/metrics", false, "All metrics, in Prometheus's text format.", "text/plain", List.of()),
            new OpenApi.Fixed(OpenApi.ROOT + "/openapi.json", false, "This document.", "application/json", List.of()),
            new OpenApi.Fixed(
                    OpenApi.ROOT + "/events",
                    false,
                    "The inputs of the node as they come, as server-sent events: the id is the input's number, the data its line"
                            + " in the log. An event 'gap' stands where inputs were dropped, because this client was too slow or"
                            + " the log has them no longer, an event 'damage' where the log is damaged.",
                    "text/event-stream",
                    List.of(FROM, TYPE)));

    private final Registry<R> registry;
    private final Live<R> node;
    private final Scrape<R> scrape;
    private final EventDesk events;
    private final byte[] openApi;
    private final AtomicLong asked = new AtomicLong();

    Routes(Registry<R> registry, Live<R> node, Scrape<R> scrape, EventDesk events, String version) {
        this.registry = registry;
        this.node = node;
        this.scrape = scrape;
        this.events = events;
        this.openApi = Answers.write(OpenApi.of(registry, FIXED, version)).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * How the node is.
     *
     * @param status the worst of the checks
     * @param checks each of them, by name; only if they were asked for
     */
    record Readiness(
            @Means("ok, warn, or fail: the worst of the checks")
            Health.Status status,

            @Means("each check, by name; only if asked for") Optional<Map<String, CheckNow>> checks) {}

    /**
     * What a check says.
     *
     * @param meaning what is looked at
     */
    record CheckNow(
            @Means("what is looked at") String meaning,
            @Means("ok, warn, or fail") Health.Status status,
            @Means("what is the case") String reason,
            @Means("what to do; empty where nothing is") String advice) {}

    @Override
    public void get(Exchange exchange, boolean verbose) {
        switch (exchange.path()) {
            case "/readyz" -> ready(exchange, verbose);
            case "/metrics" -> exchange.text(200, "text/plain; version=0.0.4; charset=utf-8", scrape.text());
            case OpenApi.ROOT + "/openapi.json" -> exchange.text(200, "application/json", openApi);
            case OpenApi.ROOT + "/events" -> stream(exchange);
            default -> operation(exchange, query(exchange.request()));
        }
    }

    private void ready(Exchange exchange, boolean verbose) {
        Map<String, Health> checks = node.health();
        Health.Status worst = Health.Status.OK;
        for (Health health : checks.values()) {
            worst = health.status().compareTo(worst) > 0 ? health.status() : worst;
        }
        Optional<Map<String, CheckNow>> told = Optional.empty();
        if (verbose) {
            Map<String, String> meanings = node.checked();
            Map<String, CheckNow> all = new TreeMap<>();
            checks.forEach((name, health) -> all.put(
                    name,
                    new CheckNow(meanings.getOrDefault(name, ""), health.status(), health.reason(), health.advice())));
            told = Optional.of(all);
        }
        exchange.json(worst == Health.Status.FAIL ? 503 : 200, new Readiness(worst, told));
    }

    private static Map<String, String> query(HttpServerRequest request) {
        Map<String, String> given = new LinkedHashMap<>();
        request.params().forEach(one -> {
            String before = given.put(one.getKey(), one.getValue());
            if (before != null) {
                throw NoAnswerException.badRequest(Exchange.shown(one.getKey()) + " is given twice: give it once");
            }
        });
        return given;
    }

    @Override
    public void post(Exchange exchange, byte[] body) {
        if (!exchange.request().params().isEmpty()) {
            throw NoAnswerException.badRequest("what is given with an order stands in its body, not behind a '?'");
        }
        Map<String, String> given = new LinkedHashMap<>();
        if (body.length > 0) {
            for (Map.Entry<String, JsonNode> one : Answers.object(text(body)).properties()) {
                given.put(one.getKey(), written(one.getKey(), one.getValue()));
            }
        }
        operation(exchange, given);
    }

    @Override
    public boolean takesOrders(String path) {
        return registry.operations().stream()
                .map(Registry.Offered::operation)
                .anyMatch(operation -> operation instanceof Operation.Order<?, ?, ?> && isAt(operation.path(), path));
    }

    @Override
    public void other(Exchange exchange) {
        operation(exchange, Map.of());
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException unreadable) {
            throw NoAnswerException.badRequest("what was sent is no UTF-8: send JSON in UTF-8");
        }
    }

    private static String written(String name, JsonNode value) {
        if (value.isString() || value.isIntegralNumber() || value.isBoolean()) {
            return value.asString();
        }
        if (value.isArray()) {
            List<String> all = new ArrayList<>();
            value.forEach(one -> all.add(written(name, one)));
            return String.join(",", all);
        }
        throw NoAnswerException.badRequest(
                Exchange.shown(name) + " is neither a text, a whole number, true or false, nor a list of these");
    }

    private void operation(Exchange exchange, Map<String, String> given) {
        String path = exchange.path();
        HttpMethod asks = exchange.request().method();
        Set<String> allowed = new TreeSet<>();
        for (Registry.Offered<R, ?, ?, ?> offered : registry.operations()) {
            Optional<Map<String, String>> inPath = matched(offered.operation().path(), path);
            if (inPath.isPresent()) {
                String method = offered.operation() instanceof Operation.Query<?, ?, ?> ? "GET" : "POST";
                allowed.add(method);
                if (method.equals(asks.name())) {
                    Map<String, String> all = new LinkedHashMap<>(given);
                    inPath.get().forEach((name, value) -> {
                        if (all.put(name, value) != null) {
                            throw NoAnswerException.badRequest(name + " stands in the path: do not give it again");
                        }
                    });
                    run(exchange, offered, all);
                    return;
                }
            }
        }
        if (FIXED.stream().anyMatch(route -> route.path().equals(path))) {
            allowed.add("GET");
        }
        if (allowed.isEmpty()) {
            throw NoAnswerException.notFound(
                    "there is no " + Exchange.shown(path) + " here: " + OpenApi.ROOT
                            + "/openapi.json lists what there is, which is what the machines offer that the node was started with");
        }
        exchange.wrongMethod(
                allowed,
                !allowed.contains("POST")
                        ? "this is asked with GET"
                        : allowed.contains("GET")
                                ? "this is asked with GET and ordered with POST"
                                : "this is ordered with POST, or asked under another path");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException undecodable) {
            throw NoAnswerException.badRequest(UNDECODABLE);
        }
    }

    private static Optional<Map<String, String>> matched(String template, String path) {
        if (!isAt(template, path)) {
            return Optional.empty();
        }
        String[] wanted = template.split("/", -1);
        String[] there = below(path);
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (isPlace(wanted[i])) {
                values.put(wanted[i].substring(1, wanted[i].length() - 1), decoded(there[i]));
            }
        }
        return Optional.of(values);
    }

    private static boolean isAt(String template, String path) {
        if (!path.startsWith(OpenApi.ROOT + "/")) {
            return false;
        }
        String[] wanted = template.split("/", -1);
        String[] there = below(path);
        boolean isAt = wanted.length == there.length;
        for (int i = 0; isAt && i < wanted.length; i++) {
            isAt = isPlace(wanted[i]) || wanted[i].equals(there[i]);
        }
        return isAt;
    }

    private static boolean isPlace(String part) {
        return part.startsWith("{");
    }

    private static String[] below(String path) {
        return path.substring(OpenApi.ROOT.length()).split("/", -1);
    }

    private <V, S, A extends Record> void run(
            Exchange exchange, Registry.Offered<R, V, S, A> offered, Map<String, String> written) {
        Arguments given = Arguments.of(offered.operation().parameters(), written);
        A told = switch (offered.operation()) {
            case Operation.Query<V, S, A> query -> offered.answer(node.state(), given, node::clock);
            case Operation.Order<V, S, A> order -> {
                String key = exchange.request().getHeader("Idempotency-Key");
                CompletableFuture<A> answer = node.order(
                        offered,
                        order,
                        given,
                        key == null
                                ? "admin-" + asked.incrementAndGet()
                                : "admin-key-" + order.name() + "-" + key + "-" + written);
                yield joined(answer);
            }
        };
        exchange.json(200, told);
    }

    private static <A> A joined(CompletableFuture<A> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof NoAnswerException known ? known : e;
        }
    }

    private void stream(Exchange exchange) {
        Arguments given = Arguments.of(List.of(FROM, TYPE), query(exchange.request()));
        String seen = exchange.request().getHeader("Last-Event-ID");
        if (seen != null && !seen.matches("\\d{1,18}")) {
            throw NoAnswerException.badRequest("Last-Event-ID is no number of an input");
        }
        long from = seen != null
                ? Long.parseLong(seen) + 1
                : given.find("from").map(Long::parseLong).orElse(-1L);
        List<String> types = given.find("type")
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.split(",")))
                .orElse(List.of());
        events.serve(exchange, from, types);
    }
}
