package dev.dunlin.node.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in: asked of each request before anything of it is looked at. A page in somebody's browser knows no token, and is not
 * let in whatever else it sends: the host must be one of those by which this API is meant (against DNS rebinding), an origin must be
 * the API's own, and what is sent must be JSON.
 */
final class Entrance {

    private static final String BEARER = "bearer ";

    private final byte[] token;
    private final Set<String> hosts = new TreeSet<>();
    private final int port;
    private final String scheme;
    private final boolean isStandard;
    private final boolean anyNumber;

    /**
     * An entrance.
     *
     * @param bound where the API listens, with its real port
     * @param names other names of this machine: those in its certificate
     */
    Entrance(String token, AdminSettings.Endpoint bound, boolean tls, Set<String> names) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.port = bound.port();
        this.scheme = tls ? "https://" : "http://";
        this.isStandard = port == (tls ? 443 : 80);
        this.anyNumber = bound.isWildcard();
        Set<String> all = new TreeSet<>(names);
        all.add(bound.host());
        if (bound.isLoopback() || bound.isWildcard()) {
            all.addAll(Set.of("127.0.0.1", "localhost", "::1"));
        }
        for (String host : all) {
            this.hosts.add(host.toLowerCase(Locale.ROOT));
        }
    }

    // A name that leads here may be anybody's; an address is what was typed.
    private boolean isOwn(String authority) {
        String text = authority.toLowerCase(Locale.ROOT);
        AdminSettings.Endpoint asked;
        try {
            asked = AdminSettings.Endpoint.parse(isStandard && !text.matches(".*:\\d+") ? text + ":" + port : text);
        } catch (IllegalArgumentException none) {
            return false;
        }
        return asked.port() == port
                && (hosts.contains(asked.host())
                        || (anyNumber
                                && (asked.host().indexOf(':') >= 0
                                        || asked.host().matches("[0-9]+(\\.[0-9]+){3}"))));
    }

    /**
     * A request, as far as it matters here.
     *
     * @param order whether it brings an order, which is to be JSON
     * @param open whether no token is needed
     */
    record Request(
            boolean order,
            @Nullable String host,
            @Nullable String origin,
            @Nullable String authorization,
            @Nullable String contentType,
            boolean open) {}

    /** Why a request is not let in. */
    Optional<Problem> refusal(Request request) {
        if (request.host() == null || !isOwn(request.host())) {
            return Optional.of(Problem.of(
                    403,
                    "foreign-host",
                    "The request is for another host",
                    "this API is not asked by the name in the Host header: ask it as "
                            + hosts.stream()
                                    .map(host -> new AdminSettings.Endpoint(host, port).toString())
                                    .collect(Collectors.joining(" or "))));
        }
        if (request.origin() != null
                && !(request.origin().toLowerCase(Locale.ROOT).startsWith(scheme)
                        && isOwn(request.origin().substring(scheme.length())))) {
            return Optional.of(Problem.of(
                    403,
                    "foreign-origin",
                    "The request comes from a page of another place",
                    "this API is not for pages of other places: send no Origin header"));
        }
        if (!request.open() && !isKnown(request.authorization())) {
            return Optional.of(Problem.of(
                    401,
                    "no-token",
                    "The token is missing or wrong",
                    "send the header 'Authorization: Bearer' with what stands in the file " + AdminFiles.TOKEN
                            + " of the data directory"));
        }
        if (request.order() && !isJson(request.contentType())) {
            return Optional.of(Problem.of(
                    415,
                    "no-json",
                    "What was sent is not JSON",
                    "send JSON, with the header 'Content-Type: application/json'"));
        }
        return Optional.empty();
    }

    private boolean isKnown(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return false;
        }
        // In a time that does not depend on how much of it is right.
        return MessageDigest.isEqual(
                authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8), token);
    }

    private static boolean isJson(@Nullable String contentType) {
        return contentType != null
                && contentType
                        .toLowerCase(Locale.ROOT)
                        .replace(" ", "")
                        .matches("application/json(;charset=\"?utf-8\"?)?");
    }
}
