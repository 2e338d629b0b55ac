package dev.dunlin.dht.record;

import static dev.dunlin.dht.record.Shelf.HOUR;
import static dev.dunlin.dht.record.Shelf.content;
import static dev.dunlin.dht.record.Shelf.info;
import static dev.dunlin.dht.record.Shelf.peer;
import static dev.dunlin.dht.record.Shelf.provider;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Diagram;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.PackagePage;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.namespace.IpnsData;
import dev.dunlin.dht.namespace.IpnsRecord;
import dev.dunlin.dht.namespace.IpnsValidator;
import dev.dunlin.dht.namespace.PublicKeyValidator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsAction.Change;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.time.Rfc3339;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What nodes are told and what of theirs is kept; the cases of zikade's handlers (handlers_test.go) among them. */
class RecordsMachineTest {

    private static final Bytes KEY = Marked.key("a");

    private static IpnsRecord ipns(PrivateKey key, long sequence, long untilMicros) {
        return IpnsRecord.sign(
                key,
                new IpnsData(
                        Bytes.of("/ipfs/bafkqaaa".getBytes(StandardCharsets.US_ASCII)),
                        Rfc3339.ofMicros(untilMicros),
                        sequence,
                        IpnsData.DEFAULT_TTL));
    }

    @Test
    void isDrawnOnItsPage() {
        assertThat(PackagePage.of(RecordsMachine.of(Validators.STANDARD)))
                .contains(Diagram.of(RecordsMachine.of(Validators.STANDARD)));
    }

    @Nested
    class PutValue {

