package dev.dunlin.dht.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CandidateTest {

    private static final Multiaddr TRUE = Multiaddr.parse("/ip4/5.6.7.8/tcp/4001");
    private static final PeerId PEER = PeerId.of(Multihash.identity(new byte[] {1}));

    /** Whoever tells the truth among those that are heard: liars with as many addresses as there are places do not drive it out. */
    @Property(tries = 500)
    void whoSaysTheTruthIsHeardAmongLiars(
            @ForAll @IntRange(min = 0, max = Candidate.MOST_SAYING - 1) int liars, @ForAll Random random) {
        List<List<Multiaddr>> said = new ArrayList<>(List.of(List.of(TRUE)));
        for (int liar = 0; liar < liars; liar++) {
            int own = liar;
            said.add(IntStream.rangeClosed(1, 1 + random.nextInt(Contact.MAX_ADDRESSES))
                    .mapToObj(place -> Multiaddr.parse("/ip4/9.9." + own + "." + place + "/tcp/4001"))
                    .toList());
        }
        Collections.shuffle(said, random);
        Candidate candidate = candidate(said);
        assertThat(candidate.contact().addresses()).contains(TRUE).hasSizeLessThanOrEqualTo(Contact.MAX_ADDRESSES);
        assertThat(candidate.said().stream().mapToInt(List::size).sum())
                .isLessThanOrEqualTo(2 * Contact.MAX_ADDRESSES + Candidate.MOST_SAYING);
        assertThat(said)
                .allSatisfy(each ->
                        assertThat(candidate(said).contact().addresses()).contains(each.getFirst()));
    }

    /** Honest nodes repeat one another: beside a liar or two with one address each, all that they say is kept. */
    @Property(tries = 200)
    void whoRepeatsWhatWasSaidTakesNobodysPlace(
            @ForAll @IntRange(min = 0, max = 2) int liars,
            @ForAll @IntRange(min = 1, max = 10) int addresses,
            @ForAll @IntRange(min = 1, max = 20) int honest,
            @ForAll Random random) {
        List<Multiaddr> truth = IntStream.rangeClosed(1, addresses)
                .mapToObj(place -> Multiaddr.parse("/ip4/5.6.7." + place + "/tcp/4001"))
                .toList();
        List<List<Multiaddr>> said = new ArrayList<>(Collections.nCopies(honest, truth));
        for (int liar = 0; liar < liars; liar++) {
            said.add(List.of(Multiaddr.parse("/ip4/9.9.9." + liar + "/tcp/4001")));
        }
        Collections.shuffle(said, random);
        assertThat(candidate(said).contact().addresses()).containsAll(truth);
    }

    /** Of more than count, the first ones and the last are heard. */
    @Test
    void theLastIsHeardBesideManyLiars() {
        List<List<Multiaddr>> said = new ArrayList<>();
        for (int liar = 0; liar < 20; liar++) {
            said.add(List.of(Multiaddr.parse("/ip4/9.9.9." + liar + "/tcp/4001")));
        }
        said.add(List.of(TRUE));
        Candidate candidate = candidate(said);
        assertThat(candidate.contact().addresses())
                .contains(TRUE, said.getFirst().getFirst())
                .hasSize(Candidate.MOST_SAYING);
    }

    private static Candidate candidate(List<List<Multiaddr>> said) {
        Candidate candidate = Candidate.seed(Contact.of(PEER, said.getFirst()));
        for (List<Multiaddr> next : said.subList(1, said.size())) {
            candidate = candidate.alsoAt(next);
        }
        return candidate;
    }

    @Test
    void whatIsSaidAgainChangesNothing() {
        Candidate candidate = Candidate.seed(Contact.of(PEER, List.of(TRUE)));
        assertThat(candidate.alsoAt(List.of(TRUE))).isSameAs(candidate);
    }
}
