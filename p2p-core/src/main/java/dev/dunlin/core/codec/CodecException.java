package dev.dunlin.core.codec;

import tools.jackson.core.JacksonException;

/** JSON that is not of the type its name says. */
public final class CodecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CodecException(String type, JacksonException cause) {
        super("the payload is no " + type + ": " + JsonFault.words(cause), cause);
    }

    CodecException(String type, String why) {
        super(type + ": " + why);
    }
}
