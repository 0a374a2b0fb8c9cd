/** What {@code ./bulkhead up} does once the servers run: install Bulkhead as an administrator installs it. */
@NullMarked
package dev.bulkhead.e2e.bootstrap;

import org.jspecify.annotations.NullMarked;
