package dev.dunlin.connection.bootstrap.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.core.state.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger says to those who operate a node. */
class LedgerEffectsTest {

    private static final String ONE = "00" + "11".repeat(31);
    private static final String OTHER = "00" + "22".repeat(31);
    private static final String LAST = "ff".repeat(32);

    private final MemoryLedger ledger = new MemoryLedger();

    private static Token token(String digits) {
        return new Token(
                Bytes.of(HexFormat.of().parseHex(digits)),
                Role.STOCK,
                Optional.of(1),
                Long.MAX_VALUE,
                "",
                Optional.empty(),
                false,
                "",
                5,
                Optional.empty(),
                0,
                0,
                0);
    }

    private <A extends LedgerAnswer> A say(LedgerEffect effect, Class<A> kind) {
        return ledger.inTransaction(store -> kind.cast(LedgerEffects.answer(effect, store)));
    }

    @BeforeEach
    void tokens() {
        for (String each : List.of(LAST, OTHER, ONE)) {
            say(new LedgerEffect.CreateInit(1, token(each)), LedgerAnswer.Created.class);
        }
    }

    @Test
    void aTokenIsMadeOnce() {
        assertThat(say(new LedgerEffect.CreateInit(1, token("33".repeat(32))), LedgerAnswer.Created.class)
                        .isNew())
                .isTrue();
        say(new LedgerEffect.RevokeInit(1, ONE, 7), LedgerAnswer.Revoked.class);
        LedgerAnswer.Created again = say(new LedgerEffect.CreateInit(1, token(ONE)), LedgerAnswer.Created.class);
        assertThat(again.isNew()).isFalse();
        assertThat(again.token().revoked()).contains(7L);
    }

    @Test
    void tokensAreToldInPagesAndByTheirFirstDigits() {
        assertThat(digits("", Optional.empty(), 2)).containsExactly(ONE, OTHER);
        assertThat(digits("", Optional.of(OTHER), 2)).containsExactly(LAST);
        assertThat(digits("0", Optional.empty(), 9)).containsExactly(ONE, OTHER);
        assertThat(digits("0022", Optional.empty(), 9)).containsExactly(OTHER);
        assertThat(digits("00", Optional.of(ONE), 9)).containsExactly(OTHER);
        assertThat(digits("ffff", Optional.empty(), 9)).containsExactly(LAST);
        assertThat(digits("77", Optional.empty(), 9)).isEmpty();
    }

    @Test
    void whetherThereAreMoreIsTold() {
        assertThat(say(new LedgerEffect.TokensInit(1, "", Optional.empty(), 3), LedgerAnswer.Page.class)
                        .isAll())
                .isTrue();
        assertThat(say(new LedgerEffect.TokensInit(1, "", Optional.empty(), 2), LedgerAnswer.Page.class)
                        .isAll())
                .isFalse();
    }

    private List<String> digits(String begin, Optional<String> after, int most) {
        Optional<Bytes> behind = after.map(digits -> Bytes.of(HexFormat.of().parseHex(digits)));
        return say(new LedgerEffect.TokensInit(1, begin, behind, most), LedgerAnswer.Page.class).tokens().stream()
                .map(token -> HexFormat.of().formatHex(token.hash().toArray()))
                .toList();
    }

    @Test
    void oneIsRevokedByAsManyDigitsAsNoOtherHas() {
        assertThat(say(new LedgerEffect.RevokeInit(1, "00", 7), LedgerAnswer.Revoked.class))
                .isEqualTo(new LedgerAnswer.Revoked(Optional.empty(), false));
        assertThat(say(new LedgerEffect.RevokeInit(1, "77", 7), LedgerAnswer.Revoked.class))
                .isEqualTo(new LedgerAnswer.Revoked(Optional.empty(), true));
        assertThat(say(new LedgerEffect.RevokeInit(1, "0011", 7), LedgerAnswer.Revoked.class)
                        .token())
                .hasValueSatisfying(token -> assertThat(token.revoked()).contains(7L));
        assertThat(say(new LedgerEffect.TokensInit(1, "0022", Optional.empty(), 1), LedgerAnswer.Page.class)
                        .tokens()
                        .getFirst()
                        .revoked())
                .isEmpty();
    }

    @Test
    void theTrailIsToldFromItsEndOrBehindANumber() {
        assertThat(numbers(-1, 2)).containsExactly(2L, 3L);
        assertThat(numbers(-1, 9)).containsExactly(1L, 2L, 3L);
        assertThat(numbers(1, 1)).containsExactly(2L);
        assertThat(numbers(3, 9)).isEmpty();
    }

    private List<Long> numbers(long after, int most) {
        return say(new LedgerEffect.TrailInit(1, after, most), LedgerAnswer.Entries.class).entries().stream()
                .map(Entry::number)
                .toList();
    }

    @Test
    void aTrailThatIsAsItWasWrittenIsWhole() {
        LedgerAnswer.Verified verified = say(new LedgerEffect.VerifyInit(1, Head.NONE), LedgerAnswer.Verified.class);
        assertThat(verified.problem()).isEmpty();
        assertThat(verified.isEnd()).isTrue();
        assertThat(verified.head().number()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anEntryThatIsMissingOrChangedIsSeen(int which) {
        List<Entry> entries = ledger.inTransaction(store -> store.entries(0, 9));
        List<Entry> missing = new ArrayList<>(entries);
        missing.remove(which);
        List<Entry> changed = new ArrayList<>(entries);
        Entry old = entries.get(which);
        changed.set(
                which, new Entry(old.number(), old.at(), new Event("revoked", 0, "", "", "", "", "", 1), old.hash()));
        // Of the last one that is missing nothing can be seen: that is why the hash of the last is told.
        assertThat(verify(missing).problem().isPresent()).isEqualTo(which < 2);
        assertThat(verify(changed).problem()).contains("entry " + (which + 1) + " is not what was written");
        assertThat(verify(changed).head().number()).isEqualTo(which);
    }

    private static LedgerAnswer.Verified verify(List<Entry> entries) {
        MemoryLedger copy = new MemoryLedger();
        return copy.inTransaction(store -> {
            entries.forEach(store::append);
            return (LedgerAnswer.Verified) LedgerEffects.answer(new LedgerEffect.VerifyInit(1, Head.NONE), store);
        });
    }
}
