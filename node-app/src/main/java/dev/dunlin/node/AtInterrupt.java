package dev.dunlin.node;

/**
 * What a command still says when it is told to end, by Ctrl-C or SIGTERM, before its work is done. The exit code is then that of the
 * signal, 130 or 143.
 */
final class AtInterrupt {

    private final Thread hook;

    private AtInterrupt(Thread hook) {
        this.hook = hook;
    }

    /** From now on, this is run at an interrupt, on a thread of its own while the command's threads go on. */
    static AtInterrupt run(Runnable last) {
        Thread hook = new Thread(last, "dunlin-interrupt");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException already) {
            // It ends anyhow, too early to have anything to say.
        }
        return new AtInterrupt(hook);
    }

    /** The work is done; false if an interrupt came before, and all has been said. */
    boolean done() {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interrupted) {
            return false;
        }
    }
}
