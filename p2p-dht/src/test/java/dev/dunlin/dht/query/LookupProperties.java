package dev.dunlin.dht.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.query.Terms.Termination;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds of every lookup, whoever answers what and when. */
final class LookupProperties {

    private static final int TRIES = 2_000;
    private static final int MANY = 150;

    /** Nodes made once: their ids are hashes. */
    private static final List<Contact> NODES = nodes();

    private static List<Contact> nodes() {
        List<Contact> nodes = new ArrayList<>();
        for (int number = 1; number <= MANY; number++) {
            nodes.add(Contacts.contact(number));
        }
        return nodes;
    }

    @Provide
    Arbitrary<Terms> terms() {
        return terms(1);
    }

    private static Arbitrary<Terms> terms(int paths) {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.integers().between(1, 10),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as((wanted, width, beta, followUp, widens) -> new Terms(
                        wanted,
                        width,
                        beta == 0 || beta > wanted
                                ? new Termination.Closest()
                                : new Termination.Nearest(beta, followUp),
                        widens,
                        paths));
    }

    private static Key target(Random random) {
        return new Key(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static List<Contact> some(Random random, int most) {
        List<Contact> shuffled = new ArrayList<>(NODES);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, random.nextInt(most + 1));
    }

    /** Everybody names random others, and some never answer. */
    private static Function<Contact, Optional<List<Contact>>> anyhow(Random random, double dead) {
        return contact -> random.nextDouble() < dead ? Optional.empty() : Optional.of(some(random, 20));
    }

    @Property(tries = TRIES)
    void beginsWithItsSeedsInOrder(@ForAll("terms") Terms terms, @ForAll Random random) {
        Key target = target(random);
        List<Contact> seeds = new ArrayList<>(some(random, 40));
        Contact self = Contact.of(Lookups.SELF, List.of());
        seeds.add(self);
        Lookup lookup = Lookups.of(target, terms, seeds);
        seeds.remove(self);
        List<Contact> heard = new ArrayList<>();
        lookup.paths().getFirst().heard().values().forEach(candidate -> heard.add(candidate.contact()));
        assertThat(heard).isEqualTo(Lookups.sorted(target, seeds));
        assertThat(lookup.requests().isEmpty()).isTrue();
        assertThat(lookup.closest()).isEmpty();
        assertThat(lookup.isOver()).isEqualTo(seeds.isEmpty());
    }

    /**
     * It ends; asks the nearest first, each once, never more at a time than it may; and its result is in order, and of as many as are
     * wanted, unless fewer are known that answer.
     */
    @Property(tries = TRIES)
    void endsAndIsBounded(
            @ForAll("terms") Terms terms, @ForAll Random random, @ForAll @IntRange(max = 100) int deadPercent) {
        Key target = target(random);
        List<Contact> seeds = some(random, 20);
        Set<Contact> answered = new HashSet<>();
        Set<Contact> known = new HashSet<>(seeds);
        Function<Contact, Optional<List<Contact>>> network = anyhow(random, deadPercent / 100.0);
        Lookups driver = new Lookups(
                contact -> {
                    Optional<List<Contact>> named = network.apply(contact);
                    named.ifPresent(others -> {
                        answered.add(contact);
                        known.addAll(others);
                    });
                    return named;
                },
                random);
        Lookup lookup = driver.run(Lookups.of(target, terms, seeds));
        List<Contact> closest = Lookups.contacts(lookup.closest());
        assertThat(closest).isEqualTo(Lookups.sorted(target, closest)).doesNotHaveDuplicates();
        assertThat(answered).containsAll(closest);
        assertThat(closest).hasSizeLessThanOrEqualTo(terms.wanted());
        assertThat(lookup.sent()).isEqualTo(driver.asked().size());
        boolean mayWiden =
                terms.widens() || terms.ends() instanceof Termination.Nearest(int _, boolean follow) && follow;
        assertThat(driver.mostOpen())
                .isLessThanOrEqualTo(mayWiden ? Math.max(terms.wanted(), terms.width()) : terms.width());
        boolean mayEndEarly = terms.ends() instanceof Termination.Nearest(int _, boolean follow) && !follow;
        if (closest.size() < terms.wanted() && !mayEndEarly) {
            assertThat(driver.asked()).containsAll(known);
            assertThat(closest).hasSize(answered.size());
        }
        if (!mayEndEarly && closest.size() == terms.wanted()) {
            // Nobody nearer was left out, but those that did not answer.
            Contact last = closest.getLast();
            assertThat(known)
                    .filteredOn(contact -> target.compareDistances(contact.key(), last.key()) < 0)
                    .allMatch(driver.asked()::contains);
        }
    }

    @Property(tries = TRIES)
    void whoeverIsNamedTwiceIsKnownOnce(@ForAll("terms") Terms terms, @ForAll Random random) {
        Key target = target(random);
        List<Contact> seeds = NODES.subList(0, 2);
        List<Contact> named = some(random, 20);
        Lookup lookup = new Lookups(anyhow(random, 0), random).asking(Lookups.of(target, terms, seeds));
        List<Contact> twice = new ArrayList<>(named);
        twice.addAll(named);
        Lookup once = lookup.answered(1, twice);
        Set<Contact> heard = new HashSet<>();
        once.paths().getFirst().heard().values().forEach(candidate -> heard.add(candidate.contact()));
        Set<Contact> expected = new HashSet<>(named);
        if (lookup.requests().size() < seeds.size()) {
            expected.addAll(seeds);
        }
        asked(lookup).forEach(expected::remove);
        assertThat(heard).isEqualTo(expected);
    }

    private static List<Contact> asked(Lookup lookup) {
        List<Contact> asked = new ArrayList<>();
        lookup.requests()
                .values()
                .forEach(request -> asked.add(lookup.candidate(request).contact()));
        return asked;
    }

    /** Patience ends at its very microsecond, makes room for another, and what comes late counts. */
    @Property(tries = TRIES)
    void patienceEndsToTheMicrosecond(@ForAll Random random, @ForAll @IntRange(min = 1, max = 5) int width) {
        Terms terms = new Terms(20, width, new Termination.Closest(), false, 1);
        Lookup asked =
                new Lookups(anyhow(random, 0), random).asking(Lookups.of(target(random), terms, NODES.subList(0, 20)));
        assertThat(asked.requests().size()).isEqualTo(width);
        assertThat(asked.requests().nextDue()).isEqualTo(1000);
        assertThat(asked.outwaited(999)).isEqualTo(asked);
        assertThat(asked.next()).isEmpty();
        Lookup late = asked.outwaited(1000);
        assertThat(late.paths().getFirst().late().size()).isEqualTo(width);
        assertThat(late.next()).isPresent();
        assertThat(late.outwaited(5000)).isEqualTo(late);
        Lookup answered = late.answered(1, List.of());
        assertThat(answered.closest()).hasSize(1);
        assertThat(late.failed(1).closest()).isEmpty();
        assertThat(late.failed(1).paths().getFirst().failed().size()).isEqualTo(1);
    }

    /** Nobody answers: as many are tried as are known, and then it is over. */
    @Property(tries = TRIES)
    void withoutAnswersAllThatAreKnownAreTried(@ForAll("terms") Terms terms, @ForAll Random random) {
        List<Contact> seeds = some(random, 60);
        Lookups driver = new Lookups(contact -> Optional.empty(), random);
        Lookup lookup = driver.run(Lookups.of(target(random), terms, seeds));
        assertThat(driver.asked()).hasSameSizeAs(seeds);
        assertThat(lookup.closest()).isEmpty();
    }

    /** As many answers that name nobody nearer as its width make room for as many as are wanted. */
    @Property(tries = TRIES)
    void stallsAndWidens(@ForAll Random random, @ForAll @IntRange(min = 1, max = 8) int width) {
        Lookup narrow = stalled(random, width, false);
        assertThat(narrow.requests().size()).isEqualTo(Math.min(width, 20 - width));
        Lookup wide = stalled(random, width, true);
        assertThat(wide.requests().size()).isEqualTo(20 - width);
    }

    private static Lookup stalled(Random random, int width, boolean widens) {
        Terms terms = new Terms(20, width, new Termination.Closest(), widens, 1);
        Lookups driver = new Lookups(anyhow(random, 0), random);
        Lookup lookup = driver.asking(Lookups.of(target(random), terms, NODES.subList(0, 30)));
        for (int number = 1; number <= width; number++) {
            lookup = lookup.answered(number, List.of());
        }
        return driver.asking(lookup);
    }

    /** What comes out of several paths is what each has found, in order, each once. */
    @Property(tries = TRIES)
    void pathsAreMerged(@ForAll Random random, @ForAll @IntRange(min = 2, max = 6) int paths) {
        Key target = target(random);
        Terms terms = new Terms(10, 6, new Termination.Closest(), false, paths);
        Lookup lookup = new Lookups(anyhow(random, 0.2), random).run(Lookups.of(target, terms, some(random, 20)));
        List<Contact> closest = Lookups.contacts(lookup.closest());
        assertThat(closest).doesNotHaveDuplicates().isEqualTo(Lookups.sorted(target, closest));
        assertThat(closest).hasSizeLessThanOrEqualTo(10 * paths);
        for (Path path : lookup.paths()) {
            List<Contact> answered = new ArrayList<>();
            path.answered().values().forEach(candidate -> answered.add(candidate.contact()));
            assertThat(closest).containsAll(answered.subList(0, Math.min(10, answered.size())));
        }
    }

    /** Where all answer as they know, several paths find the node that one finds, and whatever one finds. */
    @Property(tries = 300)
    void pathsFindWhatOneFinds(@ForAll Random random, @ForAll @IntRange(min = 2, max = 4) int paths) {
        Map<Contact, List<Contact>> named = new HashMap<>();
        for (Contact node : NODES) {
            List<Contact> near = Lookups.sorted(node.key(), NODES);
            List<Contact> all = new ArrayList<>(near.subList(1, 21));
            all.addAll(some(random, 10));
            named.put(node, all);
        }
        Key target = target(random);
        List<Contact> seeds = NODES.subList(0, 5);
        Function<Contact, Optional<List<Contact>>> network = contact -> Optional.of(
                Lookups.sorted(target, named.getOrDefault(contact, List.of())).subList(0, 20));
        Terms plain = new Terms(20, 3, new Termination.Closest(), true, 1);
        Terms disjoint = new Terms(20, 3, new Termination.Closest(), true, paths);
        List<Contact> one = Lookups.contacts(new Lookups(network, random)
                .run(Lookups.of(target, plain, seeds))
                .closest());
        List<Contact> several = Lookups.contacts(new Lookups(network, random)
                .run(Lookups.of(target, disjoint, seeds))
                .closest());
        assertThat(one).isEqualTo(Lookups.sorted(target, NODES).subList(0, 20));
        assertThat(several.getFirst()).isEqualTo(one.getFirst());
        assertThat(several).containsAll(one);
    }

    /** Somebody on one path names nearer nodes without end, all of which are his: what the others find is in the result all the same. */
    @Property(tries = 300)
    void aLiarOnOnePathHidesNobodyOfTheOthers(@ForAll Random random) {
        Key target = target(random);
        List<Contact> sorted = Lookups.sorted(target, NODES);
        List<Contact> liars = sorted.subList(0, 40);
        List<Contact> honest = sorted.subList(40, MANY);
        Contact traitor = honest.get(59);
        Function<Contact, Optional<List<Contact>>> network = contact -> Optional.of(
                contact.equals(traitor) || liars.contains(contact)
                        ? liars
                        : honest.subList(0, Math.min(20, 10 + random.nextInt(20))));
        List<Contact> seeds = List.of(traitor, honest.get(60), honest.get(61));
        Terms disjoint = new Terms(10, 3, new Termination.Closest(), false, 3);
        List<Contact> found = Lookups.contacts(new Lookups(network, random)
                .run(Lookups.of(target, disjoint, seeds))
                .closest());
        assertThat(found).containsAll(honest.subList(0, 10));
        List<Contact> plain = Lookups.contacts(new Lookups(network, random)
                .run(Lookups.of(target, new Terms(10, 1, new Termination.Closest(), false, 1), seeds))
                .closest());
        assertThat(plain).allMatch(liars::contains);
    }

    /** This node knows liars that are nearer than all others: one path begins with them, and another does not. */
    @Property(tries = 300)
    void liarsThatAreKnownHideNobody(@ForAll Random random) {
        Key target = target(random);
        List<Contact> sorted = Lookups.sorted(target, NODES);
        List<Contact> liars = sorted.subList(0, 40);
        List<Contact> honest = sorted.subList(40, MANY);
        Function<Contact, Optional<List<Contact>>> network =
                contact -> Optional.of(liars.contains(contact) ? liars : honest.subList(0, 20));
        List<Contact> seeds = new ArrayList<>(liars.subList(0, 20));
        seeds.addAll(honest.subList(40, 60));
        Terms disjoint = new Terms(10, 3, new Termination.Closest(), false, 2);
        assertThat(Lookups.contacts(new Lookups(network, random)
                        .run(Lookups.of(target, disjoint, seeds))
                        .closest()))
                .containsAll(honest.subList(0, 10));
    }

    @Example
    void candidatesAndQuestionsAreBounded() {
        Random random = new Random(1);
        Terms terms = new Terms(20, 3, new Termination.Closest(), true, 1);
        Key target = Key.of(TypeArbitraries.peer(99));
        LookupLimits tight = new LookupLimits(10, 7, 1000);
        Lookup begun = Lookup.of(target, Lookups.SELF, terms, tight, NODES.subList(0, 30));
        assertThat(begun.paths().getFirst().heard().size()).isEqualTo(10);
        assertThat(begun.dropped()).isEqualTo(20);
        Lookups driver = new Lookups(contact -> Optional.of(NODES), random);
        Lookup over = driver.run(begun);
        assertThat(over.sent()).isEqualTo(7);
        assertThat(over.isOver()).isTrue();
        assertThat(over.dropped()).isGreaterThan(20);
    }
}
