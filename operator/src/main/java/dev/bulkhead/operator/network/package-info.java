/** What may enter and leave a tenant's namespaces, and the address arithmetic behind it. */
@NullMarked
package dev.bulkhead.operator.network;

import org.jspecify.annotations.NullMarked;