        @Test
        void happyPath() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.put(1, KEY, Marked.value(1))).isTrue();
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
            assertThat(shelf.driver().actions(RecordsAction.ValueStored.class))
                    .containsExactly(new RecordsAction.ValueStored(KEY, Optional.of(peer(1)), 2, Change.NEW));
            assertThat(shelf.state().tally().stored().at(RecordKind.VALUES)).isEqualTo(1);
        }

        @Test
        void badRecord() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.refused(shelf.put(1, KEY, Marked.value(0)))).isEqualTo(Refusal.INVALID_VALUE);
            assertThat(shelf.driver().actions(RecordsAction.ValueRefused.class))
                    .containsExactly(
                            new RecordsAction.ValueRefused(KEY, peer(1), Refusal.INVALID_VALUE, "it has no rank"));
            assertThat(shelf.get(KEY)).isEmpty();
        }

        @Test
        void badRecordDoesNotReplaceAGoodOne() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            assertThat(shelf.refused(shelf.put(2, KEY, Marked.value(0)))).isEqualTo(Refusal.INVALID_VALUE);
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
        }

        @Test
        void worseRecordAfterFirstPut() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(2));
            assertThat(shelf.refused(shelf.put(2, KEY, Marked.value(1)))).isEqualTo(Refusal.WORSE_VALUE);
            assertThat(shelf.value(KEY)).contains(Marked.value(2));
        }

        @Test
        void theBetterOneStaysWhicheverComesFirst() {
            for (int first : new int[] {1, 2}) {
                Shelf shelf = Shelf.with();
                shelf.put(1, KEY, Marked.value(first));
                shelf.put(2, KEY, Marked.value(3 - first));
                assertThat(shelf.value(KEY)).contains(Marked.value(2));
            }
        }

        @Test
        void equallyGoodRecordReplaces() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1, 0, 3));
            assertThat(shelf.put(2, KEY, Marked.value(1, 0, 4))).isTrue();
            assertThat(shelf.value(KEY)).contains(Marked.value(1, 0, 4));
            assertThat(shelf.driver().actions(RecordsAction.ValueStored.class))
                    .extracting(RecordsAction.ValueStored::change)
                    .containsExactly(Change.NEW, Change.REPLACED);
        }

        @Test
        void sameRecordRefreshesItsAge() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            shelf.driver().advanceBy(30 * HOUR);
            assertThat(shelf.put(2, KEY, Marked.value(1))).isTrue();
            shelf.driver().advanceBy(30 * HOUR);
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
            assertThat(shelf.driver().actions(RecordsAction.ValueStored.class))
                    .extracting(RecordsAction.ValueStored::change)
                    .containsExactly(Change.NEW, Change.REFRESHED);
            assertThat(shelf.state().values().held().at(KEY).sender())
                    .as("stays in his share")
                    .contains(peer(1));
        }

        @Test
        void overwritesCorruptStored() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(3, 10));
            shelf.driver().advanceBy(10 * HOUR);
            assertThat(shelf.put(2, KEY, Marked.value(1)))
                    .as("what is no longer valid is no better than what is")
                    .isTrue();
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
        }

        @Test
        void malformedKeyAndUnknownNamespace() {
            Shelf shelf = Shelf.with();
            for (String key : List.of("mark", "/mark", "mark/a", "//a", "/other/a", "/")) {
                Bytes bytes = Bytes.of(key.getBytes(StandardCharsets.US_ASCII));
                assertThat(shelf.refused(shelf.put(1, bytes, Marked.value(1))))
                        .as(key)
                        .isEqualTo(Refusal.INVALID_VALUE);
            }
        }

        @Test
        void publicKeyAndIpnsOfTheStandardNamespaces() {
            Shelf shelf = Shelf.with(Validators.STANDARD);
            PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
            PeerId name = key.publicKey().peerId();
            Bytes value = Bytes.of(key.publicKey().toProtobuf());
            assertThat(shelf.put(1, PublicKeyValidator.keyOf(name), value)).isTrue();
            assertThat(shelf.refused(shelf.put(1, PublicKeyValidator.keyOf(peer(1)), value)))
                    .isEqualTo(Refusal.INVALID_VALUE);
            IpnsRecord older = ipns(key, 1, StoreDriver.START + HOUR);
            IpnsRecord newer = ipns(key, 2, StoreDriver.START + 2 * HOUR);
            assertThat(shelf.put(1, IpnsValidator.keyOf(name), newer.toBytes())).isTrue();
            assertThat(shelf.refused(shelf.put(1, IpnsValidator.keyOf(name), older.toBytes())))
                    .isEqualTo(Refusal.WORSE_VALUE);
            assertThat(shelf.refused(shelf.put(1, IpnsValidator.keyOf(peer(1)), newer.toBytes())))
                    .isEqualTo(Refusal.INVALID_VALUE);
        }

        @Test
        void aNodeOfNoNamespaceTakesNothing() {
            Shelf shelf = Shelf.with(Validators.none());
            assertThat(shelf.refused(shelf.put(1, KEY, Marked.value(1)))).isEqualTo(Refusal.INVALID_VALUE);
        }
    }

    @Nested
    class GetValue {

        @Test
        void happyPath() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            shelf.driver().advanceBy(HOUR);
            assertThat(shelf.get(KEY)).contains(new ValueRecord(KEY, Marked.value(1), Optional.of(StoreDriver.START)));
        }

        @Test
        void notFoundButCloserPeers() {
            Shelf shelf = Shelf.with();
            Contact near = Contacts.contact(7);
            KadAnswer answer = shelf.ask(1, Network.WIDE, new KadQuestion.GetValue(KEY), near, Contacts.contact(1))
                    .orElseThrow();
            assertThat(answer)
                    .as("who asks is not told of itself")
                    .isEqualTo(KadAnswer.FoundValue.of(
                            Optional.empty(),
                            List.of(info(7, near.addresses().getFirst().toString()))));
        }

        @Test
        void foundAndCloserPeers() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            KadAnswer.FoundValue answer = (KadAnswer.FoundValue)
                    shelf.ask(1, Network.WIDE, new KadQuestion.GetValue(KEY), Contacts.contact(7))
                            .orElseThrow();
            assertThat(answer.record()).isPresent();
            assertThat(answer.closer()).hasSize(1);
        }

        @Test
        void corruptStored() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1, 10));
            shelf.driver().advanceBy(10 * HOUR - 1);
            assertThat(shelf.value(KEY)).isPresent();
            shelf.driver().advanceBy(1);
            assertThat(shelf.value(KEY)).as("it is held, and valid no longer").isEmpty();
            assertThat(shelf.state().values().held().has(KEY)).isTrue();
        }

        @Test
        void endedIpnsRecordIsNotServed() {
            Shelf shelf = Shelf.with(Validators.STANDARD);
            PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
            Bytes at = IpnsValidator.keyOf(key.publicKey().peerId());
            shelf.put(1, at, ipns(key, 1, StoreDriver.START + HOUR).toBytes());
            shelf.driver().advanceBy(HOUR - 1);
            assertThat(shelf.value(at)).isPresent();
            shelf.driver().advanceBy(1);
            assertThat(shelf.value(at)).isEmpty();
        }

        @Test
        void maxAgeExceeded() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            shelf.driver().advanceBy(48 * HOUR - 1);
            assertThat(shelf.value(KEY)).isPresent();
            shelf.driver().advanceBy(1);
            assertThat(shelf.value(KEY)).isEmpty();
            assertThat(shelf.state().values()).as("and nothing of it is left").isEqualTo(ValueStore.EMPTY);
            assertThat(shelf.state().tally().expired().at(RecordKind.VALUES)).isEqualTo(1);
            assertThat(shelf.driver().actions(RecordsAction.Expired.class))
                    .containsExactly(new RecordsAction.Expired(RecordKind.VALUES, 1));
        }

        @Test
        void malformedKeyAndUnknownNamespace() {
            Shelf shelf = Shelf.with();
            for (String key : List.of("mark", "/mark", "/other/a", "/")) {
                assertThat(shelf.get(Bytes.of(key.getBytes(StandardCharsets.US_ASCII))))
                        .isEmpty();
            }
        }
    }

    @Nested
    class AddProvider {

        private final Bytes key = content(1);

        @Test
        void happyPath() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.provide(1, key)).isTrue();
            assertThat(shelf.providers(key)).containsExactly(provider(1));
            assertThat(shelf.driver().actions(RecordsAction.ProviderStored.class))
                    .containsExactly(new RecordsAction.ProviderStored(key, peer(1), true, 0));
            assertThat(shelf.state().tally().stored().at(RecordKind.PROVIDERS)).isEqualTo(1);
        }

        @Test
        void forOtherPeer() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.refused(shelf.provide(1, Network.WIDE, key, provider(2), provider(3))))
                    .isEqualTo(Refusal.NOT_THE_SENDER);
            assertThat(shelf.who(key)).isEmpty();
            assertThat(shelf.state().tally().ignored()).isEqualTo(2);
        }

        @Test
        void forItselfAmongOthers() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.provide(1, Network.WIDE, key, provider(2), provider(1)))
                    .isTrue();
            assertThat(shelf.who(key)).containsExactly(peer(1));
            assertThat(shelf.driver().actions(RecordsAction.ProviderStored.class))
                    .containsExactly(new RecordsAction.ProviderStored(key, peer(1), true, 1));
            assertThat(shelf.state().tally().ignored()).isEqualTo(1);
        }

        @Test
        void noProviders() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.refused(shelf.provide(1, Network.WIDE, key))).isEqualTo(Refusal.NOT_THE_SENDER);
        }

        @Test
        void emptyAddresses() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.refused(shelf.provide(1, Network.WIDE, key, info(1))))
                    .isEqualTo(Refusal.NO_ADDRESS);
        }

        @Test
        void onlyFilteredAddressesStored() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.provide(
                            1,
                            Network.WIDE,
                            key,
                            info(1, "/ip4/10.0.0.1/tcp/1", "/ip4/8.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/1")))
                    .isTrue();
            assertThat(shelf.state().providers().peers().at(peer(1)).all())
                    .isEqualTo(info(1, "/ip4/8.0.0.1/tcp/1").addresses());
        }

        @Test
        void onlyAddressesOfAnotherNetwork() {
            Shelf shelf = Shelf.with();
            assertThat(shelf.refused(shelf.provide(1, Network.WIDE, key, info(1, "/ip4/10.0.0.1/tcp/1"))))
                    .isEqualTo(Refusal.NO_ADDRESS);
            assertThat(shelf.refused(shelf.provide(1, Network.LOCAL, key, info(1, "/ip4/8.0.0.1/tcp/1"))))
                    .isEqualTo(Refusal.NO_ADDRESS);
        }

        @Test
        void whereAddressesAreNotToldApartAllAreStored() {
            Shelf shelf = Shelf.with("routing.addresses", "any");
            assertThat(shelf.provide(1, Network.WIDE, key, info(1, "/ip4/127.0.0.1/tcp/1")))
                    .isTrue();
            assertThat(shelf.providers(key)).containsExactly(info(1, "/ip4/127.0.0.1/tcp/1"));
        }

        @Test
        void addressesOfEachNetworkAreReplacedApart() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, Network.WIDE, key, info(1, "/ip4/8.0.0.1/tcp/1"));
            shelf.provide(1, Network.LOCAL, key, info(1, "/ip4/10.0.0.1/tcp/1"));
            shelf.provide(1, Network.WIDE, key, info(1, "/ip4/8.0.0.2/tcp/1"));
            assertThat(shelf.providers(Network.WIDE, key)).containsExactly(info(1, "/ip4/8.0.0.2/tcp/1"));
            assertThat(shelf.providers(Network.LOCAL, key)).containsExactly(info(1, "/ip4/10.0.0.1/tcp/1"));
        }

        @Test
        void sameProviderAgainIsKeptLonger() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, key);
            shelf.driver().advanceBy(30 * HOUR);
            assertThat(shelf.provide(1, key)).isTrue();
            shelf.driver().advanceBy(30 * HOUR);
            assertThat(shelf.who(key)).containsExactly(peer(1));
            assertThat(shelf.state().providers().records()).isEqualTo(1);
        }

        @Test
        void fewAddressesAreKept() {
            Shelf shelf = Shelf.with();
            String[] many = IntStream.range(1, 30)
                    .mapToObj(i -> "/ip4/8.0.0." + i + "/tcp/1")
                    .toArray(String[]::new);
            shelf.provide(1, Network.WIDE, key, info(1, many));
            assertThat(shelf.providers(key).getFirst().addresses()).hasSize(Provider.MAX_ADDRESSES);
            String[] longOnes = IntStream.range(1, 5)
                    .mapToObj(
                            i -> "/dns4/" + "a".repeat(60) + "." + "b".repeat(60) + "." + "c".repeat(60) + i + "/tcp/1")
                    .toArray(String[]::new);
            shelf.provide(2, Network.WIDE, key, info(2, longOnes));
            assertThat(shelf.state().providers().peers().at(peer(2)).addresses().stream()
                            .mapToInt(Bytes::size)
                            .sum())
                    .isBetween(1, Provider.MAX_BYTES);
        }
    }

    @Nested
    class GetProviders {

        private final Bytes key = content(1);

        @Test
        void happyPathAndCloserPeers() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, key);
            shelf.provide(2, key);
            Contact near = Contacts.contact(7);
            assertThat(shelf.ask(3, Network.WIDE, new KadQuestion.GetProviders(key), near, Contacts.contact(3)))
                    .contains(KadAnswer.FoundProviders.of(
                            List.of(provider(2), provider(1)),
                            List.of(info(7, near.addresses().getFirst().toString()))));
        }

        @Test
        void expiredNotServed() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, key);
            shelf.driver().advanceBy(HOUR);
            shelf.provide(2, key);
            shelf.driver().advanceBy(47 * HOUR - 1);
            assertThat(shelf.who(key)).containsExactly(peer(2), peer(1));
            shelf.driver().advanceBy(1);
            assertThat(shelf.who(key)).containsExactly(peer(2));
            assertThat(shelf.state().providers().records()).isEqualTo(1);
            shelf.driver().advanceBy(HOUR);
            assertThat(shelf.who(key)).isEmpty();
            assertThat(shelf.state().providers().keys().isEmpty()).isTrue();
            assertThat(shelf.state().providers().peers().isEmpty()).isTrue();
            assertThat(shelf.state().tally().expired().at(RecordKind.PROVIDERS)).isEqualTo(2);
        }

        @Test
        void addressesAreToldForADay() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, key);
            shelf.driver().advanceBy(24 * HOUR - 1);
            assertThat(shelf.providers(key)).containsExactly(provider(1));
            shelf.driver().advanceBy(1);
            assertThat(shelf.providers(key)).containsExactly(info(1));
            shelf.provide(1, content(2));
            assertThat(shelf.providers(key)).as("the peer has told where it is").containsExactly(provider(1));
        }

        @Test
        void onlyFilteredServed() {
            Shelf shelf = Shelf.with();
            shelf.provide(1, Network.LOCAL, key, info(1, "/ip4/10.0.0.1/tcp/1"));
            assertThat(shelf.providers(Network.WIDE, key)).isEmpty();
            assertThat(shelf.providers(Network.LOCAL, key)).containsExactly(info(1, "/ip4/10.0.0.1/tcp/1"));
            shelf.driver().advanceBy(30 * HOUR);
            assertThat(shelf.providers(Network.WIDE, key))
                    .as("not without its addresses either")
                    .isEmpty();
            assertThat(shelf.providers(Network.LOCAL, key)).containsExactly(info(1));
        }

        @Test
        void ofMoreThanAnAnswerHasSomeAreDrawn() {
            Shelf shelf = Shelf.with("maxProvidersTold", "5");
            for (int i = 0; i < 10; i++) {
                shelf.provide(i, key);
            }
            int[] told = new int[10];
            for (int i = 0; i < 400; i++) {
                List<PeerId> who = shelf.who(key);
                assertThat(who).hasSize(5).doesNotHaveDuplicates();
                for (int peer = 0; peer < 10; peer++) {
                    told[peer] += who.contains(peer(peer)) ? 1 : 0;
                }
            }
            // Each is told of in 200 of 400, with a deviation of 10.
            assertThat(IntStream.of(told).boxed().toList())
                    .allSatisfy(count -> assertThat(count).isBetween(150, 250));
        }

        @Test
        void drawsAreTheSameInAReplay() {
            assertThat(drawn()).isEqualTo(drawn());
        }

        private List<PeerId> drawn() {
            Shelf shelf = Shelf.with("maxProvidersTold", "3");
            for (int i = 0; i < 9; i++) {
                shelf.provide(i, key);
            }
            return shelf.who(key);
        }

        @Test
        void noProviders() {
            assertThat(Shelf.with().providers(key)).isEmpty();
        }
    }

    @Nested
    class LocalWishes {

        private static final Ticket TICKET = new Ticket(Ticket.API, 1);

        @Test
        void valueIsRead() {
            Shelf shelf = Shelf.with();
            shelf.put(1, KEY, Marked.value(1));
            shelf.driver().dispatch(new RecordsAction.GetLocal(TICKET, KEY));
            shelf.driver().dispatch(new RecordsAction.GetLocal(TICKET, Bytes.EMPTY));
            assertThat(shelf.driver().actions(RecordsOutcome.LocalValue.class))
                    .containsExactly(
                            new RecordsOutcome.LocalValue(
                                    TICKET,
                                    Optional.of(new ValueRecord(KEY, Marked.value(1), Optional.of(StoreDriver.START)))),
                            new RecordsOutcome.LocalValue(TICKET, Optional.empty()));
        }

        @Test
        void providersOfAllNetworksAreRead() {
            Shelf shelf = Shelf.with();
            Bytes key = content(1);
            shelf.provide(1, Network.WIDE, key, info(1, "/ip4/8.0.0.1/tcp/1"));
            shelf.provide(1, Network.LOCAL, key, info(1, "/ip4/10.0.0.1/tcp/1"));
            shelf.driver().dispatch(new RecordsAction.GetLocalProviders(TICKET, key));
            assertThat(shelf.driver().actions(RecordsOutcome.LocalProviders.class))
                    .containsExactly(new RecordsOutcome.LocalProviders(
                            TICKET, List.of(info(1, "/ip4/10.0.0.1/tcp/1", "/ip4/8.0.0.1/tcp/1"))));
        }

        @Test
        void valueIsStoredInNobodysShare() {
            Shelf shelf = Shelf.with("maxValuesOfPeer", "0");
            shelf.driver().dispatch(new RecordsAction.Put(TICKET, ValueRecord.of(KEY, Marked.value(1))));
            assertThat(shelf.driver().actions(RecordsOutcome.Stored.class))
                    .containsExactly(new RecordsOutcome.Stored(TICKET));
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
            assertThat(shelf.state().values().shares().isEmpty()).isTrue();
        }

        @Test
        void refusalsTellTheirClause() {
            Shelf shelf = Shelf.with("maxValues", "1", "maxValueSize", "10");
            put(shelf, KEY, Marked.value(2, 10));
            put(shelf, KEY, Marked.value(1));
            put(shelf, KEY, Marked.value(0));
            put(shelf, KEY, Marked.value(3, 0, 11));
            put(shelf, Marked.key("b"), Marked.value(1));
            shelf.driver().advanceBy(10 * HOUR);
            put(shelf, KEY, Marked.value(2, 10));
            assertThat(shelf.driver().actions(NodeOutcome.Refused.class))
                    .extracting(NodeOutcome.Refused::clause)
                    .containsExactly(
                            "no-better-value-is-held",
                            "value-is-valid",
                            "value-is-not-too-long",
                            "values-have-room",
                            "value-is-valid");
            assertThat(shelf.driver()
                            .actions(NodeOutcome.Refused.class)
                            .getLast()
                            .operands())
                    .as("the reason is told")
                    .hasToString("[why=its time is over]");
            put(shelf, KEY, Marked.value(1));
            assertThat(shelf.value(KEY)).contains(Marked.value(1));
        }

        private static void put(Shelf shelf, Bytes key, Bytes value) {
            shelf.driver().dispatch(new RecordsAction.Put(TICKET, ValueRecord.of(key, value)));
        }

        /** A wish is judged by the wall clock, and not by the node's time. */
        @Test
        void validityGoesByTheWallClock() {
            Shelf shelf = Shelf.with();
            shelf.step(10 * HOUR);
            put(shelf, KEY, Marked.value(2, 10));
            assertThat(shelf.driver().rejections(RecordsAction.Put.class)).hasSize(1);
            shelf.step(-1_000_000);
            put(shelf, KEY, Marked.value(2, 10));
            assertThat(shelf.driver().rejections(RecordsAction.Put.class)).hasSize(1);
            assertThat(shelf.value(KEY)).isPresent();
        }
    }

    @Test
    void findNodeIsNotItsBusiness() {
        Shelf shelf = Shelf.with();
        shelf.driver()
                .dispatch(new RoutingAction.RecordsAsked(
                        peer(1), Network.WIDE, 1, new KadQuestion.FindNode(KEY), List.of()));
        assertThat(shelf.driver().turns().getLast().size()).isEqualTo(1);
    }
}
