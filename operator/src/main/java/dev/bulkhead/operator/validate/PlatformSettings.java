package dev.bulkhead.operator.validate;

import java.util.List;
import java.util.Map;

/**
 * What the operator is told about the platform it runs on; from the chart's values, constant while it runs.
 *
 * @param operatorNamespace where the operator lives
 * @param podSecurityVersion pinned version of Pod Security, such as {@code v1.37}
 * @param podCidrs ranges of pods
 * @param serviceCidrs ranges of services
 * @param nodeCidrs ranges of nodes and of the API server
 * @param dnsNamespace namespace of the cluster's DNS
 * @param dnsPodLabels labels of its pods
 * @param clusterDomain domain of the cluster's services
 * @param devices that nodes offer, such as {@code nvidia.com/gpu}; the quota of each tenant names them
 */
public record PlatformSettings(
        String operatorNamespace,
        String podSecurityVersion,
        List<String> podCidrs,
        List<String> serviceCidrs,
        List<String> nodeCidrs,
        String dnsNamespace,
        Map<String, String> dnsPodLabels,
        String clusterDomain,
        List<String> devices) {
    /** Domain of the services of nearly every cluster. */
    public static final String USUAL_DOMAIN = "cluster.local";

    /** Makes collections immutable. */
    public PlatformSettings {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        nodeCidrs = List.copyOf(nodeCidrs);
        dnsPodLabels = Map.copyOf(dnsPodLabels);
        devices = List.copyOf(devices);
    }

    /** Of a cluster with the usual domain, without devices. */
    public PlatformSettings(
            String operatorNamespace,
            String podSecurityVersion,
            List<String> podCidrs,
            List<String> serviceCidrs,
            List<String> nodeCidrs,
            String dnsNamespace,
            Map<String, String> dnsPodLabels) {
        this(
                operatorNamespace,
                podSecurityVersion,
                podCidrs,
                serviceCidrs,
                nodeCidrs,
                dnsNamespace,
                dnsPodLabels,
                USUAL_DOMAIN,
                List.of());
    }
}
