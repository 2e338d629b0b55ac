package dev.dunlin.node.screen;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/** The whole of a terminal: reads keys, draws what a view shows, and leaves the terminal as it found it however it ends. */
public final class FullScreen {

    // How soon a new size of the terminal, and what was counted meanwhile, are seen.
    private static final long LOOK_MILLIS = 100;

    private static final int INTERRUPTED = 130;

    // A wait is not told before it is one.
    private static final long TOLD_NANOS = 200_000_000;

    private final View view;
    private Predicate<String> waiting = text -> true;
    private long begun;
    private long told;

    /** One that shows a view. */
    public FullScreen(View view) {
        this.view = view;
    }

    /** What is shown, and what keys do to it. */
    public interface View {

        /** Whether the user is done. */
        boolean isDone();

        /** Whether there is something else to be shown than before, though no key was pressed; asked ten times a second. */
        boolean isNew();

        /** A key was pressed. */
        void press(Key key, int height);

        /** What is known at once, where {@link #draw} takes its time; empty where it does not. */
        default Optional<List<Line>> quick(int width, int height, boolean isPlain) {
            return Optional.empty();
        }

        /**
         * The lines of the screen.
         *
         * @param width of the terminal, in characters
         * @param height in lines
         * @param isPlain whether it has no more characters than ASCII
         */
        List<Line> draw(int width, int height, boolean isPlain);
    }

    /**
     * Runs until the user is done.
     *
     * @return false if there is no terminal that can show it
     * @throws IOException if the terminal fails
     */
    public boolean run() throws IOException {
        Optional<Terminal> opened = open();
        if (opened.isEmpty()) {
            return false;
        }
        Terminal terminal = opened.get();
        Restoring restoring = new Restoring(terminal, terminal.enterRawMode());
        Thread hook = new Thread(restoring::run, "dunlin-terminal");
        Runtime.getRuntime().addShutdownHook(hook);
        terminal.handle(Terminal.Signal.INT, signal -> System.exit(INTERRUPTED));
        try {
            withoutStops(terminal);
            terminal.puts(Capability.enter_ca_mode);
            terminal.puts(Capability.cursor_invisible);
            loop(terminal, restoring);
        } catch (IllegalStateException closed) {
            // At a signal, the library closes the terminal under the loop.
            if (removed(hook)) {
                throw closed;
            }
        } finally {
            restoring.run();
            removed(hook);
        }
        return true;
    }

