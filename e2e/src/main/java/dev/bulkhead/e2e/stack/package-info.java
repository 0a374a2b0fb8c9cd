/**
 * A real control plane, PostgreSQL and S3 server as processes of this machine. {@code ./bulkhead up} and the
 * end-to-end tests run the same code; {@link dev.bulkhead.e2e.stack.LocalStack} is the way in.
 */
@NullMarked
package dev.bulkhead.e2e.stack;

import org.jspecify.annotations.NullMarked;
