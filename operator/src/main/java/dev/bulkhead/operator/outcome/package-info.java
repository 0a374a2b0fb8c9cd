/** What a step found or did, as values: findings, reasons, outcomes. */
@NullMarked
package dev.bulkhead.operator.outcome;

import org.jspecify.annotations.NullMarked;
