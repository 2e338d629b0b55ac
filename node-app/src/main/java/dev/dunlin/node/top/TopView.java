package dev.dunlin.node.top;

import dev.dunlin.node.screen.FullScreen;
import dev.dunlin.node.screen.Key;
import dev.dunlin.node.screen.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The board on the whole of a terminal. Moments come from another thread; keys scroll, sort and quit. */
public final class TopView implements FullScreen.View {

    private static final String KEYS = "q quit   ↑↓ PgUp PgDn scroll   s sort peers   space pause";
    private static final String WAITING = "asking the node …";

    private Optional<Board> board = Optional.empty();
    private Optional<Moment> last = Optional.empty();
    private String trouble = "";
    private Board.Order order = Board.Order.STATE;
    private int scroll;
    private boolean isPaused;
    private boolean isDone;
    private boolean isNew;

    /** One more moment; what was shown before is compared with it. */
    public synchronized void show(Moment moment) {
        if (!isPaused) {
            board = Optional.of(new Board(last.orElse(moment), moment));
            last = Optional.of(moment);
            isNew = true;
        }
        trouble = "";
    }

    /** The node cannot be asked now; what was shown last stays. */
    public synchronized void fail(String sentence) {
        trouble = sentence;
        isNew = true;
    }

    @Override
    public synchronized boolean isDone() {
        return isDone;
    }

    @Override
    public synchronized boolean isNew() {
        boolean was = isNew;
        isNew = false;
        return was;
    }

    @Override
    public synchronized void press(Key key, int height) {
        int page = Math.max(1, height / 2);
        switch (key) {
            case Key.Letter(int point) -> {
                switch (point) {
                    case 'q' -> isDone = true;
                    case 's' -> order = order.next();
                    case ' ' -> isPaused = !isPaused;
                    default -> {}
                }
            }
            case Key.Named named -> {
                switch (named) {
                    case UP -> scroll--;
                    case DOWN -> scroll++;
                    case PAGE_UP -> scroll -= page;
                    case PAGE_DOWN -> scroll += page;
                    case HOME -> scroll = 0;
                    case END -> scroll = Integer.MAX_VALUE / 2;
                    case ESCAPE -> isDone = true;
                    case LEFT, RIGHT, ENTER, BACKSPACE, UNKNOWN -> {}
                }
            }
        }
    }

    @Override
    public synchronized List<Line> draw(int width, int height, boolean isPlain) {
        List<Line> lines = new ArrayList<>();
        if (board.isEmpty()) {
            lines.add(Line.of(WAITING, Line.Style.DIM, width));
        } else {
            Board shown = board.get();
            lines.addAll(shown.head(width));
            lines.addAll(shown.doings(width));
            List<Line> peers = shown.peers(order, width);
            lines.add(Board.rule(
                    "peers, by " + Board.name(order) + ": " + peers.size() + " of "
                            + shown.now().total(),
                    width));
            int room = Math.max(1, height - 1 - lines.size());
            scroll = Math.clamp(scroll, 0, Math.max(0, peers.size() - room));
            lines.addAll(peers.subList(scroll, Math.min(peers.size(), scroll + room)));
        }
        while (lines.size() < height - 1) {
            lines.add(new Line("", Line.Style.PLAIN));
        }
        List<Line> whole = new ArrayList<>(lines.subList(0, Math.max(0, height - 1)));
        whole.add(
                trouble.isEmpty()
                        ? Line.of((isPaused ? "paused   " : "") + KEYS, Line.Style.DIM, width)
                        : Line.of(trouble, Line.Style.TITLE, width));
        return isPlain ? whole.stream().map(TopView::plain).toList() : whole;
    }

    private static Line plain(Line line) {
        return new Line(
                line.text()
                        .replace('━', '-')
                        .replace('…', '~')
                        .replace('–', '-')
                        .replace('↑', '^')
                        .replace('↓', 'v'),
                line.style());
    }

    /** All of it as text, however long: where there is no terminal to draw on. */
    public synchronized List<String> text() {
        List<String> text = new ArrayList<>();
        board.ifPresent(shown -> {
            shown.head(Integer.MAX_VALUE).forEach(line -> text.add(line.text()));
            shown.doings(60).forEach(line -> text.add(line.text()));
            text.add(Board.rule(
                            "peers: " + shown.now().peers().size() + " of "
                                    + shown.now().total(),
                            60)
                    .text());
            shown.peers(order, Integer.MAX_VALUE)
                    .forEach(line -> text.add(line.text().stripTrailing()));
        });
        return text;
    }
}
