/**
 * A tenant's bucket: the plan of it (pure), what is there, the difference (pure), and the drivers that close it.
 */
@NullMarked
package dev.bulkhead.operator.objectstore;

import org.jspecify.annotations.NullMarked;
