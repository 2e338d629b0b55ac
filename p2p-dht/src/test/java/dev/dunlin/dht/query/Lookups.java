package dev.dunlin.dht.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/** Drives a lookup by hand: answers come in any order, and what must hold of each step is checked. */
final class Lookups {

    static final PeerId SELF = TypeArbitraries.peer(0);

    private final Function<Contact, Optional<List<Contact>>> answers;
    private final Random random;
    private final Set<Contact> asked = new HashSet<>();
    private int mostOpen;

    /**
     * A network.
     *
     * @param answers whom a node names; empty if it does not answer
     */
    Lookups(Function<Contact, Optional<List<Contact>>> answers, Random random) {
        this.answers = answers;
        this.random = random;
    }

    static Lookup of(Key target, Terms terms, Collection<Contact> seeds) {
        return Lookup.of(target, SELF, terms, new LookupLimits(256, 1000, 1000), List.copyOf(seeds));
    }

    /** Goes on to the end. */
    Lookup run(Lookup from) {
        Lookup lookup = from;
        while (!lookup.isOver()) {
            lookup = asking(lookup);
            if (lookup.isOver()) {
                break;
            }
            assertThat(lookup.requests().isEmpty())
                    .as("nobody is asked, and the lookup is not over")
                    .isFalse();
            List<Integer> open = new ArrayList<>();
            lookup.requests().keys().forEach(open::add);
            int number = open.get(random.nextInt(open.size()));
            Contact contact = lookup.candidate(lookup.requests().at(number)).contact();
            Optional<List<Contact>> named = answers.apply(contact);
            lookup = named.isPresent() ? lookup.answered(number, named.get()) : lookup.failed(number);
        }
        assertThat(lookup.next().isPresent() && lookup.requests().isEmpty() && lookup.sent() < 1000 && !lookup.isOver())
                .isFalse();
        return lookup;
    }

    /** Asks as many as may be asked. */
    Lookup asking(Lookup from) {
        Lookup lookup = from;
        Optional<Lookup.Choice> next = lookup.next();
        while (next.isPresent()) {
            Contact contact = next.get().candidate().contact();
            assertThat(contact.peer()).isNotEqualTo(SELF);
            assertThat(asked.add(contact)).as("each is asked once").isTrue();
            lookup = lookup.asked(next.get(), 0);
            mostOpen = Math.max(mostOpen, lookup.requests().size());
            assertThat(lookup.requests().size())
                    .isLessThanOrEqualTo(
                            Math.max(lookup.terms().wanted(), lookup.terms().width())
                                    + lookup.terms().paths());
            next = lookup.next();
        }
        return lookup;
    }

    int mostOpen() {
        return mostOpen;
    }

    Set<Contact> asked() {
        return asked;
    }

    /** All in the order of their distance to an id. */
    static List<Contact> sorted(Key target, Collection<Contact> contacts) {
        List<Contact> sorted = new ArrayList<>(contacts);
        sorted.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return sorted;
    }

    static List<Contact> contacts(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::contact).toList();
    }
}
