package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a node does that has no hooks of its own: it makes a database for whoever has a token and an identity that has what the token asks for, and
 * takes each database that the other side tells in proper form.
 */
public final class StandardHooks implements ListenerHooks, DialerHooks {

    private static final JsonMapper JSON = new JsonMapper();

    private final Provisioner own;
    private final Provisioner ofLinks;

    /**
     * For a node.
     *
     * @param own makes databases for those who come with this node's tokens
     * @param ofLinks makes them for the links of others that this node redeems
     */
    public StandardHooks(Provisioner own, Provisioner ofLinks) {
        this.own = own;
        this.ofLinks = ofLinks;
    }

    /**
     * Whether an identity has each member of the requirements, with the same value; anything has, if there are none.
     *
     * @throws IllegalArgumentException if the requirements are no JSON object: then nobody can fulfil them
     */
    @Override
    public boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within) {
        if (requirements.isBlank()) {
            return true;
        }
        JsonNode wanted = parsed(requirements);
        if (!wanted.isObject()) {
            throw new IllegalArgumentException(
                    "the requirements of the token are no JSON object: revoke it, and make another");
        }
        JsonNode given = parsed(identity);
        for (Map.Entry<String, JsonNode> each : wanted.properties()) {
            if (!each.getValue().equals(given.get(each.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether an identity can be judged by these. */
    public static boolean areRequirements(String requirements) {
        try {
            return requirements.isBlank() || parsed(requirements).isObject();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            // Its message has what stands there, which is nobody else's business.
            throw new IllegalArgumentException("no JSON");
        }
    }

    @Override
    public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
            throws InterruptedException {
        return (role == Role.STOCK ? own : ofLinks).make(name, role);
    }

    @Override
    public boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) {
        return tally.createdBy() == Role.FOIL;
    }

    @Override
    public boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) {
        return true;
    }

    @Override
    public void removeDatabase(String name, Tally tally) {
        ofLinks.remove(name);
    }
}
