package dev.dunlin.dht.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept published is told to the right nodes, in time, and over restarts. */
final class PublishMachineTest {

    private static final int K = 20;
    private static final long INTERVAL = 22 * Island.HOUR;
    private static final long VALUE_INTERVAL = 12 * Island.HOUR;
    private static final Ticket TICKET = new Ticket(Ticket.API, 1);

    private static Bytes content(int number) {
        return Bytes.of(Multihash.sha256(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array())
                .toBytes());
    }

    private static List<Bytes> contents(int count) {
        return IntStream.range(0, count).mapToObj(PublishMachineTest::content).toList();
    }

    private static Table<String, String> keys(int most) {
        return Table.of("publish.maxKeys", Integer.toString(most));
    }

    private static List<PeerId> nearest(Island island, Bytes content) {
        Key key = Key.ofPreimage(content);
        List<Contact> sorted = new ArrayList<>(Objects.requireNonNull(island.nodes.get(Network.WIDE)));
        sorted.sort((one, other) -> key.compareDistances(one.key(), other.key()));
        return sorted.stream().limit(K).map(Contact::peer).toList();
    }

    private static Map<PeerId, List<Long>> told(Island island, Bytes content) {
        return Objects.requireNonNull(island.told.get(content));
    }

    private static void isToldToItsNearest(Island island, List<Bytes> contents) {
        for (Bytes content : contents) {
            assertThat(told(island, content).keySet()).containsExactlyInAnyOrderElementsOf(nearest(island, content));
            assertThat(island.state().isPublished(content)).isTrue();
        }
    }

    @Test
    void manyKeysAreToldToTheirNearestWithFewLookups() {
        Island island = new Island(500, keys(20_000));
        island.keep(contents(2_000));
        assertThat(island.state().keys()).isEqualTo(2_000);
        assertThat(island.state().waiting()).isEqualTo(2_000);
        island.runBy(10 * Island.SECOND);
        isToldToItsNearest(island, contents(2_000));
        assertThat(island.state().waiting()).isZero();
        assertThat(island.lookups).isLessThan(100);
        assertThat(island.state().counts().lookups()).isEqualTo(island.lookups);
        assertThat(island.state().counts().stored()).isEqualTo(2_000 * K);
        assertThat(island.mostAsks).isEqualTo(16);
        for (Bytes content : contents(2_000)) {
            told(island, content).values().forEach(times -> assertThat(times).hasSize(1));
        }
    }

    /** Where keys are rare each is looked for itself, and no more is. */
    @Test
    void fewKeysTakeNoMoreLookupsThanThereAreKeys() {
        Island island = new Island(2_000, keys(100));
        island.keep(contents(5));
        island.runBy(10 * Island.SECOND);
        isToldToItsNearest(island, contents(5));
        assertThat(island.lookups).isEqualTo(5);
    }

    @Test
    void inASmallNetworkAllAreToldOfAll() {
        Island island = new Island(7, keys(1_000));
        island.keep(contents(600));
        island.runBy(10 * Island.SECOND);
        isToldToItsNearest(island, contents(600));
        assertThat(island.lookups).isEqualTo(1);
        assertThat(island.state().counts().sweeps()).isEqualTo(1);
    }

    /** Each key is told again in each interval, and at no time are all told at once. */
    @Test
    void eachKeyIsToldAgainInEachInterval() {
        Island island = new Island(300, keys(1_000));
        island.keep(contents(1_000));
        long begin = island.driver.now();
        island.runBy(10 * INTERVAL);
        int[] byHour = new int[(int) (10 * INTERVAL / Island.HOUR) + 1];
        for (Bytes content : contents(1_000)) {
            for (List<Long> times : told(island, content).values()) {
                assertThat(times).hasSizeBetween(10, 12);
                long last = begin;
                for (long time : times) {
                    assertThat(time - last).isLessThanOrEqualTo(INTERVAL + Island.HOUR);
                    byHour[(int) ((time - begin) / Island.HOUR)]++;
                    last = time;
                }
            }
        }
        // The nodes of a region are told together, of which there are some 10 here: in an hour of 22 no more than two
        // of them.
        for (int hour = 1; hour < byHour.length; hour++) {
            assertThat(byHour[hour]).isLessThan(1_000 * K / 3);
        }
    }

