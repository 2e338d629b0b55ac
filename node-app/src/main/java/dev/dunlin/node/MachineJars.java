package dev.dunlin.node;

import dev.dunlin.connection.extension.Extension;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Extensions from jars, or folders of classes.
 *
 * @param extensions what the program has with them: its own, then theirs
 * @param told what came of each of them, in sentences
 * @param stamp tells these very jars from others, so that what one build has found is not taken for another's
 */
record MachineJars(Extensions extensions, List<String> told, String stamp) {

    private static final int STAMP_BYTES = 6;

    /**
     * Loads them. They stay open as long as the program runs.
     *
     * @param own what the program has beside them
     * @throws CommandFailure if one is not there, or cannot be used
     */
    static MachineJars load(List<Path> jars, Extensions own) {
        String named = String.join(", ", jars.stream().map(Path::toString).toList());
        List<URL> urls = new ArrayList<>();
        String stamp;
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path jar : jars) {
                require(jar);
                digest(jar, digest);
                urls.add(jar.toUri().toURL());
            }
            stamp = HexFormat.of().formatHex(digest.digest(), 0, STAMP_BYTES);
        } catch (MalformedURLException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        } catch (IOException unreadable) {
            throw FileFailure.of("read the machines of " + named, unreadable);
        }
        Extensions extensions = extensions(jars, named, urls, own);
        List<Extension> brought =
                extensions.all().subList(own.all().size(), extensions.all().size());
        return new MachineJars(extensions, LoadedMachines.told(jars, brought), stamp);
    }

    private static void require(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            throw new CommandFailure(
                    ExitCode.NO_INPUT,
                    "there is no file " + jar + ": --machines takes the jar that brings your machines");
        }
        if (Files.isDirectory(jar)) {
            return;
        }
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            opened.size();
        } catch (ZipException damaged) {
            throw new CommandFailure(
                    ExitCode.DATA_ERROR,
                    jar + " is no jar: --machines takes the jar that brings your machines",
                    damaged);
        }
    }

    private static void digest(Path jar, MessageDigest into) throws IOException {
        try (Stream<Path> files = Files.walk(jar)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                into.update(jar.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), into)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
    }

    // Code of others: whatever it throws is told as theirs.
    private static Extensions extensions(List<Path> jars, String named, List<URL> urls, Extensions own) {
        ClassLoader loader = new URLClassLoader("machines", urls.toArray(URL[]::new), Extension.class.getClassLoader());
        try {
            List<Extension> found = new ArrayList<>();
            ServiceLoader.load(Extension.class, loader).forEach(found::add);
            if (found.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.DATA_ERROR,
                        (jars.size() == 1 ? LoadedMachines.none(jars.getFirst()) : "there are no machines in " + named)
                                + "; a jar or folder of classes with machines names its class in META-INF/services/"
                                + Extension.class.getName());
            }
            return own.and(found);
        } catch (CommandFailure told) {
            throw told;
        } catch (ServiceConfigurationError bad) {
            throw bad.getCause() instanceof LinkageError link
                    ? otherBuild(named, link)
                    : unusable(named, bad.getCause() == null ? bad : bad.getCause());
        } catch (LinkageError bad) {
            throw otherBuild(named, bad);
        } catch (RuntimeException | Error bad) {
            throw unusable(named, bad);
        }
    }

    private static CommandFailure otherBuild(String named, LinkageError bad) {
        Throwable why = bad instanceof ExceptionInInitializerError && bad.getCause() != null ? bad.getCause() : bad;
        return why instanceof LinkageError
                ? new CommandFailure(
                        ExitCode.DATA_ERROR,
                        named + " does not fit this build: it was compiled with another version of Dunlin or of Java ("
                                + why + "); compile it with "
                                + BuildInfo.current().version() + " and Java 25",
                        why)
                : unusable(named, why);
    }

    private static CommandFailure unusable(String named, Throwable why) {
        String what = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        return new CommandFailure(
                ExitCode.DATA_ERROR,
                "the machines of " + named + " cannot be used: "
                        + what.replace(Extension.class.getName() + ": ", "").strip(),
                why);
    }
}
