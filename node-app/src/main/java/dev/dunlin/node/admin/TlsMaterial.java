package dev.dunlin.node.admin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.KeyManagerFactory;

/** A certificate, those that vouch for it, and the private key to it: read from PEM, and known to belong together. */
public final class TlsMaterial {

    /** The most bytes of a file with certificates or a key. */
    static final int MOST_BYTES = 1 << 20;

    private static final char[] NO_PASSWORD = new char[0];

    private final List<X509Certificate> chain;
    private final KeyManagerFactory keys;

    private TlsMaterial(List<X509Certificate> chain, KeyManagerFactory keys) {
        this.chain = List.copyOf(chain);
        this.keys = keys;
    }

    /**
     * The certificates of a file, that of the API first.
     *
     * @throws UnusableFileException if it holds none, or something that is none
     * @throws IOException if it cannot be read
     */
    public static List<X509Certificate> certificates(Path file) throws IOException, UnusableFileException {
        return certificates(file, PlainFile.read(file, MOST_BYTES));
    }

    static List<X509Certificate> certificates(Path file, byte[] pem) throws UnusableFileException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.blocks(new String(pem, StandardCharsets.ISO_8859_1))) {
                if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (CertificateException damaged) {
            throw new UnusableFileException(
                    file, "holds a certificate that cannot be read", "it is damaged, or no X.509 certificate");
        }
        if (found.isEmpty()) {
            throw new UnusableFileException(
                    file, "holds no certificate", "it must have a part 'BEGIN CERTIFICATE', as PEM has it");
        }
        return found;
    }

    /**
     * The private key of a file.
     *
     * @throws UnusableFileException if it holds none that can be used
     * @throws IOException if it cannot be read
     */
    public static PrivateKey key(Path file) throws IOException, UnusableFileException {
        return Pem.privateKey(file, PlainFile.read(file, MOST_BYTES));
    }

    /**
     * Certificates with the key of a file.
     *
     * @param chain what {@link #certificates} found
     * @param key the file with the private key
     * @throws UnusableFileException if it holds none that can be used, or that of another certificate
     * @throws IOException if it cannot be read
     */
    public static TlsMaterial of(List<X509Certificate> chain, Path key) throws IOException, UnusableFileException {
        PrivateKey secret = key(key);
        if (!belongs(key, secret, chain.getFirst())) {
            throw new UnusableFileException(
                    key, "holds the key to another certificate", "give the key that the certificate was made with");
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("admin", secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            return new TlsMaterial(chain, keys);
        } catch (KeyStoreException disorder) {
            throw new UnusableFileException(
                    key,
                    "cannot be used with certificates of which one does not vouch for the one before it",
                    "put them in order, that of the API first");
        } catch (GeneralSecurityException unusable) {
            throw new UnusableFileException(key, "holds a key that cannot be used", "make an RSA or EC key");
        }
    }

    private static boolean belongs(Path file, PrivateKey key, X509Certificate certificate)
            throws UnusableFileException {
        String algorithm = certificate.getPublicKey().getAlgorithm();
        if (!algorithm.equals(key.getAlgorithm())) {
            return false;
        }
        byte[] something = algorithm.getBytes(StandardCharsets.UTF_8);
        Signature signature;
        byte[] signed;
        try {
            signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            signature.initSign(key);
            signature.update(something);
            signed = signature.sign();
        } catch (GeneralSecurityException unusable) {
            throw Pem.unsupported(file);
        }
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException other) {
            return false;
        }
    }

    /** Why clients may refuse the certificate at a time, though it can be used; empty if nothing is to be said. */
    public Optional<String> warning(Instant now) {
        X509Certificate own = chain.getFirst();
        if (own.getNotAfter().toInstant().isBefore(now)) {
            return Optional.of("the certificate of the admin API has expired, at "
                    + own.getNotAfter().toInstant() + ": make another, and start the node again");
        }
        return own.getNotBefore().toInstant().isAfter(now)
                ? Optional.of("the certificate of the admin API does not hold before "
                        + own.getNotBefore().toInstant() + ": see whether the clock of this machine is right")
                : Optional.empty();
    }

    /** The certificate of the API, in PEM. */
    public String certificate() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(chain.getFirst().getEncoded())
                    + "\n-----END CERTIFICATE-----";
        } catch (CertificateException never) {
            throw new IllegalStateException("a certificate that was read cannot be written", never);
        }
    }

    /** The names and addresses in it, by which others know this machine. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> all = chain.getFirst().getSubjectAlternativeNames();
            for (List<?> one : all == null ? List.<List<?>>of() : all) {
                if (one.get(1) instanceof String name) {
                    names.add(name);
                }
            }
        } catch (CertificateException none) {
            // Then it is known by its address alone.
            return names;
        }
        return names;
    }

    KeyManagerFactory keys() {
        return keys;
    }
}
