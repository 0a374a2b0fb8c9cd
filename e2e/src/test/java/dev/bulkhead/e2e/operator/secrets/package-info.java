/** What a tenant seals is opened for it alone, and what it is given opens its own doors only. */
@NullMarked
package dev.bulkhead.e2e.operator.secrets;

import org.jspecify.annotations.NullMarked;
