package dev.dunlin.connection.exchange;

import dev.dunlin.core.store.ActionId;

/** Hands effects to the service. */
public final class ExchangeEffects {

    private ExchangeEffects() {}

    /** Carries out one. */
    public static void handle(ActionId id, ExchangeEffect effect, ExchangeService service) {
        switch (effect) {
            case ExchangeEffect.AskInit init -> service.ask(id, init);
            case ExchangeEffect.ReadInit init -> service.read(id, init);
            case ExchangeEffect.ReplyInit init -> service.reply(id, init);
            case ExchangeEffect.ServeInit init -> service.serve(init);
            case ExchangeEffect.UnserveInit init -> service.unserve(init);
        }
    }
}
