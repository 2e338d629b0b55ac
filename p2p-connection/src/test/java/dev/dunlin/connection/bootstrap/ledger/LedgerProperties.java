package dev.dunlin.connection.bootstrap.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.ledger.Ledger.Decision;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of tokens and redemptions, whatever is asked in whatever order, and wherever it breaks off. */
class LedgerProperties {

    private static final Bytes TOKEN = Hashes.sha256("token");
    private static final long LEASE = 100;

    private MemoryLedger ledger = new MemoryLedger();
    private Map<String, Tally> made = new HashMap<>();
    private Map<RedemptionKey, String> answers = new HashMap<>();
    private long now = 1000;
    private int names;

    // All tries of a property have one object.
    private void anew() {
        ledger = new MemoryLedger();
        made = new HashMap<>();
        answers = new HashMap<>();
        now = 1000;
        names = 0;
    }

    private static PeerId peer(int number) {
        return PeerId.of(Multihash.identity(new byte[] {(byte) number}));
    }

    private static Token token(Optional<Integer> maxUses, long expires) {
        return new Token(
                TOKEN, Role.STOCK, maxUses, expires, "", Optional.empty(), false, "", 0, Optional.empty(), 0, 0, 0);
    }

    private static final class PowerLoss extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** One transaction; if it is lost, nothing of it is there. */
    private <T> Optional<T> once(boolean isLost, Function<Ledger, T> work) {
        try {
            return Optional.of(ledger.inTransaction(store -> {
                T result = work.apply(new Ledger(store, now));
                if (isLost) {
                    throw new PowerLoss();
                }
                return result;
            }));
        } catch (PowerLoss lost) {
            return Optional.empty();
        }
    }

    private Decision reserve(int peer, String key, boolean isLost) {
        return reserve(peer, key, isLost, true);
    }

    private Decision reserve(int peer, String key, boolean isLost, boolean hasPlace) {
        return once(
                        isLost,
                        own -> own.reserve(
                                new Ledger.Wish(TOKEN, peer(peer), key, "r" + ++names, names, now + LEASE, hasPlace)))
                .orElse(new Decision.Refused(Refusal.UNKNOWN));
    }

