package dev.dunlin.connection.bootstrap.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multibase;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Links as text. */
class BootstrapLinkTest {

    private static final BootstrapLink LINK = new BootstrapLink(
            List.of(Multiaddr.parse("/ip4/8.8.1.1/tcp/4001").withPeer(TypeArbitraries.peer(1))),
            "aToken",
            1_800_000_000,
            Role.FOIL);

    @Provide
    Arbitrary<BootstrapLink> links() {
        Arbitrary<Multiaddr> addresses = Combinators.combine(
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(1, 65_535))
                .as((peer, port) ->
                        Multiaddr.parse("/ip6/2001:db8::1/tcp/" + port).withPeer(TypeArbitraries.peer(peer)));
        return Combinators.combine(
                        addresses.list().ofMinSize(1).ofMaxSize(BootstrapLink.MOST_RESPONDERS),
                        Arbitraries.strings()
                                .all()
                                .ofMinLength(1)
                                .ofMaxLength(BootstrapLink.MOST_TOKEN)
                                .filter(BootstrapLinkTest::isWhole),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.of(Role.class))
                .as(BootstrapLink::new);
    }

    /** Half of a surrogate pair has no UTF-8. */
    private static boolean isWhole(String text) {
        return text.codePoints().noneMatch(each -> each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE);
    }

    @Property
    void whatIsWrittenIsReadAlsoInCapitals(@ForAll("links") BootstrapLink link) {
        assertThat(BootstrapLink.parse(link.text())).isEqualTo(link);
        assertThat(BootstrapLink.parse(' ' + link.text().toUpperCase(Locale.ROOT) + '\n'))
                .isEqualTo(link);
        assertThat(link.text().length()).isLessThan(BootstrapLink.MOST_TEXT);
    }

    @Property
    void oneCharacterThatIsAnotherIsSeen(@ForAll("links") BootstrapLink link, @ForAll int where, @ForAll int which) {
        String text = link.text();
        int at = BootstrapLink.SCHEME.length() + Math.floorMod(where, text.length() - BootstrapLink.SCHEME.length());
        char other = "abcdefghijklmnopqrstuvwxyz234567".charAt(Math.floorMod(which, 32));
        if (text.charAt(at) != other) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BootstrapLink.parse(text.substring(0, at) + other + text.substring(at + 1)));
        }
    }

    @Property
    void whatIsCutIsSeenAndWhateverIsReadIsALinkOrNone(
            @ForAll("links") BootstrapLink link, @ForAll int where, @ForAll byte[] any) {
        String text = link.text();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BootstrapLink.parse(text.substring(0, Math.floorMod(where, text.length()))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BootstrapLink.parse(BootstrapLink.SCHEME + Multibase.BASE32.encode(any)));
    }

    @Example
    void aTextIsTheSameForEver() {
        // Computed by other means, from the description of the layout.
        assertThat(LINK.text())
                .isEqualTo("dunlin:baeaybjfh3idamykun5vwk3qbfucaqcabaeda7infamrbeih3kdoaof77ezwpto"
                        + "xyfmoopioc55wzer4fs2alcgqz7nyhp5pselvwuqlf");
    }

    /** Where the bits of the bytes do not fill the last letter, only one of those that would do is right; and letters are those of ASCII. */
    @Property(tries = 200)
    void aLinkHasOneText(@ForAll("links") BootstrapLink link) {
        String text = link.text();
        for (char last : "abcdefghijklmnopqrstuvwxyz234567".toCharArray()) {
            String other = text.substring(0, text.length() - 1) + last;
            if (!other.equals(text)) {
                assertThatIllegalArgumentException().isThrownBy(() -> BootstrapLink.parse(other));
            }
        }
        // The sign of Kelvin, whose small letter is k.
        String kelvin = text.toUpperCase(Locale.ROOT).replace('K', '\u212a');
        if (kelvin.indexOf('\u212a') >= 0) {
            assertThatIllegalArgumentException().isThrownBy(() -> BootstrapLink.parse(kelvin));
        }
    }

    @Example
    void theTokenIsToldToNobody() {
        assertThat(LINK.toString()).doesNotContain("aToken");
        String bad = LINK.text().substring(0, 30);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BootstrapLink.parse(bad))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(bad.substring(10)));
    }

    @Example
    void theBoundsAreKept() {
        Multiaddr one = LINK.responders().getFirst();
        Multiaddr[] many = new Multiaddr[BootstrapLink.MOST_RESPONDERS + 1];
        Arrays.fill(many, one);
        assertThatIllegalArgumentException().isThrownBy(() -> new BootstrapLink(List.of(), "t", 1, Role.STOCK));
        assertThatIllegalArgumentException().isThrownBy(() -> new BootstrapLink(List.of(many), "t", 1, Role.STOCK));
        assertThatIllegalArgumentException().isThrownBy(() -> new BootstrapLink(List.of(one), "", 1, Role.STOCK));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new BootstrapLink(List.of(one), "t".repeat(BootstrapLink.MOST_TOKEN + 1), 1, Role.STOCK));
        assertThatIllegalArgumentException().isThrownBy(() -> new BootstrapLink(List.of(one), "t", -1, Role.STOCK));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new BootstrapLink(List.of(Multiaddr.parse("/ip4/8.8.1.1/tcp/4001")), "t", 1, Role.STOCK));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BootstrapLink.parse(BootstrapLink.SCHEME + "b".repeat(BootstrapLink.MOST_TEXT)));
    }
}
