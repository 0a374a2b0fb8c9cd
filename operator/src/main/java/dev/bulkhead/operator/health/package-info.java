/** Whether a process still does its work, and in the world it took it for. */
@NullMarked
package dev.bulkhead.operator.health;

import org.jspecify.annotations.NullMarked;
