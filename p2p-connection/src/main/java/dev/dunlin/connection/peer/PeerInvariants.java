package dev.dunlin.connection.peer;

import dev.dunlin.connection.peer.PeerState.Heard;
import dev.dunlin.connection.peer.PeerState.Met;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What always holds of the peer machine. */
final class PeerInvariants {

    private PeerInvariants() {}

    static final List<Invariant<PeerState>> ALL = List.of(
            new Invariant<>("peers-are-few", PeerInvariants::tooMany),
            new Invariant<>("addresses-are-sound", PeerInvariants::unsound));

    private static Optional<String> tooMany(PeerState own) {
        boolean isFew = own.met().size() <= own.config().maxMet()
                && own.heard().size() <= own.config().maxHeard();
        return isFew
                ? Optional.empty()
                : Optional.of(own.met().size() + " peers were met and "
                        + own.heard().size() + " heard of; there may be "
                        + own.config().maxMet() + " and " + own.config().maxHeard());
    }

    private static Optional<String> unsound(PeerState own) {
        for (Map.Entry<PeerId, Met> entry : own.met()) {
            Met met = entry.getValue();
            boolean isDated = met.equals(met.with(met.addresses()));
            if (!isDated || !areSound(own, met.addresses()) || own.heard().has(entry.getKey())) {
                return Optional.of(entry.getKey() + " is known so: " + met);
            }
        }
        for (Map.Entry<PeerId, Heard> entry : own.heard()) {
            Heard heard = entry.getValue();
            if (heard.addresses().isEmpty()
                    || !heard.equals(Heard.of(heard.addresses()))
                    || !areSound(own, heard.addresses())) {
                return Optional.of(entry.getKey() + " is known so: " + heard);
            }
        }
        return Optional.empty();
    }

    private static boolean areSound(PeerState own, List<Known> addresses) {
        Set<Multiaddr> once = new TreeSet<>();
        boolean isSorted = true;
        for (int i = 0; i < addresses.size(); i++) {
            once.add(addresses.get(i).address());
            isSorted &= i == 0 || Known.BEST_FIRST.compare(addresses.get(i - 1), addresses.get(i)) <= 0;
        }
        return isSorted
                && once.size() == addresses.size()
                && addresses.size() <= own.config().maxAddresses();
    }
}
