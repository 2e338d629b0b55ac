package dev.dunlin.dht.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.routing.RoutingAction.CheckFailed;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a node knows, after it was started again, perhaps otherwise. */
final class RememberedTablesTest {

    private static final Contact FAR = Contacts.contact(1, "/ip4/8.1.1.1/tcp/4001");
    private static final Contact NEAR = Contacts.contact(2, "/ip4/192.168.0.2/tcp/4001");

    private final StoreDriver<RoutingLawsTest.Root> driver =
            StoreDriver.of(new RoutingLawsTest().store(RoutingMachine.ROUTING));

    private static Table<String, String> config(String... more) {
        Table<String, String> config = Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("routing.addresses", "any");
        for (int i = 0; i < more.length; i += 2) {
            config = config.with(more[i], more[i + 1]);
        }
        return config;
    }

    @BeforeEach
    void knowsTwo() {
        driver.boot(config());
        for (Contact contact : List.of(FAR, NEAR)) {
            driver.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
        }
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
    }

    private List<Contact> known() {
        return driver.root().routing().contacts();
    }

    @Test
    void theyAreThereStill() {
        driver.boot(config());
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
    }

    @Test
    void aRunWithoutTheNetworkForgetsNobody() {
        driver.boot(config("routing.mode", "off"));
        assertThat(known()).isEmpty();
        driver.boot(config("routing.mode", "off"));
        driver.boot(config());
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
    }

    @Test
    void aNetworkOfAnotherPrefixIsAnother() {
        driver.boot(config("routing.prefix", "/fleet"));
        assertThat(known()).isEmpty();
        driver.boot(config());
        assertThat(known()).isEmpty();
    }

    @Test
    void theInternetHasNoNodesOfTheLocalNetwork() {
        driver.boot(config("routing.addresses", "scoped"));
        assertThat(driver.root().routing().spaces().at(Network.WIDE).table().contacts())
                .containsExactly(FAR);
    }

    /** It may be this node's own network that is away: as long as nobody answers, the last few stay, and are looked at again. */
    @Test
    void theLastThatAreKnownStayUntilSomebodyAnswers() {
        driver.boot(config());
        for (int i = 0; i < 5; i++) {
            driver.advanceBy(120_000_000);
            for (Contact contact : List.of(FAR, NEAR)) {
                checking(contact)
                        .ifPresent(task -> driver.dispatch(
                                new CheckFailed(task, contact.peer(), AskFailure.UNREACHABLE, "no network")));
            }
            assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
        }
        driver.advanceBy(120_000_000);
        driver.dispatch(new RoutingAction.Helped(NEAR.peer(), Network.WIDE, NEAR, Optional.empty()));
        driver.dispatch(new CheckFailed(
                checking(FAR).orElseThrow(), FAR.peer(), AskFailure.UNREACHABLE, "nobody listens there"));
        assertThat(known()).containsExactly(NEAR);
    }

    private Optional<Long> checking(Contact contact) {
        return driver.root().routing().spaces().at(Network.WIDE).checking().find(contact.peer());
    }

    @Test
    void whatOthersSayOfANodeDoesNotMoveIt() {
        Contact named = Contacts.contact(1, "/ip4/9.9.9.9/tcp/443");
        driver.dispatch(new RoutingAction.Helped(FAR.peer(), Network.WIDE, named, Optional.empty()));
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
    }

