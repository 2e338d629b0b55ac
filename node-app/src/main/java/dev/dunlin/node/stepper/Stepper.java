package dev.dunlin.node.stepper;

import dev.dunlin.node.screen.Key;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What a command makes of where the user stands. */
final class Stepper {

    /** The commands, for who types lines. */
    static final String HELP =
            "Enter or n: forward   b: back   g N: go to step N   s: state   d: fields that the step changed   "
                    + "w: what it led to   ?: more   q: quit";

    /** All commands; keys are the same letters. */
    static final List<String> ALL = List.of(
            "n  Enter  right  down   one step forward",
            "b  left  up             one step back",
            "PgDn  PgUp              a page of steps",
            "Home  End               the first step, the last",
            "g N                     go to step N; g first, g last",
            "t  T                    next, previous of the same type; t PREFIX: of types that begin so",
            "p  P                    next, previous that names the same peer; p ID: that peer",
            "u  U                    next, previous about the same stream, query …; u KIND:KEY: that one",
            "r  R                    next, previous of which something was rejected",
            "f WORDS                 only steps that fit: any text, type:PREFIX, peer:ID, about:KIND:KEY,",
            "                        rejected; f alone: all steps",
            "w  d  s                 what the step led to, the fields it changed, the state after it",
            "/TEXT  .  ,             find in what is shown; next, previous place",
            "j  k  Space  -          scroll what is shown by a line, by a page",
            "i                       in lines: when inputs came, and where (!) something was rejected",
            "?                       this help",
            "q  Ctrl-C               quit");

    private static final int LONGEST = 4096;

    private Stepper() {}

    /** A command with what was typed behind it; its words are those of {@link #ALL}. */
    static Model command(Model before, char command, String typed, Past past) {
        Model model = before.saying("").helping(false).typing(Optional.empty());
        String argument = typed.strip();
        try {
            return switch (command) {
                case 'n' -> step(model, past, true);
                case 'b' -> step(model, past, false);
                case 'g' -> goTo(model, argument, past);
                case 't', 'T' -> like(model, command == 't', type(model, argument, past), past, "a type");
                case 'p', 'P' -> like(model, command == 'p', peer(model, argument, past), past, "a peer");
                case 'u', 'U' -> like(model, command == 'u', subject(model, argument, past), past, "a subject");
                case 'r', 'R' -> like(model, command == 'r', Optional.of(Wanted.REJECTED), past, "");
                case 'f' -> filter(model, argument, past);
                case 'w' -> model.showing(Pane.LED_TO);
                case 'd' -> model.showing(Pane.CHANGED);
                case 's' -> model.showing(Pane.STATE);
                case '/' -> find(model, argument.isEmpty() ? model.search() : argument, model.found() + 1, 1, past);
                case '.' -> find(model, model.search(), model.found() + 1, 1, past);
                case ',' -> find(model, model.search(), model.found() - 1, -1, past);
                case 'i' -> model;
                case '?' -> model.helping(!before.help());
                case 'q' -> model.quitting();
                default -> model.saying("there is no '" + shown(command + argument) + "'; " + HELP);
            };
        } catch (Past.Unreadable unreadable) {
            return model.saying(String.valueOf(unreadable.getMessage()));
        }
    }

    private static Model step(Model model, Past past, boolean isForward) {
        if (!model.filter().isAll()) {
            return like(model, isForward, Optional.of(model.filter()), past, "");
        }
        if (isForward && model.step() >= past.last()) {
            return model.saying(past.end());
        }
        if (!isForward && model.step() <= past.first()) {
            return model.saying("the log begins here");
        }
        return arrived(model.going(model.step() + (isForward ? 1 : -1)), past);
    }

    // Who cannot read a step does not get there.
    private static Model arrived(Model model, Past past) {
        if (model.step() > past.first()) {
            past.row(model.step());
        }
        return model;
    }

    private static Model goTo(Model model, String argument, Past past) {
        return switch (argument.toLowerCase(Locale.ROOT)) {
            case "first" -> arrived(model.going(past.first()), past);
            case "last" -> arrived(model.going(past.last()), past);
            default -> {
                if (!argument.matches("\\d{1,18}")) {
                    yield model.saying("g is followed by the number of a step: g 12, or g last");
                }
                long step = Long.parseLong(argument);
                if (step > past.last()) {
                    yield model.saying(past.end() + ": there is no step " + step);
                }
                if (step < past.first()) {
                    yield model.saying("the log begins at step " + past.first() + ": step " + step + " is gone");
                }
                yield arrived(model.going(step), past);
            }
        };
    }

    /** So many steps forward, or back if negative; to the end if there are fewer. */
    static Model page(Model model, int steps, Past past) {
        Model at = model;
        if (model.filter().isAll()) {
            long to = Math.clamp(model.step() + steps, past.first(), past.last());
            return command(model, 'g', Long.toString(to), past);
        }
        for (int i = 0; i < Math.abs(steps); i++) {
            Model next = command(at, steps > 0 ? 'n' : 'b', "", past);
            if (next.step() == at.step()) {
                return i == 0 ? next : at;
            }
            at = next;
        }
        return at;
    }

    private static Optional<Wanted> type(Model model, String argument, Past past) {
        if (!argument.isEmpty()) {
            return Optional.of(Wanted.ofType(argument, false));
        }
        return model.step() == past.first()
                ? Optional.empty()
                : Optional.of(Wanted.ofType(past.row(model.step()).type(), true));
    }

    private static Optional<Wanted> peer(Model model, String argument, Past past) {
        return argument.isEmpty() ? past.peer(model.step()).map(Wanted::ofPeer) : Optional.of(Wanted.ofPeer(argument));
    }

