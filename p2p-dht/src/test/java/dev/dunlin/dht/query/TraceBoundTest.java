package dev.dunlin.dht.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contacts;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is remembered of a lookup has a bound. */
final class TraceBoundTest {

    private static final Lookup LOOKUP = Lookup.of(
            Key.ZERO,
            Contacts.contact(0).peer(),
            Terms.standard(20),
            new LookupLimits(50, 100, 1),
            IntStream.rangeClosed(1, 40).mapToObj(Contacts::contact).toList());

    @Test
    void soManyPartsAreTold() {
        Trace trace = Trace.of(true);
        for (int i = 1; i <= Part.MOST + 10; i++) {
            trace = trace.asked(i, Candidate.seed(Contacts.contact(100 + i)), i);
        }
        assertThat(trace.parts().size()).isEqualTo(Part.MOST);
        assertThat(trace.answered(Part.MOST + 5, 9, 1)).isEqualTo(trace);
        assertThat(trace.all(LOOKUP)).hasSize(Part.MOST);
        assertThat(Trace.of(true).all(LOOKUP)).hasSize(40);
    }

    @Test
    void nothingIsRememberedUnlessSomebodyWantsToKnow() {
        Trace trace =
                Trace.of(false).asked(1, Candidate.seed(Contacts.contact(1)), 0).answered(1, 2, 3);
        assertThat(trace.parts().isEmpty()).isTrue();
        assertThat(trace.all(LOOKUP)).isEqualTo(List.of());
    }
}
