package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.JsonFault;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;

/**
 * An input as a log writes it: {@code {"type":…,"payload":…}}, perhaps with {@code "meta":{"answers":…}}; what else a frame has
 * is left out of account.
 *
 * @param action what enters
 * @param answers the effect that it answers, if the text names one
 */
public record LoggedAction(Action action, Optional<ActionId> answers) {

    /** The longest text that is read, in characters. */
    public static final int MAX_TEXT = 1 << 20;

    /** A text that is no input of this build; the message is one sentence. */
    public static final class Unreadable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }

        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads one.
     *
     * @throws Unreadable if the text is too long, is no JSON object of a type and its payload, or names an effect
     */
    public static LoggedAction parse(Codec codec, String text) {
        if (text.length() > MAX_TEXT) {
            throw new Unreadable("an action has at most " + MAX_TEXT + " characters, not " + text.length());
        }
        try {
            JsonNode tree = codec.mapper()
                    .reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
            if (!tree.path("type").isString() || !tree.path("payload").isObject()) {
                throw new Unreadable("an action is written as {\"type\":…,\"payload\":{…}}, as the log has it");
            }
            Action action = codec.read(tree.path("type").asString(), tree.path("payload"));
            if (action instanceof Effect) {
                throw new Unreadable(
                        tree.path("type").asString() + " is an effect, which leaves a node: give an action");
            }
            JsonNode answers = tree.path("meta").path("answers");
            return new LoggedAction(
                    action,
                    answers.isMissingNode() ? Optional.empty() : Optional.of(ActionId.parse(answers.asString(""))));
        } catch (JacksonException e) {
            throw new Unreadable("the action is no JSON: " + JsonFault.words(e), e);
        } catch (CodecException e) {
            throw new Unreadable("the action is none of this build: " + e.getMessage(), e);
        } catch (Unreadable said) {
            throw said;
        } catch (IllegalArgumentException e) {
            throw new Unreadable(String.valueOf(e.getMessage()), e);
        }
    }
}
