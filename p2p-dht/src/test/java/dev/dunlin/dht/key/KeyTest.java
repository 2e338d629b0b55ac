package dev.dunlin.dht.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Published vectors, and what is no property. */
final class KeyTest {

    /** ipfs/specs src/routing/kad-dht.md, "Kademlia Keyspace", by its hexadecimal digits: what stands there in base58 is the id of another peer. */
    @Test
    void aPeerHasThePublishedKey() {
        PeerId peer = PeerId.fromBytes(HexFormat.of()
                .parseHex("0024080112209e3b433cbd31c2b8a6ebbdca998bd0f4c2141c9c9af5422e976051b1e63af14d"));
        assertThat(peer).isEqualTo(PeerId.parse("12D3KooWLU2znyJMtDiHArqAGbZn8CgUGp92kxDBtefftEEaHSZS"));
        assertThat(Key.of(peer)).hasToString("e43d28f0996557c0d5571d75c62a57a59d7ac1d30a51ecedcdb9d5e4afa56100");
    }

    /** ipfs/specs src/routing/kad-dht.md, "Content Kademlia Identifier". */
    @Test
    void contentHasThePublishedKey() {
        Cid cid = Cid.parse("bafybeihfg3d7rdltd43u3tfvncx7n5loqofbsobojcadtmokrljfthuc7y");
        assertThat(HexFormat.of().formatHex(cid.hash().toBytes()))
                .isEqualTo("1220e536c7f88d731f374dccb568aff6f56e838a19382e488039b1ca8ad2599e82fe");
        assertThat(Key.of(cid.hash())).hasToString("d623250f3f660ab4c3a53d3c97b3f6a0194c548053488d093520206248253bcb");
    }

    @Test
    void onlyTheCanonicalTextIsRead() {
        String text = "e43d28f0996557c0d5571d75c62a57a59d7ac1d30a51ecedcdb9d5e4afa56100";
        assertThat(Key.parse(text)).hasToString(text);
        for (String bad :
                new String[] {"", text + "0", text.substring(1), text.replace('e', 'E'), "g" + text.substring(1)}) {
            assertThatThrownBy(() -> Key.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Key.ofDigest(new byte[31])).hasMessageContaining("32 bytes, not 31");
    }

    @Test
    void everyPrefixHasAPreimage() {
        Key self = Key.ofPreimage(Bytes.of((byte) 1));
        for (int shared = 0; shared < Preimages.MOST_BITS; shared++) {
            Set<Bytes> preimages = new HashSet<>();
            for (long draw = -3; draw < 200; draw++) {
                Bytes preimage = Preimages.inBucket(self, shared, draw);
                preimages.add(preimage);
                assertThat(self.commonPrefix(Key.ofPreimage(preimage))).isEqualTo(shared);
            }
            // As many parts as the bits that are left tell apart: 203 draws in a row hit them all, or 203 of them.
            assertThat(preimages).hasSize(Math.min(203, 1 << Preimages.MOST_BITS - 1 - shared));
        }
        for (int bits = 0; bits <= Preimages.MOST_BITS; bits++) {
            assertThat(self.commonPrefix(Key.ofPreimage(Preimages.withPrefix(self, bits))))
                    .isGreaterThanOrEqualTo(bits);
        }
        assertThatThrownBy(() -> Preimages.inBucket(self, Preimages.MOST_BITS, 0))
                .hasMessageContaining("buckets 0 to 14, not 15");
        assertThatThrownBy(() -> Preimages.withPrefix(self, Preimages.MOST_BITS + 1))
                .hasMessageContaining("0 to 15 bits, not 16");
    }

    /** Whatever was searched for before, so that machines that asked for other prefixes first replay alike. */
    @Test
    void thePreimageIsTheFirstOfItsSequence() {
        Key[] wanted = {Key.ZERO, Key.ofPreimage(Bytes.of((byte) 1)), Key.ofPreimage(Bytes.of((byte) 2))};
        for (Key key : wanted) {
            int number = 1;
            while (key.commonPrefix(Key.ofPreimage(numbered(number))) < Preimages.MOST_BITS) {
                number++;
            }
            assertThat(Preimages.withPrefix(key, Preimages.MOST_BITS)).isEqualTo(numbered(number));
        }
    }

    private static Bytes numbered(int number) {
        byte[] multihash = new byte[34];
        multihash[0] = 0x12;
        multihash[1] = 32;
        ByteBuffer.wrap(multihash).order(ByteOrder.LITTLE_ENDIAN).putInt(2, number);
        return Bytes.of(multihash);
    }
}
