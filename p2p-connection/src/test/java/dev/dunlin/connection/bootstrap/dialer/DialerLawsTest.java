package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The dialer machine obeys the laws, whatever the other party, the network and the hooks say. */
final class DialerLawsTest extends MachineLaws<DialerRoot, DialerState, DialerAction> {

    private static final Tally FOIL = new Tally("foil", Role.FOIL, "sqlite:here", "");
    private static final Tally STOCK = new Tally("stock", Role.STOCK, "sqlite:there", "");

    @Override
    protected Machine<? super DialerRoot, DialerState, DialerAction> machine() {
        return DialerMachine.DIALER;
    }

    @Override
    protected Store<DialerRoot> store(Machine<? super DialerRoot, DialerState, DialerAction> dialer) {
        return DialerRoot.store(dialer);
    }

    /** A link to some nodes, or, if there are none, the node's own. */
    private static DialerAction.Redeem link(long ticket, int nodes, Role role, long expires) {
        List<Multiaddr> responders = new ArrayList<>();
        if (nodes == 0) {
            responders.add(Multiaddr.parse("/ip4/8.8.8.8/tcp/1/p2p/" + TypeArbitraries.peer(0)));
        }
        for (int i = 1; i <= nodes; i++) {
            responders.add(Multiaddr.parse("/ip4/8.8." + i + ".1/tcp/1/p2p/" + TypeArbitraries.peer(i)));
        }
        return new DialerAction.Redeem(
                new Ticket(Ticket.API, ticket),
                new Invitation(responders, Hashes.sha256("token"), expires, role),
                Hashes.sha256("identity"),
                List.of(),
                "key-of-16-characters-1");
    }

    private static BootstrapAnswer approved(Optional<Tally> tally) {
        return new BootstrapAnswer.Approved("party", List.of(), tally, Optional.of(Bytes.of(new byte[16])));
    }

    private static BootstrapAnswer rejected(Reason reason) {
        return new BootstrapAnswer.Rejected(Optional.of(reason), Optional.of(1_000L));
    }

