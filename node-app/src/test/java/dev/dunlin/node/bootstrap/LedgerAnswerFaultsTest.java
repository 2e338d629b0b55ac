package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.ledger.LedgerAction;
import dev.dunlin.connection.bootstrap.ledger.LedgerEffect;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers of the ledger that the node does not take. Others are still told, and the ledger goes on. */
class LedgerAnswerFaultsTest {

    /**
     * As the runtime does with what has more than 16 MiB: a page of 1000 tokens whose requirements have 8192 letters beside ASCII. On a real node:
     * 1000 times {@code token create --requirements} with those, then {@code token list --most 1000}.
     */
    @Test
    void anAnswerThatIsNotTakenHarmsNoOther() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        Port port = new Port() {
            @Override
            public void answer(ActionId request, Action fact) {
                if (fact instanceof LedgerAction.Told told && told.inquiry() == 1) {
                    throw new IllegalArgumentException(
                            "an input of the type ledger/told takes more than 16777216 bytes");
                }
                if (fact instanceof LedgerAction.Told told && told.inquiry() == 2) {
                    second.countDown();
                }
            }

            @Override
            public <A extends Action & Action.EndsHandle> void ended(A fact) {}

            @Override
            public Offer offer(Action fact) {
                return Offer.TAKEN;
            }
        };
        Databases none = new Databases() {
            @Override
            public Optional<Tally> find(String redemption) {
                return Optional.empty();
            }

            @Override
            public void remove(String redemption) {}

            @Override
            public List<String> names(String after, int most) {
                return List.of();
            }
        };
        LedgerService service = new LedgerService(new MemoryLedger()::inTransaction, none, port, 1);
        service.carryOut(ActionId.NONE, new LedgerEffect.TokensInit(1, "", Optional.empty(), 1000));
        service.carryOut(ActionId.NONE, new LedgerEffect.TokensInit(2, "", Optional.empty(), 1));
        assertThat(second.await(5, TimeUnit.SECONDS)).isTrue();
    }
}
