package dev.dunlin.dht.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What each defence is worth, in small networks; the figures of larger ones {@link AttacksBench} prints. */
final class AttacksTest {

    /** S/Kademlia (Baumgart and Mies 2007): eight disjoint paths find 99 % where a fifth of the nodes are adversaries. */
    @Test
    void disjointPathsFindWhatAdversariesHide() {
        Rate disjoint =
                Attacks.colluders(200, 20, 8, true, 1_000, 1).and(Attacks.colluders(200, 20, 8, true, 1_000, 2));
        assertThat(disjoint.tries()).isEqualTo(2_000);
        assertThat(disjoint.atLeast()).as("%s", disjoint).isGreaterThan(0.99);
        Rate plain = Attacks.colluders(200, 20, 1, true, 200, 1);
        assertThat(plain.share()).as("%s", plain).isLessThan(0.97);
    }

    @Test
    void limitsOfANetworkKeepSybilsOutOfTheWay() {
        Rate limited = Attacks.sybils(120, 50, Attacks.Sybils.HIDING, true, 1, 2, 60, 1);
        Rate unlimited = Attacks.sybils(120, 50, Attacks.Sybils.HIDING, false, 1, 2, 60, 1);
        assertThat(limited.share()).as("%s, without %s", limited, unlimited).isGreaterThan(0.99);
        assertThat(unlimited.share()).as("%s", unlimited).isLessThan(0.5);
    }

    @Test
    void limitsOfANetworkKeepAnEclipseOff() {
        // So many that one more or less that lies where the adversaries do says nothing.
        Attacks.Eclipse limited = Attacks.eclipse(150, true, Battle.Claim.TRUE, 200, 1);
        Attacks.Eclipse unlimited = Attacks.eclipse(150, false, Battle.Claim.TRUE, 200, 1);
        assertThat(limited.sybils()).isLessThan(0.1);
        assertThat(unlimited.sybils()).isGreaterThan(0.3);
        assertThat(limited.gets().share())
                .as("%s, without %s", limited, unlimited)
                .isGreaterThan(0.97);
    }

    /** What counts is where somebody is, and not where it says that it is. */
    @Test
    void whoSaysThatItIsElsewhereGainsNothing() {
        for (Battle.Claim claim : List.of(Battle.Claim.FALSE, Battle.Claim.NAME)) {
            Attacks.Eclipse eclipse = Attacks.eclipse(150, true, claim, 10, 1);
            assertThat(eclipse.sybils()).as("%s", claim).isLessThan(0.1);
        }
    }

    @Test
    void whoIsNamedWhereItIsNotIsFoundAllTheSame() {
        Rate found = Attacks.misplaced(150, 20, 8, 300, 1);
        assertThat(found.share()).as("%s", found).isGreaterThan(0.99);
    }

    @Test
    void validatorsFindForgedValuesOut() {
        Rate judged = Attacks.poison(150, 20, true, 300, 1);
        Rate gullible = Attacks.poison(150, 20, false, 300, 1);
        assertThat(judged.share()).as("%s", judged).isEqualTo(1);
        assertThat(gullible.share()).as("%s", gullible).isLessThan(0.2);
    }

    @Test
    void aQuorumFindsThatAValueIsStale() {
        Rate many = Attacks.stale(150, 20, 16, 300, 1);
        Rate one = Attacks.stale(150, 20, 1, 300, 1);
        assertThat(many.share()).as("%s", many).isGreaterThan(0.99);
        assertThat(one.share()).as("%s", one).isLessThan(0.9);
    }

    @Test
    void othersAreAskedBesideThoseThatAreSlow() {
        Rate standard = Attacks.slow(150, 30, false, 300, 1);
        Rate patient = Attacks.slow(150, 30, true, 300, 1);
        assertThat(standard.share()).as("%s", standard).isEqualTo(1);
        assertThat(standard.seconds()).as("%s, patient %s", standard, patient).isLessThan(patient.seconds() / 1.3);
    }

    @Test
    void whoIsOnlyNamedEntersNoTable() {
        Attacks.Lies lies = Attacks.lies(150, 20, 8, 300, 1);
        assertThat(lies.dead()).isZero();
        assertThat(lies.gets().share()).as("%s", lies).isGreaterThan(0.95);
    }

    @Test
    void sharesLeaveRoomForOtherProviders() {
        Rate shared = Attacks.providerFlood(60, true, 60, 1);
        Rate free = Attacks.providerFlood(60, false, 60, 1);
        assertThat(shared.share()).as("%s", shared).isGreaterThan(0.99);
        assertThat(free.share()).as("%s", free).isLessThan(0.5);
    }
}
