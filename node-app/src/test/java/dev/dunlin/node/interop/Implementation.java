package dev.dunlin.node.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whose libp2p a {@link Counterpart} is. All speak one line protocol; their READMEs say what differs. */
public enum Implementation {
    /** js-libp2p, in {@code src/interop/js}. */
    JS("js") {
        @Override
        List<String> command() {
            return List.of("node", "peer.mjs");
        }

        @Override
        public Optional<String> missing() {
            Optional<String> version = said("node", "--version");
            if (version.isEmpty()) {
                return Optional.of("Node.js is not installed: install 20.10 or later");
            }
            String[] parts = version.get().replaceFirst("^v", "").split("\\.", -1);
            int major = Integer.parseInt(parts[0]);
            int minor = Integer.parseInt(parts[1]);
            if (major < 20 || (major == 20 && minor < 10)) {
                return Optional.of("Node.js is " + version.get() + ": install 20.10 or later");
            }
            return Files.isDirectory(folder().resolve("node_modules").resolve("libp2p"))
                    ? Optional.empty()
                    : Optional.of("js-libp2p is not installed: run npm ci in node-app/src/interop/js");
        }
    },

    /** go-libp2p, in {@code src/interop/go}. */
    GO("go") {
        @Override
        List<String> command() {
            return List.of(program().toString());
        }

        @Override
        public Optional<String> missing() {
            if (Files.isExecutable(program())) {
                return Optional.empty();
            }
            String build = "run go build -trimpath -o target/dunlin-go-peer . in node-app/src/interop/go";
            return Optional.of(
                    said("go", "version").isEmpty()
                            ? "Go is not installed: install 1.26 or later and " + build
                            : "the go peer is not built: " + build);
        }

        private Path program() {
            return folder().resolve("target").resolve("dunlin-go-peer");
        }
    },

    /** rust-libp2p, in {@code src/interop/rust}. */
    RUST("rust") {
        @Override
        List<String> command() {
            return List.of(program().toString());
        }

        @Override
        public Optional<String> missing() {
            if (Files.isExecutable(program())) {
                return Optional.empty();
            }
            String build = "run cargo build --release --locked in node-app/src/interop/rust";
            return Optional.of(
                    said("cargo", "--version").isEmpty()
                            ? "Rust is not installed: install 1.88 or later and " + build
                            : "the rust peer is not built: " + build);
        }

        private Path program() {
            return folder().resolve("target").resolve("release").resolve("dunlin-rust-peer");
        }
    };

    private final String language;

    Implementation(String language) {
        this.language = language;
    }

    /** Where its program lies and is started. */
    Path folder() {
        return Path.of("src", "interop", language).toAbsolutePath();
    }

    /** What starts its program there. */
    abstract List<String> command();

    /** Why no peer can be started on this machine; empty if one can. */
    public abstract Optional<String> missing();

    /** What a command prints; empty if there is no such command. */
    private static Optional<String> said(String... command) {
        try {
            Process asked = new ProcessBuilder(command).start();
            return Optional.of(new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return language;
    }
}
