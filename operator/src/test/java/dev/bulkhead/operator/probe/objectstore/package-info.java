@NullMarked
package dev.bulkhead.operator.probe.objectstore;

import org.jspecify.annotations.NullMarked;
