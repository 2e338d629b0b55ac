package dev.dunlin.dht.crawl;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.crawl.CrawlOutcome.Completion;
import dev.dunlin.dht.key.Preimages;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.List;

/** The crawl machine, of one crawl at a time. */
record CrawlReducer(CrawlState own, long number, Crawl crawl, Context ctx) {

    static CrawlState reduce(CrawlState own, CrawlAction action, Context ctx) {
        return switch (action) {
            case CrawlAction.Start(Ticket ticket, Network network) -> {
                CrawlState begun = own.begun(Crawl.of(
                        ticket, network, ctx.now(), ctx.now() + own.config().timeout()));
                ctx.then(new RoutingAction.Find(
                        new Ticket(CrawlMachine.NAME, begun.last()),
                        network,
                        Bytes.of(own.config().self().orElseThrow().toBytes()),
                        Terms.MOST_WANTED));
                yield begun;
            }
            case CrawlAction.Stop(Ticket ticket) ->
                of(own, own.tickets().at(ticket), ctx).over(Completion.STOPPED);
            case CrawlAction.Seeded(long number, List<Contact> nodes) ->
                of(own, number, ctx).seeded(nodes);
            case CrawlAction.Unseeded(long number, String _) ->
                of(own, number, ctx).over(Completion.NOBODY);
            case CrawlAction.AnswerCame(long number, int request, PeerId _, KadAnswer answer) ->
                of(own, number, ctx).answered(request, answer);
            case CrawlAction.AnswerMissing(long number, int request, PeerId _, AskFailure why, String _) ->
                of(own, number, ctx).missed(request, why);
            case CrawlAction.CrawlDue(long number) -> of(own, number, ctx).over(Completion.TIMED_OUT);
        };
    }

    /** What was begun in the last run is over; who asked for it has been told so by its own boot. */
    static CrawlState boot(CrawlState own, NodeAction.Booted booted, Context ctx) {
        return CrawlState.of(CrawlConfig.of(booted.config()), own.last());
    }

    private static CrawlReducer of(CrawlState own, long number, Context ctx) {
        return new CrawlReducer(own, number, own.running().at(number), ctx);
    }

    private CrawlReducer with(Crawl changed) {
        return new CrawlReducer(own, number, changed, ctx);
    }

    private CrawlState seeded(List<Contact> nodes) {
        return nodes.isEmpty()
                ? over(Completion.NOBODY)
                : with(crawl.seeded()).hearing(nodes).further();
    }

    private CrawlReducer hearing(List<Contact> nodes) {
        Crawl after = crawl;
        for (Contact contact : nodes) {
            if (own.config().self().filter(contact.peer()::equals).isEmpty()) {
                after = after.hearing(CrawledNode.heard(contact), own.config().maxNodes());
            }
        }
        return with(after);
    }

    /** Asks as many as may be asked, and ends what is complete. */
    private CrawlState further() {
        CrawlReducer after = this;
        while (!after.crawl.waiting().isEmpty()
                && after.crawl.asking().size() < own.config().width()) {
            PeerId peer = after.crawl.waiting().first().orElseThrow().getValue();
            after = after.with(after.crawl.withoutFirst()).asking(new Crawl.Asking(peer, 0, Table.empty()));
        }
        return after.crawl.isComplete() ? after.over(Completion.COMPLETE) : own.next(number, after.crawl);
    }

    /** Asks a node for whom it has in a bucket of its table. */
    private CrawlReducer asking(Crawl.Asking question) {
        Contact contact = crawl.nodes().at(question.peer()).contact();
        Crawl after = crawl.asking(question);
        ctx.then(new ExchangeAction.Ask(
                CrawlMachine.ticket(number, after.counts().questions()),
                contact.peer(),
                contact.addresses(),
                true,
                crawl.network().protocol(),
                new KadQuestion.FindNode(Preimages.inBucket(
                        contact.key(), question.bucket(), ctx.random().nextLong())),
                own.config().requestTimeout()));
        return with(after);
    }

    /**
     * A node has answered. Who names nobody new has no more to tell: for what it has none of in a bucket, it names those of the deeper
     * ones first.
     */
    private CrawlState answered(int request, KadAnswer answer) {
        if (!(answer instanceof KadAnswer.FoundNodes found)) {
            return missed(request, AskFailure.MALFORMED);
        }
        Crawl.Asking asked = crawl.asking().at(request);
        Table<PeerId, Boolean> named = asked.named();
        List<Contact> usable = new ArrayList<>();
        for (PeerInfo info : found.closer()) {
            named = named.with(info.peer(), true);
            Contact contact = Contact.of(
                    info.peer(), crawl.network().filter(own.config().isScoped()).kept(info.addresses()));
            if (!contact.addresses().isEmpty()) {
                usable.add(contact);
            }
        }
        CrawledNode node = crawl.nodes().at(asked.peer()).answered(named.size());
        CrawlReducer after = with(crawl.ended(request, node)).hearing(usable);
        boolean isFinished = named.size() == asked.named().size()
                || asked.bucket() + 1 >= own.config().maxQuestions();
        return isFinished
                ? after.finished(node)
                : after.asking(new Crawl.Asking(asked.peer(), asked.bucket() + 1, named))
                        .further();
    }

    private CrawlState missed(int request, AskFailure why) {
        CrawledNode node = crawl.nodes().at(crawl.asking().at(request).peer()).failed(why);
        return with(crawl.ended(request, node)).finished(node);
    }

    private CrawlState finished(CrawledNode node) {
        Crawl after = crawl.counted(crawl.counts().finished(node.isReached()));
        ctx.then(new CrawlOutcome.Progressed(
                crawl.ticket(),
                after.nodes().size(),
                after.counts().finished(),
                after.counts().reached()));
        return with(after).further();
    }

    private CrawlState over(Completion completion) {
        for (int request : crawl.asking().keys()) {
            ctx.then(new ExchangeAction.Cancel(CrawlMachine.ticket(number, request)));
        }
        List<CrawledNode> nodes = new ArrayList<>();
        for (CrawledNode node : crawl.nodes().values()) {
            if (node.isTried()) {
                nodes.add(node);
            }
        }
        ctx.then(new CrawlOutcome.Done(
                crawl.ticket(),
                crawl.network(),
                completion,
                nodes,
                crawl.nodes().size() - nodes.size(),
                crawl.counts().dropped(),
                crawl.counts().questions(),
                ctx.now() - crawl.startedAt()));
        return own.ended(number);
    }
}
