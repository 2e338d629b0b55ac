package dev.dunlin.node;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.store.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a support bundle knows at once to name this machine, whoever uses it, and where its files are. */
final class BundleNames {

    private static final List<Path> HOST_FILES =
            List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"));

    private BundleNames() {}

    /** A scrubber that knows them. */
    static Scrubber of(Path dataDir, Machines machines) {
        Set<String> ordinary = new TreeSet<>(Set.of("dunlin", "log", "java", "linux"));
        machines.newStore().machines().stream().map(Machine::name).forEach(ordinary::add);
        ConfigurationOptions.settings(machines).all().stream().map(Setting::key).forEach(ordinary::add);
        Scrubber scrubber = new Scrubber(ordinary);
        paths(dataDir, scrubber);
        path(Path.of(System.getProperty("user.home", "")), "home", scrubber);
        Optional.ofNullable(System.getenv("HOME")).ifPresent(home -> path(Path.of(home), "home", scrubber));
        hosts().forEach(name -> scrubber.name("host", name));
        users(dataDir).forEach(name -> scrubber.name("user", name));
        return scrubber;
    }

    // The folders that it is in name as much, but for the outermost.
    private static void paths(Path dataDir, Scrubber scrubber) {
        path(dataDir, "dir", scrubber);
        try {
            path(dataDir.toRealPath(), "dir", scrubber);
        } catch (IOException hidden) {
            // Then no message has that path.
            return;
        }
    }

    private static void path(Path path, String kind, Scrubber scrubber) {
        Path whole = path.toAbsolutePath().normalize();
        for (Path at = whole; at != null && at.getNameCount() > 1; at = at.getParent()) {
            scrubber.path(at.toString(), kind);
        }
        if (whole.getNameCount() == 1 && kind.equals("dir")) {
            scrubber.path(whole.toString(), kind);
        }
    }

    private static Set<String> hosts() {
        Set<String> names = new TreeSet<>();
        for (String variable : List.of("HOSTNAME", "COMPUTERNAME")) {
            Optional.ofNullable(System.getenv(variable)).ifPresent(names::add);
        }
        for (Path file : HOST_FILES) {
            try {
                names.add(Files.readString(file).strip());
            } catch (IOException otherSystem) {
                // It names its host in another file, or in none.
            }
        }
        try {
            names.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException none) {
            // It has no name that is known here.
            names.remove("");
        }
        Set<String> all = new TreeSet<>(names);
        names.forEach(name -> all.add(name.replaceFirst("\\..*", "")));
        all.remove("localhost");
        return all;
    }

    private static Set<String> users(Path dataDir) {
        Set<String> names = new TreeSet<>();
        names.add(System.getProperty("user.name", ""));
        for (String variable : List.of("USER", "LOGNAME", "SUDO_USER")) {
            Optional.ofNullable(System.getenv(variable)).ifPresent(names::add);
        }
        try {
            names.add(Files.getOwner(dataDir).getName());
        } catch (IOException | UnsupportedOperationException hidden) {
            names.remove("");
        }
        return names;
    }
}
