package dev.dunlin.node.admin.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is wrong with the head of a request, of which two readers could think differently (RFC 9112, sections 3.2, 5.2 and 6.3). */
final class Head {

    // What may stand there once.
    private static final List<CharSequence> ONCE = List.of(
            HttpHeaderNames.HOST,
            HttpHeaderNames.ORIGIN,
            HttpHeaderNames.AUTHORIZATION,
            HttpHeaderNames.CONTENT_TYPE,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.TRANSFER_ENCODING,
            "idempotency-key",
            "last-event-id");

    private Head() {}

    /** A head that is refused; the message says why, to whoever sent it. */
    static final class BadHeadException extends Exception {
        private static final long serialVersionUID = 1;

        BadHeadException(String why) {
            super(why);
        }
    }

    /** The clause that says what is wrong. */
    static Optional<String> trouble(HttpRequest request) {
        for (CharSequence name : ONCE) {
            if (request.headers().getAll(name).size() > 1) {
                return Optional.of("the header " + named(name) + " is given twice: give it once");
            }
        }
        String target = request.uri();
        if (target.startsWith("/") || target.equals("*")) {
            return Optional.empty();
        }
        int begin = target.indexOf("://");
        if (begin < 0) {
            return Optional.of("what is asked for is no path: begin it with a '/'");
        }
        String rest = target.substring(begin + 3);
        int end = rest.indexOf('/');
        String authority = end < 0 ? rest.replaceAll("[?#].*", "") : rest.substring(0, end);
        @Nullable String host = request.headers().get(HttpHeaderNames.HOST);
        return host != null && authority.equalsIgnoreCase(host)
                ? Optional.empty()
                : Optional.of(
                        "the URL that is asked for names another host than the header Host: ask for the path alone");
    }

    private static String named(CharSequence name) {
        StringBuilder shown = new StringBuilder();
        for (String part : name.toString().split("-")) {
            shown.append(shown.isEmpty() ? "" : "-")
                    .append(part.substring(0, 1).toUpperCase(Locale.ROOT))
                    .append(part.substring(1));
        }
        return shown.toString();
    }
}
