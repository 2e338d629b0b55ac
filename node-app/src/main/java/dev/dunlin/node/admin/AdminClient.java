package dev.dunlin.node.admin;

import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Asks a node of this machine through its admin API. */
public final class AdminClient implements AutoCloseable {

    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final Duration ANSWERING = Duration.ofSeconds(30);

    private final HttpClient http;
    private final String url;
    private final String token;

    private AdminClient(HttpClient http, String url, String token) {
        this.http = http;
        this.url = url;
        this.token = token;
    }

    /**
     * A client.
     *
     * @param url where the API is
     * @param token what it asks for
     * @param certificate the file with the one certificate that is trusted, where the API speaks TLS
     * @throws IllegalArgumentException if it is no URL
     * @throws UnusableFileException if the certificate's file cannot be used
     * @throws IOException if it cannot be read
     */
    public static AdminClient of(String url, String token, Path certificate) throws IOException, UnusableFileException {
        String scheme = URI.create(url).getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new IllegalArgumentException(url + " is no address of an API");
        }
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECTING);
        if (scheme.equals("https")) {
            http.sslContext(PinnedCertificate.context(certificate));
        }
        return new AdminClient(http.build(), url, token);
    }

    /**
     * Asks or orders.
     *
     * @param written what is given with it, in its written form, by name
     * @return the answer, as JSON
     * @throws NoAnswerException as the node says
     * @throws IOException if there is no node
     */
    public String ask(Operation<?, ?, ?> operation, Map<String, String> written) throws IOException {
        Map<String, String> left = new TreeMap<>(written);
        String path = operation.path();
        for (String name : Operation.inPath(path)) {
            path = path.replace("{" + name + "}", encoded(String.valueOf(left.remove(name))));
        }
        HttpRequest.Builder request = switch (operation) {
            case Operation.Query<?, ?, ?> _ ->
                HttpRequest.newBuilder(URI.create(url + OpenApi.ROOT + path + query(left)))
                        .timeout(ANSWERING)
                        .GET();
            case Operation.Order<?, ?, ?> order ->
                HttpRequest.newBuilder(URI.create(url + OpenApi.ROOT + path))
                        .timeout(Duration.ofMillis(order.patience()).plus(ANSWERING))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body(left)));
        };
        HttpResponse<String> response = send(request);
        if (response.statusCode() != 200) {
            throw Answers.read(response.body(), Problem.class).failure();
        }
        return response.body();
    }

    /**
     * What stands at a path that is no operation's.
     *
     * @throws NoAnswerException as the node says
     * @throws IOException if there is no node
     */
    public String text(String path) throws IOException {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWERING));
        if (response.statusCode() != 200) {
            throw Answers.read(response.body(), Problem.class).failure();
        }
        return response.body();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(
                    request.header("Authorization", "Bearer " + token).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while the node was asked", stopped);
        }
    }

    private static String query(Map<String, String> given) {
        List<String> all = new ArrayList<>();
        given.forEach((name, value) -> all.add(name + "=" + encoded(value)));
        return all.isEmpty() ? "" : "?" + String.join("&", all);
    }

    private static String body(Map<String, String> given) {
        ObjectNode body = Answers.JSON.createObjectNode();
        given.forEach(body::put);
        return body.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        http.close();
    }
}
