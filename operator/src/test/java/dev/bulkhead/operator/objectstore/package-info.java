@NullMarked
package dev.bulkhead.operator.objectstore;

import org.jspecify.annotations.NullMarked;
