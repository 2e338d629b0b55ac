package dev.dunlin.dht.crawl;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.dht.table.Contact;
import java.util.Optional;

/**
 * What a crawl knows of a node.
 *
 * @param answers how many of its questions it has answered
 * @param entries how many others it has named, each counted once
 * @param failure why it has not answered the last of them; empty if it has, or was not asked yet
 */
public record CrawledNode(Contact contact, int answers, int entries, Optional<AskFailure> failure) {

    static CrawledNode heard(Contact contact) {
        return new CrawledNode(contact, 0, 0, Optional.empty());
    }

    /** Whether it has answered at all. */
    public boolean isReached() {
        return answers > 0;
    }

    /** Whether something came of a question to it. */
    boolean isTried() {
        return answers > 0 || failure.isPresent();
    }

    CrawledNode answered(int named) {
        return new CrawledNode(contact, answers + 1, named, Optional.empty());
    }

    CrawledNode failed(AskFailure why) {
        return new CrawledNode(contact, answers, entries, Optional.of(why));
    }
}
