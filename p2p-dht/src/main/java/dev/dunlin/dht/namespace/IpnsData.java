package dev.dunlin.dht.namespace;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.time.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What an IPNS record says (ipfs/specs src/ipns/ipns-record.md, "Record Fields").
 *
 * @param value where the name points: a content path in UTF-8, as {@code /ipfs/…}
 * @param validUntil when it ends, with nanoseconds
 * @param sequence its version, an unsigned number: higher ones replace lower ones
 * @param ttl how long it may be cached before it is asked for again, in nanoseconds, an unsigned number
 */
public record IpnsData(Bytes value, Instant validUntil, long sequence, long ttl) {

    /** What is suggested as {@link #ttl}: 5 minutes. */
    public static final long DEFAULT_TTL = 300_000_000_000L;

    private static final String TTL = "TTL";
    private static final String VALUE = "Value";
    private static final String SEQUENCE = "Sequence";
    private static final String VALIDITY = "Validity";
    private static final String VALIDITY_TYPE = "ValidityType";
    private static final int ENTRIES = 5;

    /** The only type of validity: until a time. */
    static final long UNTIL_A_TIME = 0;

    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it is not of the years 0 to 9999
     */
    public IpnsData {
        Rfc3339.format(validUntil);
    }

    /** The time as its text in bytes. */
    byte[] validity() {
        return Rfc3339.format(validUntil).getBytes(StandardCharsets.US_ASCII);
    }

    /** The DAG-CBOR that is signed. */
    byte[] toCbor() {
        return new DagCbor.Writer(ENTRIES)
                .entry(TTL, ttl)
                .entry(VALUE, value.toArray())
                .entry(SEQUENCE, sequence)
                .entry(VALIDITY, validity())
                .entry(VALIDITY_TYPE, UNTIL_A_TIME)
                .toBytes();
    }

    /**
     * Data with the text of its time, as it was written.
     *
     * @param validity RFC 3339, in any of its forms
     */
    record Read(IpnsData data, Bytes validity) {}

    /**
     * Reads the DAG-CBOR. Entries beside the five are passed over, as the specification has it.
     *
     * @throws MalformedRecord if it is not canonical, lacks an entry, or has another type of validity
     */
    static Read ofCbor(byte[] cbor) throws MalformedRecord {
        Reading reading = new Reading();
        DagCbor.readMap(cbor, reading);
        if (reading.found != ENTRIES) {
            throw new MalformedRecord(
                    "the data of an IPNS record has a TTL, a Value, a Sequence, a Validity and a ValidityType,"
                            + " and this lacks one");
        }
        if (reading.type != UNTIL_A_TIME) {
            throw new MalformedRecord("the only type of validity is 0, a time that it ends at, and not "
                    + Long.toUnsignedString(reading.type));
        }
        Instant until = Rfc3339.parse(new String(reading.validity, StandardCharsets.ISO_8859_1))
                .orElseThrow(() -> new MalformedRecord("the validity of the IPNS record is no time of RFC 3339"));
        return new Read(
                new IpnsData(Bytes.of(reading.value), until, reading.sequence, reading.ttl),
                Bytes.of(reading.validity));
    }

    /** The five entries as they are read. A map has each key once, so five that are known are all five. */
    private static final class Reading implements DagCbor.Entries {
        private byte[] value = {};
        private byte[] validity = {};
        private long type;
        private long sequence;
        private long ttl;
        private int found;

        @Override
        public boolean entry(String key, DagCbor in) throws MalformedRecord {
            switch (key) {
                case TTL -> ttl = in.unsigned();
                case VALUE -> value = in.byteString();
                case SEQUENCE -> sequence = in.unsigned();
                case VALIDITY -> validity = in.byteString();
                case VALIDITY_TYPE -> type = in.unsigned();
                default -> {
                    return false;
                }
            }
            found++;
            return true;
        }
    }
}
