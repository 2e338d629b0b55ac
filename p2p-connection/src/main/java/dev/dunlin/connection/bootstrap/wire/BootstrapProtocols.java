package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.connection.bootstrap.wire.BootstrapCodec.Form;
import dev.dunlin.connection.protocol.Prefix;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.protocol.Silence;
import dev.dunlin.core.config.Setting;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The two protocols of bootstrap sessions: the compatible one, which Taleus speaks, and the framed one. */
public final class BootstrapProtocols {

    /** The name of the compatible one in actions and logs. */
    public static final String COMPATIBLE = "bootstrap";

    /** The name of the framed one. */
    public static final String FRAMED = "framedBootstrap";

    /** Both names. */
    public static final List<String> NAMES = List.of(COMPATIBLE, FRAMED);

    /** What their names on the wire begin with. */
    private static final Setting PREFIX = Setting.words(
            "bootstrap.prefix", "/taleus", 64, "what the names of the bootstrap protocols begin with on the wire");

    /**
     * Many peers, few questions of each; an answer may take as long as the longest session. A question of the most bytes comes in at
     * {@link WireLimits#MESSAGE_BYTES} in 8 s or faster, and an answer goes out so: who sends or reads a byte a second is gone by then.
     */
    private static final ProtocolLimits LIMITS = new ProtocolLimits(
                    16_384,
                    64,
                    4_096,
                    64,
                    1_024,
                    TimeUnit.MILLISECONDS.toMicros(10),
                    100,
                    TimeUnit.SECONDS.toMicros(65),
                    TimeUnit.MINUTES.toMicros(1),
                    false)
            .telling(TimeUnit.SECONDS.toMicros(8));

    private BootstrapProtocols() {}

    /** Both, the compatible one first. */
    public static List<Protocol<BootstrapQuestion, BootstrapAnswer>> of(Vault vault) {
        return List.of(
                of(COMPATIBLE, "/bootstrap/1.0.0", Form.COMPATIBLE, vault),
                of(FRAMED, "/bootstrap/1.1.0", Form.FRAMED, vault));
    }

    private static Protocol<BootstrapQuestion, BootstrapAnswer> of(String name, String rest, Form form, Vault vault) {
        return Protocol.prefixed(
                name,
                new Prefix(PREFIX, List.of(rest)),
                BootstrapCodec.questions(vault, form),
                BootstrapCodec.answers(vault, form),
                LIMITS,
                Silence.none());
    }
}
