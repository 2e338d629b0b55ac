package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.core.state.Bytes;
import java.util.List;

/** Two protocols for tests: {@code chat} uses its streams again, {@code letter} does not. */
final class Talk {

    static final String CHAT = "chat";
    static final String LETTER = "letter";
    static final String CHAT_ID = "/talk/chat/1";
    static final String LETTER_ID = "/talk/letter/1";

    private Talk() {}

    sealed interface Say extends Message {
        record Hello(Bytes words) implements Say {}

        record Bye(Bytes words) implements Say {}
    }

    record Answer(Bytes words) implements Message {}

    private static final class Says implements MessageCodec<Say> {
        @Override
        public Class<Say> type() {
            return Say.class;
        }

        @Override
        public Framing framing() {
            return new Framing.LengthPrefixed(1 << 16);
        }

        @Override
        public Bytes encode(Say message) {
            byte kind = (byte) (message instanceof Say.Hello ? 1 : 2);
            Bytes words = switch (message) {
                case Say.Hello(Bytes any) -> any;
                case Say.Bye(Bytes any) -> any;
            };
            byte[] all = new byte[1 + words.size()];
            all[0] = kind;
            System.arraycopy(words.toArray(), 0, all, 1, words.size());
            return Bytes.of(all);
        }

        @Override
        public Say decode(Bytes body) throws MalformedMessage {
            if (body.size() == 0) {
                throw new MalformedMessage("a word has at least one byte");
            }
            byte[] all = body.toArray();
            Bytes words = Bytes.of(java.util.Arrays.copyOfRange(all, 1, all.length));
            return switch (all[0]) {
                case 1 -> new Say.Hello(words);
                case 2 -> new Say.Bye(words);
                default -> throw new MalformedMessage("a word begins with 1 or 2, not " + all[0]);
            };
        }
    }

    private static final class Answers implements MessageCodec<Answer> {
        @Override
        public Class<Answer> type() {
            return Answer.class;
        }

        @Override
        public Framing framing() {
            return new Framing.LengthPrefixed(1 << 16);
        }

        @Override
        public Bytes encode(Answer message) {
            return message.words();
        }

        @Override
        public Answer decode(Bytes body) {
            return new Answer(body);
        }
    }

    static Protocol<Say, Answer> chat(ProtocolLimits limits) {
        return new Protocol<>(CHAT, List.of(CHAT_ID), new Says(), new Answers(), limits.reusing(true));
    }

    static Protocol<Say, Answer> letter(ProtocolLimits limits) {
        return new Protocol<>(LETTER, List.of(LETTER_ID), new Says(), new Answers(), limits);
    }
}
