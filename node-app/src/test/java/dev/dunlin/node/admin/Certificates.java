package dev.dunlin.node.admin;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates of no authority, made by the JDK's keytool. */
public final class Certificates {

    private static final String PASSWORD = "changeit";

    private Certificates() {}

    /** Files with a certificate and the key to it, in PEM. */
    public record Made(Path certificate, Path key) {}

    /**
     * Makes one for {@code node.example} that holds now.
     *
     * @param algorithm as keytool calls it
     */
    public static Made of(Path folder, String name, String algorithm, String... more) throws Exception {
        Path store = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=node.example",
                "-ext",
                "SAN=dns:node.example",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD.toCharArray());
        }
        return new Made(
                Files.writeString(
                        folder.resolve(name + ".crt"),
                        pem("CERTIFICATE", made.getCertificate("it").getEncoded())),
                Files.writeString(
                        folder.resolve(name + ".key"),
                        pem(
                                "PRIVATE KEY",
                                made.getKey("it", PASSWORD.toCharArray()).getEncoded())));
    }

    /** Bytes as PEM. */
    static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }
}
