package dev.dunlin.dht.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits to be looked at, and who was looked at in vain. */
final class CandidatesTest {

    @Test
    void ofTooManyTheFirstAreForgotten() {
        Candidates all = Candidates.NONE;
        for (int i = 0; i < Candidates.MOST_AWAY + 10; i++) {
            all = all.withAway(Contacts.contact(i).peer(), List.of(), 100);
            assertThat(all.away().size()).isLessThanOrEqualTo(Candidates.MOST_AWAY);
            assertThat(all.awayTurns().size()).isEqualTo(all.away().size());
        }
        assertThat(all.isAway(Contacts.contact(9), 0)).isFalse();
        assertThat(all.isAway(Contacts.contact(10), 0)).isTrue();
    }

    @Test
    void whoIsLookedAtInVainTwiceHasOnePlace() {
        Contact contact = Contacts.contact(1);
        Candidates all = Candidates.NONE
                .withAway(contact.peer(), contact.addresses(), 100)
                .withAway(contact.peer(), contact.addresses(), 200);
        assertThat(all.away().size()).isOne();
        assertThat(all.awayTurns().size()).isOne();
        assertThat(all.isAway(contact, 150)).isTrue();
        assertThat(all.isAway(contact, 200)).isFalse();
        assertThat(all.isAway(Contacts.contact(1, "/ip4/9.9.9.9/tcp/1"), 150)).isFalse();
        assertThat(all.without(contact.peer()).isAway(contact, 150)).isFalse();
    }
}
