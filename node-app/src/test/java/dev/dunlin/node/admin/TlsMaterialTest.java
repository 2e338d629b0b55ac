package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsMaterialTest {

    @TempDir
    private Path folder;

    private static TlsMaterial read(Path certificate, Path key) throws Exception {
        return TlsMaterial.of(TlsMaterial.certificates(certificate), key);
    }

    private void refused(Path certificate, Path key, String why) {
        assertThatThrownBy(() -> read(certificate, key))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("Exception")
                .hasMessageNotContaining("java.");
    }

    @Test
    void eachKindOfKeyIsTakenWithItsCertificate() throws Exception {
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            Certificates.Made made = Certificates.of(folder, kind, kind);
            TlsMaterial material = read(made.certificate(), made.key());
            assertThat(material.names()).isEqualTo(Set.of("node.example"));
            assertThat(material.warning(Instant.now())).isEmpty();
            assertThat(material.certificate().strip())
                    .isEqualTo(Files.readString(made.certificate()).strip());
        }
    }

    @Test
    void oneFileMayHoldBothAndTheKeyIsNotHandedOn() throws Exception {
        Certificates.Made made = Certificates.of(folder, "a", "EC");
        Path both = Files.writeString(
                folder.resolve("both"), Files.readString(made.key()) + Files.readString(made.certificate()));
        assertThat(read(both, both).certificate()).doesNotContain("PRIVATE");
    }

    @Test
    void aKeyOfRsaMayBeWrittenInItsOldForm() throws Exception {
        Certificates.Made made = Certificates.of(folder, "a", "RSA", "-keysize", "2048");
        byte[] standard = TlsMaterial.key(made.key()).getEncoded();
        // Of 2048 bits, what stands before the key itself has 26 bytes.
        Path old = Files.writeString(
                folder.resolve("old"),
                Certificates.pem("RSA PRIVATE KEY", Arrays.copyOfRange(standard, 26, standard.length)));
        assertThat(read(made.certificate(), old).names()).isNotEmpty();
    }

    /** As openssl ecparam writes it: of P-256, with the curve's name in it and before it. */
    @Test
    void aKeyOfACurveMayBeWrittenInItsOldForm() throws Exception {
        Certificates.Made made = Certificates.of(folder, "a", "EC", "-groupname", "secp256r1");
        byte[] standard = TlsMaterial.key(made.key()).getEncoded();
        // What is before the number itself: kind and curve, and the old form's beginning.
        int at = standard.length - 32;
        byte[] number = Arrays.copyOfRange(standard, at, standard.length);
        byte[] curve = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
        byte[] old = new byte[2 + 3 + 2 + 32 + 2 + curve.length];
        byte[] head = {0x30, (byte) (old.length - 2), 2, 1, 1, 4, 32};
        System.arraycopy(head, 0, old, 0, head.length);
        System.arraycopy(number, 0, old, head.length, 32);
        old[head.length + 32] = (byte) 0xa0;
        old[head.length + 33] = (byte) curve.length;
        System.arraycopy(curve, 0, old, head.length + 34, curve.length);
        Path file = Files.writeString(
                folder.resolve("old"),
                Certificates.pem("EC PARAMETERS", curve) + Certificates.pem("EC PRIVATE KEY", old));
        assertThat(read(made.certificate(), file).names()).isNotEmpty();
    }

    @Test
    void aKeyToAnotherCertificateIsRefused() throws Exception {
        Certificates.Made one = Certificates.of(folder, "one", "EC");
        Certificates.Made two = Certificates.of(folder, "two", "EC");
        Certificates.Made three = Certificates.of(folder, "three", "RSA");
        refused(one.certificate(), two.key(), "holds the key to another certificate");
        refused(one.certificate(), three.key(), "holds the key to another certificate");
        refused(three.certificate(), two.key(), "holds the key to another certificate");
    }

    @Test
    void whatIsNoCertificateOrNoKeySaysWhatItIs() throws Exception {
        Certificates.Made made = Certificates.of(folder, "a", "EC");
        Certificates.Made dsa = Certificates.of(folder, "dsa", "DSA");
        Path text = Files.writeString(folder.resolve("text"), "hello\n");
        Path damaged =
                Files.writeString(folder.resolve("damaged"), Certificates.pem("CERTIFICATE", new byte[] {1, 2, 3}));
        Path damagedKey =
                Files.writeString(folder.resolve("damagedKey"), Certificates.pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        Path damagedOld = Files.writeString(
                folder.resolve("damagedOld"),
                Certificates.pem("EC PRIVATE KEY", new byte[] {0x30, (byte) 0x84, 0x7f, 1, 1, 1, (byte) 0xa0}));
        refused(text, made.key(), "holds no certificate");
        refused(made.key(), made.key(), "holds no certificate");
        refused(damaged, made.key(), "holds a certificate that cannot be read");
        refused(made.certificate(), text, "holds no private key");
        refused(made.certificate(), made.certificate(), "holds no private key");
        refused(made.certificate(), damagedKey, "of a kind that is not supported, or that is damaged");
        refused(made.certificate(), damagedOld, "of a kind that is not supported, or that is damaged");
        refused(dsa.certificate(), dsa.key(), "of a kind that is not supported");
        for (String locked : List.of("""
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                AAAA
                -----END ENCRYPTED PRIVATE KEY-----
                """, """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-256-CBC,00

                AAAA
                -----END RSA PRIVATE KEY-----
                """)) {
            refused(
                    made.certificate(),
                    Files.writeString(folder.resolve("locked"), locked),
                    "holds a key that is encrypted");
        }
    }

    /** Of a curve that this Java reads and does not sign with: made by openssl, with secp256k1. */
    @Test
    void aKeyThatNothingCanBeSignedWithIsRefused() throws Exception {
        Path certificate = Files.writeString(folder.resolve("k.crt"), """
            -----BEGIN CERTIFICATE-----
            MIIBajCCARCgAwIBAgIULBpUpWmBicZsYA3oV9mODQ8nFV0wCgYIKoZIzj0EAwIw
            DDEKMAgGA1UEAwwBbjAeFw0yNjExMjkwMDA0NThaFw0yNjEyMDEwMDA0NThaMAwx
            CjAIBgNVBAMMAW4wVjAQBgcqhkjOPQIBBgUrgQQACgNCAATkFNbiWVdkuLR792Yt
            7JJ7ThazzHKig4jgeloPtHdJUrMVztORmAJOBDzmZRn1ZPxCvvZ/YAFWOEju0ze5
            MmJfo1MwUTAdBgNVHQ4EFgQUMpUgpmpsVcBILd8q2h5bsJ4BIjkwHwYDVR0jBBgw
            FoAUMpUgpmpsVcBILd8q2h5bsJ4BIjkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO
            PQQDAgNIADBFAiEA2EbSGbvRAJkdAm5V44tztwt3xwaXJH3mRCI69ONWy9ACIBuw
            /eNFRIn59st/S61SQaI2G8aeWkqa/nw5d+n87mIs
            -----END CERTIFICATE-----
            """);
        Path key = Files.writeString(folder.resolve("k.key"), """
            -----BEGIN EC PARAMETERS-----
            BgUrgQQACg==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHQCAQEEIN1zILDQ+kLqnGVv73WlBj7Y6GIwvAXqPJOoEiubS8NHoAcGBSuBBAAK
            oUQDQgAE5BTW4llXZLi0e/dmLeySe04Ws8xyooOI4HpaD7R3SVKzFc7TkZgCTgQ8
            5mUZ9WT8Qr72f2ABVjhI7tM3uTJiXw==
            -----END EC PRIVATE KEY-----
            """);
        refused(certificate, key, "of a kind that is not supported");
    }

    @Test
    void oneThatHoldsNoLongerOrNotYetIsTakenAndToldOf() throws Exception {
        Certificates.Made made = Certificates.of(folder, "a", "EC", "-startdate", "-10d", "-validity", "2");
        assertThat(read(made.certificate(), made.key()).warning(Instant.now()).orElseThrow())
                .contains("has expired");
        Certificates.Made early = Certificates.of(folder, "b", "EC", "-startdate", "+10d");
        assertThat(read(early.certificate(), early.key()).warning(Instant.now()).orElseThrow())
                .contains("does not hold before");
    }

    @Test
    void certificatesThatDoNotVouchForEachOtherAreRefused() throws Exception {
        Certificates.Made one = Certificates.of(folder, "one", "EC");
        Path both = Files.writeString(
                folder.resolve("both"), Files.readString(one.certificate()) + Files.readString(one.certificate()));
        refused(both, one.key(), "vouch");
    }
}
