package dev.dunlin.dht.record;

import static dev.dunlin.dht.record.Shelf.HOUR;
import static dev.dunlin.dht.record.Shelf.content;
import static dev.dunlin.dht.record.Shelf.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing grows without a bound, one peer takes no more than its share, and floods push nobody out who is there. */
class RecordsBoundsTest {

    // Values

    @Test
    void aValueIsNotTooLong() {
        Shelf shelf = Shelf.with("maxValueSize", "10");
        assertThat(shelf.put(1, Marked.key(1), Marked.value(1, 0, 10))).isTrue();
        assertThat(shelf.refused(shelf.put(1, Marked.key(2), Marked.value(1, 0, 11))))
                .isEqualTo(Refusal.LONG_VALUE);
        Shelf standard = Shelf.with();
        assertThat(standard.put(1, Marked.key(1), Marked.value(1, 0, 65_536))).isTrue();
        assertThat(standard.put(1, Marked.key(2), Marked.value(1, 0, 65_537))).isFalse();
    }

    @Test
    void fullOfFreshValuesNewOnesAreRefusedAndOldOnesAreKept() {
        Shelf shelf = Shelf.with("maxValues", "2");
        assertThat(shelf.put(1, Marked.key(1), Marked.value(1))).isTrue();
        assertThat(shelf.put(1, Marked.key(2), Marked.value(1))).isTrue();
        assertThat(shelf.refused(shelf.put(1, Marked.key(3), Marked.value(1)))).isEqualTo(Refusal.VALUES_FULL);
        assertThat(shelf.put(1, Marked.key(1), Marked.value(2)))
                .as("in its place")
                .isTrue();
        assertThat(shelf.value(Marked.key(2))).isPresent();
        assertThat(shelf.state().tally().refused().at(Refusal.VALUES_FULL)).isEqualTo(1);
    }

    @Test
    void whatWasNotStoredAgainForADayMakesRoom() {
        Shelf shelf = Shelf.with("maxValues", "2");
        shelf.put(1, Marked.key(1), Marked.value(1));
        shelf.put(1, Marked.key(2), Marked.value(1));
        shelf.driver().advanceBy(12 * HOUR);
        shelf.put(1, Marked.key(1), Marked.value(1));
        shelf.driver().advanceBy(12 * HOUR - 1);
        assertThat(shelf.put(2, Marked.key(3), Marked.value(1))).isFalse();
        shelf.driver().advanceBy(1);
        assertThat(shelf.put(2, Marked.key(3), Marked.value(1))).isTrue();
        assertThat(shelf.value(Marked.key(1))).isPresent();
        assertThat(shelf.value(Marked.key(2))).isEmpty();
        assertThat(shelf.put(2, Marked.key(4), Marked.value(1))).isFalse();
        assertThat(shelf.state().tally().displaced().at(RecordKind.VALUES)).isEqualTo(1);
        assertThat(shelf.driver().actions(RecordsAction.Displaced.class))
                .containsExactly(new RecordsAction.Displaced(RecordKind.VALUES, 1));
    }

    @Test
    void allValuesHaveSoManyBytes() {
        int key = Marked.key(1).size();
        Shelf shelf = Shelf.with("maxValueBytes", Integer.toString(2 * key + 20));
        assertThat(shelf.put(1, Marked.key(1), Marked.value(1, 0, 10))).isTrue();
        assertThat(shelf.put(1, Marked.key(2), Marked.value(1, 0, 10))).isTrue();
        assertThat(shelf.state().values().bytes()).isEqualTo(2 * key + 20);
        assertThat(shelf.refused(shelf.put(1, Marked.key(2), Marked.value(2, 0, 11))))
                .isEqualTo(Refusal.VALUE_BYTES_FULL);
        assertThat(shelf.put(1, Marked.key(2), Marked.value(2, 0, 9))).isTrue();
    }

