/**
 * Keys and sealed values of a tenant: master keys wrap tenant keys (TSK1), tenant keys seal what the operator stores
 * for itself (TSE1), and everybody may seal a value that only the operator opens (TSH1). The byte formats stand in
 * {@code docs/formats.md}. Nothing here knows a cluster, a database or a clock of its own.
 */
@NullMarked
package dev.bulkhead.operator.secret;

import org.jspecify.annotations.NullMarked;
