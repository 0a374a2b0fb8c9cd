/** Work that takes minutes to hours: named steps that can be taken up again, a pool of their own, progress for people. */
@NullMarked
package dev.bulkhead.operator.job;

import org.jspecify.annotations.NullMarked;