    @Test
    void oneLongValueTakesThePlaceOfSomeOldOnesAndNotOfMany() {
        Shelf shelf = Shelf.with("maxValueBytes", "200", "maxValueSize", "190");
        for (int i = 0; i < 20; i++) {
            assertThat(shelf.put(1, Marked.key(i % 10 + 10 * (i / 10)), Marked.value(1, 0, 2)))
                    .isTrue();
        }
        shelf.driver().advanceBy(25 * HOUR);
        assertThat(shelf.refused(shelf.put(1, Marked.key(50), Marked.value(1, 0, 190))))
                .isEqualTo(Refusal.VALUE_BYTES_FULL);
        assertThat(shelf.state().values().held().size())
                .as("all are there still")
                .isEqualTo(20);
        assertThat(shelf.put(1, Marked.key(50), Marked.value(1, 0, 50))).isTrue();
        assertThat(shelf.state().values().bytes()).isBetween(150L, 200L);
    }

    @Test
    void aPeerHasItsShareOfValues() {
        Shelf shelf = Shelf.with("maxValuesOfPeer", "2");
        shelf.put(1, Marked.key(1), Marked.value(1));
        shelf.put(1, Marked.key(2), Marked.value(1));
        assertThat(shelf.refused(shelf.put(1, Marked.key(3), Marked.value(1)))).isEqualTo(Refusal.VALUES_OF_PEER);
        assertThat(shelf.put(1, Marked.key(2), Marked.value(2))).isTrue();
        assertThat(shelf.put(2, Marked.key(3), Marked.value(1))).isTrue();
        assertThat(shelf.put(1, Marked.key(3), Marked.value(1)))
                .as("what is there already takes nobody's place")
                .isTrue();
        assertThat(shelf.put(2, Marked.key(1), Marked.value(2)))
                .as("and is his from now on")
                .isTrue();
        assertThat(shelf.state().values().shares().at(peer(1)).values()).isEqualTo(1);
        assertThat(shelf.state().values().shares().at(peer(2)).values()).isEqualTo(2);
    }

    @Test
    void aPeerHasItsShareOfBytes() {
        int key = Marked.key(1).size();
        Shelf shelf = Shelf.with("maxValueBytesOfPeer", Integer.toString(2 * key + 20));
        shelf.put(1, Marked.key(1), Marked.value(1, 0, 10));
        assertThat(shelf.refused(shelf.put(1, Marked.key(2), Marked.value(1, 0, 11))))
                .isEqualTo(Refusal.VALUE_BYTES_OF_PEER);
        assertThat(shelf.put(1, Marked.key(2), Marked.value(1, 0, 10))).isTrue();
        assertThat(shelf.put(2, Marked.key(3), Marked.value(1, 0, 11))).isTrue();
    }

    @Test
    void aFloodOfValuesOfOnePeerLeavesRoomForOthers() {
        Shelf shelf = Shelf.with("maxValues", "100", "maxValuesOfPeer", "10");
        for (int i = 0; i < 1000; i++) {
            shelf.put(1, Marked.key(i), Marked.value(1));
        }
        assertThat(shelf.state().values().held().size()).isEqualTo(10);
        assertThat(shelf.put(2, Marked.key(5000), Marked.value(1))).isTrue();
        assertThat(shelf.state().tally().refused().at(Refusal.VALUES_OF_PEER)).isEqualTo(990);
    }

    // Provider records

    @Test
    void onlySoManyKeysHaveProviders() {
        Shelf shelf = Shelf.with("maxProviderKeys", "2");
        assertThat(shelf.provide(1, content(1))).isTrue();
        assertThat(shelf.provide(1, content(2))).isTrue();
        assertThat(shelf.refused(shelf.provide(1, content(3)))).isEqualTo(Refusal.PROVIDER_KEYS_FULL);
        assertThat(shelf.provide(2, content(2))).isTrue();
        shelf.driver().advanceBy(24 * HOUR);
        shelf.provide(2, content(2));
        assertThat(shelf.provide(3, content(3)))
                .as("in place of the key that was not told of for a day")
                .isTrue();
        assertThat(shelf.who(content(1))).isEmpty();
        assertThat(shelf.who(content(2))).contains(peer(2));
        assertThat(shelf.provide(3, content(4)))
                .as("since the key of two has a fresh provider")
                .isFalse();
    }

