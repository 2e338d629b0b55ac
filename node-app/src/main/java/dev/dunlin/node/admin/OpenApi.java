package dev.dunlin.node.admin;

import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI 3.1 document of an admin API, made of what its registry offers and of the routes that every API has. */
public final class OpenApi {

    /** Where the operations' paths begin. */
    public static final String ROOT = "/v1";

    /**
     * A route that every API has.
     *
     * @param open whether it needs no token
     * @param summary what it does
     * @param contentType of what it answers
     * @param parameters what may be given in the query
     * @param answers what its JSON is; empty where that is no record of ours
     */
    record Fixed(
            String path,
            boolean open,
            String summary,
            String contentType,
            List<Parameter> parameters,
            Optional<Class<? extends Record>> answers) {

        /** One whose answer is no record. */
        Fixed(String path, boolean open, String summary, String contentType, List<Parameter> parameters) {
            this(path, open, summary, contentType, parameters, Optional.empty());
        }
    }

    private OpenApi() {}

    /**
     * Refuses operations whose answers cannot be described.
     *
     * @throws IllegalArgumentException then
     */
    public static void checkAnswers(Registry<?> registry) {
        Shapes shapes = new Shapes();
        registry.operations().forEach(offered -> shapes.of(offered.operation().answers()));
    }

    /**
     * Refuses operations whose routes are taken.
     *
     * @throws IllegalArgumentException then
     */
    public static void check(Registry<?> registry) {
        for (Registry.Offered<?, ?, ?, ?> offered : registry.operations()) {
            String path = ROOT + offered.operation().path();
            if (Routes.FIXED.stream().anyMatch(route -> route.path().equals(path))) {
                throw new IllegalArgumentException(
                        "the path of " + offered.operation().name() + " of the machine " + offered.owner()
                                + " is one that every API has: rename it");
            }
        }
    }

    /**
     * The document.
     *
     * @param version of the program
     */
    static ObjectNode of(Registry<?> registry, List<Fixed> fixed, String version) {
        ObjectNode document = Answers.JSON.createObjectNode().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Dunlin admin API")
                .put("version", version)
                .put(
                        "description",
                        "Asks and steers a running node. Errors are problem+json (RFC 9457), whose detail is one sentence.");
        ArrayNode security = document.putArray("security");
        security.addObject().putArray("token");
        Shapes shapes = new Shapes();
        ObjectNode paths = document.putObject("paths");
        for (Fixed route : fixed) {
            ObjectNode operation = method(paths, route.path(), "get")
                    .put("operationId", route.path().substring(route.path().lastIndexOf('/') + 1))
                    .put("summary", route.summary());
            parameters(operation, route.path(), route.parameters(), true);
            ObjectNode responses = operation.putObject("responses");
            responses
                    .putObject("200")
                    .put("description", route.summary())
                    .putObject("content")
                    .putObject(route.contentType())
                    .set(
                            "schema",
                            route.answers()
                                    .map(shapes::of)
                                    .orElseGet(() -> Answers.JSON
                                            .createObjectNode()
                                            .put("type", route.contentType().endsWith("json") ? "object" : "string")));
            if (route.open()) {
                operation.putArray("security");
            }
            problems(responses);
        }
        for (Registry.Offered<?, ?, ?, ?> offered : registry.operations()) {
            operation(paths, offered.owner(), offered.operation(), shapes);
        }
        shapes.of(Problem.class);
        ObjectNode components = document.putObject("components");
        ObjectNode schemas = components.putObject("schemas");
        shapes.schemas().forEach(schemas::set);
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "What stands in the file " + AdminFiles.TOKEN + " of the data directory.");
        return document;
    }

    private static ObjectNode method(ObjectNode paths, String path, String method) {
        return paths.withObjectProperty(path).putObject(method);
    }

    private static void operation(ObjectNode paths, String owner, Operation<?, ?, ?> operation, Shapes shapes) {
        boolean asks = operation instanceof Operation.Query<?, ?, ?>;
        ObjectNode told = method(paths, ROOT + operation.path(), asks ? "get" : "post")
                .put("operationId", operation.name().replace(' ', '-'))
                .put("summary", operation.summary());
        told.putArray("tags").add(owner);
        parameters(told, operation.path(), operation.parameters(), asks);
        if (!asks) {
            body(told, operation);
        }
        ObjectNode responses = told.putObject("responses");
        responses
                .putObject("200")
                .put("description", operation.summary())
                .putObject("content")
                .putObject("application/json")
                .set("schema", shapes.of(operation.answers()));
        problems(responses);
    }

    private static void problems(ObjectNode responses) {
        responses
                .putObject("default")
                .put("description", "There is no answer; the detail says why.")
                .putObject("content")
                .putObject(Problem.CONTENT_TYPE)
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
    }

    private static void parameters(ObjectNode told, String path, List<Parameter> parameters, boolean inQuery) {
        ArrayNode all = told.putArray("parameters");
        List<String> inPath = Operation.inPath(path);
        for (Parameter parameter : parameters) {
            boolean isInPath = inPath.contains(parameter.name());
            if (isInPath || inQuery) {
                ObjectNode one = all.addObject()
                        .put("name", parameter.name())
                        .put("in", isInPath ? "path" : "query")
                        .put("required", parameter.isRequired())
                        .put("description", parameter.meaning());
                one.set("schema", schema(parameter));
            }
        }
    }

    private static void body(ObjectNode told, Operation<?, ?, ?> operation) {
        List<String> inPath = Operation.inPath(operation.path());
        ObjectNode schema =
                Answers.JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (Parameter parameter : operation.parameters()) {
            if (!inPath.contains(parameter.name())) {
                ObjectNode one = schema(parameter);
                one.put(
                        "description",
                        parameter.meaning() + ": " + parameter.kind().range());
                properties.set(parameter.name(), one);
                if (parameter.isRequired()) {
                    required.add(parameter.name());
                }
            }
        }
        told.putObject("requestBody")
                .put("required", !required.isEmpty())
                .putObject("content")
                .putObject("application/json")
                .set("schema", schema);
    }

    private static ObjectNode schema(Parameter parameter) {
        ObjectNode schema = Shapes.of(parameter.kind());
        Optional<String> standard = parameter.standard();
        standard.ifPresent(value -> {
            switch (schema.path("type").asString()) {
                case "integer" -> schema.put("default", Long.parseLong(value));
                case "boolean" -> schema.put("default", Boolean.parseBoolean(value));
                default -> schema.put("default", parameter.kind().shown(value));
            }
        });
        return schema;
    }
}
