package dev.dunlin.node;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A jar of somebody else, compiled here: its extension {@code lamps} brings a machine {@code lamps}, whose lamp {@code hall} is
 * switched on as the node starts. Before the service says that a lamp is on it is {@code wanted}.
 */
final class LampJar {

    private static final String SERVICE = "META-INF/services/dev.dunlin.connection.extension.Extension";

    private static final String SOURCE = """
            package com.example.lamps;

            import dev.dunlin.connection.extension.*;
            import dev.dunlin.connection.exchange.ExchangeAction;
            import dev.dunlin.connection.protocol.*;
            import dev.dunlin.connection.stream.StreamView;
            import dev.dunlin.core.operate.*;
            import dev.dunlin.core.state.*;
            import dev.dunlin.core.store.*;
            import java.util.List;

            public final class Lamps implements Extension {
                public record Text(Bytes bytes) implements Message {}

                private static final MessageCodec<Text> CODEC =
                        MessageCodec.of(Text.class, new Framing.ToTheEnd(1024), Text::bytes, Text::new);
                public static final Protocol<Text, Text> SWITCH =
                        new Protocol<>("switch", List.of("/lamps/switch/1.0.0"), CODEC, CODEC, ProtocolLimits.DEFAULT);

                public record Lit(@Means("how many there are") int lamps) {}
                public record Own(Table<String, Lamp> lamps) {}
                public record Lamp(boolean on) {}

                public sealed interface LampAction extends Action {
                    String name();
                    @Override default Subject about() { return Subject.of("lamp", name()); }
                    record Light(String name, Ticket ticket) implements LampAction, Action.Wish {}
                    record Lit(String name) implements LampAction {}
                }
                public sealed interface LampEffect extends Effect {
                    record Burn(String name) implements LampEffect, Effect.Request {}
                }

                public static final Machine<Object, Own, LampAction> LAMPS = Machine.of("lamps", new Own(Table.empty()))
                        .actions(LampAction.class, LampEffect.class)
                        .boots((own, booted, ctx) -> {
                            ctx.then(new ExchangeAction.Serve("switch"));
                            return own;
                        })
                        .guards(Guards.<Object, Own, LampAction>of()
                                .on(LampAction.Light.class, Clauses.absent("lamp-is-dark", Own::lamps, LampAction.Light::name))
                                .on(LampAction.Lit.class, Clauses.when("lamp-is-wanted", (own, lit) -> own.lamps().has(lit.name())))
                                .build())
                        .reduces((own, action, ctx) -> switch (action) {
                            case LampAction.Light(String name, Ticket ticket) -> {
                                ctx.effect(new LampEffect.Burn(name));
                                yield new Own(own.lamps().with(name, new Lamp(false)));
                            }
                            case LampAction.Lit(String name) -> new Own(own.lamps().with(name, new Lamp(true)));
                        })
                        .brings(Operations.<Object, Own>none().with(new Operation.Query<>(
                                "lamps", "/lamps", List.of(), "Lists the lamps.", Lit.class,
                                (at, given) -> new Lit(at.own().lamps().size()),
                                lit -> List.of(lit.lamps() + " lamps"))))
                        .transitions("dark > wanted: light\\nwanted > lit: lit")
                        .phases((own, subject) -> own.lamps().find(subject.key()).map(lamp -> lamp.on() ? "lit" : "wanted").orElse("dark"))
                        .budget(1 << 16);

                @Override public String name() { return "lamps"; }
                @Override public List<Machine<? super StreamView, ?, ?>> machines() { return List.of(LAMPS); }
                @Override public List<Protocol<?, ?>> protocols() { return List.of(SWITCH); }
                @Override public Running begin(Host host) {
                    host.handler(LampEffect.class, (id, effect) -> {
                        switch (effect) {
                            case LampEffect.Burn(String name) -> host.answer(id, new LampAction.Lit(name));
                        }
                    });
                    return new Running() {
                        @Override public void started() {
                            host.offer(new LampAction.Light("hall", Ticket.NONE));
                        }
                    };
                }
            }
            """;

    private LampJar() {}

    /** The jar, in a new folder. */
    static Path in(Path folder) throws IOException {
        return with(folder, "", "");
    }

    /** The jar, with one piece of its source replaced. */
    static Path with(Path folder, String from, String to) throws IOException {
        if (!SOURCE.contains(from)) {
            throw new AssertionError("'" + from + "' is not in the source");
        }
        return jar(folder, SOURCE.replace(from, to), ChangedBuild.testClassPath());
    }

    /** As {@link #with}, compiled against other classes, which stand before those of this build. */
    static Path against(Path folder, Path classes, String from, String to) throws IOException {
        return jar(
                folder,
                SOURCE.replace(from, to),
                Stream.concat(Stream.of(classes), ChangedBuild.testClassPath().stream())
                        .toList());
    }

    /** Runs a node with these machines until the lamp is lit; its log is in the folder {@code log} of the data directory. */
    static void day(Path data, Path jar) {
        Machines machines = new Machines();
        machines.bring(List.of(jar));
        NodeOptions options =
                NodeOptions.DEFAULT.withLog(DataDirectory.log(data)).withExtensions(machines.extensions());
        try (Node node = Node.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), options)) {
            if (!node.await(state -> isLit(state.root()), NodeProcess.PATIENCE)) {
                throw new AssertionError("the lamp was not lit");
            }
        }
    }

    private static boolean isLit(NodeRoot root) {
        return root.extensions().of("lamps").orElseThrow().toString().contains("on=true");
    }

    private static Path jar(Path folder, String source, List<Path> classPath) throws IOException {
        Files.createDirectories(folder);
        Path file = Files.writeString(folder.resolve("Lamps.java"), source);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        ChangedBuild.compile(file, classPath, classes);
        return packed(folder.resolve("lamps.jar"), classes, "com.example.lamps.Lamps");
    }

    /** A jar of a folder of classes, which names a class as its extension if there is one. */
    static Path packed(Path jar, Path classes, String extension) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            if (!extension.isEmpty()) {
                entries.putNextEntry(new JarEntry(SERVICE));
                entries.write(extension.getBytes(StandardCharsets.UTF_8));
            }
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, entries);
            }
        }
        return jar;
    }
}
