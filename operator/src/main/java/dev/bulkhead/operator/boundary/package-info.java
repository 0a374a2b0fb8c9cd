/** The walls of a tenant's namespaces: names, Pod Security, quota, limits, and the card that says whose they are. */
@NullMarked
package dev.bulkhead.operator.boundary;

import org.jspecify.annotations.NullMarked;
