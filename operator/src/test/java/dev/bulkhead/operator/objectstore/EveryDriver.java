package dev.bulkhead.operator.objectstore;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The conformance suite: a class that carries this says what every driver keeps, and runs for each of them. A new driver
 * joins by its constant in {@link StoreKind} and by the server and the keys that {@link TestStore} gives it. What only one
 * driver does stands in a class of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(StoreKind.class)
@interface EveryDriver {}
