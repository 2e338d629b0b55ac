package dev.dunlin.core.state;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An interface whose records are not known where it is declared, as those of a sealed one are: each machine that writes it says which
 * there are. Their names are part of their content, and no two of one union may have the same.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OpenUnion {}
