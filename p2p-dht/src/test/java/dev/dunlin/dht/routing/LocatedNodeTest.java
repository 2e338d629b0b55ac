package dev.dunlin.dht.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of a node that is looked for by its id. */
final class LocatedNodeTest {

    private final StoreDriver<RoutingLawsTest.Root> driver =
            StoreDriver.of(new RoutingLawsTest().store(RoutingMachine.ROUTING));

    /** As of whoever looks for itself, who is in the table, too. */
    @Test
    void whoIsInTheTableIsToldOnce() {
        driver.boot(Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("routing.addresses", "any"));
        Contact one = Contacts.contact(1, "/ip4/8.1.1.1/tcp/4001");
        Contact other = Contacts.contact(2, "/ip4/8.2.1.1/tcp/4001");
        for (Contact contact : List.of(one, other)) {
            driver.dispatch(new RoutingAction.Helped(contact.peer(), Network.WIDE, contact, Optional.empty()));
        }
        driver.dispatch(new RoutingAction.Located(1, one.peer(), Network.WIDE, one.addresses()));
        ExchangeAction.Reply reply = driver.actions(ExchangeAction.Reply.class).getLast();
        assertThat(((KadAnswer.FoundNodes) reply.message()).closer())
                .extracting(PeerInfo::peer)
                .containsExactly(one.peer(), other.peer());
    }
}
