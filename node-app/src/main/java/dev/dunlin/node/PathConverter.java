package dev.dunlin.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a path from the command line. An empty one, which the system takes for the current folder, is none. */
final class PathConverter implements ITypeConverter<Path> {

    /** What is said of an empty path. */
    static final String EMPTY = "an empty text is no path; for the current folder write .";

    @Override
    public Path convert(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException(EMPTY);
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException bad) {
            throw new TypeConversionException("'" + text + "' is no path");
        }
    }
}