    private static Optional<Terminal> open() throws IOException {
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .dumb(false)
                    .nativeSignals(true)
                    .signalHandler(Terminal.SignalHandler.SIG_IGN)
                    .build();
            if (terminal.getStringCapability(Capability.enter_ca_mode) == null
                    || terminal.getStringCapability(Capability.cursor_address) == null) {
                terminal.close();
                return Optional.empty();
            }
            return Optional.of(terminal);
        } catch (IllegalStateException none) {
            return Optional.empty();
        }
    }

    // Stopped by a key, it would leave its screen to the shell.
    private static void withoutStops(Terminal terminal) {
        Attributes raw = terminal.getAttributes();
        raw.setControlChar(Attributes.ControlChar.VSUSP, 0);
        raw.setControlChar(Attributes.ControlChar.VQUIT, 0);
        terminal.setAttributes(raw);
    }

    // False if the process is ending.
    private static boolean removed(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return true;
        } catch (IllegalStateException ending) {
            return false;
        }
    }

    /**
     * Asked in the midst of a long work of {@link View#draw} or {@link View#press}: shows how far it is, five times a second.
     *
     * @param text what to show, one line
     * @return whether to go on; false if a key was pressed, which is the next that the view gets
     */
    public boolean goesOn(String text) {
        long now = System.nanoTime();
        if (now - begun < TOLD_NANOS || now - told < TOLD_NANOS) {
            return true;
        }
        told = now;
        return waiting.test(text);
    }

    private static boolean isPressed(Terminal terminal) {
        try {
            return terminal.reader().peek(1) != KeyReader.NONE;
        } catch (IOException gone) {
            return true;
        }
    }

    private void loop(Terminal terminal, Restoring restoring) throws IOException {
        KeyReader keys = new KeyReader(millis -> terminal.reader().read(millis));
        Display display = new Display(terminal, true);
        Size shown = new Size(0, 0);
        AtomicBoolean resized = new AtomicBoolean(true);
        terminal.handle(Terminal.Signal.WINCH, signal -> resized.set(true));
        boolean isPlain = !StandardCharsets.UTF_8.equals(terminal.outputEncoding());
        boolean isNew = true;
        while (!view.isDone() && !keys.ended()) {
            if (resized.getAndSet(false)) {
                shown = size(terminal);
                display.resize(shown.getRows(), shown.getColumns());
                display.clear();
                isNew = true;
            }
            begun = System.nanoTime();
            waiting = waiting(terminal, display, shown, restoring);
            if (isNew || view.isNew()) {
                draw(display, shown.getColumns(), shown.getRows(), isPlain, restoring);
            }
            Optional<Key> key = keys.next(LOOK_MILLIS);
            isNew = key.isPresent();
            if (isNew) {
                begun = System.nanoTime();
                view.press(key.get(), shown.getRows());
            }
        }
    }

    private static Predicate<String> waiting(Terminal terminal, Display display, Size size, Restoring restoring) {
        return text -> {
            Line line = Line.of(text, Line.Style.TITLE, size.getColumns());
            List<Line> lines = new ArrayList<>(
                    Collections.nCopies(Math.max(0, size.getRows() - 1), new Line("", Line.Style.PLAIN)));
            lines.add(line);
            restoring.orElse(() -> show(display, size.getColumns(), lines));
            return !isPressed(terminal);
        };
    }

    // A terminal that does not know its size has the usual one.
    private static Size size(Terminal terminal) {
        Size size = terminal.getSize();
        return size.getRows() > 0 && size.getColumns() > 0 ? size : new Size(80, 24);
    }

    // What is shown is found out before the terminal is held: a signal does not wait for a long replay.
    private void draw(Display display, int width, int height, boolean isPlain, Restoring restoring) {
        view.quick(width, height, isPlain).ifPresent(quick -> restoring.orElse(() -> show(display, width, quick)));
        List<Line> whole = view.draw(width, height, isPlain);
        restoring.orElse(() -> show(display, width, whole));
    }

    private static void show(Display display, int width, List<Line> drawn) {
        List<AttributedString> lines = drawn.stream()
                .map(line -> new AttributedString(line.text(), style(line.style())).columnSubSequence(0, width))
                .toList();
        display.update(lines, 0);
    }

    private static AttributedStyle style(Line.Style style) {
        return switch (style) {
            case PLAIN -> AttributedStyle.DEFAULT;
            case TITLE -> AttributedStyle.BOLD;
            case CURRENT -> AttributedStyle.INVERSE;
            case REJECTED -> AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);
            case DIM -> AttributedStyle.DEFAULT.faint();
        };
    }

    /** Brings back cursor, screen and modes, once; nothing is drawn after that. */
    private static final class Restoring {

        private final Terminal terminal;
        private final Attributes before;
        private final byte[] sequence;
        private boolean done;

        Restoring(Terminal terminal, Attributes before) {
            this.terminal = terminal;
            this.before = before;
            this.sequence = (said(Capability.cursor_normal) + said(Capability.exit_ca_mode))
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        private String said(Capability capability) {
            String text = terminal.getStringCapability(capability);
            return text == null ? "" : Curses.tputs(text);
        }

        synchronized void orElse(Runnable drawing) {
            if (!done) {
                drawing.run();
            }
        }

        synchronized void run() {
            if (done) {
                return;
            }
            done = true;
            // Not through the terminal: at a signal the library may have closed it already.
            try {
                new FileOutputStream(FileDescriptor.out).write(sequence);
            } catch (IOException gone) {
                // Then nobody looks at it.
                return;
            }
            try {
                terminal.setAttributes(before);
                terminal.close();
            } catch (IllegalStateException | IOException closed) {
                // It has restored the modes itself.
                return;
            }
        }
    }
}