    @Test
    void thereAreOnlySoManyProviderRecords() {
        Shelf shelf = Shelf.with("maxProviders", "3");
        shelf.provide(1, content(1));
        shelf.provide(2, content(1));
        shelf.provide(1, content(2));
        assertThat(shelf.refused(shelf.provide(3, content(1)))).isEqualTo(Refusal.PROVIDERS_FULL);
        assertThat(shelf.provide(2, content(1)))
                .as("what is there needs no room")
                .isTrue();
        shelf.driver().advanceBy(24 * HOUR);
        assertThat(shelf.provide(3, content(1))).isTrue();
        assertThat(shelf.who(content(1))).containsExactly(peer(3), peer(2));
        assertThat(shelf.state().tally().displaced().at(RecordKind.PROVIDERS)).isEqualTo(1);
    }

    /** A hot key: go-libp2p-kad-dht#316. */
    @Test
    void aFloodOfProvidersOfOneKeyPushesNobodyOut() {
        Shelf shelf = Shelf.with("maxProvidersOfKey", "10", "maxProvidersTold", "10");
        for (int i = 0; i < 5; i++) {
            shelf.provide(i, content(1));
        }
        for (int i = 100; i < 1100; i++) {
            shelf.provide(i, content(1));
        }
        assertThat(shelf.who(content(1))).hasSize(10).contains(peer(0), peer(1), peer(2), peer(3), peer(4));
        assertThat(shelf.state().tally().refused().at(Refusal.PROVIDERS_OF_KEY)).isEqualTo(995);
        assertThat(shelf.provide(7, content(2))).as("and no other key notices").isTrue();
    }

    @Test
    void whoDoesNotTellAgainMakesRoomInAHotKey() {
        Shelf shelf = Shelf.with("maxProvidersOfKey", "3");
        for (int i = 1; i <= 3; i++) {
            shelf.provide(i, content(1));
        }
        shelf.driver().advanceBy(22 * HOUR);
        shelf.provide(1, content(1));
        shelf.provide(3, content(1));
        shelf.driver().advanceBy(2 * HOUR);
        assertThat(shelf.provide(4, content(1))).isTrue();
        assertThat(shelf.provide(5, content(1))).isFalse();
        assertThat(shelf.who(content(1))).containsExactlyInAnyOrder(peer(1), peer(3), peer(4));
    }

    @Test
    void aPeerHasItsShareOfProviderRecords() {
        Shelf shelf = Shelf.with("maxProvidersOfPeer", "2");
        shelf.provide(1, content(1));
        shelf.provide(1, content(2));
        assertThat(shelf.refused(shelf.provide(1, content(3)))).isEqualTo(Refusal.PROVIDERS_OF_PEER);
        assertThat(shelf.provide(1, content(2))).isTrue();
        assertThat(shelf.provide(2, content(3))).isTrue();
        shelf.driver().advanceBy(48 * HOUR);
        assertThat(shelf.provide(1, content(3))).as("its share is free again").isTrue();
    }

    @Test
    void aLoweredBoundTakesNothingAwayAndNothingMoreIn() {
        Shelf shelf = Shelf.with();
        for (int i = 0; i < 10; i++) {
            shelf.put(1, Marked.key(i), Marked.value(1));
            shelf.provide(1, content(i));
        }
        shelf.configure("maxValues", 5);
        shelf.configure("maxProviderKeys", 5);
        assertThat(shelf.state().values().held().size()).isEqualTo(10);
        assertThat(shelf.state().providers().keys().size()).isEqualTo(10);
        assertThat(shelf.put(1, Marked.key(20), Marked.value(1))).isFalse();
        assertThat(shelf.provide(1, content(20))).isFalse();
        assertThat(shelf.put(1, Marked.key(1), Marked.value(2)))
                .as("not even in place of another")
                .isFalse();
        assertThat(shelf.put(1, Marked.key(1), Marked.value(1))).as("as it is").isTrue();
    }