    /** A check that this node called off, since it stops, says nothing of whom it was to look at. */
    @Test
    void whoIsNotLookedAtSinceTheNodeStopsStays() {
        driver.dispatch(new RoutingAction.Failed(FAR.peer(), Network.WIDE, AskFailure.RESET));
        long task = driver.root().routing().spaces().at(Network.WIDE).checking().at(FAR.peer());
        driver.dispatch(new CheckFailed(task, FAR.peer(), AskFailure.CANCELLED, ""));
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR);
    }

    /** Who was looked at in vain is not looked at again at once, however often others name it; but when it comes by itself. */
    @Test
    void whoWasLookedAtInVainIsLeftAloneForAWhile() {
        Contact other = Contacts.contact(7, "/ip4/8.7.7.7/tcp/4001");
        named(NEAR, other);
        driver.dispatch(new CheckFailed(
                checking(other).orElseThrow(), other.peer(), AskFailure.UNREACHABLE, "nobody listens there"));
        named(NEAR, other);
        assertThat(checking(other)).isEmpty();
        driver.dispatch(
                new RoutingAction.Described(other.peer(), List.of(Network.WIDE.id("/ipfs")), other.addresses()));
        assertThat(checking(other)).isPresent();
        driver.dispatch(new CheckFailed(
                checking(other).orElseThrow(), other.peer(), AskFailure.UNREACHABLE, "nobody listens there"));
        driver.advanceBy(601_000_000);
        named(FAR, other);
        assertThat(checking(other)).isPresent();
    }

    /** A liar who names it where it is not keeps nobody from being looked at where others say that it is. */
    @Test
    void whoIsNamedElsewhereIsLookedAtThere() {
        Contact wrong = Contacts.contact(7, "/ip4/9.9.9.9/tcp/4001");
        Contact right = Contacts.contact(7, "/ip4/8.7.7.7/tcp/4001");
        named(NEAR, wrong);
        driver.dispatch(new CheckFailed(
                checking(wrong).orElseThrow(), wrong.peer(), AskFailure.UNREACHABLE, "nobody listens there"));
        named(NEAR, right);
        assertThat(checking(right)).isPresent();
    }

    /** What this node had no room for says nothing of the other. */
    @Test
    void whoWasNotLookedAtForWantOfRoomIsLookedAtAgain() {
        Contact other = Contacts.contact(7, "/ip4/8.7.7.7/tcp/4001");
        named(NEAR, other);
        driver.dispatch(new CheckFailed(checking(other).orElseThrow(), other.peer(), AskFailure.BUSY, ""));
        named(NEAR, other);
        assertThat(checking(other)).isPresent();
    }

    /** Of one owner's crowd some enter, and the others are looked at once each, however they name one another. */
    @Test
    void aCrowdOfOneNetworkIsNotLookedAtWithoutEnd() {
        driver.boot(config("routing.maxPerNetwork", "1"));
        Optional<Multiaddr> from = Optional.of(Multiaddr.parse("/ip4/66.6.1.1/tcp/1"));
        Contact first = Contacts.contact(100, "/ip4/66.6.1.1/tcp/1");
        driver.dispatch(new RoutingAction.Helped(first.peer(), Network.WIDE, first, from));
        for (int i = 101; i < 120; i++) {
            Contact sybil = Contacts.contact(i, "/ip4/7." + i + ".1.1/tcp/1");
            named(NEAR, sybil);
            PeerInfo next = new PeerInfo(
                    Contacts.contact(i + 100).peer(),
                    Contacts.contact(i + 100).addresses(),
                    Connectedness.NOT_CONNECTED);
            driver.dispatch(new RoutingAction.CheckAnswered(
                    checking(sybil).orElseThrow(), sybil.peer(), from, KadAnswer.FoundNodes.of(List.of(next))));
            assertThat(checking(Contacts.contact(i + 100))).isEmpty();
            named(NEAR, sybil.at(List.of(Multiaddr.parse("/ip4/6." + i + ".1.1/tcp/1"))));
            assertThat(checking(sybil)).isEmpty();
        }
        assertThat(known()).containsExactlyInAnyOrder(FAR, NEAR, first);
    }

    private void named(Contact by, Contact other) {
        if (checking(by).isEmpty()) {
            driver.dispatch(new RoutingAction.Failed(by.peer(), Network.WIDE, AskFailure.RESET));
        }
        PeerInfo info = new PeerInfo(other.peer(), other.addresses(), Connectedness.NOT_CONNECTED);
        driver.dispatch(new RoutingAction.CheckAnswered(
                checking(by).orElseThrow(), by.peer(), Optional.empty(), KadAnswer.FoundNodes.of(List.of(info))));
    }
}
