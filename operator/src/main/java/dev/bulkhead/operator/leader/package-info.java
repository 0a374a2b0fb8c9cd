/** Which of several replicas works: one lease, and no write by anybody who may not hold it any more. */
@NullMarked
package dev.bulkhead.operator.leader;

import org.jspecify.annotations.NullMarked;
