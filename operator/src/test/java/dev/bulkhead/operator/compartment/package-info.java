@NullMarked
package dev.bulkhead.operator.compartment;

import org.jspecify.annotations.NullMarked;
