/** The only room, with database, objectstore and probe, that talks to the outside: the Kubernetes API. */
@NullMarked
package dev.bulkhead.operator.kube;

import org.jspecify.annotations.NullMarked;