    private static Optional<Wanted> subject(Model model, String argument, Past past) {
        return argument.isEmpty() ? past.subject(model.step()).map(Wanted::about) : Optional.of(Wanted.about(argument));
    }

    private static Model like(Model model, boolean isForward, Optional<Wanted> wanted, Past past, String what) {
        if (wanted.isEmpty()) {
            return model.saying("step " + model.step() + " has no input about " + what + " to look for");
        }
        OptionalLong step = past.find(wanted.get(), model.step(), isForward);
        return step.isPresent()
                ? model.going(step.getAsLong()).saying("")
                : model.saying("no " + (isForward ? "later" : "earlier") + " step fits " + wanted.get());
    }

    private static Model filter(Model model, String words, Past past) {
        Wanted wanted = words.isEmpty() ? Wanted.ALL : Wanted.parse(words);
        Model only = model.only(wanted);
        if (wanted.isAll()) {
            return only.saying("all steps");
        }
        boolean fits = past.around(wanted, model.step(), 0, 1).stream().anyMatch(row -> row.step() == model.step());
        OptionalLong step = fits ? OptionalLong.of(model.step()) : past.find(wanted, model.step(), true);
        OptionalLong near = step.isPresent() ? step : past.find(wanted, model.step(), false);
        return near.isPresent()
                ? only.going(near.getAsLong()).saying("only steps of " + wanted)
                : model.saying("no step fits " + wanted + ": all steps as before");
    }

    private static Model find(Model model, String text, int from, int by, Past past) {
        if (text.isEmpty()) {
            return model.saying("write what to find: /TEXT");
        }
        List<String> lines = model.pane().lines(past, model.step());
        boolean isNew = !text.equals(model.search());
        for (int i = isNew ? 0 : from; i >= 0 && i < lines.size(); i += by) {
            if (contains(lines.get(i), text)) {
                return model.found(text, i)
                        .scrolled(i)
                        .saying("line " + (i + 1) + " of " + lines.size() + "; . finds the next");
            }
        }
        String more = model.found() >= 0 && !isNew ? "no more " : "no ";
        return model.found(text, isNew ? -1 : model.found())
                .saying(more + text + " in the " + lines.size() + " lines of '"
                        + model.pane().title() + "'");
    }

    /** Whether a line has a text, in capitals or not. */
    static boolean contains(String line, String text) {
        return line.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    /** A key of a terminal; {@code pane} is how many rows the list and the pane have. */
    static Model press(Model model, Key key, Past past, int list, int pane) {
        if (model.typing().isPresent()) {
            return type(model, model.typing().get(), key, past);
        }
        return switch (key) {
            case Key.Letter(int letter) -> letter(model, letter, past, pane);
            case Key.Named named ->
                switch (named) {
                    case RIGHT, DOWN, ENTER -> command(model, 'n', "", past);
                    case LEFT, UP -> command(model, 'b', "", past);
                    case PAGE_DOWN -> page(model, list, past);
                    case PAGE_UP -> page(model, -list, past);
                    case HOME -> command(model, 'g', "first", past);
                    case END -> command(model, 'g', "last", past);
                    case ESCAPE, BACKSPACE -> model.saying("").helping(false);
                    case UNKNOWN -> model;
                };
        };
    }

    private static Model letter(Model model, int letter, Past past, int pane) {
        return switch (letter) {
            case 'g', 'f', '/' ->
                model.saying("").helping(false).typing(Optional.of(new Model.Typing((char) letter, "")));
            case 'j' -> scroll(model, 1, past);
            case 'k' -> scroll(model, -1, past);
            case ' ' -> scroll(model, pane, past);
            case '-' -> scroll(model, -pane, past);
            default -> {
                Model next = command(model, letter < 0x80 ? (char) letter : 0, "", past);
                yield next.message().startsWith("there is no '")
                        ? model.saying("no command has the key " + shown(Character.toString(letter)) + "; ? shows all")
                        : next;
            }
        };
    }

    private static Model scroll(Model model, int lines, Past past) {
        try {
            int most = model.pane().lines(past, model.step()).size() - 1;
            return model.saying("").scrolled(Math.clamp(model.scroll() + lines, 0, Math.max(0, most)));
        } catch (Past.Unreadable unreadable) {
            return model.saying(String.valueOf(unreadable.getMessage()));
        }
    }

    private static Model type(Model model, Model.Typing typing, Key key, Past past) {
        String text = typing.text();
        return switch (key) {
            case Key.Letter(int letter)
            when text.length() < LONGEST ->
                model.typing(Optional.of(new Model.Typing(typing.command(), text + Character.toString(letter))));
            case Key.Named named ->
                switch (named) {
                    case ENTER -> command(model, typing.command(), text, past);
                    case ESCAPE -> model.typing(Optional.empty());
                    case BACKSPACE ->
                        model.typing(
                                text.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(new Model.Typing(
                                                typing.command(),
                                                text.substring(0, text.offsetByCodePoints(text.length(), -1)))));
                    case LEFT, RIGHT, UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END, UNKNOWN -> model;
                };
            case Key.Letter _ -> model;
        };
    }

    // What was typed may be anything.
    private static String shown(String typed) {
        StringBuilder text = new StringBuilder();
        typed.codePoints().limit(60).forEach(point -> {
            if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                text.append("\\u{").append(Integer.toHexString(point)).append('}');
            } else {
                text.appendCodePoint(point);
            }
        });
        return text.append(typed.codePointCount(0, typed.length()) > 60 ? "…" : "")
                .toString();
    }
}
