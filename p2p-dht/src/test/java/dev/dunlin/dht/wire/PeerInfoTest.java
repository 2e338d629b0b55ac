package dev.dunlin.dht.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.wire.pb.KadMessagePb;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PeerInfoTest {

    private static final PeerId PEER = SimNet.peer(1);
    private static final PeerId OTHER = SimNet.peer(2);
    private static final Multiaddr PLAIN = Multiaddr.parse("/ip4/1.2.3.4/tcp/4001");
    private static final Multiaddr RELAYED = PLAIN.withPeer(OTHER).encapsulate(Multiaddr.parse("/p2p-circuit"));

    private static List<Multiaddr> kept(Multiaddr... addresses) {
        return new PeerInfo(PEER, List.of(addresses), Connectedness.CONNECTED).addresses();
    }

    @Test
    void addressesAreKeptWithoutTheirPeerAndOnce() {
        assertThat(kept(PLAIN.withPeer(PEER), PLAIN)).containsExactly(PLAIN);
        assertThat(kept(PLAIN.withPeer(PEER).encapsulate(Multiaddr.parse("/p2p/" + PEER))))
                .containsExactly(PLAIN);
        assertThat(kept(RELAYED, RELAYED.withPeer(PEER), PLAIN)).containsExactly(RELAYED, PLAIN);
    }

    @Test
    void addressesOfAnotherPeerOrOfNoPlaceAreLeftOut() {
        assertThat(kept(PLAIN.withPeer(OTHER), Multiaddr.parse("/p2p/" + PEER), PLAIN))
                .containsExactly(PLAIN);
        assertThat(kept(PLAIN.withPeer(OTHER).encapsulate(Multiaddr.parse("/p2p/" + PEER))))
                .isEmpty();
    }

    @Test
    void theFirstAreKept() {
        PeerInfo most = Samples.wide(1, PeerInfo.MAX_ADDRESSES, 40);
        assertThat(most.addresses()).hasSize(64);
        List<Multiaddr> more = new ArrayList<>(most.addresses());
        more.add(PLAIN);
        assertThat(new PeerInfo(PEER, more, Connectedness.CAN_CONNECT)).isEqualTo(most);
    }

    @Test
    void anEntryHasAtMost8192Bytes() {
        // 40 of the id and 2 of the connection, and 258 of each address: 31 of them are 8040, and 152 are left.
        List<Multiaddr> addresses = new ArrayList<>(Samples.wide(1, 31, 255).addresses());
        Multiaddr fits = Samples.wide(2, 1, 149).addresses().getFirst();
        Multiaddr doesNot = Samples.wide(2, 1, 150).addresses().getFirst();
        addresses.add(fits);
        assertThat(size(addresses)).isEqualTo(8192);
        assertThat(new PeerInfo(PEER, addresses, Connectedness.CONNECTED).addresses())
                .hasSize(32);
        addresses.set(31, doesNot);
        // What is short enough, but stands behind one that is not, is left out too.
        addresses.add(PLAIN);
        assertThat(new PeerInfo(PEER, addresses, Connectedness.CONNECTED).addresses())
                .isEqualTo(addresses.subList(0, 31));
    }

    private static int size(List<Multiaddr> addresses) {
        try {
            return KadMessagePb.parseFrom(KadCodec.answers(KadLimits.DEFAULT)
                            .encode(KadAnswer.FoundNodes.of(
                                    List.of(new PeerInfo(PEER, addresses, Connectedness.CONNECTED))))
                            .toArray())
                    .getCloserPeers(0)
                    .getSerializedSize();
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Property(tries = 500)
    void whatIsKeptIsKeptAgain(@ForAll("lists") List<Multiaddr> addresses, @ForAll @IntRange(max = 3) int known) {
        Connectedness connection = Connectedness.values()[known];
        PeerInfo info = new PeerInfo(PEER, addresses, connection);
        assertThat(new PeerInfo(PEER, info.addresses(), connection)).isEqualTo(info);
        assertThat(size(info.addresses())).isLessThanOrEqualTo(PeerInfo.MAX_BYTES);
        assertThat(info.addresses()).hasSizeLessThanOrEqualTo(PeerInfo.MAX_ADDRESSES);
    }

    @Provide
    static Arbitrary<List<Multiaddr>> lists() {
        return Arbitraries.oneOf(
                        Samples.addresses(),
                        Samples.addresses().map(address -> address.withPeer(PEER)),
                        Samples.addresses().map(address -> address.withPeer(OTHER)))
                .list()
                .ofMaxSize(120);
    }
}
