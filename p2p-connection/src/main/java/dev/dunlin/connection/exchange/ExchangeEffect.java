package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import java.util.List;

/** What the exchange machine asks of the world. A request is answered once, also if its stream ends before. */
public sealed interface ExchangeEffect extends Effect {

    /**
     * Write a question on a stream and read the answer. Answered by {@link ExchangeAction.AnswerCame} or
     * {@link ExchangeAction.AnswerMissing}.
     *
     * @param ask the number to be echoed
     * @param keep whether another question may follow on the stream; if not, our side ends behind this one
     */
    record AskInit(Handle stream, long ask, String protocol, Message message, boolean keep)
            implements ExchangeEffect, Effect.Request {}

    /** Read a question. Answered by {@link ExchangeAction.AskCame} or {@link ExchangeAction.AskMissing}. */
    record ReadInit(Handle stream, String protocol) implements ExchangeEffect, Effect.Request {
        @Override
        public boolean isOpenEnded() {
            return true;
        }
    }

    /**
     * Write an answer. Answered by {@link ExchangeAction.ReplySent} or {@link ExchangeAction.ReplyMissing}; where the next question
     * is read, in place of the first by what {@link ReadInit} is answered by.
     */
    record ReplyInit(Handle stream, String protocol, Message message, Then then)
            implements ExchangeEffect, Effect.Request {
        @Override
        public boolean isOpenEnded() {
            return then == Then.READ;
        }
    }

    /** What follows an answer on its stream. */
    enum Then {
        /** Our side ends. */
        END,
        /** The next question is read. */
        READ,
        /** Nothing is read until this is asked for: the peer asks too often. */
        REST
    }

    /** Take streams of these protocols from now on. */
    record ServeInit(List<String> ids) implements ExchangeEffect, Effect.Fire {
        /** Copies the list. */
        public ServeInit {
            ids = List.copyOf(ids);
        }
    }

    /** Take none of these any more. */
    record UnserveInit(List<String> ids) implements ExchangeEffect, Effect.Fire {
        /** Copies the list. */
        public UnserveInit {
            ids = List.copyOf(ids);
        }
    }
}
