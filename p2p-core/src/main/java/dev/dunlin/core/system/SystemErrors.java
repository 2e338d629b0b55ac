package dev.dunlin.core.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells which failure of the system an exception is. Java keeps the system's text and drops its code, and the text is in the user's
 * language; so the code is found by asking the system itself for its text of each code ({@code strerror}), in the language of this
 * process. Where native access is not allowed, English texts are known alone.
 */
public final class SystemErrors {

    // In which Java decodes the same texts.
    private static final Charset NATIVE = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    private static final int MOST_CAUSES = 8;
    private static final int MOST_TEXT = 1024;
    private static final SystemErrors OF_THIS_PROCESS = new SystemErrors(isMac(), strerror());

    private final boolean onMac;

    // The longest first: one may be a part of another.
    private final Map<String, SystemError> texts;

    private final Map<String, PathError> pathTexts;

    /**
     * Of a system.
     *
     * @param strerror its text of a code; empty if it has none
     */
    SystemErrors(boolean onMac, IntFunction<String> strerror) {
        this.onMac = onMac;
        Map<String, SystemError> all = new LinkedHashMap<>();
        for (SystemError error : SystemError.values()) {
            if (error.code(onMac) != 0) {
                all.put(error.english(), error);
                all.put(strerror.apply(error.code(onMac)), error);
            }
        }
        // The JDK's own words of some of them.
        all.put("Connection reset", SystemError.ECONNRESET);
        texts = longestFirst(all);
        Map<String, PathError> ofPaths = new LinkedHashMap<>();
        for (PathError error : PathError.values()) {
            ofPaths.put(error.english(), error);
            ofPaths.put(strerror.apply(error.code(onMac)), error);
        }
        pathTexts = longestFirst(ofPaths);
    }

    private static <E> Map<String, E> longestFirst(Map<String, E> all) {
        Map<String, E> sorted = new LinkedHashMap<>();
        all.entrySet().stream()
                .filter(entry -> !entry.getKey().isEmpty())
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder())))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    private static boolean isMac() {
        return System.getProperty("os.name", "").startsWith("Mac");
    }

    private static IntFunction<String> strerror() {
        if (!SystemErrors.class.getModule().isNativeAccessEnabled()) {
            return code -> "";
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> found = linker.defaultLookup().find("strerror");
        if (found.isEmpty()) {
            return code -> "";
        }
        MethodHandle call =
                linker.downcallHandle(found.get(), FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        return code -> text(call, code);
    }

    private static String text(MethodHandle strerror, int code) {
        try (Arena _ = Arena.ofConfined()) {
            MemorySegment text = (MemorySegment) strerror.invokeExact(code);
            MemorySegment bytes = text.reinterpret(MOST_TEXT);
            int length = 0;
            while (length < MOST_TEXT && bytes.get(ValueLayout.JAVA_BYTE, length) != 0) {
                length++;
            }
            // A segment itself decodes the charsets only that every Java has.
            return new String(bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), NATIVE);
        } catch (Throwable noText) {
            return "";
        }
    }

    /** The failure of the system that an exception, or what caused it, tells of. */
    public static Optional<SystemError> of(Throwable failure) {
        return OF_THIS_PROCESS.find(failure);
    }

    /** The failure of the system with a number, as {@code errno} has it. */
    public static Optional<SystemError> ofCode(int code) {
        return SystemError.of(code, OF_THIS_PROCESS.onMac);
    }

    /** What is the case: a sentence that is the same in every language where the failure is a known one. */
    public static String sentence(Throwable failure) {
        return OF_THIS_PROCESS.sentenceOf(failure);
    }

    String sentenceOf(Throwable failure) {
        return find(failure)
                .map(SystemError::sentence)
                .or(() -> failure instanceof FileSystemException file
                        ? first(pathTexts, file.getReason()).map(PathError::sentence)
                        : Optional.empty())
                .orElseGet(() -> own(failure));
    }

    // Of exceptions that Java makes itself the message is English; of others there may be none.
    private static String own(Throwable failure) {
        String text = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return text == null || text.isBlank() ? "it failed without a reason (" + name(failure) + ")" : text;
    }

    private static String name(Throwable failure) {
        return failure.getClass().getSimpleName();
    }

    Optional<SystemError> find(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; i < MOST_CAUSES && each != null; i++) {
            Optional<SystemError> known = known(each);
            if (known.isPresent()) {
                return known;
            }
            each = each.getCause();
        }
        return byType(failure);
    }

    private Optional<SystemError> known(Throwable failure) {
        return switch (failure) {
            case AccessDeniedException _ -> Optional.of(SystemError.EACCES);
            case FileSystemException file -> named(file.getReason());
            default -> named(failure.getMessage());
        };
    }

    private Optional<SystemError> named(@Nullable String text) {
        return first(texts, text);
    }

    private static <E> Optional<E> first(Map<String, E> known, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        for (Map.Entry<String, E> each : known.entrySet()) {
            if (text.contains(each.getKey())) {
                return Optional.of(each.getValue());
            }
        }
        return Optional.empty();
    }

    // Where not even a text is known.
    private static Optional<SystemError> byType(Throwable failure) {
        return switch (failure) {
            case NoRouteToHostException _ -> Optional.of(SystemError.EHOSTUNREACH);
            case ConnectException _ -> Optional.of(SystemError.ECONNREFUSED);
            default -> Optional.empty();
        };
    }

    /** All texts that are known, for tests. */
    List<String> texts() {
        return List.copyOf(texts.keySet());
    }
}
