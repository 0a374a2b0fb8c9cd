/** Tests on a real node. */
@NullMarked
package dev.bulkhead.e2e.node;

import org.jspecify.annotations.NullMarked;
