package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.wire.BootstrapCodec;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls hooks, and hands in what they say: an answer for each call, whatever the hook does. */
final class HookCalls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HookCalls.class);
    private static final int MOST_WHY = 200;

    private final Port port;
    private final HookThreads threads;
    private final String whose;

    HookCalls(Port port, String whose, int most) {
        this.port = port;
        this.threads = new HookThreads("dunlin-" + whose, most);
        this.whose = whose;
    }

    /**
     * Calls a hook.
     *
     * @param what it does, in a few words
     * @param answer of what it says
     * @param failure of why it says nothing
     * @param full if there is no thread for it
     */
    <T> void ask(
            long owner,
            ActionId request,
            String what,
            Callable<T> call,
            Function<T, Action> answer,
            Function<String, Action> failure,
            Action full) {
        consult(
                owner,
                what,
                () -> checked(call.call()),
                said -> port.answer(request, answer.apply(said)),
                why -> port.answer(request, failure.apply(why)),
                () -> port.answer(request, full));
    }

    /** Calls one, and does something with what it says. */
    <T> void consult(
            long owner, String what, Callable<T> call, Consumer<T> said, Consumer<String> failed, Runnable full) {
        boolean isCalled = threads.run(owner, () -> {
            @Nullable T answer;
            try {
                answer = call.call();
                if (answer == null) {
                    throw new IllegalStateException("it gives nothing");
                }
            } catch (Exception e) {
                tell(owner, what, e);
                failed.accept(why(e));
                return;
            } catch (Error e) {
                LOG.error("{} {}: the hook to {} failed, which is a bug of it", whose, owner, what, e);
                failed.accept(why(e));
                return;
            }
            try {
                said.accept(answer);
            } catch (RuntimeException e) {
                // What it says is more than is taken, or no text.
                tell(owner, what, e);
                failed.accept(why(e));
            }
        });
        if (!isCalled) {
            tellUncalled(owner, what);
            full.run();
        }
    }

    /** Calls one that has no answer. */
    void tell(long owner, String what, Callable<?> call) {
        boolean isCalled = threads.run(owner, () -> {
            try {
                call.call();
            } catch (Exception e) {
                tell(owner, what, e);
            }
        });
        if (!isCalled) {
            tellUncalled(owner, what);
        }
    }

    /** One that was told to stop, and did, has not failed. */
    private void tell(long owner, String what, Exception e) {
        if (threads.isStopped()) {
            LOG.debug("{} {}: the hook to {} was stopped: {}", whose, owner, what, why(e));
        } else {
            LOG.warn("{} {}: the hook to {} failed: {}", whose, owner, what, why(e));
        }
    }

    private void tellUncalled(long owner, String what) {
        if (threads.isClosed()) {
            LOG.info("{} {}: no hook is called to {}: the node is being closed", whose, owner, what);
        } else {
            LOG.warn("{} {}: no hook is called to {}, for {} have not ended", whose, owner, what, threads.running());
        }
    }

    private static <T> T checked(T said) {
        if (said instanceof Tally tally) {
            Optional<String> problem = BootstrapCodec.problem(tally);
            if (problem.isPresent()) {
                throw new IllegalStateException(problem.get());
            }
        }
        return said;
    }

    private static String why(Throwable e) {
        // Of what this program knows itself there is a sentence; of what a hook of somebody else throws the name tells
        // more.
        String text = e instanceof DatabaseException || e instanceof LedgerException
                ? String.valueOf(e.getMessage())
                : e.toString();
        String some = text.length() > MOST_WHY ? text.substring(0, MOST_WHY) : text;
        // Half a surrogate pair is no text, and would not be taken.
        return new String(some.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    void stop(long owner) {
        threads.stop(owner);
    }

    int running() {
        return threads.running();
    }

    @Override
    public void close() {
        threads.close();
    }
}
