package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every combination of headers, of which one of each kind lets in. */
class EntranceTest {

    private static final String TOKEN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    private static final List<@Nullable String> GOOD_HOSTS =
            Arrays.asList("127.0.0.1:4002", "localhost:4002", "LOCALHOST:4002", "[::1]:4002");
    private static final List<@Nullable String> BAD_HOSTS = Arrays.asList(
            null,
            "",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:80",
            "127.0.0.2:4002",
            "evil.example:4002",
            "127.0.0.1:4002.evil.example",
            "evil.example#127.0.0.1:4002",
            "127.0.0.1:4002, evil.example",
            "[::ffff:127.0.0.1]:4002",
            "0.0.0.0:4002",
            "2130706433:4002",
            "localhost.:4002");
    private static final List<@Nullable String> GOOD_ORIGINS =
            Arrays.asList(null, "http://127.0.0.1:4002", "http://localhost:4002", "http://[::1]:4002");
    private static final List<@Nullable String> BAD_ORIGINS = Arrays.asList(
            "",
            "null",
            "http://evil.example",
            "https://127.0.0.1:4002",
            "http://127.0.0.1",
            "http://127.0.0.1:4003",
            "http://localhost:4002.evil.example",
            "http://evil.example:4002",
            "file://");
    private static final List<@Nullable String> GOOD_TOKENS =
            Arrays.asList("Bearer " + TOKEN, "bearer " + TOKEN, "Bearer  " + TOKEN + " ");
    private static final List<@Nullable String> BAD_TOKENS = Arrays.asList(
            null,
            "",
            "Bearer",
            "Bearer ",
            TOKEN,
            "Basic " + TOKEN,
            "Bearer " + TOKEN + "x",
            "Bearer " + TOKEN.substring(1),
            "Bearer " + TOKEN.toUpperCase(Locale.ROOT),
            "Token " + TOKEN);
    private static final List<@Nullable String> GOOD_TYPES =
            Arrays.asList("application/json", "Application/JSON", "application/json; charset=utf-8");
    private static final List<@Nullable String> BAD_TYPES = Arrays.asList(
            null,
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "text/json",
            "application/json; charset=utf-16",
            "application/json, text/plain");

    private final Entrance entrance =
            new Entrance(TOKEN, new AdminSettings.Endpoint("127.0.0.1", 4002), false, Set.of());

    private Optional<Problem> asked(
            String method,
            @Nullable String host,
            @Nullable String origin,
            @Nullable String token,
            @Nullable String type,
            boolean open) {
        return entrance.refusal(new Entrance.Request(method.equals("POST"), host, origin, token, type, open));
    }

    private static List<@Nullable String> all(List<@Nullable String> good, List<@Nullable String> bad) {
        List<@Nullable String> all = new ArrayList<>(good);
        all.addAll(bad);
        return all;
    }

    @TestFactory
    Stream<DynamicTest> eachForbiddenCombinationIsRefused() {
        return Stream.of("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD")
                .map(method -> DynamicTest.dynamicTest(method, () -> {
                    int let = 0;
                    for (String host : all(GOOD_HOSTS, BAD_HOSTS)) {
                        for (String origin : all(GOOD_ORIGINS, BAD_ORIGINS)) {
                            for (String token : all(GOOD_TOKENS, BAD_TOKENS)) {
                                for (String type : all(GOOD_TYPES, BAD_TYPES)) {
                                    boolean may = GOOD_HOSTS.contains(host)
                                            && GOOD_ORIGINS.contains(origin)
                                            && GOOD_TOKENS.contains(token)
                                            && (!method.equals("POST") || GOOD_TYPES.contains(type));
                                    let += may ? 1 : 0;
                                    assertThat(asked(method, host, origin, token, type, false)
                                                    .isEmpty())
                                            .as(
                                                    "%s host %s origin %s token %s type %s",
                                                    method, host, origin, token, type)
                                            .isEqualTo(may);
                                }
                            }
                        }
                    }
                    assertThat(let).isPositive();
                }));
    }

    @Test
    void whatIsOpenNeedsNoTokenAndNothingElseLess() {
        assertThat(asked("GET", "127.0.0.1:4002", null, null, null, true)).isEmpty();
        assertThat(asked("GET", "evil.example:4002", null, null, null, true)).isPresent();
        assertThat(asked("GET", "127.0.0.1:4002", "http://evil.example", null, null, true))
                .isPresent();
    }

    @Test
    void eachRefusalHasItsStatusAndSaysWhatToDo() {
        assertThat(asked("GET", "evil:1", null, "Bearer " + TOKEN, null, false).orElseThrow())
                .returns(403, Problem::status)
                .returns(
                        "this API is not asked by the name in the Host header: ask it as 127.0.0.1:4002 or [::1]:4002 or"
                                + " localhost:4002",
                        Problem::detail);
        assertThat(asked("GET", "localhost:4002", "http://evil", "Bearer " + TOKEN, null, false)
                        .orElseThrow()
                        .status())
                .isEqualTo(403);
        assertThat(asked("GET", "localhost:4002", null, null, null, false).orElseThrow())
                .returns(401, Problem::status)
                .returns(
                        "send the header 'Authorization: Bearer' with what stands in the file admin.token of the data directory",
                        Problem::detail);
        assertThat(asked("POST", "localhost:4002", null, "Bearer " + TOKEN, "text/plain", false)
                        .orElseThrow()
                        .status())
                .isEqualTo(415);
    }

    /** Where it listens at every address, it is asked by any of them, and by the names in its certificate; by no other name. */
    @Test
    void aWildcardIsAskedByAddress() {
        Entrance every = new Entrance(TOKEN, new AdminSettings.Endpoint("0.0.0.0", 443), true, Set.of("node.example"));
        String token = "Bearer " + TOKEN;
        for (String host : List.of("192.0.2.7", "192.0.2.7:443", "[2001:db8::1]:443", "localhost", "Node.Example")) {
            assertThat(every.refusal(new Entrance.Request(false, host, "https://" + host, token, null, false)))
                    .as(host)
                    .isEmpty();
        }
        for (String host : List.of("evil.example", "192.0.2.7:4002", "192.0.2.7.evil.example", "1.2.3.4.5", "")) {
            assertThat(every.refusal(new Entrance.Request(false, host, null, token, null, false)))
                    .as(host)
                    .isPresent();
        }
    }

    @Test
    void whereItListensForOthersItIsAskedByThatNameAlone() {
        Entrance wide =
                new Entrance(TOKEN, new AdminSettings.Endpoint("192.0.2.7", 4002), true, Set.of("node.example"));
        String token = "Bearer " + TOKEN;
        assertThat(wide.refusal(
                        new Entrance.Request(false, "192.0.2.7:4002", "https://192.0.2.7:4002", token, null, false)))
                .isEmpty();
        assertThat(wide.refusal(new Entrance.Request(false, "127.0.0.1:4002", null, token, null, false)))
                .isPresent();
        assertThat(wide.refusal(
                        new Entrance.Request(false, "192.0.2.7:4002", "http://192.0.2.7:4002", token, null, false)))
                .isPresent();
    }
}
