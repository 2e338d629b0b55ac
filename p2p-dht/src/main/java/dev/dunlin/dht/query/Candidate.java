package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node that a lookup knows of.
 *
 * @param contact it, at what was said of where it is: each that has said something new has the same share of the places
 * @param referrer who named it first; empty if this node knew it
 * @param hops how many questions lie between this node and it: 1 if this node knew it
 * @param said where it is by each that has said something new, in their order; empty as long as one has said all
 */
public record Candidate(Contact contact, Optional<PeerId> referrer, int hops, List<List<Multiaddr>> said) {

    /** Of so many it counts what they say of where a node is: of more, the first ones and the last. */
    public static final int MOST_SAYING = 8;

    /** The most addresses that are remembered of them all, but for some by which their shares are rounded up. */
    private static final int MOST_SAID = 2 * Contact.MAX_ADDRESSES;

    /** The longest address that counts beside others, in bytes: the first ones of all that say something find room. */
    private static final int LONGEST = Contact.MAX_BYTES / MOST_SAYING;

    /** A node that this node knew. */
    public static Candidate seed(Contact contact) {
        return new Candidate(contact, Optional.empty(), 1, List.of());
    }

    /** The same node, which somebody else has named: where either says that it is, for who names it first may lie. */
    Candidate alsoAt(List<Multiaddr> others) {
        List<Multiaddr> news = counting(others);
        List<List<Multiaddr>> all = new ArrayList<>(said.isEmpty() ? List.of(counting(contact.addresses())) : said);
        // Who says what others have said, as far as it would count, says nothing new: most do.
        if (isKnown(first(news, Math.ceilDiv(Contact.MAX_ADDRESSES, all.size() + 1)), all)) {
            return this;
        }
        if (all.size() == MOST_SAYING) {
            all.removeLast();
        }
        all.add(news);
        int share = Math.ceilDiv(MOST_SAID, all.size());
        all.replaceAll(each -> List.copyOf(first(each, share)));
        return new Candidate(contact.at(inTurn(all)), referrer, hops, List.copyOf(all));
    }

    private static boolean isKnown(List<Multiaddr> news, List<List<Multiaddr>> said) {
        return news.stream().allMatch(address -> said.stream().anyMatch(each -> each.contains(address)));
    }

    private static <T> List<T> first(List<T> list, int most) {
        return list.subList(0, Math.min(most, list.size()));
    }

    // Nobody's one address takes the place of all.
    private static List<Multiaddr> counting(List<Multiaddr> addresses) {
        return addresses.stream()
                .filter(address -> address.toBytes().length <= LONGEST)
                .toList();
    }

    private static List<Multiaddr> inTurn(List<List<Multiaddr>> lists) {
        Set<Multiaddr> all = new LinkedHashSet<>();
        // The places that one leaves free are the others'.
        for (int turn = 0; turn < Contact.MAX_ADDRESSES; turn++) {
            for (List<Multiaddr> list : lists) {
                if (turn < list.size()) {
                    all.add(list.get(turn));
                }
            }
        }
        return List.copyOf(all);
    }

    /** A node that this one named. */
    Candidate names(Contact other) {
        return new Candidate(other, Optional.of(contact.peer()), hops + 1, List.of());
    }
}
