package dev.dunlin.node.stepper;

import dev.dunlin.node.screen.FullScreen;
import dev.dunlin.node.screen.Key;
import dev.dunlin.node.screen.Line;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The stepper on the whole of a terminal. */
public final class ScreenMode implements FullScreen.View {

    private final Past past;
    private Model model;
    private boolean counted;

    /** Over a past, from its beginning. */
    public ScreenMode(Past past) {
        this.past = past;
        this.model = Model.at(past.first());
    }

    /**
     * Runs until the user is done.
     *
     * @return false if there is no terminal that can show it
     * @throws IOException if the terminal fails
     */
    public boolean run() throws IOException {
        FullScreen screen = new FullScreen(this);
        past.watched((step, to) -> screen.goesOn("replaying: step " + step + " of " + to + "; any key stops it"));
        return screen.run();
    }

    @Override
    public boolean isDone() {
        return model.quit();
    }

    @Override
    public boolean isNew() {
        if (counted || past.density().isEmpty()) {
            return false;
        }
        counted = true;
        return true;
    }

    @Override
    public void press(Key key, int height) {
        Screen screen = new Screen(0, height, false);
        model = Stepper.press(model, key, past, screen.list(), screen.pane());
    }

    @Override
    public Optional<List<Line>> quick(int width, int height, boolean isPlain) {
        return past.isNear(model.step())
                ? Optional.empty()
                : Optional.of(new Screen(width, height, isPlain).draw(model, past, true));
    }

    @Override
    public List<Line> draw(int width, int height, boolean isPlain) {
        return new Screen(width, height, isPlain).draw(model, past);
    }
}