    /** No use is lost, none is had twice, and each is answered as before, to its own peer. */
    @Property(tries = 1000)
    void noUseIsLostOrHadTwice(@ForAll @IntRange(min = 0, max = 3) int most, @ForAll Random random) {
        anew();
        Optional<Integer> maxUses = most == 0 ? Optional.empty() : Optional.of(most);
        once(false, own -> own.create(token(maxUses, 5000)));
        for (int step = 0; step < 60; step++) {
            now += random.nextInt(100);
            boolean isLost = random.nextInt(5) == 0;
            String id = "r" + (1 + random.nextInt(Math.max(1, names)));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    String key = "key" + random.nextInt(2);
                    if (reserve(random.nextInt(4), key, isLost) instanceof Decision.Replayed replayed) {
                        Redemption redemption = replayed.redemption();
                        assertThat(redemption.tally()).contains(made.get(redemption.id()));
                    }
                }
                case 3 -> once(isLost, own -> own.provisioning(id, 0));
                case 4 -> {
                    Tally tally = new Tally("t" + step, Role.STOCK, "db:x", "");
                    once(isLost, own -> own.provisioned(id, 0, tally, now + LEASE))
                            .flatMap(Function.identity())
                            .ifPresent(redemption -> {
                                made.putIfAbsent(redemption.id(), tally);
                                // One key has one database, for ever.
                                String before = answers.putIfAbsent(redemption.key(), redemption.id());
                                assertThat(before == null || before.equals(redemption.id()))
                                        .isTrue();
                            });
                }
                case 5 -> once(isLost, own -> own.delivered(id, 0));
                case 6 -> once(isLost, own -> own.release(id, 0, "TIMEOUT", random.nextBoolean()));
                default -> once(isLost, own -> random.nextInt(10) == 0 ? own.revoke(TOKEN) : own.abandon(id));
            }
            assertRight(maxUses);
        }
        assertUnbroken();
    }

    private void assertRight(Optional<Integer> maxUses) {
        ledger.inTransaction(store -> {
            Token token = store.token(TOKEN).orElseThrow();
            int reserved = 0;
            int used = 0;
            for (Phase phase : Phase.values()) {
                List<Redemption> all = store.ended(phase, Long.MAX_VALUE, Integer.MAX_VALUE);
                reserved += phase.isReserved() ? all.size() : 0;
                used += phase.hasDatabase() ? all.size() : 0;
                assertThat(all).allMatch(one -> one.tally().isPresent() == phase.hasDatabase());
            }
            assertThat(token.reserved()).isEqualTo(reserved);
            assertThat(token.uses()).isEqualTo(used);
            assertThat(used + reserved).isLessThanOrEqualTo(maxUses.orElse(Integer.MAX_VALUE));
            return token;
        });
    }

    private void assertUnbroken() {
        Head head = Head.NONE;
        for (Entry entry : ledger.inTransaction(store -> store.entries(0, Integer.MAX_VALUE))) {
            assertThat(entry.isBehind(head)).isTrue();
            head = entry.head();
        }
    }

    /** A change of any entry, one that is left out, and two that have changed places, are seen. */
    @Property(tries = 200)
    void theTrailShowsWhatWasDoneToIt(@ForAll Random random) {
        noUseIsLostOrHadTwice(2, random);
        List<Entry> trail = ledger.inTransaction(store -> store.entries(0, Integer.MAX_VALUE));
        int place = random.nextInt(trail.size());
        Entry entry = trail.get(place);
        Event event = entry.event();
        Event changed = new Event(
                event.kind(),
                event.session() + 1,
                event.peer(),
                event.token(),
                event.redemption(),
                event.code(),
                event.detail(),
                event.count());
        Head before = place == 0 ? Head.NONE : trail.get(place - 1).head();
        assertThat(entry.isBehind(before)).isTrue();
        assertThat(new Entry(entry.number(), entry.at(), changed, entry.hash()).isBehind(before))
                .isFalse();
        assertThat(new Entry(entry.number(), entry.at() + 1, event, entry.hash()).isBehind(before))
                .isFalse();
        if (place + 1 < trail.size()) {
            assertThat(trail.get(place + 1).isBehind(before)).isFalse();
        }
    }

    @Example
    void aTokenThatIsUsedOnceIsAnsweredToItsPeerAndToNobodyElse() {
        once(false, own -> own.create(token(Optional.of(1), 5000)));
        Redemption redemption = ((Decision.Granted) reserve(1, "a", false)).redemption();
        assertThat(reserve(1, "b", false)).isInstanceOf(Decision.Running.class);
        assertThat(reserve(2, "a", false)).isEqualTo(new Decision.Refused(Refusal.USED));
        Tally tally = new Tally("t", Role.STOCK, "db:x", "");
        once(false, own -> own.provisioned(redemption.id(), 0, tally, 2000));
        now = 9000;
        assertThat(reserve(1, "c", false))
                .isInstanceOfSatisfying(
                        Decision.Replayed.class,
                        replayed -> assertThat(replayed.redemption().tally()).contains(tally));
        assertThat(reserve(2, "a", false)).isInstanceOf(Decision.Refused.class);
    }

    /** Nothing is held and nothing is written for who cannot get a database now; who has one is answered, and who may not have one is told so. */
    @Example
    void whereThereIsNoPlaceNothingIsHeld() {
        once(false, own -> own.create(token(Optional.of(2), 5000)));
        assertThat(reserve(1, "a", false, false)).isEqualTo(new Decision.NoPlace());
        List<Entry> trail = ledger.inTransaction(store -> store.entries(0, 10));
        assertThat(trail).hasSize(1);
        Optional<Token> token = ledger.inTransaction(store -> store.token(TOKEN));
        assertThat(token.orElseThrow().reserved()).isZero();
        Redemption redemption = ((Decision.Granted) reserve(1, "a", false)).redemption();
        assertThat(reserve(1, "a", false, false)).isInstanceOf(Decision.Running.class);
        once(false, own -> own.provisioned(redemption.id(), 0, new Tally("t", Role.STOCK, "db:x", ""), 2000));
        assertThat(reserve(1, "a", false, false)).isInstanceOf(Decision.Replayed.class);
        now = 6000;
        assertThat(reserve(2, "b", false, false)).isEqualTo(new Decision.Refused(Refusal.EXPIRED));
    }

    /** Also of one whose place its peer's next try has taken. */
    @Example
    void theTrailKnowsWhichDatabasesWereBegun() {
        once(false, own -> own.create(token(Optional.of(1), 5000)));
        Redemption first = ((Decision.Granted) reserve(1, "a", false)).redemption();
        assertThat(isBegun(first)).isFalse();
        once(false, own -> own.provisioning(first.id(), 0));
        once(false, own -> own.release(first.id(), 0, "INTERNAL", false));
        Redemption second = ((Decision.Granted) reserve(1, "a", false)).redemption();
        Optional<Redemption> kept = ledger.inTransaction(store -> store.redemption(first.id()));
        assertThat(kept).isEmpty();
        assertThat(isBegun(first)).isTrue();
        assertThat(isBegun(second)).isFalse();
    }

    private boolean isBegun(Redemption redemption) {
        return ledger.inTransaction(store -> store.isBegun(redemption.id()));
    }

    @Example
    void whatIsNotTakenIsToldInTheTrailAndToNobodyElse() {
        once(false, own -> own.create(token(Optional.of(1), 5000)));
        now = 5000;
        assertThat(reserve(1, "", false)).isEqualTo(new Decision.Refused(Refusal.EXPIRED));
        now = 10;
        once(false, own -> own.revoke(TOKEN));
        assertThat(reserve(1, "", false)).isEqualTo(new Decision.Refused(Refusal.REVOKED));
        List<Entry> trail = ledger.inTransaction(store -> store.entries(0, 10));
        assertThat(trail)
                .extracting(entry -> entry.event().kind() + " " + entry.event().detail())
                .containsExactly("created ", "refused expired", "revoked ", "refused revoked");
    }

    /** An identity that is not enough leaves the token as it was, five times. */
    @Example
    void aTokenForOneUseHasFiveTries() {
        once(false, own -> own.create(token(Optional.of(1), 5000)));
        for (int i = 0; i < Token.MOST_REJECTIONS; i++) {
            Redemption redemption = ((Decision.Granted) reserve(i % 2, "", false)).redemption();
            once(false, own -> own.release(redemption.id(), 0, "IDENTITY_INSUFFICIENT", true));
        }
        assertThat(reserve(1, "", false)).isEqualTo(new Decision.Refused(Refusal.REVOKED));
        Optional<Token> spent = ledger.inTransaction(store -> store.token(TOKEN));
        assertThat(spent.orElseThrow().isSpent()).isTrue();
        List<Entry> trail = ledger.inTransaction(store -> store.entries(0, 100));
        assertThat(trail.stream().map(entry -> entry.event().kind()).filter("spent"::equals))
                .hasSize(1);
    }

    @Example
    void aTokenThatSomebodyHasRevokedIsNotSpent() {
        once(false, own -> own.create(token(Optional.of(1), 5000)));
        Redemption redemption = ((Decision.Granted) reserve(1, "", false)).redemption();
        once(false, own -> own.release(redemption.id(), 0, "IDENTITY_INSUFFICIENT", true));
        once(false, own -> own.revoke(TOKEN));
        Optional<Token> revoked = ledger.inTransaction(store -> store.token(TOKEN));
        assertThat(revoked.orElseThrow().isSpent()).isFalse();
    }
}
