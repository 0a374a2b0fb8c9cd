@NullMarked
package dev.bulkhead.operator.escape;

import org.jspecify.annotations.NullMarked;
