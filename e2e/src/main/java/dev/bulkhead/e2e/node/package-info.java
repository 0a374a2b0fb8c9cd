/**
 * A real node on top of the local stack: kubelet, containerd, kube-proxy and a pod network, in namespaces and a control
 * group of their own on this machine, so that nothing of it outlives them.
 */
@NullMarked
package dev.bulkhead.e2e.node;

import org.jspecify.annotations.NullMarked;
