/** What Prometheus reads about tenants: computed from the caches when it asks, and bounded whatever the number of tenants. */
@NullMarked
package dev.bulkhead.operator.metrics;

import org.jspecify.annotations.NullMarked;
