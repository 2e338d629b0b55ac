package dev.dunlin.dht.query;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way of one lookup: whom it knows, whom it asks next, and when it is over. Nothing is waited for but answers: as soon as one is
 * there, the next node is asked. Each node is asked once at most.
 *
 * <p>Who drives it asks {@link #next} until there is none, says {@link #asked} of each, and tells it what comes back: {@link
 * #answered}, {@link #failed}, {@link #outwaited}.
 *
 * @param target the id whose nearest nodes are looked for
 * @param self this node, which is never asked
 * @param paths one, or several that ask nobody in common
 * @param requests the questions under way, by their numbers
 * @param sent how many questions were sent
 * @param dropped how many nodes that answers named were not taken, for want of room
 */
public record Lookup(
        Key target,
        PeerId self,
        Terms terms,
        LookupLimits limits,
        List<Path> paths,
        Table<Integer, Request> requests,
        int sent,
        long dropped) {

    /** Copies the list. */
    public Lookup {
        paths = List.copyOf(paths);
    }

    /**
     * A question under way.
     *
     * @param distance of whom it asks
     * @param path which path asks
     * @param at when patience with it ends, microseconds; never, if it has ended
     */
    public record Request(Key distance, int path, long at) implements Due {}

    /** A node that is to be asked, and by which path. */
    public record Choice(int path, Key distance, Candidate candidate) {}

    /**
     * A lookup that begins with these nodes. Of several paths each begins farther away than the one before it, the first with all: whoever has
     * made ids near to the target, and is known to this node, would else be the first that each of them asks.
     */
    public static Lookup of(Key target, PeerId self, Terms terms, LookupLimits limits, List<Contact> seeds) {
        Table<Key, Candidate> known = Table.empty();
        for (Contact seed : seeds) {
            if (!seed.peer().equals(self)) {
                known = known.with(target.distance(seed.key()), Candidate.seed(seed));
            }
        }
        Path first = Path.NEW.hear(known, limits.candidates());
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < terms.paths(); i++) {
            paths.add(
                    i == 0
                            ? first
                            : Path.NEW.hear(without(known, i * known.size() / terms.paths()), limits.candidates()));
        }
        return new Lookup(
                        target,
                        self,
                        terms,
                        limits,
                        paths,
                        Table.empty(),
                        0,
                        known.size() - first.heard().size())
                .settled();
    }

    private static Table<Key, Candidate> without(Table<Key, Candidate> known, int nearest) {
        Table<Key, Candidate> farther = known;
        for (int i = 0; i < nearest; i++) {
            farther = farther.without(farther.first().orElseThrow().getKey());
        }
        return farther;
    }

    /** Whether it is at its end. */
    public boolean isOver() {
        return paths.stream().allMatch(path -> path.isOver(terms, limits.waitsForAll()))
                || sent >= limits.requests() && requests.isEmpty();
    }

    /** Who is to be asked now: nobody if as many as may be are being asked, or nobody is left. */
    public Optional<Choice> next() {
        if (sent >= limits.requests()) {
            return Optional.empty();
        }
        for (int i = 0; i < paths.size(); i++) {
            int at = (sent + i) % paths.size();
            Path path = paths.get(at);
            if (!path.isOver(terms, limits.waitsForAll()) && path.open() < path.width(terms)) {
                Optional<Map.Entry<Key, Candidate>> next = path.next(terms);
                if (next.isPresent()) {
                    return next.map(entry -> new Choice(at, entry.getKey(), entry.getValue()));
                }
            }
        }
        return Optional.empty();
    }

    /** With a question to whom {@link #next} has chosen; its number is {@link #sent}. */
    public Lookup asked(Choice choice, long now) {
        List<Path> after = new ArrayList<>(paths);
        after.set(choice.path(), after.get(choice.path()).ask(choice.distance(), true));
        Request request = new Request(choice.distance(), choice.path(), now + limits.patience());
        return new Lookup(target, self, terms, limits, after, requests.with(sent + 1, request), sent + 1, dropped)
                .settled();
    }

    /**
     * With an answer.
     *
     * @param request the number of the question, which is under way
     * @param named whom it named
     */
    public Lookup answered(int request, List<Contact> named) {
        Request asked = requests.at(request);
        List<Path> after = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            after.add(paths.get(i).answer(asked.distance(), i == asked.path()));
        }
        Path own = after.get(asked.path());
        Candidate answerer = own.answered().at(asked.distance());
        Table<Key, Candidate> heard = Table.empty();
        for (Contact contact : named) {
            Key distance = target.distance(contact.key());
            if (!contact.peer().equals(self) && !own.isContacted(distance)) {
                heard = heard.with(distance, answerer.names(contact));
            }
        }
        Path further = own.hear(heard, limits.candidates());
        after.set(asked.path(), further);
        long lost = own.heard().size() - (long) further.heard().size();
        for (Key distance : heard.keys()) {
            lost += own.heard().has(distance) ? 0 : 1;
        }
        return new Lookup(target, self, terms, limits, after, requests.without(request), sent, dropped + lost)
                .settled();
    }

    /** With a question that will have no answer. */
    public Lookup failed(int request) {
        Request asked = requests.at(request);
        List<Path> after = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            after.add(paths.get(i).fail(asked.distance(), i == asked.path()));
        }
        return new Lookup(target, self, terms, limits, after, requests.without(request), sent, dropped).settled();
    }

    /** With an end of patience with all that were asked too long ago: others are asked in their place. */
    public Lookup outwaited(long now) {
        List<Path> after = new ArrayList<>(paths);
        Table<Integer, Request> left = requests;
        for (int number : requests.due(now, requests.size())) {
            Request request = requests.at(number);
            for (int i = 0; i < after.size(); i++) {
                after.set(i, after.get(i).outwait(request.distance(), i == request.path()));
            }
            left = left.with(number, new Request(request.distance(), request.path(), Due.NEVER));
        }
        return new Lookup(target, self, terms, limits, after, left, sent, dropped).settled();
    }

    /** With what other paths know of those that a path would ask next: a node that was asked is not asked again, and counts for both. */
    private Lookup settled() {
        if (paths.size() == 1) {
            return this;
        }
        List<Path> after = new ArrayList<>(paths);
        for (int i = 0; i < after.size(); i++) {
            Path path = after.get(i);
            Optional<Map.Entry<Key, Candidate>> next = path.next(terms);
            while (next.isPresent()) {
                Key distance = next.get().getKey();
                Optional<Path> other = after.stream()
                        .filter(each -> each.isContacted(distance))
                        .findFirst();
                if (other.isEmpty()) {
                    break;
                }
                path = adopted(path, distance, other.get());
                next = path.next(terms);
            }
            after.set(i, path);
        }
        return new Lookup(target, self, terms, limits, after, requests, sent, dropped);
    }

    private static Path adopted(Path path, Key distance, Path other) {
        if (other.answered().has(distance)) {
            return path.answer(distance, false);
        }
        if (other.failed().has(distance)) {
            return path.fail(distance, false);
        }
        Path asked = path.ask(distance, false);
        return other.late().has(distance) ? asked.outwait(distance, false) : asked;
    }

    /**
     * The nearest that have answered, in order: of one path as many as are wanted, of several as many of each, since who lies on one
     * path shall not push aside what another has found.
     */
    public List<Candidate> closest() {
        Table<Key, Candidate> all = Table.empty();
        for (Path path : paths) {
            Iterator<Map.Entry<Key, Candidate>> answered = path.answered().iterator();
            for (int i = 0; i < terms.wanted() && answered.hasNext(); i++) {
                Map.Entry<Key, Candidate> entry = answered.next();
                all = all.has(entry.getKey()) ? all : all.with(entry.getKey(), entry.getValue());
            }
        }
        List<Candidate> closest = new ArrayList<>(all.size());
        all.values().forEach(closest::add);
        return closest;
    }

    /** Who was asked. */
    Candidate candidate(Request request) {
        Path path = paths.get(request.path());
        return path.asked()
                .find(request.distance())
                .or(() -> path.late().find(request.distance()))
                .orElseThrow();
    }
}