    private static Arbitrary<BootstrapAnswer> answers() {
        return Arbitraries.of(
                approved(Optional.empty()),
                approved(Optional.of(FOIL)),
                approved(Optional.of(STOCK)),
                new BootstrapAnswer.Taken(),
                rejected(Reason.UNAVAILABLE),
                rejected(Reason.INVALID_TOKEN));
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), 3);
    }

    private static TypeArbitraries of(TypeArbitraries from, int tickets) {
        Arbitrary<DialerAction.Redeem> links = Arbitraries.longs()
                .between(1, tickets)
                .flatMap(ticket -> Arbitraries.of(Role.values())
                        .flatMap(role -> Arbitraries.integers()
                                .between(0, 3)
                                .map(nodes -> link(ticket, nodes, role, ticket % 5 == 4 ? 0 : Long.MAX_VALUE))));
        return from.with(DialerAction.Redeem.class, links)
                .with(BootstrapAnswer.class, answers())
                .with(Tally.class, Arbitraries.just(FOIL))
                .with(Ticket.class, Arbitraries.longs().between(1, tickets).map(key -> new Ticket(Ticket.API, key)))
                .weighing(DialerAction.Redeem.class, 3)
                .weighing(DialerAction.Reached.class, 4)
                .weighing(DialerAction.AnswerCame.class, 6);
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 100_000).of(DialerAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", TypeArbitraries.peer(0).toString())
                .with("dialer.maxAttempts", "2")
                .with("dialer.rounds", "2");
    }

    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<DialerRoot> driver) {
        return switch (asked.effect()) {
            case DialerEffect.Check init ->
                List.of(
                        new DialerAction.Checked(init.attempt(), init.step(), true),
                        new DialerAction.Checked(init.attempt(), init.step(), false),
                        new DialerAction.Failed(init.attempt(), init.step(), DialerCode.INTERNAL, "it throws"));
            case DialerEffect.Make init ->
                List.of(
                        new DialerAction.Provisioned(init.attempt(), init.step(), init.name(), FOIL),
                        new DialerAction.Failed(
                                init.attempt(), init.step(), DialerCode.PROVISION_FAILED, "there is no room"));
            default -> List.of();
        };
    }

    /** What comes is of an attempt that waits for it, mostly. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<DialerRoot> driver) {
        Optional<Map.Entry<Long, Attempt>> first =
                driver.root().dialer().running().last();
        if (first.isEmpty()) {
            return Optional.of(action);
        }
        long number = first.get().getKey();
        int step = first.get().getValue().step();
        return Optional.of(
                switch (action) {
                    case DialerAction.Reached _ -> new DialerAction.Reached(number, step);
                    case DialerAction.Unreached fact
                    when fact.step() % 2 == 0 -> new DialerAction.Unreached(number, step, fact.why());
                    case DialerAction.AnswerCame fact -> new DialerAction.AnswerCame(number, step, fact.answer());
                    case DialerAction.AnswerMissing fact
                    when fact.step() % 2 == 0 ->
                        new DialerAction.AnswerMissing(number, step, fact.why(), fact.detail());
                    default -> action;
                });
    }

    /** Leads the first attempt to a phase. */
    private static final class Walk {

        private final StoreDriver<DialerRoot> driver;

        Walk(StoreDriver<DialerRoot> driver, Table<String, String> config) {
            this.driver = driver;
            driver.boot(config);
        }

        long number() {
            return driver.root().dialer().last();
        }

        Attempt attempt() {
            return driver.root().dialer().running().at(number());
        }

        void to(String phase, int nodes, Role role) {
            driver.dispatch(link(1, nodes, role, Long.MAX_VALUE));
            if (phase.equals("connecting")) {
                return;
            }
            driver.dispatch(new DialerAction.Reached(number(), attempt().step()));
            if (phase.equals("pausing")) {
                come(rejected(Reason.UNAVAILABLE));
                return;
            }
            if (phase.equals("awaitingResponse")) {
                return;
            }
            come(approved(role == Role.STOCK ? Optional.of(STOCK) : Optional.empty()));
            if (phase.equals("validatingResponse")) {
                return;
            }
            driver.dispatch(new DialerAction.Checked(number(), attempt().step(), true));
            if (phase.equals("sendingDatabase")) {
                driver.dispatch(new DialerAction.Provisioned(
                        number(), attempt().step(), attempt().name(), FOIL));
            }
        }

        void come(BootstrapAnswer answer) {
            driver.dispatch(new DialerAction.AnswerCame(number(), attempt().step(), answer));
        }

        void miss(AskFailure why) {
            driver.dispatch(new DialerAction.AnswerMissing(number(), attempt().step(), why, "why"));
        }
    }

    private static final List<String> PHASES = List.of(
            "connecting",
            "awaitingResponse",
            "pausing",
            "validatingResponse",
            "provisioningDatabase",
            "sendingDatabase");

    @Override
    protected List<Script<DialerRoot>> scripts() {
        List<Script<DialerRoot>> all = new ArrayList<>();
        all.add(new Script<>("too many listeners", driver -> {
            for (int i = 0; i <= OwnAddresses.MAX_LISTENERS; i++) {
                driver.dispatch(new DialerAction.Listened(
                        new Handle("listener", 1, i), List.of(Multiaddr.parse("/ip4/8.8.4.4/tcp/4001"))));
            }
        }));
        for (String phase : PHASES) {
            for (int nodes : new int[] {1, 2}) {
                int most = phase.equals("pausing") ? 1 : nodes;
                script(all, phase, most, walk -> walk.miss(AskFailure.UNSUPPORTED));
                script(all, phase, most, walk -> walk.miss(AskFailure.RESET));
                script(all, phase, most, walk -> walk.miss(AskFailure.BUSY));
                script(all, phase, most, walk -> walk.miss(AskFailure.UNENCODABLE));
                script(all, phase, most, walk -> walk.come(rejected(Reason.UNAVAILABLE)));
                script(all, phase, most, walk -> walk.come(rejected(Reason.INVALID_TOKEN)));
                script(all, phase, most, walk -> walk.come(new BootstrapAnswer.Taken()));
                script(all, phase, most, walk -> walk.driver.advanceToNextDeadline());
                script(all, phase, most, walk -> walk.driver.advanceBy(3_600_000_000L));
                script(
                        all,
                        phase,
                        most,
                        walk -> walk.driver.dispatch(new DialerAction.Unreached(
                                walk.number(), walk.attempt().step(), "nobody is there")));
            }
            script(
                    all,
                    phase,
                    1,
                    walk -> walk.driver.dispatch(
                            new DialerAction.CallOff(walk.attempt().wish().ticket())));
            script(
                    all,
                    phase,
                    1,
                    walk -> walk.driver.dispatch(new DialerAction.Provisioned(walk.number(), 0, "late", FOIL)));
            script(all, phase, 1, walk -> walk.driver.boot(config()));
            script(
                    all,
                    phase,
                    1,
                    walk -> walk.driver.dispatch(new DialerAction.Failed(
                            walk.number(), walk.attempt().step(), DialerCode.INTERNAL, "it throws")));
            script(
                    all,
                    phase,
                    1,
                    walk -> walk.driver.dispatch(new DialerAction.Failed(
                            walk.number(), walk.attempt().step(), DialerCode.CANCELLED, "no hook says so")));
        }
        all.add(new Script<>("the second time, what was made is told", driver -> {
            Walk walk = new Walk(driver, config());
            walk.to("sendingDatabase", 1, Role.FOIL);
            walk.miss(AskFailure.RESET);
            driver.advanceToNextDeadline();
            driver.dispatch(
                    new DialerAction.Reached(walk.number(), walk.attempt().step()));
            // Unreached, after something that may be otherwise later.
            walk.come(approved(Optional.empty()));
            driver.dispatch(
                    new DialerAction.Checked(walk.number(), walk.attempt().step(), true));
        }));
        all.add(new Script<>("a second node that cannot be reached, after a first that has no room", driver -> {
            for (int i = 0; i < 3; i++) {
                Walk walk = new Walk(driver, config());
                walk.to("awaitingResponse", 2, Role.FOIL);
                walk.come(rejected(Reason.UNAVAILABLE));
                switch (i) {
                    case 0 ->
                        driver.dispatch(new DialerAction.Unreached(
                                walk.number(), walk.attempt().step(), "nobody"));
                    case 1 -> walk.miss(AskFailure.BUSY);
                    default -> driver.advanceToNextDeadline();
                }
            }
        }));
        all.add(new Script<>("a node without an id redeems nothing", driver -> {
            driver.boot(Table.empty());
            driver.dispatch(link(1, 1, Role.STOCK, Long.MAX_VALUE));
        }));
        all.add(new Script<>("the end of all comes while the other party is told", driver -> {
            Walk walk = new Walk(driver, config().with("dialer.timeout", "1000"));
            walk.to("sendingDatabase", 1, Role.FOIL);
            driver.advanceBy(1_000_000);
        }));
        all.add(new Script<>("a pause goes on beyond the end of all", driver -> {
            Walk walk = new Walk(driver, config().with("dialer.timeout", "1000"));
            walk.to("pausing", 1, Role.FOIL);
            driver.advanceBy(1_000_000);
        }));
        return all;
    }

    private void script(List<Script<DialerRoot>> all, String phase, int nodes, Consumer<Walk> then) {
        all.add(new Script<>(phase + " of " + nodes + ", " + all.size(), driver -> {
            Walk walk = new Walk(driver, config());
            walk.to(phase, nodes, Role.FOIL);
            then.accept(walk);
        }));
    }
}
