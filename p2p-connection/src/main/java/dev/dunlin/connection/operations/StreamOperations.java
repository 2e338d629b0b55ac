package dev.dunlin.connection.operations;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Streams, to those who operate a node. */
public final class StreamOperations {

    private StreamOperations() {}

    /** A stream. */
    public record StreamRow(
            @Means("its handle, as in the log") String stream,
            @Means("the id of the peer at its other end") String peer,
            @Means("its protocol") String protocol,
            @Means("inbound or outbound") String direction,
            @Means("since when it is open") String since,
            @Means("open, closing, or resetting") String state,
            @Means("the handle of its connection") String connection) {}

    /** Streams. */
    public record StreamList(
            @Means("the streams") List<StreamRow> streams,

            @Means("how many there are of those that were asked for")
            int total) {}

    /** All. */
    public static final Operations<StreamView, StreamState> ALL = Operations.<StreamView, StreamState>none()
            .with(new Query<>(
                    "streams",
                    "/streams",
                    List.of(
                            Parameter.optional("peer", new Kind.Peer(), "only those with this peer"),
                            Parameter.optional(
                                    "limit", new Kind.Count(1, 1_000_000), "100", "how many of them at most")),
                    "Lists the open streams.",
                    StreamList.class,
                    StreamOperations::streams,
                    StreamOperations::text))
            .with(
                    Metric.gauges(
                            "streams",
                            "direction",
                            "open streams by who opened them, those being opened included",
                            at -> Map.of(
                                    "inbound", at.own().counts().all().of(Direction.INBOUND),
                                    "outbound", at.own().counts().all().of(Direction.OUTBOUND))),
                    Metric.gauge(
                            "opening",
                            "streams being opened",
                            at -> at.own().opens().size()));

    private static StreamList streams(At<StreamView, StreamState> at, Arguments given) {
        long limit = given.number("limit");
        List<StreamRow> rows = new ArrayList<>();
        int[] total = {0};
        at.own().streams().each((handle, stream) -> {
            if (given.find("peer")
                            .filter(peer -> !peer.equals(stream.peer().toString()))
                            .isEmpty()
                    && total[0]++ < limit) {
                rows.add(new StreamRow(
                        handle.toString(),
                        stream.peer().toString(),
                        stream.protocol(),
                        stream.direction().name().toLowerCase(Locale.ROOT),
                        at.instant(stream.openedAt()),
                        stream.phase().name().toLowerCase(Locale.ROOT),
                        stream.connection().toString()));
            }
        });
        return new StreamList(rows, total[0]);
    }

    private static List<String> text(StreamList list) {
        Grid grid = Grid.of("there are no such streams", "PEER", "PROTOCOL", "DIRECTION", "SINCE", "STATE");
        list.streams().forEach(row -> grid.row(row.peer(), row.protocol(), row.direction(), row.since(), row.state()));
        List<String> lines = new ArrayList<>(grid.lines());
        if (list.total() > list.streams().size()) {
            lines.add("and " + (list.total() - list.streams().size()) + " more: give a higher limit");
        }
        return lines;
    }
}
