package dev.dunlin.connection;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeEffect;

/** The one handler of the connection machine's effects: from an effect to the service's method. */
public final class ConnectionEffects {

    private ConnectionEffects() {}

    /** Carries out an effect. */
    public static void handle(ActionId id, ConnectionEffect effect, ConnectionService service) {
        switch (effect) {
            case ConnectionEffect.ResolveInit init -> service.resolve(id, init);
            case ConnectionEffect.ConnectInit init -> service.connect(id, init);
            case ConnectionEffect.CancelDial cancel -> service.cancel(id, cancel);
            case ConnectionEffect.GoAwayInit init -> service.goAway(id, init);
            case ConnectionEffect.DisconnectInit init -> service.disconnect(id, init);
            case ConnectionEffect.ListenInit init -> service.listen(id, init);
            case ConnectionEffect.StopListenInit init -> service.stopListening(id, init);
        }
    }

    /** Closes a connection or listener that no state holds; does nothing for handles of other kinds. */
    public static void closeOrphan(ActionId id, NodeEffect.CloseHandle effect, ConnectionService service) {
        Handle handle = effect.handle();
        if (handle.kind().equals(ConnectionService.CONNECTION)) {
            service.disconnect(id, new ConnectionEffect.DisconnectInit(handle, CloseReason.ORPHAN));
        } else if (handle.kind().equals(ConnectionService.LISTENER)) {
            service.stopListening(id, new ConnectionEffect.StopListenInit(handle));
        }
    }
}
