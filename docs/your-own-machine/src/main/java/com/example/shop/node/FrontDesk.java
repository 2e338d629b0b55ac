package com.example.shop.node;

import com.example.shop.VoucherAction;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Redeems what is typed, a line a voucher: its code, and for whom. */
final class FrontDesk {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How a node is asked: by {@code NodeRuntime::ask} or {@code Host::ask}. */
    @FunctionalInterface
    interface Node {
        CompletionStage<Action.Ticketed> ask(String key, Function<Ticket, Action> wish, Duration timeout);
    }

    private final Node node;
    private final PrintStream out;

    FrontDesk(Node node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    /** Reads to the end; each line gets an answer, in order. */
    void serve(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.strip().split("\\s+");
                out.println(words.length == 2 ? words[0] + ": " + redeemed(words[0], words[1]) : "CODE NAME?");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String redeemed(String code, String who) {
        try {
            node.ask(who + " redeems " + code, ticket -> new VoucherAction.Redeem(code, who, ticket), PATIENCE)
                    .toCompletableFuture()
                    .join();
            return "redeemed";
        } catch (CompletionException failure) {
            return failure.getCause() instanceof RefusedException refused
                    ? "refused, " + refused.clause()
                    : "no answer yet";
        }
    }
}
