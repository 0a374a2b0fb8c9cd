package dev.bulkhead.e2e.node;

/** The node's pod network; the names are what users type. */
public enum Cni {
    /** Calico: NetworkPolicies are enforced. */
    calico,
    /** Pods get addresses and nothing else: NetworkPolicies are accepted and ignored, as on many real clusters. */
    none
}
