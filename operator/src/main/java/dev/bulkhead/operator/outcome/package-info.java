/** What a step found or did, as values: findings, reasons, outcomes. */
@NullMarked
@Pure
package dev.bulkhead.operator.outcome;

import dev.bulkhead.operator.Pure;
import org.jspecify.annotations.NullMarked;
