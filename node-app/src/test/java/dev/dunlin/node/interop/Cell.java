package dev.dunlin.node.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a test against another implementation shows: its row in the {@link Matrix}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Cell {

    /** The row, in words of the table's reader. */
    String value();
}
