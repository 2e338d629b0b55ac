package dev.dunlin.node.stepper;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Steps 1 to so many, one a second; each third is of a query, each seventh has a rejection. */
record FakePast(long last) implements Past {

    @Override
    public String name() {
        return "/srv/node/log";
    }

    @Override
    public long first() {
        return 0;
    }

    @Override
    public String end() {
        return "the log ends at step " + last;
    }

    @Override
    public Row row(long step) {
        if (step == 13) {
            throw new Unreadable("step 13 is damaged", new IllegalStateException());
        }
        boolean isRejected = step % 7 == 0;
        return new Row(
                step,
                step * 1_000_000,
                "00:00:%02d".formatted(step % 60),
                step % 3 == 0 ? "query/asked" : "node/tick",
                "{\"n\":" + step + "}" + (isRejected ? "  [rejected query/asked by is-known]" : ""),
                isRejected);
    }

    private boolean fits(Wanted wanted, long step) {
        return step != 13
                && row(step).type().startsWith(wanted.type())
                && (!wanted.isRejected() || row(step).isRejected())
                && row(step).text().contains(wanted.text())
                && (wanted.subject().isEmpty() || subject(step).equals(Optional.of(wanted.subject())))
                && (wanted.peer().isEmpty() || peer(step).equals(Optional.of(wanted.peer())));
    }

    @Override
    public List<Row> around(Wanted wanted, long step, int before, int after) {
        List<Row> earlier = LongStream.range(1, step)
                .filter(each -> fits(wanted, each))
                .mapToObj(this::row)
                .toList();
        List<Row> later = LongStream.rangeClosed(Math.max(1, step), last)
                .filter(each -> fits(wanted, each))
                .mapToObj(this::row)
                .limit(after)
                .toList();
        return Stream.concat(earlier.stream().skip(Math.max(0, earlier.size() - before)), later.stream())
                .toList();
    }

    @Override
    public OptionalLong find(Wanted wanted, long from, boolean isForward) {
        return isForward
                ? LongStream.rangeClosed(from + 1, last)
                        .filter(step -> fits(wanted, step))
                        .findFirst()
                : LongStream.range(1, from).filter(step -> fits(wanted, step)).max();
    }

    @Override
    public Optional<String> subject(long step) {
        return step > 0 && step % 3 == 0 ? Optional.of("query:" + step % 2) : Optional.empty();
    }

    @Override
    public Optional<String> peer(long step) {
        return step > 0 && step % 5 == 0 ? Optional.of("ann") : Optional.empty();
    }

    @Override
    public boolean isNear(long step) {
        return step < 50;
    }

    @Override
    public List<String> ledTo(long step) {
        return List.of("  " + step + ".0  input   of " + step, "  " + step + ".1  effect  of it");
    }

    @Override
    public List<String> changed(long step) {
        return List.of("node.n: " + (step - 1) + " -> " + step);
    }

    @Override
    public List<String> state(long step) {
        return LongStream.range(0, 100)
                .mapToObj(line -> "line " + line + " of step " + step)
                .toList();
    }

    @Override
    public Optional<Density> density() {
        Density density = new Density();
        LongStream.rangeClosed(1, last).forEach(step -> density.add(step * 1_000_000, step % 7 == 0));
        return Optional.of(density);
    }

    @Override
    public void watched(Watcher by) {
        // Nothing of it takes long.
    }
}
