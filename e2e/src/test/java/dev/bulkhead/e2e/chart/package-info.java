/** Tests of the Helm chart: what it renders, and that its rights and guards hold on a real API server. */
@NullMarked
package dev.bulkhead.e2e.chart;

import org.jspecify.annotations.NullMarked;
