/**
 * The tenant's compartment in PostgreSQL: plan, catalogue, difference, one writer per database, sweep.
 *
 * <p>One rule holds in every class: the operator's session never evaluates what a tenant made. It reads pg_catalog and
 * runs DDL; it never selects from a tenant's relation, calls a tenant's function or prints a tenant's expression.
 */
@NullMarked
package dev.bulkhead.operator.database;

import org.jspecify.annotations.NullMarked;
