/** The {@code bulkhead.dev/v1beta1} API. */
@NullMarked
package dev.bulkhead.api.v1beta1;

import org.jspecify.annotations.NullMarked;
