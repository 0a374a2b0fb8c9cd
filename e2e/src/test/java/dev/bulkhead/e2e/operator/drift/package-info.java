/** What somebody changes behind the operator's back comes back as it was, in every backend. */
@NullMarked
package dev.bulkhead.e2e.operator.drift;

import org.jspecify.annotations.NullMarked;
