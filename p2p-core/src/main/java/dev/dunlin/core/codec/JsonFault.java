package dev.dunlin.core.codec;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with a JSON text, in words for who wrote it: the place, and no word of the library that reads it. */
public final class JsonFault {

    private static final int LONGEST_PATH = 200;

    private JsonFault() {}

    /** The fault of a text that could not be read, as what follows on a colon. */
    public static String words(JacksonException fault) {
        return switch (fault) {
            case UnexpectedEndOfInputException _ -> "it breaks off before its end";
            case StreamReadException _ -> "it cannot be read " + place(fault.getLocation());
            case UnrecognizedPropertyException unknown ->
                "there is no field " + path(fault.getPath(), unknown.getPropertyName());
            case JacksonException _ -> field(fault);
        };
    }

    private static String place(TokenStreamLocation at) {
        return at == null || at.getColumnNr() < 1
                ? "as JSON"
                : "from line " + at.getLineNr() + ", character " + at.getColumnNr() + " on";
    }

    // Who refused the value says why best, if that was one of our own types.
    private static String field(JacksonException fault) {
        String path = path(fault.getPath(), "");
        String why = "";
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            for (Throwable refused : cause.getSuppressed()) {
                why = ": " + refused.getMessage();
            }
            if (cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException)) {
                why = ": " + cause.getMessage();
            }
        }
        return path.isEmpty() ? "a field lacks or does not fit" + why : "the field " + path + " does not fit" + why;
    }

    private static String path(List<Reference> path, String otherwise) {
        String names = path.stream()
                .map(step ->
                        step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                .collect(Collectors.joining());
        String shown = names.isEmpty() ? otherwise : names.substring(names.startsWith(".") ? 1 : 0);
        return shown.length() > LONGEST_PATH ? shown.substring(0, LONGEST_PATH) + "…" : shown;
    }
}
