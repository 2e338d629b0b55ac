package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked of settings, which needs no server. */
class PostgresSettingsTest {

    @Test
    void settingsAreChecked() {
        assertRefused("jdbc:mysql://h/d", 1, "dunlin", "", "has to be like jdbc:postgresql://host:5432/database");
        assertRefused("jdbc:postgresql:d", 1, "dunlin", "", "has to be like jdbc:postgresql://host:5432/database");
        assertRefused("jdbc:postgresql://h/", 1, "dunlin", "", "names no database");
        assertRefused("jdbc:postgresql://h/d?password=s3cret", 1, "dunlin", "", "has a user or a password in it");
        assertRefused("jdbc:postgresql://h/d?user=me", 1, "dunlin", "", "has a user or a password in it");
        assertRefused("jdbc:postgresql://h/d", 0, "dunlin", "", "are 1 to 100, not 0");
        assertRefused("jdbc:postgresql://h/d", 101, "dunlin", "", "are 1 to 100, not 101");
        assertRefused("jdbc:postgresql://h/d", 1, "tally_x", "", "does not begin with pg_ or tally_");
        assertRefused("jdbc:postgresql://h/d", 1, "a\"b", "", "begins with a letter of a to z");
        assertRefused("jdbc:postgresql://h/d", 1, "dunlin", "a/b", "has to be like db.example or db.example:5432");
    }

    private static void assertRefused(String url, int poolSize, String schema, String host, String said) {
        Optional<String> publicHost = Optional.of(host).filter(given -> !given.isEmpty());
        assertThatThrownBy(() -> new PostgresSettings(url, "dunlin", "secret", poolSize, schema, publicHost))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void peersComeByThePublicHost() {
        assertThat(hosts("jdbc:postgresql://db.example/d", "")).isEqualTo("db.example:5432");
        assertThat(hosts("jdbc:postgresql://[fd00::1]:6000/d", "")).isEqualTo("[fd00::1]:6000");
        assertThat(hosts("jdbc:postgresql://a:1,b:2/d", "")).isEqualTo("a:1,b:2");
        assertThat(hosts("jdbc:postgresql://10.0.0.1:6000/d", "db.example")).isEqualTo("db.example:6000");
        assertThat(hosts("jdbc:postgresql://10.0.0.1:6000/d", "db.example:1")).isEqualTo("db.example:1");
        assertThat(hosts("jdbc:postgresql://10.0.0.1/d", "[2001:db8::1]")).isEqualTo("[2001:db8::1]:5432");
    }

    private static String hosts(String url, String host) {
        Optional<String> publicHost = Optional.of(host).filter(given -> !given.isEmpty());
        return new PostgresSettings(url, "dunlin", "secret", 1, "dunlin", publicHost).peersHosts();
    }
}
