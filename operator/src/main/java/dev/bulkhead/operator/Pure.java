package dev.bulkhead.operator;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The answer depends on the arguments alone: no client, no file, no clock, no chance, no environment, and nothing of ours
 * that has one of these. On a package: all its classes. {@code ArchitectureTest} holds them to it.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.PACKAGE})
public @interface Pure {}
