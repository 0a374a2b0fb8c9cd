/** What goes over the wire to the three backends, counted; and the place where tests let it fail. */
@NullMarked
package dev.bulkhead.operator.calls;

import org.jspecify.annotations.NullMarked;
