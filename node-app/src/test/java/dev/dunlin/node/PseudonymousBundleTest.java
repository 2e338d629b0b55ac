package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.CanaryScan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin support-bundle --pseudonymous}: every byte of the bundle is searched for every name that went in. */
class PseudonymousBundleTest {

    private static final PeerId CAT = PeerId.parse("12D3KooWHaHKcpZcjezK4DSMnXQVQZPJUEZDnxeanjPAWeVT4pQ3");
    private static final String RSA = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";

    // Whatever is written into the log below, in the form in which it is.
    private static final List<String> ADDRESSES = List.of(
            "10.23.45.67", "198.18.7.9", "127.4.5.6", "fd12:3456:789a::17", "2a01:4f8:c17:2d::99", "fe80::1c2d:3e4f");
    private static final List<String> HOSTS = List.of(
            "boot.canary-corp.example",
            "canaryhost",
            "relay.canary-corp.example",
            "CANARY.EXAMPLE.NET",
            "xn--canri-kva.example");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();

    private Path data() {
        return home.resolve("canary-site").resolve("canary-data");
    }

    private static String percent(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) {
            text.append(String.format(Locale.ROOT, "%%%02X", one));
        }
        return text.toString();
    }

    private static List<String> forms(PeerId peer) {
        byte[] bytes = peer.toBytes();
        List<String> forms =
                new ArrayList<>(List.of(peer.toString(), percent(peer.toString().getBytes(StandardCharsets.UTF_8))));
        for (Multibase base :
                List.of(Multibase.BASE32, Multibase.BASE32_UPPER, Multibase.BASE36, Multibase.BASE58_BTC)) {
            forms.add(base.encode(peer.toCid().toBytes()));
            forms.add(base.encode(bytes));
        }
        forms.add(HexFormat.of().formatHex(bytes));
        forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
        forms.add(Multibase.BASE64.encode(peer.toCid().toBytes()));
        forms.add(Base64.getUrlEncoder().encodeToString(bytes));
        peer.inlineKey().ifPresent(key -> forms.add(HexFormat.of().formatHex(key.toArray())));
        return forms;
    }

    private PeerId record() throws IOException {
        Files.createDirectories(data().getParent());
        PeerId self = Identity.create(data()).peerId();
        try (RecordedNode node = RecordedNode.in(data())) {
            node.boot("node.connect", "/dns4/" + HOSTS.get(0) + "/tcp/1/p2p/" + CAT);
            for (PeerId peer : List.of(self, RecordedNode.ANN, RecordedNode.BEN, CAT, PeerId.parse(RSA))) {
                node.connect(peer);
                for (String form : forms(peer)) {
                    node.take(failed("lost [" + form + "]/x"));
                }
                node.take(failed("%2Fp2p%2F" + peer + "%2Fcircuit"));
                node.take(failed("%252Fip4%252F198.18.7.9%252Fp2p%252F" + peer));
                node.take(new ConnectionAction.Connect(
                        peer,
                        List.of(
                                Multiaddr.parse("/dns4/" + HOSTS.get(1) + "/tcp/4001"),
                                Multiaddr.parse("/ip6/" + ADDRESSES.get(4) + "/tcp/4001/p2p/" + peer)),
                        Ticket.NONE));
            }
            for (String address : ADDRESSES) {
                boolean isSix = address.contains(":");
                node.take(failed("no route to " + address + (isSix ? "%eth7" : ":4001") + ", " + address + "."));
                node.take(failed(isSix ? "[" + address.toUpperCase(Locale.ROOT) + "]:4001" : "::ffff:" + address));
                node.take(failed("%5B" + address.replace(":", "%3A") + "%5D"));
            }
            for (String host : HOSTS) {
                node.take(failed("http://" + host + ":80/ " + host.toUpperCase(Locale.ROOT) + ", x@" + host + "."));
            }
            node.take(failed("cannot open " + data().resolve("canary.file")));
            node.take(failed("no room in " + data() + ", " + data().getParent()));
            node.take(failed("no " + data().toUri().getRawPath().replace("/", "%2F")));
        }
        Files.writeString(data().resolve(CAT + ".backup"), "x");
        Files.writeString(data().resolve("of-canaryhost.txt"), "x");
        Files.writeString(data().resolve("dunlin.toml"), "nonsense = \"/dns4/" + HOSTS.get(2) + "/tcp/1\"\n");
        return self;
    }

    private static ConnectionAction failed(String detail) {
        return new ConnectionAction.ConnectionFailed(
                7,
                RecordedNode.ANN,
                Multiaddr.parse("/ip4/198.18.7.9/tcp/4001"),
                new ConnectionError(ConnectionError.Kind.IO, detail));
    }

    private Map<String, byte[]> originals(PeerId self) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        for (PeerId peer : List.of(self, RecordedNode.ANN, RecordedNode.BEN, CAT, PeerId.parse(RSA))) {
            forms(peer).forEach(form -> all.put(form, form.getBytes(StandardCharsets.UTF_8)));
            all.put("bytes of " + peer, peer.toBytes());
            peer.inlineKey().ifPresent(key -> all.put("key of " + peer, key.toArray()));
        }
        for (String address : ADDRESSES) {
            all.put(address, address.getBytes(StandardCharsets.UTF_8));
            all.put(address + " escaped", address.replace(":", "%3A").getBytes(StandardCharsets.UTF_8));
            all.put(address + " in capitals", address.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        }
        for (String host : HOSTS) {
            for (String form : List.of(host, host.toLowerCase(Locale.ROOT), host.toUpperCase(Locale.ROOT))) {
                all.put(form, form.getBytes(StandardCharsets.UTF_8));
            }
        }
        for (String part : List.of("canary-data", "canary-site", "canary-corp", "canary.file", "canaryhost")) {
            all.put(part, part.getBytes(StandardCharsets.UTF_8));
        }
        all.put("home", home.toString().getBytes(StandardCharsets.UTF_8));
        all.put("user", "canary-user".getBytes(StandardCharsets.UTF_8));
        all.put("machine", "canary-box".getBytes(StandardCharsets.UTF_8));
        return all;
    }

    private Path unpacked(Path bundle) throws IOException {
        Path folder = Files.createDirectories(home.resolve("unpacked-" + bundle.getFileName()));
        Archive.read(bundle, (name, size, content) -> Files.copy(content, folder.resolve(name)));
        // What stands in the archive beside the files, such as whose they were.
        try (InputStream tar = new ZstdInputStream(Files.newInputStream(bundle))) {
            Files.copy(tar, folder.resolve("the.tar"));
        }
        return folder;
    }

    private Path bundle(String name, Object... more) throws Exception {
        Path bundle = home.resolve(name);
        List<Object> args =
                new ArrayList<>(List.of("support-bundle", data(), bundle, "--listen", "/ip4/127.4.5.6/tcp/0"));
        args.addAll(List.of(more));
        Map<String, String> environment =
                Map.of("HOSTNAME", "canary-box", "USER", "canary-user", "JAVA_TOOL_OPTIONS", "-Duser.name=canary-user");
        try (ProgramProcess process = ProgramProcess.start(
                home, Files.createTempFile(home, "printed", ".out"), environment, args.toArray())) {
            assertThat(process.code()).as(process.err()).isZero();
        }
        return bundle;
    }

    @Test
    void noNameIsLeft() throws Exception {
        PeerId self = record();
        Map<String, byte[]> originals = originals(self);
        Path named = unpacked(bundle("named.tar.zst"));
        assertThat(CanaryScan.of(originals).in(named)).as("without the option").hasSizeGreaterThan(50);
        assertThat(named.resolve("README.txt")).content().contains("it names whom the node has to do");
        Path folder = unpacked(bundle("bundle.tar.zst", "--pseudonymous"));
        assertThat(CanaryScan.of(originals).in(folder)).isEmpty();
        assertThat(folder.resolve("README.txt")).content().contains("Segments of the log are not in it");
        assertThat(home.resolve("bundle.names.json")).doesNotExist();
        // And what it is for is there.
        assertThat(Files.readAllLines(folder.resolve("inputs.jsonl")))
                .hasSizeGreaterThan(100)
                .allSatisfy(line -> {
                    JsonNode frame = JsonMapper.shared().readTree(line);
                    assertThat(frame.path("type").asString())
                            .startsWith(line.contains("node/booted") ? "node/" : "connection/");
                    assertThat(frame.path("meta").path("input").asInt()).isPositive();
                    assertThat(line).doesNotContain("\"crc\"", "\"changed\"");
                });
        assertThat(folder.resolve("files.txt")).content().contains(" user-", "identity.key", " file-", "log/log-0000");
        assertThat(folder.resolve("doctor.json")).content().contains("dir-1", "ip4-loopback-1", "connection");
    }

    @Test
    void theSameStandsForTheSameAndItsReachIsSeen() throws Exception {
        PeerId self = record();
        Path bundle = bundle("b.tar.zst", "--pseudonymous", "--with-names");
        Path folder = unpacked(bundle);
        Path names = home.resolve("b.names.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(names)))
                .isEqualTo("rw-------");
        JsonNode map = JsonMapper.shared().readTree(Files.readString(names));
        Map<String, String> byOriginal = new LinkedHashMap<>();
        map.properties().forEach(one -> byOriginal.put(one.getValue().asString(), one.getKey()));
        assertThat(map.size()).as("no two for one").isEqualTo(byOriginal.size());
        assertThat(byOriginal.get(self.toString())).matches("peer-\\d+");
        assertThat(byOriginal.get(RSA)).matches("peer-\\d+");
        assertThat(byOriginal.get("10.23.45.67")).matches("ip4-private-\\d+");
        assertThat(byOriginal.get("198.18.7.9")).matches("ip4-public-\\d+");
        assertThat(byOriginal.get("127.4.5.6")).matches("ip4-loopback-\\d+");
        assertThat(byOriginal.get("fd12:3456:789a::17")).matches("ip6-private-\\d+");
        assertThat(byOriginal.get("fe80::1c2d:3e4f")).matches("ip6-linklocal-\\d+");
        assertThat(byOriginal.get("canary-user")).matches("user-\\d+");
        assertThat(byOriginal.get("canary-box")).matches("host-\\d+");
        // All forms of one peer are one.
        String inputs = Files.readString(folder.resolve("inputs.jsonl"));
        String cat = byOriginal.get(CAT.toString());
        assertThat(inputs.split("lost \\[" + cat + "\\]/x", -1)).hasSizeGreaterThan(9);
        assertThat(program.run("support-bundle", data(), home.resolve("b.tar.zst"), "--with-names"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).startsWith("--with-names goes with --pseudonymous");
        Files.delete(bundle);
        assertThat(program.run("support-bundle", data(), bundle, "--pseudonymous", "--with-names"))
                .isEqualTo(ExitCode.CANNOT_CREATE);
        assertThat(program.sentence()).startsWith(names + " is there already");
        assertThat(bundle).doesNotExist();
    }
}