    /** What is kept survives a boot, and is told in time also if the node was off while it was to be. */
    @Test
    void nothingKeptIsForgottenByABoot() {
        Island island = new Island(100, keys(1_000));
        island.keep(contents(300));
        island.say(new PublishAction.KeepValue(TICKET, value(1, 1)));
        island.boot();
        assertThat(island.state().keys()).isEqualTo(300);
        assertThat(island.state().valueCount()).isEqualTo(1);
        island.runBy(10 * Island.SECOND);
        isToldToItsNearest(island, contents(300));
        long told = island.driver.now();
        island.runTo(told + INTERVAL / 3);
        // The node is off for a day, in which its own time stands still.
        island.boot(24 * Island.HOUR);
        island.runBy(Island.SECOND);
        for (Bytes content : contents(300)) {
            told(island, content)
                    .values()
                    .forEach(times -> assertThat(times.getLast()).isGreaterThan(told));
        }
        assertThat(Objects.requireNonNull(island.values.get(value(1, 1).value())))
                .hasSize(2);
    }

    /** A sweep that a boot has ended begins again where its last batch was. */
    @Test
    void aBootInTheMidstOfASweepLosesNothing() {
        Island island = new Island(30, keys(5_000));
        island.keep(contents(2_000));
        island.driver.advanceBy(4 * Island.SECOND);
        assertThat(island.state().sweep()).isPresent();
        island.boot();
        assertThat(island.state().sweep()).isEmpty();
        island.runBy(10 * Island.SECOND);
        isToldToItsNearest(island, contents(2_000));
    }

