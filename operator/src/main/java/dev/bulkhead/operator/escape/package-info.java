/**
 * Requests that try to leave a bucket by each name that an S3 request can carry, written to the wire byte by byte, and the
 * look at the victim that says whether one did. Rests on no S3 client: those tidy what they send.
 */
@NullMarked
package dev.bulkhead.operator.escape;

import org.jspecify.annotations.NullMarked;
