package dev.dunlin.dht.crawl;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.crawl.CrawlAction.AnswerCame;
import dev.dunlin.dht.crawl.CrawlAction.AnswerMissing;
import dev.dunlin.dht.crawl.CrawlAction.Seeded;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The crawl machine obeys the laws, whomever this node knows and whatever exchanges say. */
final class CrawlLawsTest extends MachineLaws<CrawlLawsTest.Root, CrawlState, CrawlAction> {

    private static final int NODES = 9;

    record Root(Silent.Nothing silent, CrawlState crawl) {}

    /** In place of the routing machine: whom a node knows, the test says. */
    private static final Machine<Object, Silent.Nothing, RoutingAction> ROUTING = Machine.of(
                    RoutingMachine.NAME, new Silent.Nothing())
            .actions(RoutingAction.class, RoutingOutcome.class)
            .union(Message.class, List.of(KadQuestion.class, KadAnswer.class))
            .text(Key.TEXT)
            .text(Network.TEXT)
            .guards(Guards.<Object, Silent.Nothing, RoutingAction>of()
                    .always(RoutingAction.Find.class)
                    .always(RoutingAction.Join.class)
                    .always(RoutingAction.Helped.class)
                    .always(RoutingAction.Failed.class)
                    .always(RoutingAction.Described.class)
                    .always(RoutingAction.Observed.class)
                    .always(RoutingAction.CheckAnswered.class)
                    .always(RoutingAction.CheckFailed.class)
                    .always(RoutingAction.LookupDone.class)
                    .always(RoutingAction.LookupRefused.class)
                    .always(RoutingAction.SpaceDue.class)
                    .always(RoutingAction.Asked.class)
                    .always(RoutingAction.Located.class)
                    .always(RoutingAction.RecordsAsked.class)
                    .always(RoutingAction.Entered.class)
                    .always(RoutingAction.Left.class)
                    .build())
            .phases((own, subject) -> "silent")
            .budget(1024);

    @Override
    protected Machine<Object, CrawlState, CrawlAction> machine() {
        return CrawlMachine.CRAWL;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, CrawlState, CrawlAction> crawl) {
        return Store.of(new Root(new Silent.Nothing(), CrawlState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(ROUTING, Root::silent, (root, same) -> root)
                .mount(crawl, Root::crawl, (root, changed) -> new Root(root.silent(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes) {
        Arbitrary<Contact> contacts = Arbitraries.integers().between(0, nodes).map(Contacts::contact);
        Arbitrary<PeerInfo> infos =
                contacts.map(contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED));
        Arbitrary<Long> crawls = Arbitraries.longs().between(1, 20);
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(PeerInfo.class, infos)
                .with(Bytes.class, Arbitraries.integers().between(1, 4).map(number -> Bytes.of((byte) (int) number)))
                .with(Seeded.class, "crawl", crawls)
                .with(Seeded.class, "nodes", contacts.list().ofMaxSize(4))
                .with(CrawlAction.Unseeded.class, "crawl", crawls)
                .with(AnswerCame.class, "crawl", crawls)
                .with(AnswerMissing.class, "crawl", crawls)
                .weighing(CrawlAction.Start.class, 3)
                .weighing(Seeded.class, 3)
                .weighing(AnswerCame.class, 8)
                .weighing(AnswerMissing.class, 4);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500).of(CrawlAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("routing.addresses", "any")
                .with("crawl.maxCrawls", "2")
                .with("crawl.maxNodes", "5")
                .with("crawl.width", "2")
                .with("crawl.maxQuestions", "2");
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(new Script<>("a node without an id does not crawl", driver -> {
            driver.boot(Table.empty());
            driver.dispatch(new CrawlAction.Start(new Ticket(Ticket.API, 1), Network.WIDE));
        }));
    }

    /** What comes is of a crawl that waits for it, and mostly of its kind. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        CrawlState own = driver.root().crawl();
        return Optional.of(
                switch (action) {
                    case Seeded(long draw, List<Contact> nodes) ->
                        seeding(own, draw)
                                .<Action>map(number -> new Seeded(number, nodes))
                                .orElse(action);
                    case CrawlAction.Unseeded(long draw, String why) ->
                        seeding(own, draw)
                                .<Action>map(number -> new CrawlAction.Unseeded(number, why))
                                .orElse(action);
                    case AnswerCame(long draw, int request, PeerId _, KadAnswer answer) ->
                        awaited(own, draw + request)
                                .<Action>map(
                                        ask -> new AnswerCame(ask.crawl(), ask.request(), ask.peer(), right(answer)))
                                .orElse(action);
                    case AnswerMissing(long draw, int request, PeerId _, AskFailure why, String detail) ->
                        awaited(own, draw + request)
                                .<Action>map(
                                        ask -> new AnswerMissing(ask.crawl(), ask.request(), ask.peer(), why, detail))
                                .orElse(action);
                    default -> action;
                });
    }

    private record Awaited(long crawl, int request, PeerId peer) {}

    private static Optional<Long> seeding(CrawlState own, long draw) {
        List<Long> all = new ArrayList<>();
        own.running().each((number, crawl) -> {
            if (!crawl.isSeeded()) {
                all.add(number);
            }
        });
        return one(all, draw);
    }

    private static Optional<Awaited> awaited(CrawlState own, long draw) {
        List<Awaited> all = new ArrayList<>();
        own.running()
                .each((number, crawl) ->
                        crawl.asking().each((request, asking) -> all.add(new Awaited(number, request, asking.peer()))));
        return one(all, draw);
    }

    /** Now and then one that is not waited for. */
    private static <T> Optional<T> one(List<T> all, long draw) {
        return all.isEmpty() || draw % 7 == 0
                ? Optional.empty()
                : Optional.of(all.get(Math.floorMod(draw, all.size())));
    }

    private static KadAnswer right(KadAnswer answer) {
        return answer instanceof KadAnswer.WithCloser with ? KadAnswer.FoundNodes.of(with.closer()) : answer;
    }
}
