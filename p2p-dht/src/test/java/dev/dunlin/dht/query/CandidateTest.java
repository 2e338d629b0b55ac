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
                .isLessThanOrEqualTo(Contact.MAX_ADDRESSES + Candidate.MOST_SAYING);
        assertThat(said)
                .allSatisfy(each ->
                        assertThat(candidate(said).contact().addresses()).contains(each.getFirst()));
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
