package dev.dunlin.connection.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterfacesTest {

    private static final InetAddress ONE = ip("192.0.2.1");
    private static final InetAddress TWO = ip("192.0.2.2");
    private static final InetAddress SIX = ip("2001:db8::1");

    private Set<InetAddress> hosts = Set.of(ONE);
    private final List<Action> said = new ArrayList<>();
    private final List<Set<InetAddress>> moved = new ArrayList<>();
    private final List<Set<InetAddress>> lost = new ArrayList<>();
    private Port.Offer answer = Port.Offer.TAKEN;

    private final Interfaces interfaces = new Interfaces(
            () -> hosts,
            new Port() {
                @Override
                public Offer offer(Action fact) {
                    if (answer == Offer.TAKEN) {
                        said.add(fact);
                    }
                    return answer;
                }

                @Override
                public void answer(ActionId request, Action fact) {
                    throw new AssertionError("nothing was asked");
                }

                @Override
                public <A extends Action & Action.EndsHandle> void ended(A fact) {
                    throw new AssertionError("nothing ended");
                }
            },
            moved::add,
            lost::add);

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCameIsToldOnceAndWhatWentIsNot() {
        interfaces.look();
        assertThat(said).isEmpty();
        hosts = Set.of(ONE, TWO);
        interfaces.look();
        interfaces.look();
        assertThat(said).containsExactly(new ConnectionAction.NetworkCame());
        hosts = Set.of(TWO);
        interfaces.look();
        assertThat(said).hasSize(1);
        hosts = Set.of(ONE, TWO);
        interfaces.look();
        assertThat(said).hasSize(2);
        hosts = Set.of(ONE);
        interfaces.look();
        assertThat(moved).hasSize(6).last().isEqualTo(Set.of(ONE));
    }

    /** Whose address is another now has connections that nothing will ever come on. */
    @Test
    void anAddressWhosePlaceAnotherTookIsLost() {
        hosts = Set.of(TWO);
        interfaces.look();
        assertThat(lost).containsExactly(Set.of(ONE));
        assertThat(said)
                .as("first its connections end, then the node is told to dial")
                .isEmpty();
        interfaces.look();
        assertThat(said).containsExactly(new ConnectionAction.NetworkCame());
        assertThat(lost).hasSize(1);
    }

    /** A cable that is out for a moment ends nothing: what is bound to the address goes on when it is back. */
    @Test
    void anAddressThatMayComeBackIsNotLost() {
        hosts = Set.of();
        interfaces.look();
        hosts = Set.of(SIX);
        interfaces.look();
        hosts = Set.of(ONE, SIX);
        interfaces.look();
        assertThat(lost).isEmpty();
        hosts = Set.of(SIX, ip("127.0.0.1"));
        interfaces.look();
        assertThat(lost)
                .as("neither the other family nor the loopback takes its place")
                .isEmpty();
        hosts = Set.of(TWO, SIX);
        interfaces.look();
        assertThat(lost).containsExactly(Set.of(ONE));
    }

    @Test
    void whatAFullNodeDoesNotTakeIsToldAgain() {
        hosts = Set.of(ONE, TWO);
        answer = Port.Offer.LOG_UNWRITABLE;
        interfaces.look();
        answer = Port.Offer.TAKEN;
        interfaces.look();
        interfaces.look();
        assertThat(said).hasSize(1);
    }

    @Test
    void aWildcardIsTheAddressesOfItsFamilyAndNeverItself() {
        Set<InetAddress> all = Set.of(ONE, SIX);
        assertThat(Sockets.bound(new InetSocketAddress(ip("0.0.0.0"), 4001), all))
                .containsExactly(Multiaddr.parse("/ip4/192.0.2.1/tcp/4001"));
        assertThat(Sockets.bound(new InetSocketAddress(ip("::"), 4001), all))
                .containsExactly(Multiaddr.parse("/ip6/2001:db8::1/tcp/4001"));
        assertThat(Sockets.bound(new InetSocketAddress(ip("0.0.0.0"), 4001), Set.of()))
                .isEmpty();
        assertThat(Sockets.bound(new InetSocketAddress(TWO, 4001), Set.of()))
                .containsExactly(Multiaddr.parse("/ip4/192.0.2.2/tcp/4001"));
    }
}
