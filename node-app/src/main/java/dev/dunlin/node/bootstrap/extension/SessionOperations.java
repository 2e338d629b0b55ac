package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.session.Past;
import dev.dunlin.connection.bootstrap.session.Session;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionState;
import dev.dunlin.connection.bootstrap.session.SessionState.Stance;
import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Check;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.words.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Those who come with a token, to those who operate a node. */
final class SessionOperations {

    private static final int MOST_LISTED = 1000;
    private static final long SECONDS = 10_000;

    private static final Parameter SESSION = Parameter.required(
            "session", new Kind.Count(1, Long.MAX_VALUE), "the number of a session, as sessions list tells it");

    private SessionOperations() {}

    /** A session. */
    record SessionRow(
            @Means("its number") long session,
            @Means("who has come") String peer,

            @Means("what it waits for; of one that is over, what it waited for last")
            String stage,

            @Means("how it ended; left out as long as it goes on")
            Optional<String> code,

            @Means("of which network the peer came") String network,

            @Means("the name of its redemption; empty if there is none")
            String redemption,

            @Means("when it began") String began,

            @Means("how long it has gone on, or went on, milliseconds")
            double tookMs) {}

    /** Sessions. */
    record SessionList(
            @Means("the sessions that go on, and then those that are over, the newest first")
            List<SessionRow> sessions,

            @Means("how many there are more") int more) {}

    /** How it goes. */
    record SessionStatus(
            @Means("starting, open, draining, or off: whether peers are let in")
            String stance,

            @Means("normal, elevated or critical: how loaded the node is")
            String level,

            @Means("how many sessions go on") int running,
            @Means("how many may") int most,
            @Means("how many databases are being made") int provisioning,
            @Means("how many sessions wait for one") int queued,

            @Means("whether no database is made for a while, since many could not be made")
            boolean breakerOpen,

            @Means("how many sessions ended, by how") Map<String, Long> ended,

            @Means("how many peers were turned away, by why")
            Map<String, Long> turnedAway,

            @Means("where this node's party is, as who is let in is told")
            List<String> cadre) {}

    /** An order was carried out. */
    record Cancelled(@Means("what is the case now") String state) {}

    /** All. */
    static Operations<Object, SessionState> all() {
        return Operations.<Object, SessionState>none()
                .with(
                        new Query<>(
                                "sessions list",
                                "/sessions",
                                List.of(Parameter.optional(
                                        "most", new Kind.Count(1, MOST_LISTED), "50", "how many are listed at most")),
                                "Lists the bootstraps of peers that have come with a token, and those that were lately.",
                                SessionList.class,
                                (at, given) -> list(at, (int) given.number("most")),
                                SessionOperations::text),
                        new Query<>(
                                "sessions show",
                                "/sessions/{session}",
                                List.of(SESSION),
                                "Tells of one bootstrap.",
                                SessionRow.class,
                                (at, given) -> show(at, given.number("session")),
                                row -> text(new SessionList(List.of(row), 0))),
                        new Query<>(
                                "sessions status",
                                "/session-status",
                                List.of(),
                                "Tells whether peers with tokens are let in, and how that goes.",
                                SessionStatus.class,
                                (at, given) -> status(at),
                                SessionOperations::text),
                        new Order<>(
                                "sessions cancel",
                                "/sessions/{session}/cancel",
                                List.of(SESSION),
                                "Ends a bootstrap. What it held is free again; the peer is told to come later.",
                                Cancelled.class,
                                (given, ticket) -> new SessionAction.Cancel(given.number("session")),
                                (outcome, given, after) ->
                                        new Cancelled("session " + given.number("session") + " is over"),
                                cancelled -> List.of(cancelled.state()),
                                SECONDS))
                .with(
                        Metric.gauge(
                                "running",
                                "bootstraps that go on",
                                at -> at.own().sessions().running().size()),
                        Metric.gauge(
                                "provisioning",
                                "databases that are being made",
                                at -> at.own().provisioning()),
                        Metric.gauge(
                                "queued",
                                "bootstraps that wait for a place to make theirs",
                                at -> at.own().queue().size()),
                        Metric.gauge(
                                "level",
                                "how loaded the node is: 0 normal, 1 elevated, 2 critical",
                                at -> at.own().admission().level().ordinal()),
                        Metric.gauge(
                                "breaker_open",
                                "whether no database is made for a while: 1, or 0",
                                at -> isBreakerOpen(at) ? 1 : 0),
                        Metric.gauges(
                                "remembered",
                                "of",
                                "networks, tokens and peers that are remembered",
                                at -> Map.of(
                                        "penalties",
                                        at.own().admission().penalties().at().size(),
                                        "networks",
                                        at.own().admission().comings().at().size(),
                                        "tokens",
                                        at.own().admission().uses().at().size(),
                                        "known",
                                        at.own().admission().known().at().size())),
                        counters(
                                "ended",
                                "code",
                                "bootstraps that ended, by how",
                                own -> own.counts().ended()),
                        counters(
                                "turned_away",
                                "code",
                                "peers that were turned away at the door, by why",
                                own -> own.counts().turnedAway()),
                        counters(
                                "stages_left",
                                "stage",
                                "how often bootstraps left a stage",
                                own -> own.counts().left()),
                        new Metric<>(
                                "stage_seconds",
                                Metric.Type.COUNTER,
                                "how long bootstraps were in a stage, all together",
                                Optional.of("stage"),
                                at -> {
                                    Map<String, Double> seconds = new TreeMap<>();
                                    at.own()
                                            .counts()
                                            .spent()
                                            .each((stage, micros) -> seconds.put(lower(stage), micros / 1e6));
                                    return seconds;
                                }))
                .with(new Check<>("sessions", "whether peers with tokens are let in", SessionOperations::health));
    }

