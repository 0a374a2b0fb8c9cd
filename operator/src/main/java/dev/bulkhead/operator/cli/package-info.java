/** The commands that people run: plan, seal, verify. */
@NullMarked
package dev.bulkhead.operator.cli;

import org.jspecify.annotations.NullMarked;
