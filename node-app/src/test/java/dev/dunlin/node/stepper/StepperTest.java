package dev.dunlin.node.stepper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.node.screen.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What keys make of a model, without a terminal. */
class StepperTest {

    private final Past past = new FakePast(60);
    private Model model = Model.at(0);

    private StepperTest press(Key... keys) {
        for (Key key : keys) {
            model = Stepper.press(model, key, past, 9, 12);
        }
        return this;
    }

    private StepperTest press(String letters) {
        letters.codePoints().forEach(point -> press(new Key.Letter(point)));
        return this;
    }

    private void standsAt(long step, String message) {
        assertThat(model.step()).isEqualTo(step);
        assertThat(model.message()).isEqualTo(message);
    }

    @Test
    void arrowsGoOneStep() {
        press(Key.Named.RIGHT, Key.Named.DOWN, Key.Named.ENTER).standsAt(3, "");
        press(Key.Named.LEFT, Key.Named.UP).standsAt(1, "");
        press(Key.Named.LEFT).standsAt(0, "");
        press(Key.Named.LEFT).standsAt(0, "the log begins here");
        press(Key.Named.END).standsAt(60, "");
        press(Key.Named.RIGHT).standsAt(60, "the log ends at step 60");
        press(Key.Named.HOME).standsAt(0, "");
    }

    @Test
    void pagesAreAsLongAsTheList() {
        press(Key.Named.PAGE_DOWN, Key.Named.PAGE_DOWN).standsAt(18, "");
        press(Key.Named.PAGE_UP).standsAt(9, "");
        press(Key.Named.PAGE_UP, Key.Named.PAGE_UP).standsAt(0, "");
        press(Key.Named.END, Key.Named.PAGE_UP).standsAt(51, "");
        press(Key.Named.PAGE_DOWN, Key.Named.PAGE_DOWN).standsAt(60, "");
    }

    @Test
    void aNumberIsTypedBehindG() {
        press("g4x").press(Key.Named.BACKSPACE).press("2");
        assertThat(model.typing()).contains(new Model.Typing('g', "42"));
        press(Key.Named.ENTER).standsAt(42, "");
        press("g99999").press(Key.Named.ENTER).standsAt(42, "the log ends at step 60: there is no step 99999");
        press("g5").press(Key.Named.ESCAPE).standsAt(42, "");
        assertThat(model.typing()).isEmpty();
        press("g").press(Key.Named.BACKSPACE);
        assertThat(model.typing()).isEmpty();
        press("g")
                .press(Key.Named.LEFT, Key.Named.END)
                .press("7")
                .press(Key.Named.ENTER)
                .standsAt(7, "");
    }

    @Test
    void whoCannotReadAStepStaysWhereHeIs() {
        press("g12").press(Key.Named.ENTER, Key.Named.RIGHT).standsAt(12, "step 13 is damaged");
        press("g14").press(Key.Named.ENTER, Key.Named.LEFT).standsAt(14, "step 13 is damaged");
    }

    @Test
    void nextAndPreviousOfTypePeerSubjectAndRejection() {
        press("g3").press(Key.Named.ENTER).press("t").standsAt(6, "");
        press("tT").standsAt(6, "");
        press("u").standsAt(12, "");
        press("U").standsAt(6, "");
        press("r").standsAt(7, "");
        press("u").standsAt(7, "step 7 has no input about a subject to look for");
        press("p").standsAt(7, "step 7 has no input about a peer to look for");
        press("g5").press(Key.Named.ENTER).press("p").standsAt(10, "");
        press("P").standsAt(5, "");
        press("P").standsAt(5, "no earlier step fits peer:ann");
        press("R").standsAt(5, "no earlier step fits rejected");
        press(Key.Named.HOME).press("t").standsAt(0, "step 0 has no input about a type to look for");
    }

    @Test
    void aFilterHoldsForAllSteps() {
        press("frejected type:query/").press(Key.Named.ENTER).standsAt(21, "only steps of type:query/ rejected");
        press(Key.Named.RIGHT).standsAt(42, "");
        press(Key.Named.RIGHT).standsAt(42, "no later step fits type:query/ rejected");
        press(Key.Named.PAGE_UP).standsAt(21, "");
        press("fnever").press(Key.Named.ENTER).standsAt(21, "no step fits never: all steps as before");
        press("f").press(Key.Named.ENTER).standsAt(21, "all steps");
        press(Key.Named.RIGHT).standsAt(22, "");
    }

    @Test
    void aPlaceOfTheStateStaysInSight() {
        press("s/LINE 50").press(Key.Named.ENTER).standsAt(0, "line 51 of 100; . finds the next");
        assertThat(model.scroll()).isEqualTo(50);
        press(Key.Named.RIGHT);
        assertThat(model.scroll()).as("of the next step").isEqualTo(50);
        press("/line 1").press(Key.Named.ENTER).press(".");
        assertThat(model.scroll()).isEqualTo(10);
        press(",");
        assertThat(model.scroll()).isEqualTo(1);
        press(",").standsAt(1, "no more line 1 in the 100 lines of 'state'");
        press("/ghost").press(Key.Named.ENTER).standsAt(1, "no ghost in the 100 lines of 'state'");
        press("w");
        assertThat(model.scroll()).isZero();
    }

    @Test
    void scrollingEndsAtTheLastLine() {
        press("sj j");
        assertThat(model.scroll()).isEqualTo(14);
        press("-k");
        assertThat(model.scroll()).isEqualTo(1);
        press("kkk");
        assertThat(model.scroll()).isZero();
        press("         ");
        assertThat(model.scroll()).isEqualTo(99);
    }

    @Test
    void helpIsShownUntilTheNextKey() {
        press("?");
        assertThat(model.help()).isTrue();
        press("?");
        assertThat(model.help()).isFalse();
        press("?").press(Key.Named.RIGHT);
        assertThat(model.help()).isFalse();
        standsAt(1, "");
    }

    @Test
    void anyOtherKeyChangesNothing() {
        press("é").standsAt(0, "no command has the key é; ? shows all");
        press("x").standsAt(0, "no command has the key x; ? shows all");
        press(new Key.Letter(0x202E)).standsAt(0, "no command has the key \\u{202e}; ? shows all");
        Model before = model;
        press(Key.Named.UNKNOWN);
        assertThat(model).isEqualTo(before);
        assertThat(model.quit()).isFalse();
        press("q");
        assertThat(model.quit()).isTrue();
    }

    @Test
    void whatIsTypedHasABound() {
        press("/").press("x".repeat(5000));
        assertThat(model.typing().orElseThrow().text()).hasSize(4096);
    }

    @Test
    void wordsOfAFilterAreReadAsTheyAreShown() {
        for (String words :
                List.of("type:a/ peer:b about:c:d rejected some text", "rejected", "about:query:7", "a text", "")) {
            assertThat(Wanted.parse(words)).hasToString(words);
        }
        assertThat(Wanted.parse("  ").isAll()).isTrue();
    }
}
