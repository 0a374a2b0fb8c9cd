/** What the operator is told when it starts. */
@NullMarked
package dev.bulkhead.operator.settings;

import org.jspecify.annotations.NullMarked;
