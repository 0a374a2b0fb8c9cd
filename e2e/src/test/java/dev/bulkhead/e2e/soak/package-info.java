@NullMarked
package dev.bulkhead.e2e.soak;

import org.jspecify.annotations.NullMarked;
