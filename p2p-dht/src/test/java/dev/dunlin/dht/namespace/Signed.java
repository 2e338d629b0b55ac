package dev.dunlin.dht.namespace;

import com.google.protobuf.ByteString;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.pb.IpnsEntryPb;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Keys, and IPNS records around any data. */
final class Signed {

    static final Instant UNTIL = Instant.parse("2030-01-01T00:00:00.000000001Z");

    /** The last microsecond in which {@link #UNTIL} has not come. */
    static final long BEFORE = UNTIL.getEpochSecond() * 1_000_000;

    static final IpnsData DATA = new IpnsData(bytes("/ipfs/bafkqaaa"), UNTIL, 7, IpnsData.DEFAULT_TTL);

    private static final Map<KeyType, PrivateKey> KEYS = new EnumMap<>(KeyType.class);

    private Signed() {}

    /** The same one in each test: an RSA key takes long to make. */
    static synchronized PrivateKey key(KeyType type) {
        return KEYS.computeIfAbsent(type, any -> PrivateKey.generate(type, new SecureRandom()));
    }

    static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A record of the second version around any bytes as its data. */
    static Bytes around(PrivateKey key, byte[] data) {
        return Bytes.of(entry(key, data).build().toByteArray());
    }

    static IpnsEntryPb.Builder entry(PrivateKey key, byte[] data) {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes("ipns-signature:".getBytes(StandardCharsets.US_ASCII));
        signed.writeBytes(data);
        return IpnsEntryPb.newBuilder()
                .setSignatureV2(ByteString.copyFrom(key.sign(signed.toByteArray())))
                .setData(ByteString.copyFrom(data));
    }
}
