/** Whether tenants are kept apart, tried from outside: by hostile tenants, by sabotage, and by a stranger who only looks. */
@NullMarked
package dev.bulkhead.e2e.isolation;

import org.jspecify.annotations.NullMarked;
