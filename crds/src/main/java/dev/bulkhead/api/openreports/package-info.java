/** The kinds of OpenReports that Bulkhead writes, as far as it writes them. Their CRDs are OpenReports' own. */
@NullMarked
package dev.bulkhead.api.openreports;

import org.jspecify.annotations.NullMarked;
