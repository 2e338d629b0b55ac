package dev.dunlin.connection.exchange;

import dev.dunlin.core.store.ActionId;

/**
 * Carries messages as bytes over streams, by the protocols' codecs. Each request is answered exactly once, also if its stream has
 * ended or ends before; no message is read that nobody asked for, so that a machine which asks for none closes the peer's window.
 */
public interface ExchangeService {

    /** Writes a question and reads the answer. */
    void ask(ActionId id, ExchangeEffect.AskInit init);

    /** Reads a question. */
    void read(ActionId id, ExchangeEffect.ReadInit init);

    /** Writes an answer, and reads the next question where that is asked for. */
    void reply(ActionId id, ExchangeEffect.ReplyInit init);

    /** Takes streams of these protocols from now on. */
    void serve(ExchangeEffect.ServeInit init);

    /** Takes none of these any more. */
    void unserve(ExchangeEffect.UnserveInit init);
}
