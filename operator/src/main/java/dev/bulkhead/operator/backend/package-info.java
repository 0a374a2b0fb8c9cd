/** The database servers and object stores of the platform: found, asked what they can do, swept. */
@NullMarked
package dev.bulkhead.operator.backend;

import org.jspecify.annotations.NullMarked;
