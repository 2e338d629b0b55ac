package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The ledger machine obeys the laws, whatever the ledger says. */
final class LedgerLawsTest extends MachineLaws<LedgerLawsTest.Root, LedgerState, LedgerAction> {

    record Root(LedgerState ledger) {}

    private static final Token TOKEN = create(Ticket.NONE).token(1);

    private static LedgerAction.Create create(Ticket ticket) {
        return new LedgerAction.Create(
                ticket, Bytes.of(new byte[32]), Role.STOCK, Optional.of(1), 1, "", Optional.empty(), false, "");
    }

    @Override
    protected Machine<Object, LedgerState, LedgerAction> machine() {
        return LedgerMachine.LEDGER;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, LedgerState, LedgerAction> ledger) {
        return Store.of(new Root(LedgerState.INITIAL))
                .mount(ledger, Root::ledger, (root, changed) -> new Root(changed))
                .build();
    }

    private static Arbitrary<LedgerAnswer> answers() {
        Head head = new Head(3, Bytes.of(new byte[32]));
        return Arbitraries.of(
                new LedgerAnswer.Created(TOKEN, true),
                new LedgerAnswer.Revoked(Optional.empty(), true),
                new LedgerAnswer.Page(List.of(TOKEN), true),
                new LedgerAnswer.Entries(List.of(), head),
                new LedgerAnswer.Verified(head, Optional.empty(), false),
                new LedgerAnswer.Verified(head, Optional.of("entry 4 is missing"), true));
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), 4);
    }

    private static TypeArbitraries of(TypeArbitraries from, long inquiries) {
        Arbitrary<Ticket> tickets =
                Arbitraries.longs().between(1, inquiries).map(number -> new Ticket(Ticket.API, number));
        Arbitrary<Integer> pages = Arbitraries.integers().between(1, LedgerAction.MOST_PAGE);
        return from.with(LedgerAction.Create.class, tickets.map(LedgerLawsTest::create))
                .with(LedgerAction.Revoke.class, tickets.map(ticket -> new LedgerAction.Revoke(ticket, "00ff")))
                .with(
                        LedgerAction.Tokens.class,
                        Combinators.combine(tickets, pages)
                                .as((ticket, most) -> new LedgerAction.Tokens(ticket, "", Optional.empty(), most)))
                .with(
                        LedgerAction.Trail.class,
                        Combinators.combine(tickets, pages)
                                .as((ticket, most) -> new LedgerAction.Trail(ticket, -1, most)))
                .with(
                        LedgerAction.Told.class,
                        Combinators.combine(Arbitraries.longs().between(0, inquiries), answers())
                                .as(LedgerAction.Told::new))
                .with(
                        LedgerAction.Failed.class,
                        Arbitraries.longs()
                                .between(0, inquiries)
                                .map(number -> new LedgerAction.Failed(number, "the disk is full")));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 100_000).of(LedgerAction.class);
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<Root> driver) {
        return asked.effect() instanceof LedgerEffect effect
                ? List.of(
                        new LedgerAction.Told(
                                effect.inquiry(), new LedgerAnswer.Verified(Head.NONE, Optional.empty(), true)),
                        new LedgerAction.Failed(effect.inquiry(), "the disk is full"))
                : List.of();
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(new Script<>("more is asked than may be", driver -> {
            for (int i = 0; i <= LedgerState.MOST; i++) {
                Ticket ticket = new Ticket(Ticket.API, i + 1);
                driver.dispatch(create(ticket));
                if (i == LedgerState.MOST) {
                    driver.dispatch(new LedgerAction.Revoke(ticket, "00ff"));
                    driver.dispatch(new LedgerAction.Tokens(ticket, "", Optional.empty(), 1));
                    driver.dispatch(new LedgerAction.Trail(ticket, 0, 1));
                    driver.dispatch(new LedgerAction.Verify(ticket));
                }
            }
        }));
    }
}
