package dev.dunlin.core.state;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a record or sealed interface in logs and digests, where it is not that of its class: what a class that was
 * renamed was called before.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Named {

    /** The name, in camel case and beginning in lower case. */
    String value();
}