    @Test
    void aShorterAgeHoldsAtOnce() {
        Shelf shelf = Shelf.with();
        shelf.put(1, Marked.key(1), Marked.value(1));
        shelf.provide(1, content(1));
        shelf.driver().advanceBy(2 * HOUR);
        shelf.configure("valueAge", HOUR);
        shelf.configure("providerAge", HOUR);
        assertThat(shelf.value(Marked.key(1))).isEmpty();
        assertThat(shelf.who(content(1))).isEmpty();
        shelf.driver().advanceBy(1);
        assertThat(shelf.state().values().held().isEmpty()).isTrue();
        assertThat(shelf.state().providers().keys().isEmpty()).isTrue();
    }

    @Test
    void aKeyThatManyProvidedMakesRoomWhole() {
        Shelf shelf = Shelf.with("maxProviderKeys", "1");
        for (int i = 0; i < 100; i++) {
            shelf.provide(i, content(1));
        }
        shelf.driver().advanceBy(25 * HOUR);
        assertThat(shelf.provide(1, content(2))).isTrue();
        assertThat(shelf.state().providers().records()).isEqualTo(1);
        assertThat(shelf.state().tally().displaced().at(RecordKind.PROVIDERS)).isEqualTo(100);
    }

    /** Keys that are told of again have old providers beside fresh ones, and may be those that came first. */
    @Test
    void behindManyKeysWithFreshProvidersOneWithoutMakesRoom() {
        Shelf shelf = Shelf.with("maxProviderKeys", "41");
        for (int i = 0; i <= 40; i++) {
            shelf.provide(1, content(i));
        }
        shelf.driver().advanceBy(23 * HOUR);
        for (int i = 0; i < 40; i++) {
            shelf.provide(2, content(i));
        }
        shelf.driver().advanceBy(2 * HOUR);
        assertThat(shelf.refused(shelf.provide(3, content(50)))).isEqualTo(Refusal.PROVIDER_KEYS_FULL);
        assertThat(shelf.state().tally().displaced().at(RecordKind.PROVIDERS)).isEqualTo(Room.MOST_TRIES);
        assertThat(shelf.provide(3, content(50))).isFalse();
        assertThat(shelf.provide(3, content(50))).isTrue();
        assertThat(shelf.who(content(40))).isEmpty();
        assertThat(shelf.who(content(0))).containsExactly(peer(2));
    }

    /** Many that expire at once are dropped in steps, with room for others between them. */
    @Test
    void manyExpireInSteps() {
        Shelf shelf = Shelf.with();
        for (int i = 0; i < 1000; i++) {
            shelf.provide(1, content(i));
        }
        int before = shelf.driver().turns().size();
        shelf.driver().oversleepTo(shelf.driver().now() + 49 * HOUR);
        List<Turn> steps =
                shelf.driver().turns().subList(before, shelf.driver().turns().size());
        assertThat(steps).hasSize(1);
        shelf.driver().advanceBy(14_000);
        assertThat(shelf.state().providers().keys().size()).isEqualTo(1000 - 15 * 64);
        shelf.driver().advanceBy(1_000);
        assertThat(shelf.state().providers().keys().isEmpty()).isTrue();
        assertThat(shelf.state().expiries().isEmpty()).isTrue();
        assertThat(shelf.state().tally().expired().at(RecordKind.PROVIDERS)).isEqualTo(1000);
        assertThat(shelf.driver().actions(RecordsAction.Expired.class))
                .hasSize(16)
                .allSatisfy(fact -> assertThat(fact.records()).isLessThanOrEqualTo(64));
    }

    /** The many that one key has go at once. */
    @Test
    void aHotKeyExpiresWhole() {
        Shelf shelf = Shelf.with();
        for (int i = 0; i < 100; i++) {
            shelf.provide(i, content(1));
        }
        shelf.driver().advanceBy(49 * HOUR);
        assertThat(shelf.state().providers().peers().isEmpty()).isTrue();
        assertThat(shelf.state().tally().expired().at(RecordKind.PROVIDERS)).isEqualTo(100);
    }

    @Test
    void oneObjectStandsForAPeerInAllItsRecords() {
        Shelf shelf = Shelf.with();
        shelf.provide(1, content(1));
        shelf.provide(1, content(2));
        Bytes first = content(1);
        assertThat(shelf.state().providers().of(first).oldest().peer())
                .isSameAs(shelf.state().providers().of(content(2)).oldest().peer());
    }
}
