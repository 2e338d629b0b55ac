package dev.dunlin.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version the version of the artifact
 * @param commit the commit it was built from, with {@code -dirty} if files differed from it; {@code unknown} for a
 *     build outside a clone
 */
public record BuildInfo(String version, String commit) {

    private static final String RESOURCE = "build.properties";

    /** Version and commit as one word, as a log's headers name the build. */
    public String text() {
        return version + "+" + commit;
    }

    /** What the running program was built from. */
    public static BuildInfo current() {
        try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from this build");
            }
            Properties properties = new Properties();
            properties.load(in);
            return of(
                    properties.getProperty("version", ""),
                    properties.getProperty("commit", ""),
                    properties.getProperty("dirty", ""));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** From the texts that the build filled in; outside a clone it leaves {@code ${…}} in the last two. */
    static BuildInfo of(String version, String commit, String dirty) {
        boolean known = !commit.isEmpty() && !commit.startsWith("${");
        String shown = known ? commit : "unknown";
        return new BuildInfo(version, known && dirty.equals("true") ? shown + "-dirty" : shown);
    }
}
