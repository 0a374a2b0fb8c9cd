/** The API as a real API server sees it: schemas, CEL rules, defaults, columns. No operator runs in these tests. */
@NullMarked
package dev.bulkhead.e2e.api;

import org.jspecify.annotations.NullMarked;
