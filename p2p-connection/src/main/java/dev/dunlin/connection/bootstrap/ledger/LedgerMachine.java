package dev.dunlin.connection.bootstrap.ledger;

import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** The ledger machine: asks the ledger for those who operate the node, and tells them what it says. */
public final class LedgerMachine {

    /** Its name. */
    public static final String NAME = "ledger";

    private static final Guards<Object, LedgerState, LedgerAction> GUARDS =
            Guards.<Object, LedgerState, LedgerAction>of()
                    .on(LedgerAction.Create.class, hasRoom())
                    .on(LedgerAction.Revoke.class, hasRoom())
                    .on(LedgerAction.Tokens.class, hasRoom())
                    .on(LedgerAction.Trail.class, hasRoom())
                    .on(LedgerAction.Verify.class, hasRoom())
                    .on(
                            LedgerAction.Told.class,
                            present(
                                    "inquiry-goes-on",
                                    LedgerState::inquiries,
                                    LedgerAction.Told::inquiry,
                                    (fact, ticket) -> true))
                    .on(
                            LedgerAction.Failed.class,
                            present(
                                    "inquiry-goes-on",
                                    LedgerState::inquiries,
                                    LedgerAction.Failed::inquiry,
                                    (fact, ticket) -> true))
                    .build();

    /** The registration. */
    public static final Machine<Object, LedgerState, LedgerAction> LEDGER = Machine.of(NAME, LedgerState.INITIAL)
            .actions(LedgerAction.class, LedgerEffect.class, LedgerOutcome.class)
            .settings(LedgerConfig.SETTINGS)
            .boots((own, booted, ctx) -> new LedgerState(LedgerState.INITIAL.inquiries(), own.last()))
            .guards(GUARDS)
            .reduces(LedgerMachine::reduce)
            .transitions("running: create, revoke, tokens, trail, verify, told, failed")
            .phases((own, subject) -> "running")
            .invariants(List.of(new Invariant<>(
                    "inquiries-are-bounded",
                    own -> own.inquiries().size() <= LedgerState.MOST
                            ? Optional.empty()
                            : Optional.of(own.inquiries().size() + " inquiries wait"))))
            .budget(LedgerState.MOST * 256L + (1 << 12));

    private LedgerMachine() {}

    private static <A extends LedgerAction.Inquiry> Guards.Clause<Object, LedgerState, A> hasRoom() {
        return when(
                "inquiries-not-full",
                (own, wish) -> own.inquiries().size() < LedgerState.MOST,
                "most",
                wish -> LedgerState.MOST);
    }

    private static LedgerState reduce(LedgerState own, LedgerAction action, Context ctx) {
        return switch (action) {
            case LedgerAction.Inquiry wish -> asked(own, wish, ctx);
            // The next part, behind what others have asked since.
            case LedgerAction.Told(long inquiry, LedgerAnswer.Verified(Head head, Optional<String> _, boolean isEnd))
            when !isEnd -> {
                ctx.effect(new LedgerEffect.VerifyInit(inquiry, head));
                yield own;
            }
            case LedgerAction.Told(long inquiry, LedgerAnswer answer) -> {
                ctx.then(new LedgerOutcome.Answered(own.inquiries().at(inquiry), answer));
                yield new LedgerState(own.inquiries().without(inquiry), own.last());
            }
            case LedgerAction.Failed(long inquiry, String why) -> {
                ctx.then(new LedgerOutcome.Unanswered(own.inquiries().at(inquiry), why));
                yield new LedgerState(own.inquiries().without(inquiry), own.last());
            }
        };
    }

    private static LedgerState asked(LedgerState own, LedgerAction.Inquiry wish, Context ctx) {
        long number = own.last() + 1;
        Ticket ticket = wish.ticket();
        ctx.effect(
                switch (wish) {
                    case LedgerAction.Create create ->
                        new LedgerEffect.CreateInit(number, create.token(ctx.wallTime()));
                    case LedgerAction.Revoke revoke ->
                        new LedgerEffect.RevokeInit(number, revoke.digits(), ctx.wallTime());
                    case LedgerAction.Tokens page ->
                        new LedgerEffect.TokensInit(number, page.digits(), page.after(), page.most());
                    case LedgerAction.Trail page -> new LedgerEffect.TrailInit(number, page.after(), page.most());
                    case LedgerAction.Verify _ -> new LedgerEffect.VerifyInit(number, Head.NONE);
                });
        return new LedgerState(own.inquiries().with(number, ticket), number);
    }
}