    private static Metric<Object, SessionState> counters(
            String name, String label, String meaning, Function<SessionState, Table<String, Long>> read) {
        return new Metric<>(name, Metric.Type.COUNTER, meaning, Optional.of(label), at -> counts(read.apply(at.own())));
    }

    private static Map<String, Long> counts(Table<String, Long> table) {
        Map<String, Long> counts = new TreeMap<>();
        table.each((key, count) -> counts.put(lower(key), count));
        return counts;
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }

    private static boolean isBreakerOpen(At<Object, SessionState> at) {
        return at.own().admission().breaker().isOpen(at.now());
    }

    private static Health health(At<Object, SessionState> at) {
        SessionState own = at.own();
        if (!own.config().isServing()) {
            return Health.ok("nobody is let in: session.serve is false");
        }
        if (own.stance() == Stance.STARTING) {
            return Health.warn(
                    "nobody is let in: what an earlier run has left is not in order yet",
                    "if this stays, look for 'ledger' in the node's log");
        }
        if (own.stance() == Stance.DRAINING) {
            return Health.fail("nobody is let in: the node stops", "");
        }
        if (own.admission().level() == Level.CRITICAL) {
            return Health.warn(
                    "nobody is let in: memory or file descriptors are almost used up",
                    "give the node more of them, or lower session.maxSessions");
        }
        if (isBreakerOpen(at)) {
            return Health.warn(
                    "no database is made for a while, since many could not be made",
                    "look for 'make a database' in the node's log");
        }
        return Health.ok("peers with tokens are let in; "
                + own.sessions().running().size() + " of " + own.config().maxSessions() + " places are taken");
    }

    private static SessionList list(At<Object, SessionState> at, int most) {
        List<SessionRow> rows = new ArrayList<>();
        at.own().sessions().running().each((number, session) -> rows.addFirst(row(number, session, at)));
        List<SessionRow> over = new ArrayList<>();
        at.own().past().each((number, past) -> over.addFirst(row(number, past, at)));
        rows.addAll(over);
        return new SessionList(rows.stream().limit(most).toList(), Math.max(0, rows.size() - most));
    }

    private static SessionRow show(At<Object, SessionState> at, long number) {
        return at.own()
                .sessions()
                .running()
                .find(number)
                .map(session -> row(number, session, at))
                .or(() -> at.own().past().find(number).map(past -> row(number, past, at)))
                .orElseThrow(() -> NoAnswerException.notFound("there is no session " + number
                        + ", or it is long over: see 'sessions list', and 'audit tail' for what was before"));
    }

    private static SessionRow row(long number, Session session, At<Object, SessionState> at) {
        return new SessionRow(
                number,
                session.peer().toString(),
                session.stage().word(),
                Optional.empty(),
                session.network(),
                session.redemption(),
                at.instant(session.begun()),
                (at.now() - session.begun()) / 1e3);
    }

    private static SessionRow row(long number, Past past, At<Object, SessionState> at) {
        return new SessionRow(
                number,
                past.peer().toString(),
                past.stage(),
                Optional.of(past.code().name()),
                past.network(),
                past.redemption(),
                at.instant(past.at() - past.lasted()),
                past.lasted() / 1e3);
    }

    private static List<String> text(SessionList list) {
        Grid grid = Grid.of("nobody has come with a token lately", "SESSION", "PEER", "STAGE", "ENDED", "BEGAN", "MS");
        list.sessions()
                .forEach(row -> grid.row(
                        Long.toString(row.session()),
                        row.peer(),
                        row.stage(),
                        row.code().orElse("goes on"),
                        row.began(),
                        String.format(Locale.ROOT, "%.1f", row.tookMs())));
        List<String> lines = new ArrayList<>(grid.lines());
        if (list.more() > 0) {
            lines.add(Counts.of(list.more(), "more is", "more are") + " not listed: --most lists up to " + MOST_LISTED);
        }
        return lines;
    }

    private static SessionStatus status(At<Object, SessionState> at) {
        SessionState own = at.own();
        return new SessionStatus(
                own.config().isServing() ? lower(own.stance().name()) : "off",
                lower(own.admission().level().name()),
                own.sessions().running().size(),
                own.config().maxSessions(),
                own.provisioning(),
                own.queue().size(),
                isBreakerOpen(at),
                counts(own.counts().ended()),
                counts(own.counts().turnedAway()),
                own.cadre().stream().map(Multiaddr::toString).toList());
    }

    private static List<String> text(SessionStatus status) {
        List<String> lines = new ArrayList<>(List.of(
                "peers with tokens: " + status.stance() + "; load: " + status.level(),
                "going on: " + status.running() + " of " + status.most() + "; databases being made: "
                        + status.provisioning() + ", waiting: " + status.queued()
                        + (status.breakerOpen() ? "; none is made for a while, since many could not be" : ""),
                "ended: " + text(status.ended()),
                "turned away: " + text(status.turnedAway())));
        lines.add("this node's party is at: " + (status.cadre().isEmpty() ? "no address yet" : ""));
        status.cadre().forEach(address -> lines.add("  " + address));
        return lines;
    }

    private static String text(Map<String, Long> counts) {
        List<String> each = new ArrayList<>();
        counts.forEach((code, count) -> each.add(count + " " + code));
        return each.isEmpty() ? "none" : String.join(", ", each);
    }
}
