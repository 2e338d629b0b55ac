package dev.dunlin.dht.query;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.query.QueryAction.AnswerCame;
import dev.dunlin.dht.query.QueryAction.AnswerMissing;
import dev.dunlin.dht.query.Terms.Termination;
import dev.dunlin.dht.table.AddressFilter;
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
import net.jqwik.api.Combinators;

/** The query machine obeys the laws, whatever exchanges say. */
final class QueryLawsTest extends MachineLaws<QueryLawsTest.Root, QueryState, QueryAction> {

    private static final int NODES = 9;

    record Root(Silent.Nothing exchange, QueryState query) {}

    @Override
    protected Machine<Object, QueryState, QueryAction> machine() {
        return QueryMachine.QUERY;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, QueryState, QueryAction> query) {
        return Store.of(new Root(new Silent.Nothing(), QueryState.INITIAL))
                .mount(
                        Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)),
                        Root::exchange,
                        (root, same) -> root)
                .mount(query, Root::query, (root, changed) -> new Root(root.exchange(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), NODES);
    }

    private static TypeArbitraries of(TypeArbitraries from, int nodes) {
        Arbitrary<Contact> contacts = Arbitraries.integers().between(0, nodes).map(Contacts::contact);
        Arbitrary<Bytes> keys = Arbitraries.integers().between(1, 4).map(number -> Bytes.of((byte) (int) number));
        return from.with(Contact.class, contacts)
                .with(PeerId.class, contacts.map(Contact::peer))
                .with(
                        PeerInfo.class,
                        contacts.map(
                                contact -> new PeerInfo(contact.peer(), contact.addresses(), Connectedness.CONNECTED)))
                .with(Bytes.class, keys)
                .with(Terms.class, terms())
                .with(
                        QueryAction.Start.class,
                        "seeds",
                        contacts.list().ofMinSize(0).ofMaxSize(5))
                .with(AnswerCame.class, "query", Arbitraries.longs().between(1, 3))
                .with(AnswerMissing.class, "query", Arbitraries.longs().between(1, 3))
                .with(QueryAction.QueryDue.class, "query", Arbitraries.longs().between(1, 3))
                .weighing(QueryAction.Start.class, 3)
                .weighing(AnswerCame.class, 8)
                .weighing(AnswerMissing.class, 4);
    }

    private static Arbitrary<Terms> terms() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(
                                new Termination.Closest(),
                                new Termination.Nearest(1, true),
                                new Termination.Nearest(1, false)),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(1, 2))
                .as(Terms::new);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 500).of(QueryAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString())
                .with("query.maxQueries", "3")
                .with("query.maxQueriesOfOne", "2")
                .with("query.maxCandidates", "5")
                .with("query.maxRequests", "8");
    }

    @Override
    protected List<Script<Root>> scripts() {
        return List.of(new Script<>("a node without an id asks nobody", driver -> {
            driver.boot(Table.empty());
            driver.dispatch(new QueryAction.Start(
                    new Ticket(Ticket.API, 1),
                    "api",
                    "kad",
                    new KadQuestion.FindNode(Bytes.of((byte) 1)),
                    List.of(Contacts.contact(1)),
                    AddressFilter.ANY,
                    new Terms(4, 3, new Termination.Closest(), true, 1)));
        }));
    }

    /** Answers are of a question that is awaited, and mostly of its kind. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<Root> driver) {
        QueryState own = driver.root().query();
        return Optional.of(
                switch (action) {
                    case AnswerCame(long query, int request, PeerId _, var from, KadAnswer answer, long took) ->
                        waiting(own, query + request)
                                .<Action>map(ask -> new AnswerCame(
                                        ask.number(),
                                        ask.request(),
                                        ask.peer(),
                                        from,
                                        right(ask.query(), answer),
                                        took))
                                .orElse(action);
                    case AnswerMissing(long query, int request, PeerId _, AskFailure why, String detail) ->
                        waiting(own, query + request)
                                .<Action>map(
                                        ask -> new AnswerMissing(ask.number(), ask.request(), ask.peer(), why, detail))
                                .orElse(action);
                    default -> action;
                });
    }

    private record Waiting(long number, Query query, int request, PeerId peer) {}

    private static Optional<Waiting> waiting(QueryState own, long draw) {
        List<Waiting> all = new ArrayList<>();
        own.running()
                .each((number, query) -> query.lookup()
                        .requests()
                        .each((request, ask) -> all.add(new Waiting(
                                number,
                                query,
                                request,
                                query.lookup().candidate(ask).contact().peer()))));
        // Now and then one that is not awaited.
        return all.isEmpty() || draw % 7 == 0
                ? Optional.empty()
                : Optional.of(all.get((int) Math.floorMod(draw, all.size())));
    }

    private static KadAnswer right(Query query, KadAnswer answer) {
        return query.question() instanceof KadQuestion.FindNode && answer instanceof KadAnswer.WithCloser with
                ? KadAnswer.FoundNodes.of(with.closer())
                : answer;
    }
}