    @Test
    void whatIsKeptIsBounded() {
        Island island = new Island(30, keys(10));
        island.keep(contents(10));
        assertThat(refused(island, new PublishAction.Keep(TICKET, List.of(content(10)))))
                .isEqualTo("keys-not-full");
        // The same again is never too much.
        assertThat(refused(island, new PublishAction.Keep(TICKET, contents(10))))
                .isEmpty();
        island.say(new PublishAction.Forget(TICKET, contents(1)));
        assertThat(refused(island, new PublishAction.Keep(TICKET, contents(11))))
                .isEqualTo("keys-not-full");
        assertThat(refused(island, new PublishAction.Keep(TICKET, List.of(content(10)))))
                .isEmpty();
        assertThat(island.state().keys()).isEqualTo(10);
        assertThatThrownBy(() -> new PublishAction.Keep(TICKET, contents(1_001)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(refused(island, new PublishAction.Keep(TICKET, List.of(Bytes.EMPTY))))
                .isEqualTo("keys-have-a-length");
        assertThat(refused(island, new PublishAction.Keep(TICKET, List.of(Bytes.of(new byte[81])))))
                .isEqualTo("keys-have-a-length");
    }

    private static String refused(Island island, PublishAction action) {
        int before = island.driver.rejections().size();
        island.say(action);
        return island.driver.rejections().size() == before
                ? ""
                : island.driver.rejections().getLast().clause();
    }

    @Test
    void valuesAreBounded() {
        Island island = new Island(30, Table.of("publish.maxValues", "2"));
        assertThat(refused(island, new PublishAction.KeepValue(TICKET, value(1, 1))))
                .isEmpty();
        assertThat(refused(island, new PublishAction.KeepValue(TICKET, value(2, 1))))
                .isEmpty();
        assertThat(refused(island, new PublishAction.KeepValue(TICKET, value(3, 1))))
                .isEqualTo("values-not-full");
        assertThat(refused(island, new PublishAction.KeepValue(TICKET, value(2, 2))))
                .isEmpty();
        assertThat(refused(
                        island,
                        new PublishAction.ForgetValue(TICKET, value(3, 1).key())))
                .isEqualTo("value-is-kept");
        assertThat(refused(island, new PublishAction.KeepValue(TICKET, ValueRecord.of(AnyValue.key("1"), Bytes.EMPTY))))
                .isEqualTo("value-is-valid");
        assertThat(island.state().valueCount()).isEqualTo(2);
    }

    private static ValueRecord value(int key, int value) {
        return ValueRecord.of(AnyValue.key("key " + key), Bytes.of((byte) key, (byte) value));
    }

    @Test
    void whatIsForgottenIsToldNoMore() {
        Island island = new Island(30, keys(100));
        island.keep(contents(20));
        island.runBy(10 * Island.SECOND);
        island.say(new PublishAction.Forget(TICKET, contents(10)));
        assertThat(island.state().isKept(content(3))).isFalse();
        assertThat(island.state().isKept(content(13))).isTrue();
        island.told.clear();
        island.runBy(2 * INTERVAL);
        assertThat(island.told.keySet())
                .containsExactlyInAnyOrderElementsOf(contents(20).subList(10, 20));
        island.say(new PublishAction.Forget(TICKET, contents(20)));
        assertThat(island.state().keys()).isZero();
        assertThat(island.driver.store().nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    /** What too few have stored is tried again, after longer and longer. */
    @Test
    void whatTooFewHaveStoredIsTriedAgain() {
        Island island = new Island(20, keys(100));
        for (int node = 1; node <= 11; node++) {
            island.down.add(Contacts.contact(node).peer());
        }
        island.keep(contents(10));
        island.runBy(10 * Island.SECOND);
        assertThat(island.state().waiting()).isEqualTo(10);
        assertThat(island.state().counts().scarce()).isEqualTo(10);
        island.runBy(10 * Island.HOUR);
        List<Long> times = told(island, content(1)).values().iterator().next();
        assertThat(times).hasSizeBetween(8, 14);
        island.down.remove(Contacts.contact(1).peer());
        island.runBy(INTERVAL);
        assertThat(island.state().waiting()).isZero();
    }

    /** As where adversaries name nodes that are not there. */
    @Test
    void aRegionOfWhichNothingIsToBeHadKeepsNoOtherFromItsTurn() {
        Island island = new Island(500, keys(100));
        Key lost = Key.ofPreimage(content(0));
        island.unsearchable = key -> key.commonPrefix(lost) >= 4;
        island.keep(contents(60));
        island.runBy(INTERVAL);
        island.keep(List.of(content(60)));
        island.runBy(2 * INTERVAL);
        List<Bytes> others = IntStream.rangeClosed(0, 60)
                .mapToObj(PublishMachineTest::content)
                .filter(content -> !island.unsearchable.test(Key.ofPreimage(content)))
                .toList();
        assertThat(others).hasSizeBetween(40, 60);
        for (Bytes content : others) {
            List<Long> times = told(island, content).values().iterator().next();
            assertThat(times).as("%s", content).hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(island.state().counts().abandoned()).isPositive();
        island.unsearchable = key -> false;
        island.runBy(INTERVAL);
        assertThat(island.told).containsKey(content(0));
    }

    /** Where nobody is known nothing is lost, and it is tried again. */
    @Test
    void whatNobodyCanBeToldWaits() {
        Island island = new Island(0, keys(100));
        island.keep(contents(10));
        island.runBy(Island.HOUR);
        assertThat(island.told).isEmpty();
        assertThat(island.lookups).isZero();
        assertThat(island.state().counts().abandoned()).isBetween(50L, 70L);
        island.nodes.put(Network.WIDE, List.of(Contacts.contact(1), Contacts.contact(2)));
        island.runBy(2 * 60 * Island.SECOND);
        isToldToItsNearest(island, contents(10));
    }

    /** In the local network if this node knows nobody in the internet's. */
    @Test
    void theInternetsNetworkComesFirst() {
        Island island = new Island(0, keys(100).with("routing.addresses", "any"));
        island.nodes.put(Network.LOCAL, List.of(Contacts.contact(1)));
        island.keep(contents(10));
        island.runBy(10 * Island.SECOND);
        assertThat(island.protocols).containsExactly(Network.LOCAL.protocol());
        island.nodes.put(Network.WIDE, List.of(Contacts.contact(2)));
        island.protocols.clear();
        island.runBy(INTERVAL + 10 * Island.SECOND);
        assertThat(island.protocols).containsExactly(Network.WIDE.protocol());
    }

    /** Who has no address is not told of: nobody would store it. */
    @Test
    void withoutAnAddressNothingIsTold() {
        Island island = new Island(10, keys(100));
        island.say(new IdentifyAction.AddressesUnbound(new Handle("listener", 1, 1)));
        island.keep(contents(10));
        island.runBy(10 * Island.SECOND);
        assertThat(island.told).isEmpty();
        assertThat(island.state().counts().abandoned()).isEqualTo(1);
        island.say(new IdentifyAction.AddressesBound(
                new Handle("listener", 1, 2), Contacts.contact(0).addresses()));
        island.runBy(2 * 60 * Island.SECOND);
        isToldToItsNearest(island, contents(10));
    }

    @Test
    void valuesAreStoredAgain() {
        Island island = new Island(10, keys(100));
        for (int key = 0; key < 9; key++) {
            island.say(new PublishAction.KeepValue(TICKET, value(key, 1)));
        }
        island.runBy(10 * Island.SECOND);
        assertThat(island.values).hasSize(9);
        assertThat(island.state().isValuePublished(value(1, 1).key())).isTrue();
        island.say(new PublishAction.KeepValue(TICKET, value(1, 2)));
        island.runBy(4 * VALUE_INTERVAL + Island.HOUR);
        assertThat(Objects.requireNonNull(island.values.get(value(1, 1).value())))
                .hasSize(1);
        assertThat(Objects.requireNonNull(island.values.get(value(1, 2).value())))
                .hasSize(5);
        assertThat(Objects.requireNonNull(island.values.get(value(2, 1).value())))
                .hasSize(5);
        island.say(new PublishAction.ForgetValue(TICKET, value(2, 1).key()));
        island.runBy(2 * VALUE_INTERVAL);
        assertThat(Objects.requireNonNull(island.values.get(value(2, 1).value())))
                .hasSize(5);
    }

    @Test
    void aValueThatNobodyStoresIsTriedAgain() {
        Island island = new Island(10, keys(100));
        island.isStoring = false;
        island.say(new PublishAction.KeepValue(TICKET, value(1, 1)));
        island.runBy(10 * Island.HOUR);
        assertThat(island.state().isValuePublished(value(1, 1).key())).isFalse();
        island.isStoring = true;
        island.runBy(INTERVAL);
        assertThat(island.state().isValuePublished(value(1, 1).key())).isTrue();
    }

    /** A wall clock that was set far ahead makes all due once, and one that was set back nothing. */
    @Test
    void aWrongClockCostsOneRoundAtTheMost() {
        Island island = new Island(50, keys(100));
        island.keep(contents(100));
        island.runBy(10 * Island.SECOND);
        island.told.clear();
        island.clock(10_000 * Island.HOUR);
        island.runBy(10 * Island.SECOND);
        for (Bytes content : contents(100)) {
            told(island, content).values().forEach(times -> assertThat(times).hasSizeBetween(1, 2));
        }
        island.told.clear();
        island.clock(-10_000 * Island.HOUR);
        island.runBy(10 * Island.SECOND);
        assertThat(island.told).isEmpty();
        island.runBy(INTERVAL + Island.HOUR);
        assertThat(island.told).hasSize(100);
    }
}
