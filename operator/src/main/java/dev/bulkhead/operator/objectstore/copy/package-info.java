/** Moving buckets from one object store to another, by hand. */
@NullMarked
package dev.bulkhead.operator.objectstore.copy;

import org.jspecify.annotations.NullMarked;
